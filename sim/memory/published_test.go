package memory

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"testing"

	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// The weights of public checkpoints as they are published, in GiB: what their publishers state (sim/model/testdata),
// and for those of Kimi-K2.5 and DeepSeek-V3.1 the size of their repositories.
func TestPublishedWeights(t *testing.T) {
	want := map[string]float64{"Kimi-K2-Thinking": 553, "Llama-3.3-70B-Instruct-FP8-dynamic": 67.7,
		"Llama-3.3-70B-Instruct-w4a16": 37.0, "Qwen2.5-14B-Instruct-GPTQ-Int4": 9.3, "Qwen2.5-32B-Instruct-AWQ": 18.0}
	data, err := os.ReadFile("../model/testdata/checkpoints.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, line := range bytes.Split(bytes.TrimSpace(data), []byte("\n")) {
		var c struct {
			Name    string
			Config  json.RawMessage
			HFQuant json.RawMessage `json:"hf_quant_config"`
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		var opts []model.Option
		if c.HFQuant != nil {
			opts = append(opts, model.QuantFile(c.HFQuant))
		}
		m, err := model.ParseJSON(c.Name, "test", c.Config, opts...)
		if err != nil {
			t.Fatal(err)
		}
		g, err := geometry.Served(m, strategy(m, 1, 1, 1))
		if err != nil {
			t.Fatal(err)
		}
		q := plan.Quant{Linear: plan.AsPublished}
		ranks, err := NewRanks(g, Setting{Served: true, Quant: q, Formats: ReferenceFormats(q, m)})
		if err != nil {
			t.Fatal(err)
		}
		got := ranks[0].Weight(false) / (1 << 30)
		t.Logf("%-50s %7.1f GiB %+v", c.Name, got, m.Quantization)
		if w := want[c.Name]; w > 0 {
			found++
			if math.Abs(got/w-1) > 0.03 {
				t.Errorf("%s: %.2f GiB, published %v", c.Name, got, w)
			}
		}
	}
	if found != len(want) {
		t.Errorf("%d checkpoints of %d were found", found, len(want))
	}
}
