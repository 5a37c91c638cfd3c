package state

import (
	"math"
	"testing"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/state/table"
)

func side(p plan.Phase, tp, dp, batch int, ttft, tpot float64) report.Row {
	s := plan.Strategy{TP: tp, PP: 1, DP: dp}
	r := report.Row{Phase: p, Strategy: s, Label: s.Label(0), Batch: batch, Concurrency: batch * dp, Status: report.OK}
	if p == plan.PhasePrefill {
		r.TTFT = &ttft
	} else {
		r.TPOT = &tpot
	}
	return r
}

func pair(p, d report.Row, pq, dq float64) report.Ratio {
	return report.Ratio{Prefill: p, Decode: d, PrefillQPS: pq, DecodeQPS: dq, Balanced: min(pq, dq), PDRatio: dq / pq}
}

// ratioResults is a PD-ratio run on screen: the pair of the sketch in screens.md, and a slower one.
func ratioResults(t testing.TB) *journey {
	args := []string{dense, "--device", a3, "--num-devices", "20", "--enable-optimize-prefill-decode-ratio",
		"--prefill-devices-per-instance", "4",
		"--decode-devices-per-instance", "8", "--input-length", "3500", "--output-length", "1500", "--ttft-limit", "2000",
		"--tpot-limit", "50",
		"--quantize-linear-action", "W8A8_DYNAMIC", "--quantize-attention-action", "DISABLED"}
	j := begin(t, Options{Answers: field.FromArgs(args, field.FromFlag, "").Answers}).pane(Confirming)
	if s := j.m.Confirm.Spaces; len(s) != 2 || s[0].Devices != 4 || s[1].Devices != 8 || s[0].Strategies != 3 ||
		s[1].Strategies != 4 {
		t.Errorf("each side has a space of its own: %+v", s)
	}
	j.do(Accept)
	p, d := side(plan.PhasePrefill, 1, 4, 2, 1654, 0), side(plan.PhaseDecode, 4, 2, 94, 0, 49.96)
	p2 := side(plan.PhasePrefill, 4, 1, 8, 1900, 0)
	ratios := []report.Ratio{pair(p, d, 4.84, 2.51), pair(p2, d, 3.9, 2.51)}
	j.send(Finished{Run: 1, Report: &report.Report{Engine: embedded, Fidelity: "reference", Mode: plan.PDRatio,
		Search:  plan.SearchReference,
		Request: j.last("Start").(Start).Request, Devices: []report.Device{{Device: a3,
			Prefill: &report.Section{Best: &p, Candidates: []report.Row{p, p2}},
			Decode:  &report.Section{Best: &d, Candidates: []report.Row{d}},
			PDRatio: &report.RatioSection{Best: &ratios[0], Candidates: ratios}, Points: []report.Row{p, p2, d}}}}})
	return j.pane(Showing)
}

func TestRatioTotalsFollowTheCounts(t *testing.T) {
	j := ratioResults(t)
	if j.m.Results.Part != table.PartRatio || j.m.Results.Table.Len() != 2 {
		t.Fatalf("part %s, %d rows", j.m.Results.Part, j.m.Results.Table.Len())
	}
	got, ok := j.m.Totals()
	want := Totals{P: 1, D: 2, PrefillQPS: 4.84, DecodeQPS: 5.02, System: 4.84, IdleDecode: 1 - 4.84/5.02, PerPrefill: 4,
		PerDecode: 8, Devices: 20,
		Budget: 20, Bottleneck: "prefill", BestP: 1, BestD: 2}
	if !ok || math.Abs(got.IdleDecode-want.IdleDecode) > 1e-12 {
		t.Errorf("%+v", got)
	}
	got.IdleDecode = want.IdleDecode
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	j.do(More)
	if got, _ := j.m.Totals(); got.P != 2 || got.Devices != 24 || got.Left != -4 || got.Bottleneck != "decode" ||
		got.System != 5.02 {
		t.Errorf("%+v", got)
	}
	j.do(Right, Less, Less, Less)
	if got, _ := j.m.Totals(); got.D != 1 || got.P != 2 {
		t.Errorf("a side keeps one instance: %+v", got)
	}
	j.do(Down)
	if got, _ := j.m.Totals(); got.P != 1 || got.D != 2 {
		t.Errorf("another pair starts with its own split: %+v", got)
	}
}

// corrected.md, "PD split".
func TestBestSplit(t *testing.T) {
	shape := func(devices int) report.Row { return report.Row{Strategy: plan.Strategy{TP: devices, PP: 1, DP: 1}} }
	for _, c := range []struct {
		p, d, budget, wantP, wantD int
		pq, dq                     float64
	}{{8, 8, 64, 4, 4, 1, 1}, {2, 2, 12, 1, 5, 502.39, 116.34}, {4, 4, 7, 0, 0, 1, 1}, {4, 8, 20, 1, 2, 4.84, 2.51}} {
		r := report.Ratio{Prefill: shape(c.p), Decode: shape(c.d), PrefillQPS: c.pq, DecodeQPS: c.dq}
		if p, d := bestSplit(&r, c.budget, plan.Endless); p != c.wantP || d != c.wantD {
			t.Errorf("%d devices: %dP %dD, want %dP %dD", c.budget, p, d, c.wantP, c.wantD)
		}
	}
}

// Brute force over all pairs finds nothing better, and nothing as good with fewer devices.
func TestBestSplitIsTheBest(t *testing.T) {
	shape := func(devices int) report.Row { return report.Row{Strategy: plan.Strategy{TP: devices, PP: 1, DP: 1}} }
	for budget := 2; budget < 40; budget++ {
		for _, q := range []struct {
			p, d   int
			pq, dq float64
		}{{1, 1, 1, 3}, {2, 3, 5, 1.7}, {4, 2, .3, .31}} {
			r := report.Ratio{Prefill: shape(q.p), Decode: shape(q.d), PrefillQPS: q.pq, DecodeQPS: q.dq}
			gp, gd := bestSplit(&r, budget, plan.Endless)
			got := min(float64(gp)*q.pq, float64(gd)*q.dq)
			for p := 1; p*q.p < budget; p++ {
				for d := 1; p*q.p+d*q.d <= budget; d++ {
					if s := min(float64(p)*q.pq, float64(d)*q.dq); s > got || s == got && p*q.p+d*q.d < gp*q.p+gd*q.d {
						t.Fatalf("budget %d, %+v: %dP %dD beats %dP %dD", budget, q, p, d, gp, gd)
					}
				}
			}
		}
	}
}

func TestPhaseTabs(t *testing.T) {
	j := ratioResults(t).do(NextPart)
	if j.m.Results.Part != table.PartPrefill || j.m.Results.Table.Len() != 2 || j.labels() == "" {
		t.Errorf("%s", j.m.Results.Part)
	}
	for _, c := range j.m.Results.Table.Columns {
		if c == table.ColTPOT {
			t.Error("prefill rows have no TPOT")
		}
	}
	j.do(NextPart, AllPoints)
	if j.m.Results.Part != table.PartDecode || j.m.Results.Table.Len() != 1 {
		t.Errorf("%s has %d points", j.m.Results.Part, j.m.Results.Table.Len())
	}
	j.do(NextPart)
	if j.m.Results.Part != table.PartRatio {
		t.Error("round")
	}
	if w := j.m.Why(); len(w) != 2 {
		t.Errorf("a pair is explained by its two sides: %d", len(w))
	}
}

// Devices that are left over name what would use them, on the side that holds the other up.
func TestSpareDevicesNameTheirUse(t *testing.T) {
	pair := func(p, d float64) *report.Ratio {
		return &report.Ratio{PrefillQPS: p, DecodeQPS: d, Prefill: report.Row{Strategy: plan.Strategy{TP: 4, DP: 1, PP: 1}},
			Decode: report.Row{Strategy: plan.Strategy{TP: 8, DP: 1, PP: 1}}}
	}
	for _, c := range []struct {
		r            *report.Ratio
		p, d, budget int
		want         Spare
	}{
		{pair(5, 2.5), 1, 1, 12, Spare{}},
		{pair(5, 2.5), 1, 1, 16, Spare{Decodes: 1, Need: 4, System: 5}},
		{pair(5, 2.5), 1, 1, 20, Spare{Decodes: 1, System: 5}},
		{pair(2, 9), 1, 1, 15, Spare{Prefills: 1, Need: 1, System: 4}},
		{pair(3, 3), 1, 1, 14, Spare{Prefills: 1, Decodes: 1, Need: 10, System: 6}},
	} {
		if got := totals(c.r, c.p, c.d, c.budget, plan.Endless).Spare; got != c.want {
			t.Errorf("%d P : %d D of %d devices: %+v, want %+v", c.p, c.d, c.budget, got, c.want)
		}
	}
}

// What there is of a device bounds its side: no more are added, none is suggested, and the best split keeps to it. One
// profile on both sides has one store.
func TestStockBoundsASide(t *testing.T) {
	shape := func(devices int) report.Row { return report.Row{Strategy: plan.Strategy{TP: devices, PP: 1, DP: 1}} }
	r := report.Ratio{Prefill: shape(4), Decode: shape(8), PrefillQPS: 1, DecodeQPS: 9}
	for _, c := range []struct {
		of           plan.Stock
		wantP, wantD int
	}{{plan.Endless, 12, 2}, {plan.Stock{Prefill: 11, Decode: math.MaxInt, Both: math.MaxInt}, 2, 1}, {plan.Stock{Prefill: math.MaxInt, Decode: 7, Both: math.MaxInt}, 0, 0},
		{plan.Stock{Prefill: math.MaxInt, Decode: 8, Both: 24}, 4, 1}} {
		if p, d := bestSplit(&r, 64, c.of); p != c.wantP || d != c.wantD {
			t.Errorf("%+v: %dP %dD, want %dP %dD", c.of, p, d, c.wantP, c.wantD)
		}
	}
	if got := totals(&r, 2, 1, 64, plan.Stock{Prefill: 11, Decode: 64, Both: 64}).Spare; got != (Spare{}) {
		t.Errorf("a third prefill instance is more than the stock: %+v", got)
	}

	j := ratioResults(t)
	q := j.m.current().Request
	item, _ := j.m.Selected()
	item.Ratio.PrefillDevice, item.Ratio.DecodeDevice = a3, a3
	q.PrefillPools = []plan.Pool{{Profile: q.Profiles[0], Devices: 8}}
	q.DecodePools = []plan.Pool{{Profile: q.Profiles[0], Devices: 28}}
	j.do(More, More, More)
	if got, _ := j.m.Totals(); got.P != 2 {
		t.Errorf("%d prefill instances of 4 on 8 devices", got.P)
	}
	if why := noMore(&j.m); why != "off.stock" {
		t.Errorf("+ is off because of %q", why)
	}
	j.do(Right, More, More)
	if got, _ := j.m.Totals(); got.D != 2 {
		t.Errorf("%d decode instances of 8 beside 8 devices of 28 in one store", got.D)
	}
}

// Every change in a table of pairs is against the best pair of the run before, as the headline's is.
func TestPairsCompareWithTheBestBefore(t *testing.T) {
	j := ratioResults(t)
	was := *j.m.CurrentDevice().PDRatio.Best
	b := base{j.m.CurrentDevice()}
	if b.pair() != j.m.CurrentDevice().PDRatio.Best || (base{}).pair() != nil {
		t.Error("the base of a pair is not the best one")
	}
	j.do(Pin, Edit).m.Pane = Confirming
	j.do(Accept)
	start := j.last("Start").(Start)
	other := pair(side(plan.PhasePrefill, 2, 2, 4, 1500, 0), was.Decode, 9, 5)
	ratios := []report.Ratio{other, was}
	j.send(Finished{Run: start.Run, Report: &report.Report{Engine: embedded, Fidelity: "reference", Mode: plan.PDRatio,
		Search: plan.SearchReference, Request: start.Request, Devices: []report.Device{{Device: a3,
			PDRatio: &report.RatioSection{Best: &ratios[0], Candidates: ratios}}}}}).pane(Showing)
	h, rows := j.m.Headline(), j.m.Window(0, 2)
	if len(rows) != 2 {
		t.Fatalf("%d pairs", len(rows))
	}
	for _, s := range rows {
		if s.BaseOf == nil || s.BaseOf != h.BaseOf {
			t.Errorf("%s compares with %+v, the headline with %+v", table.ShortLabel(&s.Ratio.Prefill), s.BaseOf, h.BaseOf)
		}
	}
}
