package calibrate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/sim/kernel"
	"fathom/sim/model"
)

// sumNumber is one number of a device's kernels.
type sumNumber struct {
	name, unit       string
	start, low, high float64
	at               func(*hw.Kernel) *float64
	used             func(*Pass) bool
}

// measuredFormats are those that files of kernel sums have.
var measuredFormats = map[hw.Precision]kernel.Format{hw.PrecBF16: kernel.BF16, hw.PrecFP8: kernel.FP8, hw.PrecFP8Block: kernel.FP8Block}

// serverSize is the number of devices of a server in files of kernel sums.
const serverSize = 8

// groupSizes are the groups whose all-reduce is fitted.
var groupSizes = []int{2, 4, 8}

// sumNumbers lists what passes tell of a device. Starts are round figures of any device; a number that no pass uses is left
// out.
func sumNumbers(passes []Pass) []sumNumber {
	var out []sumNumber
	add := func(name, unit string, start, low, high float64, used func(*Pass) bool, at func(*hw.Kernel) *float64) {
		if used == nil || slices.ContainsFunc(passes, func(p Pass) bool { return used(&p) }) {
			out = append(out, sumNumber{name, unit, start, low, high, at, used})
		}
	}
	const us, ns = "us", "ns"
	for p, f := range measuredFormats {
		expert := func(q *Pass) bool { return q.model.MoE() && q.formats.Expert == f }
		linear := func(q *Pass) bool { return f == kernel.BF16 || q.formats.Dense == f } // routers and heads are kept in 16 bits
		name := p.String()
		add("linear memory "+name, "", 0.75, 0.2, 1, linear, func(k *hw.Kernel) *float64 { return &k.Linear[p].Memory })
		add("linear compute "+name, "", 0.6, 0.1, 1, linear, func(k *hw.Kernel) *float64 { return &k.Linear[p].Compute })
		add("linear floor "+name, us, 5e-6, 1e-7, 5e-5, linear, func(k *hw.Kernel) *float64 { return &k.Linear[p].Floor })
		add("expert memory "+name, "", 0.8, 0.2, 1, expert, func(k *hw.Kernel) *float64 { return &k.Expert[p].Memory })
		add("expert compute "+name, "", 0.4, 0.02, 1, expert, func(k *hw.Kernel) *float64 { return &k.Expert[p].Compute })
		add("expert floor "+name, us, 25e-6, 1e-7, 2e-4, expert, func(k *hw.Kernel) *float64 { return &k.Expert[p].Floor })
	}
	moe := func(p *Pass) bool { return p.model.MoE() }
	wide := func(p *Pass) bool { return moe(p) && p.dp > 1 }
	beyond := func(p *Pass) bool { return wide(p) && p.tp*p.dp > serverSize }
	prompts := func(p *Pass) bool { return p.Prefill }
	add("expert row", ns, 5e-9, 1e-11, 1e-6, moe, func(k *hw.Kernel) *float64 { return &k.Sum.ExpertRow })
	add("expert passes", "", 3, 0.1, 20, moe, func(k *hw.Kernel) *float64 { return &k.Sum.ExpertPasses })
	add("expert narrow", "", 100, 1, 4000, moe, func(k *hw.Kernel) *float64 { return &k.Sum.Narrow })
	add("expert group skew", "", 0.15, 0.005, 1, func(p *Pass) bool { return grouped(p) && p.ep > 1 }, func(k *hw.Kernel) *float64 { return &k.Sum.GroupSkew })
	add("expert skew", "", 0.25, 0.01, 1, func(p *Pass) bool { return moe(p) && !grouped(p) && p.ep > 1 }, func(k *hw.Kernel) *float64 { return &k.Sum.Skew })
	add("expert spread", "", 0.9, 0.5, 1, moe, func(k *hw.Kernel) *float64 { return &k.Sum.Spread })
	add("gather", "", 0.8, 0.1, 1, wide, func(k *hw.Kernel) *float64 { return &k.Sum.Gather })
	add("gather fixed", us, 3e-5, 1e-7, 1e-3, wide, func(k *hw.Kernel) *float64 { return &k.Sum.GatherFixed })
	add("gather wide", "", 0.5, 0.02, 1, beyond, func(k *hw.Kernel) *float64 { return &k.Sum.GatherWide })
	add("gather wide fixed", us, 1e-4, 1e-7, 5e-3, beyond, func(k *hw.Kernel) *float64 { return &k.Sum.GatherWideFixed })
	add("attention prefill", "", 0.5, 0.1, 1, prompts, func(k *hw.Kernel) *float64 { return &k.Sum.AttnPrefill })
	add("attention decode", "", 0.85, 0.2, 1, func(p *Pass) bool { return !p.Prefill }, func(k *hw.Kernel) *float64 { return &k.Sum.AttnDecode })
	add("layer floor", us, 20e-6, 1e-6, 2e-4, nil, func(k *hw.Kernel) *float64 { return &k.Sum.LayerFloor })
	add("prompt floor", us, 40e-6, 1e-7, 4e-4, prompts, func(k *hw.Kernel) *float64 { return &k.Sum.PromptFloor })
	add("latent floor", us, 2e-5, 1e-7, 5e-4, latent, func(k *hw.Kernel) *float64 { return &k.Sum.LatentFloor })
	for i, ranks := range groupSizes {
		used := func(p *Pass) bool { return p.tp == ranks }
		name := fmt.Sprintf("all-reduce of %d ", ranks)
		add(name+"fixed", us, 5e-6, 1e-7, 1e-3, used, func(k *hw.Kernel) *float64 { return &k.Groups[i].Curve.Fixed })
		add(name+"payload", "GB/s", 2e11, 1e8, 1e12, used, func(k *hw.Kernel) *float64 { return &k.Groups[i].Curve.Payload })
		add(name+"ramp", us, 2e-5, 1e-8, 1e-1, used, func(k *hw.Kernel) *float64 { return &k.Groups[i].Curve.Ramp })
		add(name+"ramp size", "MiB", 4e6, 1e4, 1e9, used, func(k *hw.Kernel) *float64 { return &k.Groups[i].Curve.RampBytes })
	}
	slices.SortStableFunc(out, func(a, b sumNumber) int { return strings.Compare(a.name, b.name) })
	return out
}

func grouped(p *Pass) bool {
	return slices.ContainsFunc(p.model.Layers, func(l model.Layer) bool { return l.FFN.Groups > 1 })
}

func latent(p *Pass) bool { return p.model.Layers[0].Attention.Kind == model.MLA }

// scale is what a figure is multiplied and divided by in the unit that people and files use, so that short decimals stay so.
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

// sumFit is a fit to the passes of one device.
type sumFit struct {
	device  *hw.Profile
	passes  []Pass
	numbers []sumNumber
}

// at is the device with the numbers of a point.
func (f *sumFit) at(x []float64) *hw.Profile {
	out := *f.device
	k := hw.Kernel{}
	if f.device.Kernel != nil {
		k = *f.device.Kernel
	}
	k.Linear, k.Expert, k.Sum, k.Groups = [hw.NumPrecisions]hw.Product{}, [hw.NumPrecisions]hw.Product{}, hw.Sum{}, nil
	for _, ranks := range groupSizes {
		g := hw.Group{Ranks: ranks}
		if f.device.Kernel != nil {
			if old, ok := f.device.Kernel.Group(ranks); ok && old.Ranks == ranks {
				g = old
			}
		}
		k.Groups = append(k.Groups, g)
	}
	for i, n := range f.numbers {
		*n.at(&k) = clamp(n.start*exp(x[i]), n.low, n.high)
	}
	out.Kernel = &k
	return &out
}

// residuals are the logarithms of predicted / measured of each class, weighed by its share of the pass, and of the sum.
func (f *sumFit) residuals(p *Pass, device *hw.Profile, k *kernel.Constants) (r [kernel.NumClasses + 1]float64, err error) {
	got, err := p.price(device, k)
	if err != nil {
		return r, err
	}
	var whole float64
	for c := range got {
		whole += got[c]
		if share := p.Class[c] / p.Seconds; share > 0.01 && p.dp == 1 {
			r[c] = math.Sqrt(share) * math.Log(math.Max(got[c]/p.Class[c], 1e-3))
		}
	}
	r[kernel.NumClasses] = math.Log(whole / p.Seconds)
	if p.dp > 1 {
		r[kernel.NumClasses] *= 0.5
	}
	return r, nil
}

// solve fits the numbers to the passes that keep accepts, by damped Gauss-Newton from x.
func (f *sumFit) solve(ctx context.Context, x []float64, rounds int, keep func(*Pass) bool) ([]float64, error) {
	const soft, width = 0.15, 1.0
	var rows []*Pass
	for i := range f.passes {
		if keep == nil || keep(&f.passes[i]) {
			rows = append(rows, &f.passes[i])
		}
	}
	for range rounds {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		base := make([][kernel.NumClasses + 1]float64, len(rows))
		here := f.at(x)
		k, _ := kernel.Sums(here)
		for i, p := range rows {
			var err error
			if base[i], err = f.residuals(p, here, &k); err != nil {
				return nil, err
			}
		}
		s := newSystem(len(x))
		for i := range x {
			s.a[i][i] = 1 / (width * width)
			s.b[i] = -x[i] / (width * width)
		}
		slope := make([][][kernel.NumClasses + 1]float64, len(x))
		for n := range x {
			slope[n] = make([][kernel.NumClasses + 1]float64, len(rows))
			moved := append([]float64(nil), x...)
			moved[n] += 0.03
			there := f.at(moved)
			k, _ := kernel.Sums(there)
			for i, p := range rows {
				if u := f.numbers[n].used; u != nil && !u(p) {
					continue
				}
				r, err := f.residuals(p, there, &k)
				if err != nil {
					return nil, err
				}
				for c := range r {
					slope[n][i][c] = (r[c] - base[i][c]) / 0.03
				}
			}
		}
		for i := range rows {
			for c := range base[i] {
				r := base[i][c]
				w := 100 / (1 + (r/soft)*(r/soft))
				for n := range x {
					d := slope[n][i][c]
					if d == 0 {
						continue
					}
					s.b[n] -= w * d * r
					for m := range x {
						s.a[n][m] += w * d * slope[m][i][c]
					}
				}
			}
		}
		s.cholesky()
		next := append([]float64(nil), x...)
		for i, d := range s.solve(s.b) {
			n := f.numbers[i]
			next[i] = clamp(next[i]+clamp(d, -0.5, 0.5), math.Log(n.low/n.start), math.Log(n.high/n.start))
		}
		x = next
	}
	return x, nil
}
