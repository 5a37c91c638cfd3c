package calibrate

import (
	"context"
	"math"
	"runtime"
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

	kept    []bool // numbers that the passes cannot tell
	solved  *system
	noise   float64     // variance of a residual of weight 1
	without [][]float64 // solutions with one group left out
}

func newSumFit(device *hw.Profile, passes []Pass) *sumFit {
	return &sumFit{device: device, passes: passes, engines: engines(passes), numbers: sumNumbers(passes)}
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
	k.Linear, k.Expert, k.Sum = [hw.NumFormats]hw.Product{}, [hw.NumFormats]hw.Product{}, hw.Sum{}
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
func (p *Pass) residuals(device *hw.Profile, k *kernel.Constants) (r sumTerms, err error) {
	got, err := p.price(device, k)
	if err != nil {
		return r, err
	}
	var whole float64
	ours, theirs := p.classes(got)
	for c := range ours {
		whole += ours[c]
		if share := theirs[c] / p.Seconds; share > 0.01 && share < 0.99 {
			r[c] = math.Sqrt(share) * math.Log(math.Max(ours[c]/theirs[c], 1e-3))
		}
	}
	r[kernel.NumClasses] = math.Log(whole / p.Seconds)
	return r, nil
}

// sumTerms are the residuals of one pass.
type sumTerms [kernel.NumClasses + 1]float64

// view is what the passes say at a point: residuals, and their derivatives in the numbers that a pass uses.
type view struct {
	x     []float64
	base  []sumTerms
	slope [][]derivative // by pass
}

type derivative struct {
	number int
	by     sumTerms
}

// look prices the passes that keep accepts at x, and with each number moved a little. Passes share the processors.
func (f *sumFit) look(ctx context.Context, x []float64, keep func(*Pass) bool) (*view, error) {
	const little = 0.03
	v := &view{x: x, base: make([]sumTerms, len(f.passes)), slope: make([][]derivative, len(f.passes))}
	points := make([]*hw.Profile, len(x)+1)
	costs := make([]map[string]kernel.Constants, len(x)+1)
	step := make([]float64, len(x)+1)
	for n := range points {
		at := append([]float64(nil), x...)
		if n < len(x) {
			if step[n] = little; f.bound(x, n) > 0 {
				step[n] = -little
			}
			at[n] += step[n]
		}
		points[n] = f.at(at)
		costs[n] = f.constants(points[n])
	}
	err := parallel(ctx, len(f.passes), func(i int) error {
		p := &f.passes[i]
		if keep != nil && !keep(p) {
			return nil
		}
		price := func(n int) (sumTerms, error) {
			k := costs[n][p.engine]
			return p.residuals(points[n], &k)
		}
		var err error
		if v.base[i], err = price(len(x)); err != nil {
			return err
		}
		for n := range x {
			if used := f.numbers[n].used; used != nil && !used(p) {
				continue
			}
			d := derivative{number: n}
			if d.by, err = price(n); err != nil {
				return err
			}
			for c := range d.by {
				d.by[c] = (d.by[c] - v.base[i][c]) / step[n]
			}
			v.slope[i] = append(v.slope[i], d)
		}
		return nil
	})
	return v, err
}

// equations are those of a Gauss-Newton step of the robust, regularised least squares from x, factored, with the
// derivatives of a view of a point near it and numbers that are held where they are; noise is the variance of a
// residual of weight 1.
func (f *sumFit) equations(x []float64, v *view, weight func(r float64) float64, keep func(*Pass) bool,
	held []bool) (s *system, noise float64) {
	var square, terms float64
	s = newSystem(len(x))
	for i := range x {
		width := f.numbers[i].width
		s.a[i][i] = 1 / (width * width)
		s.b[i] = -x[i] / (width * width)
	}
	for i := range f.passes {
		if keep != nil && !keep(&f.passes[i]) {
			continue
		}
		r := v.base[i]
		for _, d := range v.slope[i] {
			for c := range r {
				r[c] += d.by[c] * (x[d.number] - v.x[d.number])
			}
		}
		for c := range r {
			w := 100 * weight(r[c])
			if r[c] != 0 {
				square += w * r[c] * r[c]
				terms++
			}
			for _, d := range v.slope[i] {
				if d.by[c] == 0 || held[d.number] {
					continue
				}
				s.b[d.number] -= w * d.by[c] * r[c]
				for _, e := range v.slope[i] {
					if !held[e.number] {
						s.a[d.number][e.number] += w * d.by[c] * e.by[c]
					}
				}
			}
		}
	}
	s.cholesky()
	return s, square / max(1, terms)
}

// improve makes a damped step. A number at an end of its range that the equations would move further is held there, and
// the others follow.
func (f *sumFit) improve(x []float64, v *view, weight func(r float64) float64, keep func(*Pass) bool) []float64 {
	held := make([]bool, len(x))
	var step []float64
	for range 3 {
		s, _ := f.equations(x, v, weight, keep, held)
		step = s.solve(s.b)
		more := false
		for n, d := range step {
			if !held[n] && d*f.bound(x, n) > 0 {
				held[n], more = true, true
			}
		}
		if !more {
			break
		}
	}
	next := append([]float64(nil), x...)
	for i, d := range step {
		if !held[i] {
			next[i] += clamp(d, -0.5, 0.5)
		}
	}
	for i := range next { // not beyond the range, from where no small step leads back
		next[i] = math.Log(f.value(next, i) / f.from(next, i))
	}
	return next
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
	keep func(*Pass) bool) ([]float64, error) {
	for range rounds {
		v, err := f.look(ctx, x, keep)
		if err != nil {
			return nil, err
		}
		x = f.improve(x, v, weight, keep)
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
