package geometry

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"fathom/sim/model"
)

// checkpoint is a line of testdata/checkpoints.jsonl or families.jsonl.
type checkpoint struct {
	Name     string          `json:"name"`
	Config   json.RawMessage `json:"config"`
	HFQuant  json.RawMessage `json:"hf_quant_config"`
	ParamsB  float64         `json:"params_b"`
	ActiveB  float64         `json:"active_b"`
	KVBytes  float64         `json:"kv_bytes_per_token"`
	WeightsG float64         `json:"-"`
}

func checkpoints(t testing.TB, file string) []checkpoint {
	t.Helper()
	data, err := os.ReadFile("../model/testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var out []checkpoint
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var c checkpoint
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// released gives the checkpoints with the values that checkpoints.csv has for them.
func released(t testing.TB) []checkpoint {
	t.Helper()
	f, err := os.Open("../model/testdata/checkpoints.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := func(s string) float64 { v, _ := strconv.ParseFloat(s, 64); return v }
	out := checkpoints(t, "checkpoints.jsonl")
	if len(out) != len(rows)-1 {
		t.Fatalf("%d configurations, %d rows", len(out), len(rows)-1)
	}
	for i := range out {
		for _, r := range rows[1:] {
			if c := &out[i]; r[0] == c.Name {
				c.ParamsB, c.ActiveB, c.KVBytes, c.WeightsG = number(r[1]), number(r[2]), number(r[3]), number(r[4])
			}
		}
	}
	return out
}

// What publishers state of their checkpoints: parameters to 2 %, the cache of a token exactly.
func TestCheckpoints(t *testing.T) {
	for _, c := range append(released(t), checkpoints(t, "families.jsonl")...) {
		m, err := model.ParseJSON(c.Name, "test", c.Config)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		total, active, err := Parameters(m)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		if c.ParamsB > 0 && math.Abs(total/1e9/c.ParamsB-1) > 0.02 {
			t.Errorf("%s: %.3f B parameters, published %v", c.Name, total/1e9, c.ParamsB)
		}
		// Publishers count embeddings differently, and round to whole billions.
		around := 2 * float64(m.Vocab) * float64(m.Hidden)
		if margin := max(0.5, 0.03*c.ActiveB); c.ActiveB > 0 && (active < (c.ActiveB-margin)*1e9 ||
			active-around > (c.ActiveB+margin)*1e9) {
			t.Errorf("%s: %.3f B active parameters, published %v", c.Name, active/1e9, c.ActiveB)
		}
		if got := 2 * cached(t, m); c.KVBytes > 0 && got != c.KVBytes {
			t.Errorf("%s: %v cache bytes a token, want %v", c.Name, got, c.KVBytes)
		}
		if len(m.NotUnderstood) > 0 {
			t.Errorf("%s: not understood %q", c.Name, m.NotUnderstood)
		}
	}
}
