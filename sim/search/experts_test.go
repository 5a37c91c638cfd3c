package search

import (
	"math"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/expert"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/refusal"
	"fathom/sim/report"
)

// spread is a question of decodes of DeepSeek-V3.1 with its experts over 32 ranks.
func spread(t *testing.T) *plan.Request {
	t.Helper()
	m, err := model.Find("deepseek-ai/DeepSeek-V3.1")
	if err != nil {
		t.Fatal(err)
	}
	p, err := hw.Find("ATLAS_800_A3_752T_128G_DIE")
	if err != nil {
		t.Fatal(err)
	}
	return &plan.Request{Model: m, Profiles: []*hw.Profile{p}, Devices: 32, Mode: plan.Disaggregation, InputLength: 2000,
		OutputLength: 500, TPOTLimit: 100, TP: sizes(1), EP: sizes(32), PP: sizes(1), ReservedGB: 10,
		Fidelity: plan.Corrected, Quant: plan.Quant{Linear: plan.W8A8Dynamic}, Options: plan.Options{Compile: true},
		BatchMin: 8, BatchMax: 40}
}

// Copies are searched beside none, take what the geometry says of a rank, and what they buy at the best row's point is
// beside it: without loads nothing.
func TestCopiesAreSearched(t *testing.T) {
	req := spread(t)
	req.Redundant, req.Experts = plan.Sizes{Searched: true}, expert.Load{Skew: 0.5}
	d := answer(t, req, measured).Devices[0]
	labels := map[string]*report.Row{}
	for i := range d.Decode.Candidates {
		c := &d.Decode.Candidates[i]
		labels[c.Label] = c
	}
	const layout = "TP=1 | PP=1 | DP=32 | EP=32 | MOE-TP=1 | MOE-DP=1"
	none, one, two := labels[layout], labels[layout+" | RED=32"], labels[layout+" | RED=64"]
	if len(labels) != 3 || none == nil || one == nil || two == nil {
		t.Fatalf("rows %v", labels)
	}
	const gb = 58.0 * 3 * 7168 * 2048 / (1 << 30) // an expert's weights of all layers, a byte each
	for _, x := range []struct{ a, b *report.Row }{{none, one}, {one, two}} {
		if got := x.b.WeightGB - x.a.WeightGB; got < gb || got > 1.01*gb {
			t.Errorf("%s: %g GiB more than %s, want %g", x.b.Label, got, x.a.Label, float64(gb))
		}
	}
	if len(d.Experts) != 1 || d.Experts[0].Label != d.Decode.Best.Label || len(d.Experts[0].Points) != 3 {
		t.Fatalf("%+v", d.Experts)
	}
	e := d.Experts[0]
	if own := e.Points[0]; own.Copies != d.Decode.Best.Strategy.RedundantExperts ||
		math.Abs(own.Throughput/d.Decode.Best.Throughput-1) > 1e-9 || e.ExchangeMS <= 0 || e.ExchangeMS >= e.StepMS {
		t.Errorf("own point %+v of %+v", own, d.Decode.Best)
	}
	for _, p := range e.Points {
		want := req.Experts.On(expert.Layout{Experts: 256, TopK: 8, Ranks: 32, Redundant: p.Copies})
		if p.Expected != want.Expected || p.Worst != want.Worst {
			t.Errorf("%d copies: %g, %g, want %+v", p.Copies, p.Expected, p.Worst, want)
		}
		if got := p.CopiesGB / gb; math.Abs(got-float64(p.Copies/32)) > 0.02 {
			t.Errorf("%d copies take %g experts a rank", p.Copies, got)
		}
	}

	req.Experts = expert.Load{}
	for _, p := range answer(t, req, measured).Devices[0].Experts[0].Points[1:] {
		if p.Throughput > e.Points[0].Throughput*1.2 || p.Expected != 0 {
			t.Errorf("without loads: %+v", p)
		}
	}
}

// Half batches are tried where they can be, and what cannot be is said.
func TestHalvesAreSearched(t *testing.T) {
	req := spread(t)
	req.TwoBatch, req.EP = plan.Either, sizes(1, 32)
	var labels []string
	for _, o := range answer(t, req, measured).Devices[0].Outcomes {
		labels = append(labels, o.Label)
	}
	if got := strings.Count(strings.Join(labels, "\n"), "TBO"); len(labels) != 3 || got != 1 {
		t.Errorf("tried %q", labels)
	}
	req.TwoBatch = plan.On
	for _, o := range answer(t, req, measured).Devices[0].Outcomes {
		if strings.Contains(o.Label, "EP=1 ") != strings.Contains(o.Reason.String(), "none with EP 1") {
			t.Errorf("%s: %s", o.Label, o.Reason)
		}
	}
}

// What cannot be is refused with its field, and copies that fill no rank with the numbers that do.
func TestExpertsRefused(t *testing.T) {
	for _, x := range []struct {
		field, part string
		change      func(*plan.Request)
	}{
		{"redundant_experts", "no routed experts", func(r *plan.Request) {
			r.Model, r.Redundant = dense(), plan.Sizes{Searched: true}
		}},
		{"expert_skew", "skew NaN", func(r *plan.Request) { r.Experts.Skew, r.TwoBatch = math.NaN(), plan.On }},
		{"expert_skew", "fidelity corrected", func(r *plan.Request) { r.Experts.Skew, r.Fidelity = 1, plan.Reference }},
		{"expert_loads", "2 loads, but the model has 256", func(r *plan.Request) {
			r.Experts = expert.Load{File: "f.csv", Layers: [][]float64{{1, 2}}}
		}},
		{"redundant_experts", "-1 redundant", func(r *plan.Request) { r.Redundant = sizes(-1) }},
	} {
		req := spread(t)
		x.change(req)
		err := refusal.Of(req)
		f, ok := err.(*report.Failure)
		if !ok || x.part != "skew NaN" && f.Field != x.field || !strings.Contains(f.Message.String(), x.part) {
			t.Errorf("%s: %v, want %q", x.field, err, x.part)
		}
	}
	req := spread(t)
	req.Redundant = sizes(10, 9000)
	said := ""
	for _, o := range answer(t, req, measured).Devices[0].Outcomes {
		said += o.Reason.String() + "\n"
	}
	for _, part := range []string{"256 experts and 10 redundant ones do not divide over EP 32; use 32",
		"9000 redundant experts are more than the 7936"} {
		if !strings.Contains(said, part) {
			t.Errorf("%q has no %q", said, part)
		}
	}
}
