package calibrate

import (
	"slices"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/sim/kernel"
	"fathom/sim/score"
)

// number is one fitted number: where it stands in the costs of a run, and what is known of it before any run.
type number struct {
	name, unit string
	per        float64 // display units in one SI unit

	start     float64 // before any fit, in SI
	low, high float64 // the physical range

	// Standard deviations of the logarithm before any run: of a factor for all runs, for an engine, for an engine on a
	// device. 0: there is no such factor.
	all, engine, pair float64

	at func(*score.Costs) []*float64 // the first one is the number, the others follow it

	used func(use) bool // by a run; nil: by every one
}

// experts tells the fixed time of routed experts: sorting, gathering and grouped products are launched in ways of their
// own on every kind of device.
func (n *number) experts() bool { return strings.HasPrefix(n.name, "expert overhead") }

// load is what must differ between the runs of an engine for them to tell a number from the fixed time or the products
// beside it: requests of a replica, sequences of a scheduler, or lengths. 0 for every run: nothing must.
func (n *number) load(r *score.Row) float64 {
	requests := float64(r.Concurrency) / float64(max(1, r.Side.Workers))
	if r.Rate > 0 {
		requests = r.Rate
	}
	switch n.name {
	case "arrival overhead per request":
		return requests
	case "host overhead per sequence":
		return requests / float64(max(1, r.Side.DP))
	case "attention prefill efficiency":
		return float64(r.Input)
	case "attention decode efficiency":
		return float64(r.Input) + float64(r.Output)/2
	}
	return 0
}

// use is what a run uses of the numbers: which widths its linear layers and its routed experts are stored in, and
// whether it has experts and collectives.
type use struct {
	linear, expert [hw.NumWidths]bool
	collectives    bool
	dispatch       bool // rows of several attention ranks to the experts of each
}

// useOf gives what a row uses; everything where its model or formats are not known.
func useOf(r *score.Row) use {
	m, f, err := score.Stored(r)
	if err != nil {
		return use{linear: [hw.NumWidths]bool{true, true, true, true}, expert: [hw.NumWidths]bool{true, true, true, true},
			collectives: true, dispatch: true}
	}
	var u use
	u.linear[hw.W16], u.linear[f.Head.Row().Width] = true, true // routers are kept in 16 bits
	u.linear[f.Attention.Row().Width], u.linear[f.Dense.Row().Width] = true, true
	u.expert[f.Expert.Row().Width] = m.MoE()
	u.collectives = r.Disaggregated || r.Side.TP > 1
	u.dispatch = m.MoE() && (r.Disaggregated || r.Side.DP > 1)
	return u
}

func linears(widths ...hw.Width) func(use) bool {
	return func(u use) bool { return slices.ContainsFunc(widths, func(w hw.Width) bool { return u.linear[w] }) }
}

func experts(widths ...hw.Width) func(use) bool {
	return func(u use) bool { return slices.ContainsFunc(widths, func(w hw.Width) bool { return u.expert[w] }) }
}

func one(f func(*score.Costs) *float64) func(*score.Costs) []*float64 {
	return func(c *score.Costs) []*float64 { return []*float64{f(c)} }
}

func linear(w hw.Width) func(*score.Costs) []*hw.Efficiency {
	return func(c *score.Costs) []*hw.Efficiency { return ofWidth(&c.Kernel.Linear, w) }
}

func expert(w hw.Width) func(*score.Costs) []*hw.Efficiency {
	return func(c *score.Costs) []*hw.Efficiency { return ofWidth(&c.Kernel.Expert, w) }
}

// ofWidth lists the formats of a width: runs do not tell them apart.
func ofWidth(table *[hw.NumFormats]hw.Efficiency, w hw.Width) []*hw.Efficiency {
	var out []*hw.Efficiency
	for f := range hw.NumFormats {
		if f.Row().Width == w {
			out = append(out, &table[f])
		}
	}
	return out
}

func memory(of ...func(*score.Costs) []*hw.Efficiency) func(*score.Costs) []*float64 {
	return func(c *score.Costs) []*float64 {
		return fields(c, of, func(p *hw.Efficiency) *float64 { return &p.Memory })
	}
}

func compute(of ...func(*score.Costs) []*hw.Efficiency) func(*score.Costs) []*float64 {
	return func(c *score.Costs) []*float64 {
		return fields(c, of, func(p *hw.Efficiency) *float64 { return &p.Compute })
	}
}

func overhead(of ...func(*score.Costs) []*hw.Efficiency) func(*score.Costs) []*float64 {
	return func(c *score.Costs) []*float64 {
		return fields(c, of, func(p *hw.Efficiency) *float64 { return &p.Overhead })
	}
}

func fields(c *score.Costs, of []func(*score.Costs) []*hw.Efficiency, take func(*hw.Efficiency) *float64) []*float64 {
	var out []*float64
	for _, f := range of {
		for _, p := range f(c) {
			out = append(out, take(p))
		}
	}
	return out
}

// numbers lists what is fitted. Starts: kernel tables of the peer for 16 and 8 bits (nvidia_devices, serving-dynamics
// 2), their neighbours for 4 bits, serving-dynamics 5 for the engines' times. Ranges: shares of a peak are below 1;
// times are what a host or a launch can take.
func numbers() []number {
	const us, ms = 1e6, 1e3
	w16, w8, w4 := linear(hw.W16), linear(hw.W8), linear(hw.W4)
	e16, e8, e4, ei := expert(hw.W16), expert(hw.W8), expert(hw.W4), expert(hw.WInt4)
	return []number{
		{name: "arrival overhead", unit: "ms", per: ms, start: 25e-3, low: 1e-4, high: 2, all: 1, engine: 1, pair: 0.5,
			at: one(func(c *score.Costs) *float64 { return &c.Host.Arrive })},
		{name: "arrival overhead per request", unit: "ms", per: ms, start: 2e-4, low: 1e-6, high: 0.05, all: 1.2, engine: 0.7,
			at: one(func(c *score.Costs) *float64 { return &c.Host.ArriveSeq })},
		{name: "host overhead per step", unit: "ms", per: ms, start: 0.5e-3, low: 1e-5, high: 0.02, all: 0.7,
			at: one(func(c *score.Costs) *float64 { return &c.Host.Step })},
		{name: "host overhead per sequence", unit: "us", per: us, start: 15e-6, low: 1e-7, high: 1e-3, all: 0.7,
			at: one(func(c *score.Costs) *float64 { return &c.Host.Sequence })},
		{name: "front end per prompt token", unit: "us", per: us, start: 3e-6, low: 1e-8, high: 1e-3, all: 1,
			at: one(func(c *score.Costs) *float64 { return &c.Host.Read })},
		{name: "front end per answer token", unit: "us", per: us, start: 30e-6, low: 1e-7, high: 1e-2, all: 1, engine: 0.4,
			at: one(func(c *score.Costs) *float64 { return &c.Host.Stream })},
		{name: "progress per year", per: 1, start: 0.4, low: 0.02, high: 3, all: 0.7,
			at: one(func(c *score.Costs) *float64 { return &c.Kernel.Progress })},
		{name: "expert dispatch", unit: "us", per: us, start: 40e-6, low: 1e-6, high: 1e-3, all: 0.7,
			at:   one(func(c *score.Costs) *float64 { return &c.Kernel.Dispatch }),
			used: func(u use) bool { return u.dispatch }},
		{name: "layer overhead", unit: "us", per: us, start: 35e-6, low: 1e-6, high: 1e-3, all: 0.5, engine: 0.4,
			at: func(c *score.Costs) []*float64 {
				return []*float64{&c.Kernel.LayerOverhead, &c.Kernel.KernelOverhead}
			}},
		{name: "expert overhead", unit: "us", per: us, start: 25e-6, low: 1e-6, high: 1e-3, all: 0.5, engine: 0.3,
			at: overhead(e8, e16, ei), used: experts(hw.W16, hw.W8, hw.WInt4)},
		{name: "expert overhead 4bit", unit: "us", per: us, start: 20e-6, low: 1e-6, high: 1e-3, all: 0.5,
			at: overhead(e4), used: experts(hw.W4)},
		{name: "expert compute efficiency 8bit", per: 1, start: 0.20, low: 0.005, high: 1, all: 0.5,
			at: compute(e8), used: experts(hw.W8)},
		{name: "expert compute efficiency 4bit", per: 1, start: 0.15, low: 0.005, high: 1, all: 0.5,
			at: compute(e4), used: experts(hw.W4)},
		{name: "expert compute efficiency 16bit", per: 1, start: 0.35, low: 0.005, high: 1, all: 0.5,
			at: compute(e16, ei), used: experts(hw.W16, hw.WInt4)},
		{name: "expert memory efficiency", per: 1, start: 0.85, low: 0.05, high: 1, all: 0.1,
			at: memory(e16, e8), used: experts(hw.W16, hw.W8)},
		{name: "expert memory efficiency 4bit", per: 1, start: 0.80, low: 0.05, high: 1, all: 0.1,
			at: memory(e4, ei), used: experts(hw.W4, hw.WInt4)},
		{name: "widening", unit: "operations", per: 1, start: 12, low: 1, high: 200, all: 0.4,
			at: one(func(c *score.Costs) *float64 { return &c.Kernel.Widening }), used: experts(hw.WInt4, hw.W4)},
		{name: "expert tile", unit: "rows", per: 1, start: 64, low: 1, high: 512, all: 0.5,
			at:   one(func(c *score.Costs) *float64 { return &c.Kernel.ExpertTile }),
			used: experts(hw.W8, hw.W16, hw.W4)},
		{name: "linear memory efficiency", per: 1, start: 0.83, low: 0.05, high: 1, all: 0.1,
			at: memory(w16, w8, linear(hw.WInt4)), used: linears(hw.W16, hw.W8, hw.WInt4)},
		{name: "linear memory efficiency 4bit", per: 1, start: 0.70, low: 0.05, high: 1, all: 0.3,
			at: memory(w4), used: linears(hw.W4)},
		{name: "linear compute efficiency 16bit", per: 1, start: 0.79, low: 0.05, high: 1, all: 0.15,
			at: compute(w16, linear(hw.WInt4)), used: linears(hw.W16, hw.WInt4)},
		{name: "linear compute efficiency 8bit", per: 1, start: 0.55, low: 0.05, high: 1, all: 0.2,
			at: compute(w8), used: linears(hw.W8)},
		{name: "linear compute efficiency 4bit", per: 1, start: 0.50, low: 0.05, high: 1, all: 0.3,
			at: compute(w4), used: linears(hw.W4)},
		{name: "quantisation overhead", unit: "us", per: us, start: 2.5e-6, low: 1e-8, high: 1e-4, all: 0.7,
			at: overhead(w8, w4), used: linears(hw.W8, hw.W4)},
		{name: "attention prefill efficiency", per: 1, start: 0.47, low: 0.02, high: 1, all: 0.2,
			at: one(func(c *score.Costs) *float64 { return &c.Kernel.AttnPrefill })},
		{name: "attention decode efficiency", per: 1, start: 0.80, low: 0.05, high: 1, all: 0.1,
			at: one(func(c *score.Costs) *float64 { return &c.Kernel.AttnDecode })},
		{name: "prompt overhead", unit: "us", per: us, start: 20e-6, low: 1e-7, high: 1e-3, all: 0.7,
			at: one(func(c *score.Costs) *float64 { return &c.Kernel.PromptOverhead })},
		{name: "collective overhead factor", per: 1, start: 1, low: 0.1, high: 10, all: 0.3,
			at:   one(func(c *score.Costs) *float64 { return &c.Kernel.Reduce }),
			used: func(u use) bool { return u.collectives }},
	}
}

// before are the costs of an engine on a device before the fit: those of an earlier fit, or the starts. What an earlier
// fit does not have stays 0: no run was predicted with it. An engine that it does not have starts from what all engines
// share there.
func before(p *hw.Profile, engine string, all []number, fresh bool) score.Costs {
	if !fresh && p.Calibrated != nil && len(p.Calibrated.Engines) > 0 {
		if k, h, err := kernel.Calibrated(p, engine); err == nil {
			return score.Costs{Kernel: k, Host: h}
		}
		if k, h, err := kernel.Calibrated(p, p.Calibrated.Engines[0].Name); err == nil {
			c, own := score.Costs{Kernel: k, Host: h}, starts(p, all)
			for i := range all {
				if n := &all[i]; n.engine > 0 {
					scale(&c, n, 0, *n.at(&own)[0])
				}
			}
			return c
		}
	}
	return starts(p, all)
}

// starts are the costs where nothing was fitted to a device.
func starts(p *hw.Profile, all []number) score.Costs {
	c := score.Costs{Kernel: kernel.Fittable(p)}
	usual := *p
	usual.Kernel = nil
	other := score.Costs{Kernel: kernel.Fittable(&usual)}
	for i := range all {
		start := all[i].start
		if own, any := *all[i].at(&c)[0], *all[i].at(&other)[0]; own > 0 && any > 0 { // a device with constants of its own
			start = clamp(start*own/any, all[i].low, all[i].high)
		}
		scale(&c, &all[i], 0, start)
	}
	return c
}

// scale multiplies a number by e^x, within its range; first, where it is not 0, replaces it. Fields that follow keep
// their ratio to it. A number that is 0 is none.
func scale(c *score.Costs, n *number, x, first float64) {
	to := n.at(c)
	if first > 0 {
		for _, v := range to[1:] {
			if ratio := *v / *to[0]; *to[0] > 0 && ratio > 0 && n.name == "layer overhead" {
				*v = first * ratio
			} else {
				*v = first
			}
		}
		*to[0] = first
	}
	if x == 0 || *to[0] == 0 {
		return
	}
	v := clamp(*to[0]*exp(x), n.low, n.high)
	factor := v / *to[0]
	for _, f := range to {
		*f *= factor
	}
}

// round keeps the digits that a reader can do something with, in the unit of the profile's file, so that a written
// profile gives the predictions of the one in memory.
func (n *number) round(c *score.Costs) {
	per := 1.0
	if n.per > 1 { // times stand in microseconds
		per = 1e6
	}
	for _, v := range n.at(c) {
		if rounded, err := strconv.ParseFloat(strconv.FormatFloat(*v*per, 'g', 4, 64), 64); err == nil {
			*v = rounded / per
		}
	}
}
