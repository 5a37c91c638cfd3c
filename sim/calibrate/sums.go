package calibrate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/sim/model"
)

// sumNumber is one number of a device's kernels, or of the kernels that an engine brings to it.
type sumNumber struct {
	name, unit       string
	engine           string  // "" for the device's own
	start, low, high float64 // of an engine that brings kernels: the start is what the device's number is
	at               func(*hw.Kernel) *float64
	used             func(*Pass) bool
	width            float64 // standard deviation of the logarithm before any pass
	base             int     // number of the device that an engine's number starts from
}

// serverSize is the number of devices of a server in files of kernel sums.
const serverSize = 8

// groupSizes are the groups whose all-reduce is fitted.
var groupSizes = []int{2, 4, 8}

// sumNumbers lists what passes tell of a device. Starts are round figures of any device; a number that no pass uses is
// left out. Engines that bring kernels beside those of the engine with most passes have products of their own.
func sumNumbers(passes []Pass) []sumNumber {
	var out []sumNumber
	add := func(n sumNumber) {
		if n.used == nil || slices.ContainsFunc(passes, func(p Pass) bool { return n.used(&p) }) {
			out = append(out, n)
		}
	}
	for _, n := range productNumbers(func(k *hw.Kernel) (linear, expert *[hw.NumFormats]hw.Efficiency) {
		return &k.Linear,
			&k.Expert
	}) {
		add(n)
	}
	for _, n := range plainNumbers() {
		add(n)
	}
	slices.SortStableFunc(out, func(a, b sumNumber) int { return strings.Compare(a.name, b.name) })
	own := slices.Clone(out)
	for i, engine := range engines(passes)[1:] {
		mine := productNumbers(func(k *hw.Kernel) (linear, expert *[hw.NumFormats]hw.Efficiency) {
			return &k.Engines[i].Linear, &k.Engines[i].Expert
		})
		spread := func(p *Pass) bool { return moe(p) && p.ep > 1 }
		mine = append(mine,
			sumNumber{name: "expert skew", low: 0.01, high: 1, used: spread,
				at: func(k *hw.Kernel) *float64 { return &k.Engines[i].Skew }})
		slices.SortStableFunc(mine, func(a, b sumNumber) int { return strings.Compare(a.name, b.name) })
		for _, n := range mine {
			n.base = slices.IndexFunc(own, func(o sumNumber) bool { return o.name == n.name })
			used := n.used
			n.engine, n.width, n.used = engine, 0.5, func(p *Pass) bool { return p.engine == engine && used(p) }
			if n.base >= 0 {
				n.start = own[n.base].start
				add(n)
			}
		}
	}
	return out
}

// engines lists the engines of passes, the one with most of them first.
func engines(passes []Pass) []string {
	count := map[string]int{}
	for i := range passes {
		count[passes[i].engine]++
	}
	out := slices.Sorted(maps.Keys(count))
	slices.SortStableFunc(out, func(a, b string) int { return count[b] - count[a] })
	return out
}

const us, ns = "us", "ns"

// peak is the largest share of a peak that a kernel is believed to reach: no table has more, and memory refreshes.
const peak = 0.95

// productNumbers are what matrix products of each precision reach.
func productNumbers(of func(*hw.Kernel) (linear, expert *[hw.NumFormats]hw.Efficiency)) []sumNumber {
	var out []sumNumber
	for f := range hw.NumFormats {
		if f.Row().Kernels != f {
			continue
		}
		expert := func(q *Pass) bool { return q.model.MoE() && q.formats.Expert.Row().Kernels == f }
		// routers and heads are kept in 16 bits
		linear := func(q *Pass) bool { return f == hw.FormatBF16 || q.formats.Dense.Row().Kernels == f }
		at := func(routed bool, field func(*hw.Efficiency) *float64) func(*hw.Kernel) *float64 {
			return func(k *hw.Kernel) *float64 {
				table, experts := of(k)
				if routed {
					table = experts
				}
				return field(&table[f])
			}
		}
		memory, compute := func(m *hw.Efficiency) *float64 { return &m.Memory },
			func(m *hw.Efficiency) *float64 { return &m.Compute }
		overhead, passes := func(m *hw.Efficiency) *float64 { return &m.Overhead },
			func(m *hw.Efficiency) *float64 { return &m.Passes }
		name := f.String()
		for _, n := range []sumNumber{
			{name: "linear memory efficiency " + name, start: 0.75, low: 0.03, high: peak, used: linear, at: at(false, memory)},
			{name: "linear compute efficiency " + name, start: 0.6, low: 0.03, high: peak, used: linear, at: at(false, compute)},
			{name: "linear overhead " + name, unit: us, start: 5e-6, low: 1e-7, high: 5e-4, used: linear,
				at: at(false, overhead)},
			{name: "expert memory efficiency " + name, start: 0.8, low: 0.03, high: peak, used: expert, at: at(true, memory)},
			{name: "expert compute efficiency " + name, start: 0.4, low: 0.02, high: peak, used: expert, at: at(true, compute)},
			{name: "expert passes " + name, start: 3, low: 0.1, high: 50, used: expert, at: at(true, passes)},
			{name: "expert overhead " + name, unit: us, start: 25e-6, low: 1e-7, high: 5e-4, used: expert,
				at: at(true, overhead)},
		} {
			n.width, n.base = 1, -1
			out = append(out, n)
		}
	}
	return out
}

func moe(p *Pass) bool { return p.model.MoE() }

// plainNumbers are those that do not depend on the precision.
func plainNumbers() []sumNumber {
	var out []sumNumber
	add := func(name, unit string, start, low, high float64, used func(*Pass) bool, at func(*hw.Kernel) *float64) {
		out = append(out, sumNumber{name: name, unit: unit, start: start, low: low, high: high, used: used, at: at, width: 1,
			base: -1})
	}
	wide := func(p *Pass) bool { return moe(p) && p.dp > 1 }
	beyond := func(p *Pass) bool { return wide(p) && p.tp*p.dp > serverSize }
	prompts := func(p *Pass) bool { return p.Prefill }
	add("expert row", ns, 5e-9, 1e-11, 1e-6, moe, func(k *hw.Kernel) *float64 { return &k.Sum.ExpertRow })
	add("expert half-rate width", "", 30, 0.1, 4000, moe, func(k *hw.Kernel) *float64 { return &k.Sum.HalfRateWidth })
	add("expert token passes", "", 3, 0.1, 50, moe, func(k *hw.Kernel) *float64 { return &k.Sum.TokenPasses })
	add("expert skew", "", 0.25, 0.01, 1, func(p *Pass) bool { return moe(p) && p.ep > 1 },
		func(k *hw.Kernel) *float64 { return &k.Sum.Skew })
	add("expert coverage", "", 0.9, 0.5, 1, moe, func(k *hw.Kernel) *float64 { return &k.Sum.ExpertCoverage })
	add("gather efficiency", "", 0.7, 0.1, peak, wide, func(k *hw.Kernel) *float64 { return &k.Sum.Gather })
	add("gather overhead", us, 3e-5, 1e-7, 1e-3, wide, func(k *hw.Kernel) *float64 { return &k.Sum.GatherFixed })
	add("wide gather efficiency", "", 0.7, 0.02, peak, beyond, func(k *hw.Kernel) *float64 { return &k.Sum.GatherWide })
	add("wide gather overhead", us, 1e-4, 1e-7, 5e-3, beyond,
		func(k *hw.Kernel) *float64 { return &k.Sum.GatherWideFixed })
	add("attention prefill efficiency", "", 0.5, 0.1, peak, prompts,
		func(k *hw.Kernel) *float64 { return &k.Sum.AttnPrefill })
	add("attention decode efficiency", "", 0.85, 0.2, peak, func(p *Pass) bool { return !p.Prefill },
		func(k *hw.Kernel) *float64 { return &k.Sum.AttnDecode })
	add("layer overhead", us, 20e-6, 1e-6, 2e-4, nil, func(k *hw.Kernel) *float64 { return &k.Sum.LayerOverhead })
	add("prompt overhead", us, 40e-6, 1e-7, 4e-4, prompts, func(k *hw.Kernel) *float64 { return &k.Sum.PromptOverhead })
	add("latent overhead", us, 4e-5, 1e-7, 5e-4, latent, func(k *hw.Kernel) *float64 { return &k.Sum.LatentOverhead })
	for i, ranks := range groupSizes {
		used := func(p *Pass) bool { return p.tp == ranks }
		name := fmt.Sprintf("all-reduce of %d ", ranks)
		add(name+"fixed", us, 5e-6, 1e-7, 1e-3, used, func(k *hw.Kernel) *float64 { return &k.Groups[i].Curve.Fixed })
		add(name+"payload", "GB/s", 2e11, 1e8, 1e12, used, func(k *hw.Kernel) *float64 { return &k.Groups[i].Curve.Payload })
		add(name+"ramp", us, 2e-5, 1e-8, 1e-1, used, func(k *hw.Kernel) *float64 { return &k.Groups[i].Curve.Ramp })
		add(name+"ramp size", "MiB", 4e6, 1e4, 1e9, used, func(k *hw.Kernel) *float64 { return &k.Groups[i].Curve.RampBytes })
	}
	return out
}

func latent(p *Pass) bool { return p.model.Layers[0].Attention.Kind == model.MLA }

// scale is what a figure is multiplied and divided by in the unit that people and files use, so that short decimals
// stay so.
func (n *sumNumber) scale() (up, down float64) {
	switch n.unit {
	case "us":
		return 1e6, 1
	case "ns":
		return 1e9, 1
	case "GB/s":
		return 1, 1e9
	case "MiB":
		return 1, 1 << 20
	}
	return 1, 1
}

func (n *sumNumber) display(v float64) float64 {
	up, down := n.scale()
	return v * up / down
}
