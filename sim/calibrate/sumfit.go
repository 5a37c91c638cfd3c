package calibrate

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"

	"fathom/hw"
	"fathom/sim/kernel"
)

// sumFit is a fit to the passes of one device.
type sumFit struct {
	device  *hw.Profile
	passes  []Pass
	engines []string // the first one has the device's own kernels
	numbers []sumNumber

	kept []bool // numbers that the passes cannot tell
	posterior
}

func newSumFit(device *hw.Profile, passes []Pass) *sumFit {
	f := &sumFit{device: device, passes: passes, engines: engines(passes), numbers: sumNumbers(passes)}
	for i := range f.numbers {
		f.sd = append(f.sd, f.numbers[i].width)
	}
	return f
}

// frame is the fit to kernel sums: every number is one unknown.
func (f *sumFit) frame(weight func(r float64) float64) *frame {
	const little, most, passWeight = 0.03, 0.5, 100
	out := &frame{sd: f.sd, step: little, most: most, total: len(f.passes), bound: f.bound,
		users:    make([][]int, len(f.numbers)),
		unknowns: func(_, n int) []int { return []int{n} },
		weight:   func(_ int, r float64) float64 { return passWeight * weight(r) },
		within: func(x []float64) { // from beyond a range no small step leads back
			for i := range x {
				x[i] = math.Log(f.value(x, i) / f.from(x, i))
			}
		},
		predict: f.residuals,
	}
	for n := range f.numbers {
		for i := range f.passes {
			if used := f.numbers[n].used; used == nil || used(&f.passes[i]) {
				out.users[n] = append(out.users[n], i)
			}
		}
	}
	return out
}

// residuals prices passes at x with one number moved. Passes share the processors.
func (f *sumFit) residuals(ctx context.Context, passes []int, x []float64, moved int, by float64) ([]residuals, error) {
	if moved >= 0 {
		x = slices.Clone(x)
		x[moved] += by
	}
	device := f.at(x)
	costs := f.constants(device)
	out := make([]residuals, len(passes))
	return out, parallel(ctx, len(passes), func(i int) (err error) {
		p := &f.passes[passes[i]]
		k := costs[p.engine]
		out[i], err = p.residuals(device, &k)
		return err
	})
}

// constants are those of every engine.
func (f *sumFit) constants(device *hw.Profile) map[string]kernel.Constants {
	out := map[string]kernel.Constants{}
	for _, e := range f.engines {
		out[e], _ = kernel.Sums(device, e)
	}
	return out
}

// at is the device with the numbers of a point.
func (f *sumFit) at(x []float64) *hw.Profile {
	out, k := *f.device, f.placed()
	k.Linear, k.Expert, k.Sum = [hw.NumFormats]hw.Efficiency{}, [hw.NumFormats]hw.Efficiency{}, hw.Sum{}
	for i := range k.Engines {
		k.Engines[i] = hw.EngineKernels{Name: k.Engines[i].Name}
	}
	for i, n := range f.numbers {
		*n.at(k) = f.value(x, i)
	}
	out.Kernel = k
	return &out
}

// residuals are the logarithms of predicted / measured of each class, weighed by its share of the pass, and of the sum.
func (p *Pass) residuals(device *hw.Profile, k *kernel.Constants) (residuals, error) {
	got, err := p.price(device, k)
	if err != nil {
		return nil, err
	}
	r := make(residuals, kernel.NumClasses+1)
	var whole float64
	ours, theirs := p.classes(got)
	for c := range ours {
		whole += ours[c]
		r[c] = math.NaN()
		if share := theirs[c] / p.Seconds; share > 0.01 && share < 0.99 {
			r[c] = math.Sqrt(share) * math.Log(math.Max(ours[c]/theirs[c], 1e-3))
		}
	}
	r[kernel.NumClasses] = math.Log(whole / p.Seconds)
	return r, nil
}

// bound is 1 where a number is at the upper end of its range, -1 at the lower one, and 0 between.
func (f *sumFit) bound(x []float64, n int) float64 {
	v, spec := f.value(x, n), &f.numbers[n]
	switch {
	case v >= spec.high*(1-1e-9):
		return 1
	case v <= spec.low*(1+1e-9):
		return -1
	}
	return 0
}

// value is a number at a point.
func (f *sumFit) value(x []float64, n int) float64 {
	return clamp(f.from(x, n)*exp(x[n]), f.numbers[n].low, f.numbers[n].high)
}

// from is what a number starts from: a round figure, or the device's own number.
func (f *sumFit) from(x []float64, n int) float64 {
	if base := f.numbers[n].base; base >= 0 {
		return f.value(x, base)
	}
	return f.numbers[n].start
}

// Residuals beyond soft count less. By their size they have one best fit; with less and less they let single passes go,
// which finds the nearest of several. So a fit begins with the first and ends with the second.
const soft = 0.15

func bySize(r float64) float64    { return 1 / math.Hypot(1, r/soft) }
func lettingGo(r float64) float64 { return 1 / (1 + (r/soft)*(r/soft)) }

// solve fits the numbers to the passes that keep accepts, in so many steps from x.
func (f *sumFit) solve(ctx context.Context, x []float64, rounds int, weight func(r float64) float64,
	keep func(pass int) bool) ([]float64, error) {
	frame := f.frame(weight)
	for range rounds {
		v, err := frame.look(ctx, x, keep)
		if err != nil {
			return nil, err
		}
		x = frame.improve(x, v, keep)
	}
	return x, nil
}

// parallel calls work for every index on all processors, and gives one of the errors.
func parallel(ctx context.Context, n int, work func(i int) error) error {
	workers := max(1, runtime.GOMAXPROCS(0))
	errs := make([]error, workers)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := w; i < n && errs[w] == nil; i += workers {
				if errs[w] = context.Cause(ctx); errs[w] == nil {
					errs[w] = work(i)
				}
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
