package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"testing"

	"fathom/hw"
	"fathom/hw/unraced"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// Every public checkpoint of sim/model/testdata is planned as it is published, on NVIDIA and on Ascend: rows come out,
// and where none is feasible it is memory that is short, for there are models of a terabyte among them.
func TestCheckpointsArePlanned(t *testing.T) {
	unraced.Skip(t)
	data, err := os.ReadFile("../model/testdata/checkpoints.jsonl")
	if err != nil {
		t.Fatal(err)
	}
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
		for device, devices := range map[string]int{"H200_SXM": 8, "ATLAS_800_A3_752T_128G_DIE": 16} {
			p, err := hw.Find(device)
			if err != nil {
				t.Fatal(err)
			}
			req := request(t, "Qwen/Qwen3-32B", flagship)
			req.Model, req.Profiles, req.Devices, req.Search = m, []*hw.Profile{p}, devices, plan.SearchReference
			req.InputLength, req.OutputLength, req.TTFTLimit, req.TPOTLimit = 1000, 200, 0, 100
			req.Quant = plan.Quant{Linear: plan.AsPublished}
			rep, err := Embedded{}.Run(context.Background(), req, nil)
			if err != nil {
				t.Errorf("%s on %s: %v", c.Name, device, err)
				continue
			}
			d := &rep.Devices[0]
			if d.Counts.OK == 0 && d.Counts.OOM == 0 {
				t.Errorf("%s on %s: %+v", c.Name, device, d.Counts)
			}
		}
	}
}
