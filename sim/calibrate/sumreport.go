package calibrate

import (
	"context"
	"math"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/kernel"
)

// SumError is how far off the sums of kernels are, as medians of absolute errors, in fractions of the measured sum.
type SumError struct {
	Device  string  `json:"device"` // "" for all
	Phase   string  `json:"phase"`
	Model   string  `json:"model"` // "" for all
	Passes  int     `json:"passes"`
	Before  float64 `json:"before"`  // constants of a serving step, before any fit
	Profile float64 `json:"profile"` // the profile's own kernel sums; 0: it has none
	Fit     float64 `json:"fit"`
	After   float64 `json:"after"`  // when the passes of the model, device, engine and precision are left out of the fit
	Unseen  float64 `json:"unseen"` // when all passes of the model on the device are left out
}

// SumReport is what a fit to kernel sums says: JSON schema fathom.calibrate.sums/1.
type SumReport struct {
	Schema  string      `json:"schema"`
	Passes  int         `json:"passes"`
	Errors  []SumError  `json:"errors"` // by phase and model of all devices, then of each
	Numbers []SumValue  `json:"numbers"`
	Profile *hw.Profile `json:"-"` // of the device that was asked for
}

// SumValue is a number of a device.
type SumValue struct {
	Device string  `json:"device"`
	Engine string  `json:"engine"` // "" for the device's own kernels
	Name   string  `json:"name"`
	Unit   string  `json:"unit"`
	Before float64 `json:"before"` // of the profile; 0: it has none
	Value  float64 `json:"value"`
	Low    float64 `json:"low"` // eight of ten, as far as the passes tell
	High   float64 `json:"high"`
	// 0..1: how much of what was open before the passes tell
	Identifiable float64 `json:"told"`
	// the passes cannot tell it: a round figure of any device, or what the device's own kernels reach
	Kept bool `json:"kept"`
}

// sumPoint is one pass and what is said of it.
type sumPoint struct {
	pass                                *Pass
	before, profile, fit, after, unseen float64 // predicted / measured; a profile without sums: 0
}

// Sums fits the kernel numbers of every device in a file of kernel sums, and with one model after the other left out. A
// device that is given gets a profile with its numbers.
func Sums(ctx context.Context, passes []Pass, find func(string) (*hw.Profile, error), device *hw.Profile, q Request,
	report func(Progress)) (*SumReport, error) {
	by := map[*hw.Profile][]Pass{}
	var order []*hw.Profile
	for i := range passes {
		d, err := find(passes[i].Device)
		if err != nil {
			return nil, refuse(message.New("refit.gpu", err))
		}
		if device != nil && d.Name != device.Name {
			continue
		}
		if by[d] == nil {
			order = append(order, d)
		}
		by[d] = append(by[d], passes[i])
	}
	if len(order) == 0 {
		return nil, refuse(message.New("refit.no-pass", device.Name))
	}
	out := &SumReport{Schema: "fathom.calibrate.sums/1"}
	var points []sumPoint
	for i, d := range order {
		if report != nil {
			report(Progress{"kernels of " + d.Name, i, len(order)})
		}
		if len(by[d]) < leastPasses {
			return nil, refuse(message.New("refit.few-passes", len(by[d]), d.Name, leastPasses))
		}
		f := newSumFit(d, by[d])
		fitted, own, err := f.run(ctx)
		if err != nil {
			return nil, err
		}
		points = append(points, own...)
		out.Passes += len(own)
		out.Numbers = append(out.Numbers, f.values(fitted)...)
		errors := sumErrors(own, d.Name)
		out.Errors = append(out.Errors, errors...)
		if device != nil {
			out.Profile = f.profile(fitted, errors, q)
		}
	}
	if len(order) > 1 {
		out.Errors = append(sumErrors(points, ""), out.Errors...)
	}
	return out, nil
}

// leastPasses is how many passes a device needs.
const leastPasses = 40

// run fits all passes of a device, then all but those of one model after the other.
func (f *sumFit) run(ctx context.Context) (*hw.Profile, []sumPoint, error) {
	const rounds = 16
	x, err := f.solve(ctx, make([]float64, len(f.numbers)), rounds, bySize, nil)
	if err == nil {
		x, err = f.solve(ctx, x, rounds, lettingGo, nil)
	}
	if err != nil {
		return nil, nil, err
	}
	all, err := f.predict(f.device, f.before())
	if err != nil {
		return nil, nil, err
	}
	own := make([]float64, len(f.passes))
	if f.device.Kernel != nil && f.device.Kernel.Sum.Measured() {
		own, err = f.predict(f.device, f.constants(f.device))
	}
	if err != nil {
		return nil, nil, err
	}
	if x, err = f.judge(ctx, x); err != nil {
		return nil, nil, err
	}
	fitted := rounded(f.at(x), f.numbers)
	got, err := f.predict(fitted, f.constants(fitted))
	if err != nil {
		return nil, nil, err
	}
	out := make([]sumPoint, len(f.passes))
	for i := range f.passes {
		out[i] = sumPoint{pass: &f.passes[i], before: all[i], profile: own[i], fit: got[i]}
	}
	after, without, err := f.leaveOut(ctx, x, func(p *Pass) string {
		return p.Model + "|" + p.Backend + "|" +
			p.formats.Dense.String()
	})
	if err != nil {
		return nil, nil, err
	}
	f.without = without
	unseen, _, err := f.leaveOut(ctx, x, func(p *Pass) string { return p.Model })
	if err != nil {
		return nil, nil, err
	}
	for i := range out {
		out[i].after, out[i].unseen = after[i], unseen[i]
	}
	return fitted, out, nil
}

// leaveOut gives predicted / measured of every pass by a fit to the passes of other groups, and those fits: a few steps
// from x with the derivatives there, and then some with those of where they lead.
func (f *sumFit) leaveOut(ctx context.Context, x []float64, group func(*Pass) string) (out []float64,
	without [][]float64, err error) {
	const near, there = 8, 2
	frame := f.frame(lettingGo)
	all, err := frame.look(ctx, x, nil)
	if err != nil {
		return nil, nil, err
	}
	groups := make([]string, len(f.passes))
	for i := range f.passes {
		groups[i] = group(&f.passes[i])
	}
	names, without, err := frame.without(ctx, all, groups, near)
	if err != nil {
		return nil, nil, err
	}
	out = make([]float64, len(f.passes))
	for g, name := range names {
		if without[g], err = f.solve(ctx, without[g], there, lettingGo,
			func(i int) bool { return groups[i] != name }); err != nil {
			return nil, nil, err
		}
		other := f.at(without[g])
		left, err := f.predict(other, f.constants(other))
		if err != nil {
			return nil, nil, err
		}
		for i := range out {
			if groups[i] == name {
				out[i] = left[i]
			}
		}
	}
	return out, without, nil
}

// before are the constants before any fit: those of a serving step.
func (f *sumFit) before() map[string]kernel.Constants {
	out := map[string]kernel.Constants{}
	for _, e := range f.engines {
		out[e] = kernel.Unfitted(f.device)
	}
	return out
}

// predict gives predicted / measured of every pass.
func (f *sumFit) predict(device *hw.Profile, costs map[string]kernel.Constants) ([]float64, error) {
	out := make([]float64, len(f.passes))
	for i := range f.passes {
		k := costs[f.passes[i].engine]
		got, err := f.passes[i].price(device, &k)
		if err != nil {
			return nil, err
		}
		for _, v := range got {
			out[i] += v / f.passes[i].Seconds
		}
	}
	return out, nil
}

// sumErrors are the errors by phase and model.
func sumErrors(points []sumPoint, device string) []SumError {
	sets := map[[2]string][]sumPoint{}
	for _, p := range points {
		phase := "decode"
		if p.pass.Prefill {
			phase = "prefill"
		}
		key := [2]string{phase, p.pass.Model}
		sets[key] = append(sets[key], p)
	}
	var out []SumError
	for key, set := range sets {
		e := SumError{Device: device, Phase: key[0], Model: key[1], Passes: len(set)}
		for to, of := range map[*float64]func(sumPoint) float64{
			&e.Before: func(p sumPoint) float64 { return p.before }, &e.Profile: func(p sumPoint) float64 { return p.profile },
			&e.Fit:   func(p sumPoint) float64 { return p.fit },
			&e.After: func(p sumPoint) float64 { return p.after }, &e.Unseen: func(p sumPoint) float64 { return p.unseen },
		} {
			var sizes []float64
			for _, p := range set {
				if v := of(p); v > 0 {
					sizes = append(sizes, math.Abs(v-1))
				}
			}
			_, *to = meanMedian(sizes)
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b SumError) int {
		if a.Phase != b.Phase {
			return -strings.Compare(a.Phase, b.Phase)
		}
		return strings.Compare(a.Model, b.Model)
	})
	return out
}
