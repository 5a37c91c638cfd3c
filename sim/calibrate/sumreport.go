package calibrate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/sim/kernel"
)

// SumError is how far off the sums of kernels are, as medians of absolute errors, in fractions of the measured sum.
type SumError struct {
	Device string  `json:"device"` // "" for all
	Phase  string  `json:"phase"`
	Model  string  `json:"model"` // "" for all
	Passes int     `json:"passes"`
	Before float64 `json:"before"` // constants of a serving step, before any fit
	Fit    float64 `json:"fit"`
	After  float64 `json:"after"` // when all passes of the model on the device are left out of the fit
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
	Name   string  `json:"name"`
	Unit   string  `json:"unit"`
	Value  float64 `json:"value"`
}

// sumPoint is one pass and what is said of it.
type sumPoint struct {
	pass               *Pass
	before, fit, after float64 // predicted / measured
}

// Sums fits the kernel numbers of every device in a file of kernel sums, and with one model after the other left out. A
// device that is given gets a profile with its numbers.
func Sums(ctx context.Context, passes []Pass, find func(string) (*hw.Profile, error), device *hw.Profile, q Request, report func(Progress)) (*SumReport, error) {
	by := map[*hw.Profile][]Pass{}
	var order []*hw.Profile
	for i := range passes {
		d, err := find(passes[i].Device)
		if err != nil {
			return nil, refuse("gpu: %v", err)
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
		return nil, refuse("no pass was measured on %s", device.Name)
	}
	out := &SumReport{Schema: "fathom.calibrate.sums/1"}
	var points []sumPoint
	for i, d := range order {
		if report != nil {
			report(Progress{"kernels of " + d.Name, i, len(order)})
		}
		if len(by[d]) < leastPasses {
			return nil, refuse("%d passes on %s: a fit of its kernels needs at least %d", len(by[d]), d.Name, leastPasses)
		}
		f := &sumFit{device: d, passes: by[d], numbers: sumNumbers(by[d])}
		fitted, own, err := f.run(ctx)
		if err != nil {
			return nil, err
		}
		points = append(points, own...)
		out.Passes += len(own)
		for _, n := range f.numbers {
			out.Numbers = append(out.Numbers, SumValue{d.Name, n.name, n.unit, n.display(*n.at(fitted.Kernel))})
		}
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
	const rounds, fewer = 12, 6
	x, err := f.solve(ctx, make([]float64, len(f.numbers)), rounds, nil)
	if err != nil {
		return nil, nil, err
	}
	before := kernel.Unfitted(f.device)
	all, err := f.predict(f.device, before)
	if err != nil {
		return nil, nil, err
	}
	fitted := rounded(f.at(x), f.numbers)
	k, _ := kernel.Sums(fitted)
	got, err := f.predict(fitted, k)
	if err != nil {
		return nil, nil, err
	}
	out := make([]sumPoint, len(f.passes))
	for i := range f.passes {
		out[i] = sumPoint{&f.passes[i], all[i], got[i], math.NaN()}
	}
	var models []string
	for i := range f.passes {
		models = append(models, f.passes[i].Model)
	}
	slices.Sort(models)
	for _, m := range slices.Compact(models) {
		y, err := f.solve(ctx, x, fewer, func(p *Pass) bool { return p.Model != m })
		if err != nil {
			return nil, nil, err
		}
		there := f.at(y)
		k, _ := kernel.Sums(there)
		left, err := f.predict(there, k)
		if err != nil {
			return nil, nil, err
		}
		for i := range out {
			if f.passes[i].Model == m {
				out[i].after = left[i]
			}
		}
	}
	return fitted, out, nil
}

// predict gives predicted / measured of every pass.
func (f *sumFit) predict(device *hw.Profile, k kernel.Constants) ([]float64, error) {
	out := make([]float64, len(f.passes))
	for i := range f.passes {
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

// rounded keeps four digits of every number, in the unit of a profile.
func rounded(d *hw.Profile, numbers []sumNumber) *hw.Profile {
	for i := range numbers {
		v := numbers[i].at(d.Kernel)
		if r, err := strconv.ParseFloat(strconv.FormatFloat(numbers[i].display(*v), 'g', 4, 64), 64); err == nil {
			up, down := numbers[i].scale()
			*v = r * down / up
		}
	}
	return d
}

// profile names the fitted device.
func (f *sumFit) profile(fitted *hw.Profile, errors []SumError, q Request) *hw.Profile {
	k := fitted.Kernel
	k.Source = fmt.Sprintf("Fit to %d passes of measured kernels of %s (fathom calibrate): each class at its own share of the roofline with a time per call",
		len(f.passes), hw.Clean(q.File))
	var worst []float64
	for _, e := range errors {
		worst = append(worst, e.After)
	}
	slices.Sort(worst)
	k.Sum.Err = math.Round(1e3*worst[len(worst)/2]) / 1e3
	c, _ := kernel.Sums(fitted)
	for i := range k.Groups {
		var sizes []float64
		for j := range f.passes {
			p := &f.passes[j]
			if got, err := p.price(fitted, &c); err == nil && p.tp == k.Groups[i].Ranks && p.Class[kernel.LinkClass] > 0 {
				sizes = append(sizes, math.Abs(got[kernel.LinkClass]/p.Class[kernel.LinkClass]-1))
			}
		}
		_, k.Groups[i].Err = meanMedian(sizes)
		k.Groups[i].Err = math.Round(1e3*k.Groups[i].Err) / 1e3
	}
	if fitted.Name = q.Name; q.Name == "" {
		fitted.Name = f.device.Name + "_CALIBRATED"
	}
	fitted.Aliases, fitted.File = append([]string{f.device.Name}, f.device.Aliases...), ""
	return fitted
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
			&e.Before: func(p sumPoint) float64 { return p.before }, &e.Fit: func(p sumPoint) float64 { return p.fit },
			&e.After: func(p sumPoint) float64 { return p.after },
		} {
			var sizes []float64
			for _, p := range set {
				sizes = append(sizes, math.Abs(of(p)-1))
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
