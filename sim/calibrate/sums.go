package calibrate

import (
	"context"
	"math"
	"slices"

	"fathom/hw"
	"fathom/sim/kernel"
	"fathom/sim/model"
)

// sumNumber is one number of a device's kernels.
type sumNumber struct {
	name             string
	start, low, high float64
	at               func(*sums) []*float64
	used             func(*Pass) bool
}

// sums are the numbers behind the kernel sums of a device.
type sums struct {
	kernel kernel.Constants
	device hw.Profile
	groups []hw.Group // of the device
}

// measuredFormats are those that files of kernel sums have.
var measuredFormats = []kernel.Format{kernel.BF16, kernel.FP8, kernel.FP8Block}

func sumNumbers(passes []Pass) []sumNumber {
	var out []sumNumber
	plain := func(name string, start, low, high float64, used func(*Pass) bool, at func(*sums) *float64) {
		out = append(out, sumNumber{name, start, low, high, func(s *sums) []*float64 { return []*float64{at(s)} }, used})
	}
	moe := func(p *Pass) bool { return p.model.MoE() }
	for _, f := range measuredFormats {
		linear := func(p *Pass) bool { return p.formats.Dense == f || f == kernel.BF16 }
		expert := func(p *Pass) bool { return moe(p) && p.formats.Expert == f }
		name := f.String()
		plain("linear memory "+name, 0.75, 0.2, 1, linear, func(s *sums) *float64 { return &s.kernel.Linear[f].Memory })
		plain("linear compute "+name, 0.6, 0.1, 1, linear, func(s *sums) *float64 { return &s.kernel.Linear[f].Compute })
		plain("linear floor "+name, 5e-6, 1e-7, 5e-5, linear, func(s *sums) *float64 { return &s.kernel.Linear[f].Floor })
		plain("expert memory "+name, 0.8, 0.2, 1, expert, func(s *sums) *float64 { return &s.kernel.Expert[f].Memory })
		plain("expert compute "+name, 0.4, 0.02, 1, expert, func(s *sums) *float64 { return &s.kernel.Expert[f].Compute })
		plain("expert floor "+name, 25e-6, 1e-7, 2e-4, expert, func(s *sums) *float64 { return &s.kernel.Expert[f].Floor })
	}
	plain("expert passes", 3, 0.1, 20, moe, func(s *sums) *float64 { return &s.kernel.ExpertPasses })
	plain("expert row", 5e-9, 1e-11, 1e-6, moe, func(s *sums) *float64 { return &s.kernel.ExpertRow })
	plain("expert skew", 0.25, 0.01, 1, func(p *Pass) bool { return moe(p) && p.ep > 1 }, func(s *sums) *float64 { return &s.kernel.Skew })
	plain("expert spread", 0.9, 0.5, 1, moe, func(s *sums) *float64 { return &s.kernel.Spread })
	plain("gather", 1, 0.1, 2, func(p *Pass) bool { return moe(p) && p.dp > 1 }, func(s *sums) *float64 { return &s.kernel.Gather })
	plain("gather fixed", 3e-5, 1e-7, 1e-3, func(p *Pass) bool { return moe(p) && p.dp > 1 }, func(s *sums) *float64 { return &s.kernel.GatherFixed })
	plain("latent floor", 2e-5, 1e-7, 5e-4, func(p *Pass) bool { return p.model.Layers[0].Attention.Kind == model.MLA }, func(s *sums) *float64 { return &s.kernel.LatentFloor })
	plain("attention prefill", 0.5, 0.1, 1, func(p *Pass) bool { return p.Prefill }, func(s *sums) *float64 { return &s.kernel.AttnPrefill })
	plain("attention decode", 0.85, 0.2, 1, func(p *Pass) bool { return !p.Prefill }, func(s *sums) *float64 { return &s.kernel.AttnDecode })
	plain("attention floor", 20e-6, 1e-6, 2e-4, nil, func(s *sums) *float64 { return &s.kernel.LayerFloor })
	plain("prompt floor", 40e-6, 1e-7, 4e-4, func(p *Pass) bool { return p.Prefill }, func(s *sums) *float64 { return &s.kernel.PromptFloor })
	for i, ranks := range []int{2, 4, 8} {
		used := func(p *Pass) bool { return p.tp == ranks }
		if !slices.ContainsFunc(passes, func(p Pass) bool { return used(&p) }) {
			continue
		}
		g := func(s *sums) *hw.Group { return &s.groups[i] }
		plain("collective fixed", 5e-6, 1e-7, 1e-3, used, func(s *sums) *float64 { return &g(s).Fixed })
		plain("collective payload", 2e11, 1e8, 1e12, used, func(s *sums) *float64 { return &g(s).Payload })
		plain("collective ramp", 2e-5, 1e-8, 1e-1, used, func(s *sums) *float64 { return &g(s).Ramp })
		plain("collective ramp bytes", 4e6, 1e4, 1e9, used, func(s *sums) *float64 { return &g(s).RampBytes })
	}
	return out
}

// newSums are the constants of kernel sums before a fit: nothing of a serving engine is in them.
func newSums(device *hw.Profile) *sums {
	s := &sums{kernel: kernel.Unfitted(device), device: *device, groups: []hw.Group{{Ranks: 2}, {Ranks: 4}, {Ranks: 8}}}
	s.kernel.InnerPasses, s.kernel.KernelFloor, s.kernel.LinearPasses = 3, 0, 1
	s.device.Kernel = &hw.Kernel{Groups: s.groups}
	return s
}

// sumFit is a fit to the passes of one device.
type sumFit struct {
	device  *hw.Profile
	passes  []Pass
	numbers []sumNumber
}

func (f *sumFit) at(x []float64) *sums {
	s := newSums(f.device)
	for i, n := range f.numbers {
		for _, v := range n.at(s) {
			*v = clamp(n.start*exp(x[i]), n.low, n.high)
		}
	}
	return s
}

// residuals are the logarithms of predicted / measured of each class, weighed by its share of the pass, and of the sum.
func (f *sumFit) residuals(p *Pass, s *sums) (r [kernel.NumClasses + 1]float64, err error) {
	got, err := p.price(&s.device, &s.kernel)
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
		for i, p := range rows {
			var err error
			if base[i], err = f.residuals(p, here); err != nil {
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
			for i, p := range rows {
				if u := f.numbers[n].used; u != nil && !u(p) {
					continue
				}
				r, err := f.residuals(p, there)
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
