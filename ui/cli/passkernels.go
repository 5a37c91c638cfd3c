package cli

import (
	"cmp"
	"errors"
	"slices"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/pass"
	"fathom/sim/price"
	"fathom/ui/number"
)

// measured prices a pass from measured kernels, by classes of operators: back to back as they were measured, or, where
// a serving engine is named or no sums were measured, as the engine runs them, with its host beside them.
func measured(f *passFlags, s pass.Setup, shape pass.Shape) (*passReport, error) {
	switch {
	case f.trace != "":
		return nil, badInput("pass", "bad.pass-trace")
	case shape.Images > 0:
		return nil, badInput("pass", "bad.pass-towers")
	}
	if err := engineKernels(f, s.Profile); err != nil {
		return nil, err
	}
	of := price.Setup{Setup: s, Basis: price.Kernels, Library: f.kernels}
	if f.serving != "" {
		of.Basis = price.Step
	}
	p, err := price.New(of)
	if errors.Is(err, price.ErrNoSums) { // kernels were not measured one by one: as the engine runs them
		of.Basis = price.Step
		p, err = price.New(of)
	}
	if err != nil {
		return nil, refused("pass", err)
	}
	t := p.Table(shape)
	r := newPassReport(s, shape, &pass.Pass{Result: t.Result})
	r.Basis = of.Basis.String()
	r.KernelsMS, r.StepMS = both(of, t.Seconds, shape)
	for _, k := range t.Rows {
		r.Shapes = append(r.Shapes, passOp{Name: k.Name, Label: k.Name, Count: k.Count, TotalMS: 1e3 * k.Seconds,
			AvgUS: 1e6 * k.Seconds / float64(k.Count),
			FLOPs: k.FLOPs, Bytes: k.Bytes, Bound: k.Bound})
	}
	if of.Basis == price.Kernels {
		if of := cmp.Or(f.kernels, s.Profile.Kernel.Software); of != "" {
			r.Notes = append(r.Notes, message.New("passed.kernels-of", of))
		}
		r.sumError(s.Profile.Kernel.Sum.Err)
	} else if why := price.Unfitted(s.Profile, s.Serving); !why.IsZero() {
		r.Notes = append(r.Notes, why, message.New("passed.uncalibrated"))
	} else {
		r.stepInterval(s, shape)
	}
	slices.SortStableFunc(r.Shapes, func(a, b passOp) int { return cmp.Compare(b.TotalMS, a.TotalMS) })
	r.Ops = r.Shapes
	return r, nil
}

// both gives the two times of one pass in ms: of kernels back to back, and of the engine's step. One of them has been
// priced already; nil: it is not known.
func both(of price.Setup, seconds float64, shape pass.Shape) (kernels, step *float64) {
	ms := 1e3 * seconds
	other := of
	other.Library, other.Basis = "", price.Step
	if of.Basis == price.Step {
		other.Basis = price.Kernels
	}
	var more *float64
	if p, err := price.New(other); err == nil {
		v := 1e3 * p.Uniform(shape).Seconds
		more = &v
	}
	if of.Basis == price.Step {
		return more, &ms
	}
	return &ms, more
}

// sumError says how far off sums of kernels were of models that the fit had not seen; 0: the profile does not know.
func (r *passReport) sumError(median float64) {
	if median <= 0 {
		r.Notes = append(r.Notes, message.New("passed.no-error"))
		return
	}
	r.SumError = &median
	r.Notes = append(r.Notes, message.New("passed.error", number.Fixed(100*median, 1)))
}

// stepInterval gives a decode step the bar that the engine's TPOT earned. No run shows the time of one pass over
// prompts: TTFT holds the queue and the steps before it.
func (r *passReport) stepInterval(s pass.Setup, shape pass.Shape) {
	costs := price.CostsOf(s.Profile, s.Serving).Bars
	name := s.Serving.On(s.Profile).String()
	switch {
	case !shape.Decode:
		r.Notes = append(r.Notes, message.New("passed.no-prefill"))
	case costs == nil || costs.TPOT.Low <= 0:
		r.Notes = append(r.Notes, message.New("passed.few", name))
	default:
		r.Interval = &[2]float64{r.TimeMS * costs.TPOT.Low, r.TimeMS * costs.TPOT.High}
		r.Notes = append(r.Notes, message.New("passed.interval", number.Fixed(r.Interval[0], 3),
			number.Fixed(r.Interval[1], 3), name))
	}
	if s.Profile.Calibrated.Runs == 0 {
		r.Notes = append(r.Notes, message.New("passed.others", s.Profile.Name))
	}
}

// engineKernels checks that the kernels of the engine that --kernels names were measured.
func engineKernels(f *passFlags, p *hw.Profile) error {
	var have []string
	if k := p.Kernel; k != nil && k.Sum.Measured() {
		if k.Software != "" {
			have = append(have, k.Software)
		}
		for _, e := range k.Engines {
			have = append(have, e.Name)
		}
	}
	switch {
	case f.kernels == "":
		return nil
	case f.serving != "":
		return badInput("pass", "bad.pass-either", f.kernels, f.serving)
	case !slices.Contains(have, f.kernels) && len(have) == 0:
		return badInput("pass", "bad.pass-unmeasured", f.kernels, p.Name)
	case !slices.Contains(have, f.kernels):
		return badInput("pass", "bad.pass-measured", f.kernels, p.Name, have)
	}
	return nil
}
