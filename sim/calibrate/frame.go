package calibrate

import (
	"context"
	"math"
)

// frame is what the fit to serving runs and the fit to kernel sums share: robust, regularised least squares by
// Gauss-Newton steps (Nocedal and Wright, Numerical Optimization, 10.3). The fits differ in their data and in what
// predicts them. Unknowns are logarithms of factors on numbers, with a prior around 0.
type frame struct {
	sd       []float64                           // of each unknown before any observation
	users    [][]int                             // observations that use a number
	unknowns func(observation, number int) []int // whose sum is the logarithm of a number's factor

	// predict gives the residuals of observations at x, with one number moved; a negative number moves none.
	predict func(ctx context.Context, observations []int, x []float64, moved int, by float64) ([]residuals, error)
	weight  func(term int, residual float64) float64
	// bound is 1 where an unknown is at the upper end of its range, -1 at the lower one, and 0 between; within brings a
	// point back into all ranges. nil: there are none.
	bound  func(x []float64, unknown int) float64
	within func(x []float64)

	step  float64 // by which a number is moved to see what it does
	most  float64 // that an unknown moves in one step of the fit
	total int     // observations
}

// residuals are logarithms of predicted / measured, one for each thing that was measured of an observation; NaN where
// it was not.
type residuals []float64

// view is what observations say near a point: residuals, and their derivatives in the numbers that they use.
type view struct {
	x     []float64
	base  []residuals
	slope [][]derivative // by observation
}

// derivative is by the logarithm of a number, which is a sum of unknowns.
type derivative struct {
	unknowns []int
	by       residuals
}

// look predicts the observations that keep accepts (nil: all) at x, and with each number moved a little.
func (f *frame) look(ctx context.Context, x []float64, keep func(observation int) bool) (*view, error) {
	v := &view{x: x, base: make([]residuals, f.total), slope: make([][]derivative, f.total)}
	var kept []int
	for i := range f.total {
		if keep == nil || keep(i) {
			kept = append(kept, i)
		}
	}
	base, err := f.predict(ctx, kept, x, -1, 0)
	if err != nil {
		return nil, err
	}
	for i, o := range kept {
		v.base[o] = base[i]
	}
	for n, all := range f.users {
		by := f.step
		if f.bound != nil && f.bound(x, n) > 0 {
			by = -by
		}
		var users []int
		for _, o := range all {
			if v.base[o] != nil {
				users = append(users, o)
			}
		}
		moved, err := f.predict(ctx, users, x, n, by)
		if err != nil {
			return nil, err
		}
		for i, o := range users {
			d := derivative{f.unknowns(o, n), moved[i]}
			for t := range d.by {
				d.by[t] = (d.by[t] - v.base[o][t]) / by
			}
			v.slope[o] = append(v.slope[o], d)
		}
	}
	return v, nil
}

// residuals of an observation at x, to first order.
func (v *view) at(observation int, x []float64) residuals {
	r := append(residuals(nil), v.base[observation]...)
	for _, d := range v.slope[observation] {
		var by float64
		for _, u := range d.unknowns {
			by += x[u] - v.x[u]
		}
		for t := range r {
			if !math.IsNaN(d.by[t]) {
				r[t] += d.by[t] * by
			}
		}
	}
	return r
}

// equations are those of one step from x, factored, with unknowns that are held where they are; noise is the variance
// of a residual of weight 1.
func (f *frame) equations(x []float64, v *view, keep func(observation int) bool, held []bool) (*system, float64) {
	s := newSystem(len(f.sd))
	for i, sd := range f.sd {
		s.a[i][i] = 1 / (sd * sd)
		s.b[i] = -x[i] / (sd * sd)
	}
	var square, terms float64
	for o := range v.base {
		if v.base[o] == nil || keep != nil && !keep(o) {
			continue
		}
		for t, r := range v.at(o, x) {
			if math.IsNaN(r) {
				continue
			}
			w := f.weight(t, r)
			square += w * r * r
			terms++
			if w > 0 {
				s.add(v.slope[o], t, w, r, held)
			}
		}
	}
	s.cholesky()
	if terms < 2 {
		return s, 1
	}
	return s, square / terms
}

// add puts one residual into the equations.
func (s *system) add(slope []derivative, t int, w, r float64, held []bool) {
	for _, d := range slope {
		if d.by[t] == 0 || math.IsNaN(d.by[t]) {
			continue
		}
		for _, i := range d.unknowns {
			if held != nil && held[i] {
				continue
			}
			s.b[i] -= w * d.by[t] * r
			for _, e := range slope {
				if math.IsNaN(e.by[t]) {
					continue
				}
				for _, j := range e.unknowns {
					if held == nil || !held[j] {
						s.a[i][j] += w * d.by[t] * e.by[t]
					}
				}
			}
		}
	}
}

// improve makes a damped step from x with the derivatives of a view near it. An unknown at an end of its range that the
// equations would move further is held there, and the others follow.
func (f *frame) improve(x []float64, v *view, keep func(observation int) bool) []float64 {
	var held []bool
	var step []float64
	for range 3 {
		s, _ := f.equations(x, v, keep, held)
		step = s.solve(s.b)
		if f.bound == nil || !f.hold(x, step, &held) {
			break
		}
	}
	next := append([]float64(nil), x...)
	for i, d := range step {
		if held == nil || !held[i] {
			next[i] += clamp(d, -f.most, f.most)
		}
	}
	if f.within != nil {
		f.within(next)
	}
	return next
}

// hold marks the unknowns that a step would move out of their range; false where all such are marked already.
func (f *frame) hold(x, step []float64, held *[]bool) (more bool) {
	for n, d := range step {
		if d*f.bound(x, n) > 0 && (*held == nil || !(*held)[n]) {
			if *held == nil {
				*held = make([]bool, len(x))
			}
			(*held)[n], more = true, true
		}
	}
	return more
}

// without gives the solutions with one group of observations left out after the other, in the order of their first
// observations: so many steps from a view, with its derivatives.
func (f *frame) without(ctx context.Context, v *view, groups []string, steps int) (names []string, x [][]float64,
	err error) {
	done := map[string]bool{}
	for _, g := range groups {
		if err := context.Cause(ctx); err != nil {
			return nil, nil, err
		}
		if done[g] {
			continue
		}
		done[g] = true
		y := v.x
		for range steps {
			y = f.improve(y, v, func(o int) bool { return groups[o] != g })
		}
		names, x = append(names, g), append(x, y)
	}
	return names, x, nil
}
