package search

import (
	"math"
	"slices"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/refusal"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// guess is a question of decodes on one device with three tokens guessed ahead, 2.4 a step on average, at a tenth of
// the step.
func guess() *plan.Request {
	req := question()
	req.Mode, req.TPOTLimit, req.KeepAll = plan.Disaggregation, 1000, true
	req.Speculation = plan.Speculation{Draft: "eagle", Tokens: 3, Length: 2.4, Share: 0.1}
	return req
}

// By hand: a decode step checks four tokens at 2048 + 256 + 4 of context, costs a tenth more, and yields 2.4 tokens.
func TestSpeculationByHand(t *testing.T) {
	d := answer(t, guess(), pricer(64)).Devices[0]
	seen := 0
	for _, r := range d.Points {
		if r.TPOT == nil {
			continue
		}
		seen++
		step := synthetic{tp: 1, dp: 1, total: 64}.Uniform(pass.Shape{Decode: true, Requests: r.Batch, Query: 4, Total: 2308})
		if want := 1000 * step.Seconds * 1.1 / 2.4; math.Abs(*r.TPOT/want-1) > 1e-12 {
			t.Errorf("batch %d: %g ms a token, want %g", r.Batch, *r.TPOT, want)
		}
		if r.Draft != "eagle" || r.Length != 2.4 || !strings.HasSuffix(r.Label, " | EAGLE=3/len=2.4") {
			t.Errorf("%q: %q %g", r.Label, r.Draft, r.Length)
		}
	}
	if seen == 0 {
		t.Fatal("no points")
	}
}

// Experts of a draft are cut over all ranks of the stage; a draft without experts has no layout of them.
func TestDraftWithExperts(t *testing.T) {
	s := pass.Setup{Strategy: plan.Strategy{TP: 2, PP: 4, DP: 4, EP: 8, MoETP: 1}}
	for name, want := range map[string]plan.Strategy{
		"Qwen/Qwen3-30B-A3B": {TP: 2, PP: 1, DP: 4, EP: 1, MoETP: 8, MoEDP: 1},
		"Qwen/Qwen3-0.6B":    {TP: 2, PP: 1, DP: 4},
	} {
		m, err := model.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := ofDraft(s, m).Strategy; got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	// A draft that is the model itself takes as long as the model laid out so: three passes beside the step of four
	// tokens.
	m, err := model.Find("Qwen/Qwen3-30B-A3B")
	if err != nil {
		t.Fatal(err)
	}
	p, err := hw.Find("H200_SXM")
	if err != nil {
		t.Fatal(err)
	}
	req := guess()
	req.Speculation.Share, req.Speculation.Model = 0, m
	setup := pass.Setup{Model: m, Profile: p, Strategy: plan.Strategy{TP: 4, PP: 1, DP: 1, EP: 1, MoETP: 4, MoEDP: 1},
		Fidelity: plan.Corrected}
	plain := func(s pass.Setup) (serve.Forward, error) { return price.New(price.Setup{Setup: s}) }
	own, err := plain(setup)
	if err != nil {
		t.Fatal(err)
	}
	with, err := drafted(req, plain)(setup)
	if err != nil {
		t.Fatal(err)
	}
	four := pass.Shape{Decode: true, Requests: 8, Query: 4, Total: 2308}
	one := pass.Shape{Decode: true, Requests: 8, Query: 1, Total: 2305}
	want := own.Uniform(four).Seconds + 3*own.Uniform(one).Seconds
	if got := with.Uniform(four).Seconds; math.Abs(got/want-1) > 1e-9 {
		t.Errorf("%g s, want %g", got, want)
	}
}

// By hand: a draft of three tokens costs three passes of one token each beside the step that checks four, at the
// context before them, and reads the prompts once.
func TestDraftIsPricedByItsPasses(t *testing.T) {
	draft := &model.Model{Name: "draft"}
	req := guess()
	req.Speculation.Share, req.Speculation.Model = 0, draft
	setups := 0
	price := drafted(req, func(s pass.Setup) (serve.Forward, error) {
		if s.Model != draft {
			return synthetic{tp: 1, dp: 1, total: 64}, nil
		}
		if setups++; s.Guess != 0 || s.Quant != (plan.Quant{}) || s.Strategy != (plan.Strategy{TP: 2, PP: 1, DP: 4}) {
			t.Errorf("the draft is set up as %+v", s)
		}
		return synthetic{tp: 2, dp: 4, total: 64}, nil
	})
	f, err := price(pass.Setup{Model: req.Model, Guess: 3, Quant: plan.Quant{Linear: plan.LinearFP8},
		Strategy: plan.Strategy{TP: 2, PP: 4, DP: 4, EP: 8}})
	if err != nil || setups != 1 {
		t.Fatal(setups, err)
	}
	own, aside := synthetic{tp: 1, dp: 1, total: 64}, synthetic{tp: 2, dp: 4, total: 64}
	for _, c := range []struct {
		shape, draft pass.Shape
		times        float64
	}{
		{pass.Shape{Decode: true, Requests: 8, Query: 4, Total: 2308},
			pass.Shape{Decode: true, Requests: 8, Query: 1, Total: 2305}, 3},
		{pass.Shape{Requests: 2, Query: 2048, Total: 2048}, pass.Shape{Requests: 2, Query: 2048, Total: 2048}, 1},
	} {
		want := own.Uniform(c.shape).Seconds + c.times*aside.Uniform(c.draft).Seconds
		got := f.Uniform(c.shape)
		if math.Abs(got.Seconds/want-1) > 1e-12 {
			t.Errorf("%+v: %g s, want %g", c.shape, got.Seconds, want)
		}
		a, b := own.Uniform(c.shape).Memory, aside.Uniform(c.draft).Memory
		if m := got.Memory; m.Weight != a.Weight+b.Weight || m.KV != a.KV+b.KV ||
			math.Abs(m.Available-(a.Available-b.Weight-b.KV)) > 1 {
			t.Errorf("%+v: memory %+v of %+v and %+v", c.shape, m, a, b)
		}
	}
}

// The batch from which speculation loses is the first of which a step with it is not worth its tokens.
func TestBreakeven(t *testing.T) {
	for _, length := range []float64{1.15, 1.5, 2.4, 3.5} {
		req := guess()
		req.Speculation.Length = length
		d := answer(t, req, pricer(640)).Devices[0]
		if len(d.Breakeven) != 1 {
			t.Fatalf("%d curves", len(d.Breakeven))
		}
		b := d.Breakeven[0]
		if own := d.Decode.Best.Batch; !slices.ContainsFunc(b.Points, func(p report.SpeculationPoint) bool {
			return p.Batch == own
		}) {
			t.Errorf("length %g: no point of the row's own batch %d", length, own)
		}
		first := 0
		for batch := 1; batch <= b.Points[len(b.Points)-1].Batch && first == 0; batch++ {
			at := func(query, total int) float64 {
				return synthetic{tp: 1, dp: 1, total: 640}.Uniform(pass.Shape{Decode: true, Requests: batch, Query: query,
					Total: total}).Seconds
			}
			if at(1, 2305)*length < at(4, 2308)*1.1 {
				first = batch
			}
		}
		if b.Stops != first {
			t.Errorf("length %g: stops at %d, want %d", length, b.Stops, first)
		}
		for _, p := range b.Points {
			if (p.Gain < 1) != (first > 0 && p.Batch >= first) {
				t.Errorf("length %g, batch %d: gain %g, stops at %d", length, p.Batch, p.Gain, first)
			}
		}
	}
	plain := guess()
	plain.Speculation = plan.Speculation{}
	if d := answer(t, plain, pricer(64)).Devices[0]; d.Breakeven != nil || len(d.Notes) > 0 {
		t.Errorf("nobody asked: %v %v", d.Breakeven, d.Notes)
	}
}

func TestSpeculationFaults(t *testing.T) {
	for want, s := range map[string]plan.Speculation{
		"tokens guessed ahead": {Draft: "ngram", Tokens: 0, Length: 1},
		"5 tokens a step":      {Draft: "ngram", Tokens: 3, Length: 5},
		"draft share -1":       {Draft: "model", Tokens: 3, Length: 2, Share: -1},
		"draft share NaN":      {Draft: "model", Tokens: 3, Length: 2, Share: math.NaN()},
		"":                     {Draft: "mtp", Length: 1.8},
	} {
		req := question()
		req.Speculation = s
		if err := refusal.Of(req); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}
