package pass

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"testing"

	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/op"
	"fathom/sim/plan"
)

// public are the public configurations of sim/model/testdata.
func public(t testing.TB) (out []*model.Model) {
	t.Helper()
	for _, file := range []string{"checkpoints", "families"} {
		data, err := os.ReadFile("../model/testdata/" + file + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range bytes.Split(bytes.TrimSpace(data), []byte("\n")) {
			var c struct {
				Name   string
				Config json.RawMessage
			}
			if err := json.Unmarshal(line, &c); err != nil {
				t.Fatal(err)
			}
			m, err := model.ParseJSON(c.Name, "test", c.Config)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, m)
		}
	}
	return out
}

// Whatever its layers are: a token multiplies every parameter that is active for it once, but for the embedding, which
// is looked up, and what is no matrix.
func TestEveryMatrixIsMultiplied(t *testing.T) {
	for _, m := range public(t) {
		_, active, err := geometry.Parameters(m)
		if err != nil {
			t.Fatal(err)
		}
		if m.Layers[0].Attention.Kind == model.SharedKV {
			continue // its operators follow the reference tool, which multiplies some of them twice
		}
		want := 2 * (active - float64(m.Vocab)*float64(m.Hidden))
		if m.TiedEmbedding {
			want = 2 * active
		}
		for _, compile := range []bool{false, true} {
			s := Setup{Model: m, Profile: device(t, a3), Strategy: plan.Strategy{TP: 1, PP: 1, DP: 1, DCP: 1},
				Options: plan.Options{Compile: compile}}
			if m.MoE() {
				s.Strategy.EP, s.Strategy.MoETP, s.Strategy.MoEDP = 1, 1, 1
			}
			p, err := New(s)
			if err != nil {
				t.Errorf("%s: %v", m.Name, err)
				continue
			}
			for _, decode := range []bool{false, true} {
				flops, seconds := 0.0, 0.0
				for _, r := range p.Table(Shape{Decode: decode, Requests: 1, Query: 1, Total: 1}).Rows {
					seconds += r.Seconds()
					switch r.Kind {
					case op.Attention, op.ChunkDeltaRule, op.RecurrentDeltaRule, op.ChunkScan: // grow with the context or the state
					default:
						flops += float64(r.Count) * (r.Cube + r.CubeFP8)
					}
				}
				if math.Abs(flops/want-1) > 0.06 || seconds <= 0 || math.IsInf(seconds, 0) {
					t.Errorf("%s, compiled %v, decode %v: %.4g operations of a token, its parameters want %.4g", m.Name, compile,
						decode, flops, want)
				}
			}
		}
	}
}
