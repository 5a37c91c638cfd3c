package state

import (
	"math"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// Totals is what a number of prefill and decode instances amounts to together.
type Totals struct {
	P, D         int
	PrefillQPS   float64 // of all prefill instances
	DecodeQPS    float64
	System       float64 // the smaller of the two: requests per second that go through
	IdlePrefill  float64 // share of the prefill side that has nothing to do, 0..1
	IdleDecode   float64
	PerPrefill   int // devices of one instance
	PerDecode    int
	Devices      int
	Budget       int // devices of the request
	Left         int // of the budget; negative: too many
	Bottleneck   string
	ReferenceP   int // the reference tool's own split, 0: none fits
	ReferenceD   int
	BestP, BestD int // the split that lets most requests through, 0: none fits

	Spare Spare
}

// Spare is what devices that are left over would be used by: one instance more on the side that holds the other up, on
// both where neither does.
type Spare struct {
	Prefills, Decodes int     // instances more
	Need              int     // devices beside those that are left over, 0: it fits
	System            float64 // requests per second then
}

// Totals are those of the selected pair with the counts on screen.
func (m *Model) Totals() (Totals, bool) {
	item, ok := m.Selected()
	if !ok || item.Ratio == nil {
		return Totals{}, false
	}
	return totals(item.Ratio, m.Results.Split.P, m.Results.Split.D, m.budget(), m.stockOf(item.Ratio)), true
}

func (m *Model) budget() int {
	if e := m.current(); e != nil && e.Request != nil {
		return e.Request.Devices
	}
	return 0
}

func totals(r *report.Ratio, p, d, budget int, of plan.Stock) Totals {
	perP, perD := r.Rates()
	t := Totals{P: p, D: d, PrefillQPS: float64(p) * perP, DecodeQPS: float64(d) * perD,
		PerPrefill: r.Prefill.Strategy.World(), PerDecode: r.Decode.Strategy.World(), Budget: budget, Bottleneck: "balanced"}
	t.System = min(t.PrefillQPS, t.DecodeQPS)
	if t.PrefillQPS > 0 {
		t.IdlePrefill = 1 - t.System/t.PrefillQPS
	}
	if t.DecodeQPS > 0 {
		t.IdleDecode = 1 - t.System/t.DecodeQPS
	}
	switch {
	case t.PrefillQPS < t.DecodeQPS:
		t.Bottleneck = "prefill"
	case t.DecodeQPS < t.PrefillQPS:
		t.Bottleneck = "decode"
	}
	if t.Bottleneck != "decode" && perP < r.PrefillQPS || t.Bottleneck != "prefill" && perD < r.DecodeQPS {
		t.Bottleneck = "link"
	}
	t.Devices = p*t.PerPrefill + d*t.PerDecode
	_, _, t.Left = of.Left(budget, p*t.PerPrefill, d*t.PerDecode)
	if r.PrefillInstances != nil && r.DecodeInstances != nil {
		t.ReferenceP, t.ReferenceD = *r.PrefillInstances, *r.DecodeInstances
	}
	t.BestP, t.BestD = bestSplit(r, budget, of)
	if t.Left > 0 {
		t.Spare = spare(r, &t, of)
	}
	return t
}

func spare(r *report.Ratio, t *Totals, of plan.Stock) Spare {
	var s Spare
	if t.Bottleneck != "decode" {
		s.Prefills = 1
	}
	if t.Bottleneck != "prefill" {
		s.Decodes = 1
	}
	if !of.Holds((t.P+s.Prefills)*t.PerPrefill, (t.D+s.Decodes)*t.PerDecode) {
		return Spare{}
	}
	s.Need = max(0, s.Prefills*t.PerPrefill+s.Decodes*t.PerDecode-t.Left)
	p, d := r.Rates()
	s.System = min(float64(t.P+s.Prefills)*p, float64(t.D+s.Decodes)*d)
	return s
}

// bestSplit is the pair within the budget and the stock that lets the most requests through, then the one with fewest
// devices (corrected.md, "PD split"); 0, 0 where not even one of each fits.
func bestSplit(r *report.Ratio, budget int, of plan.Stock) (p, d int) {
	perP, perD := max(1, r.Prefill.Strategy.World()), max(1, r.Decode.Strategy.World())
	pRate, dRate := r.Rates()
	best, devices := -1.0, 0
	for n := 1; n <= mostInstances && n*perP+perD <= budget; n++ {
		// More decode instances than keep up with n prefill instances only cost devices.
		most := min(budget-n*perP, of.Decode, of.Both-n*perP) / perD
		if n*perP > of.Prefill || most < 1 {
			break
		}
		need := most
		if dRate > 0 {
			need = int(min(float64(most), max(1, math.Ceil(float64(n)*pRate/dRate))))
		}
		qps := min(float64(n)*pRate, float64(need)*dRate)
		if use := n*perP + need*perD; qps > best || qps == best && use < devices {
			best, devices, p, d = qps, use, n, need
		}
	}
	return p, d
}

// mostInstances bounds the counts; no plan has as many.
const mostInstances = 9999

// resetSplit puts the counts to what the run found for the selected pair, or to the best split of its budget.
func (u *update) resetSplit() {
	item, ok := u.Selected()
	s := &u.Results.Split
	if !ok || item.Ratio == nil {
		return
	}
	r := item.Ratio
	if s.of == r {
		return // still the same pair
	}
	*s = Split{P: 1, D: 1, Side: s.Side, of: r}
	switch p, d := bestSplit(r, u.budget(), u.stockOf(r)); {
	case r.PrefillInstances != nil && r.DecodeInstances != nil:
		s.P, s.D = *r.PrefillInstances, *r.DecodeInstances
	case p > 0 && d > 0:
		s.P, s.D = p, d
	}
}

// turnSplit adds or takes away one instance on the chosen side.
func (u *update) turnSplit(a Action) {
	s := &u.Results.Split
	n := &s.P
	if s.Side == 1 {
		n = &s.D
	}
	if a == More {
		if noMore(&u.Model) != "" {
			return
		}
		*n++
	} else {
		*n--
	}
	*n = max(1, min(*n, mostInstances))
	s.Own = true
}
