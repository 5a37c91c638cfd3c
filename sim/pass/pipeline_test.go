package pass

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"

	"fathom/sim/plan"
)

// A pipeline is the same layers one after the other: every further stage costs its own RoPE lookups and one transfer of
// the hidden states (simulation-model 8.5). A3 dies, TP 2: stage 0 ends on rank 0, stage 1 begins on rank 2, one level
// up.
func TestPipelineAddsLookupsAndTransfers(t *testing.T) {
	shape := Shape{Decode: true, Requests: 16, Query: 1, Total: 4096}
	whole := pricer(t, setup(t, "Qwen/Qwen3-32B", plan.Strategy{TP: 2, PP: 1, DP: 1})).Uniform(shape)
	p := pricer(t, setup(t, "Qwen/Qwen3-32B", plan.Strategy{TP: 2, PP: 3, DP: 1}))
	got := p.Table(shape)
	const bandwidth, wire = 1.6 * (1 << 40) * 0.6, 196e9 * 0.7
	lookups := 2 * ((2*40960*128+8*16+2*16*128)/bandwidth + 2e-6)
	send := 10e-6 + 0.5e-6 + 2*16*5120/wire
	if want := whole.Seconds + 2*(lookups+send); math.Abs(got.Seconds-want) > 1e-12 {
		t.Errorf("three stages take %.9f ms, want %.9f", got.Seconds*1e3, want*1e3)
	}
	sum, layers, most := 0.0, []int{}, 0.0
	for _, s := range got.Stages {
		sum += s.Seconds + s.Send
		layers = append(layers, s.Layers)
		most = max(most, s.Memory.used())
	}
	if !within(sum, got.Seconds, 1e-12) {
		t.Errorf("stages sum to %g s of %g", sum, got.Seconds)
	}
	if len(layers) != 3 || layers[0] != 21 || layers[1] != 22 || layers[2] != 21 {
		t.Errorf("layers %v, want 21, 22, 21: what is left over goes before the last stage", layers)
	}
	if got.Memory.used() != most {
		t.Errorf("memory %+v is not that of the fullest stage", got.Memory)
	}
}

// The trace is a JSON document with one event for every operator, in order and without gaps, up to the time of the
// pass.
func TestTrace(t *testing.T) {
	for _, c := range []struct {
		model    string
		strategy plan.Strategy
	}{
		{"Qwen/Qwen3-32B", plan.Strategy{TP: 2, PP: 3, DP: 1}},
		{"deepseek-ai/DeepSeek-V3.1", plan.Strategy{TP: 4, PP: 1, DP: 4, EP: 16, MoETP: 1, MoEDP: 1}},
		{"Qwen/Qwen3.5-35B-A3B", plan.Strategy{TP: 2, PP: 1, DP: 1, EP: 1, MoETP: 2, MoEDP: 1}},
	} {
		s := setup(t, c.model, c.strategy)
		s.MTP = 2
		pass := pricer(t, s).Table(Shape{Decode: true, Requests: 16, Query: 3, Total: 4096})
		var out bytes.Buffer
		if err := Trace(&out, &pass); err != nil {
			t.Fatal(err)
		}
		var doc struct {
			TraceEvents []struct {
				Name, Cat, Ph string
				TS, Dur       float64
				TID           int
			}
		}
		if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		calls := 0
		for _, r := range pass.Rows {
			calls += r.Count
		}
		clock := 0.0
		for i, e := range doc.TraceEvents {
			if e.Name == "" || e.Ph != "X" || math.Abs(e.TS-clock) > 1e-3 {
				t.Fatalf("%s: event %d: %+v at %g us", c.model, i, e, clock)
			}
			clock = e.TS + e.Dur
		}
		if len(doc.TraceEvents) != calls || !within(clock, pass.Seconds*1e6, 1e-9) {
			t.Errorf("%s: %d events to %g us, want %d to %g", c.model, len(doc.TraceEvents), clock, calls, pass.Seconds*1e6)
		}
	}
}

// A hybrid's trace interleaves its layers as the model does: every fourth layer has attention.
func TestTraceKeepsTheOrderOfLayers(t *testing.T) {
	pass := pricer(t, setup(t, "Qwen/Qwen3.5-27B", plan.Strategy{TP: 1, PP: 1, DP: 1})).Table(decodeShape)
	var out bytes.Buffer
	if err := Trace(&out, &pass); err != nil {
		t.Fatal(err)
	}
	kinds := ""
	for _, line := range bytes.Split(out.Bytes(), []byte("\n")) {
		switch {
		case bytes.Contains(line, []byte(`"name":"attention"`)):
			kinds += "A"
		case bytes.Contains(line, []byte(`"name":"delta rule, chunked"`)):
			kinds += "d"
		}
	}
	if len(kinds) != 64 || kinds[:12] != "dddAdddAdddA" {
		t.Errorf("layers run as %s", kinds)
	}
}
