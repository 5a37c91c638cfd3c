package calibrate

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"fathom/hw"
	"fathom/sim/kernel"
)

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
	k.Software = f.engines[0]
	k.Source = fmt.Sprintf("Fit to %d passes of measured kernels of %s (fathom calibrate): each class at its own share "+
		"of the roofline with a time per call",
		len(f.passes), hw.Clean(q.File))
	var worst []float64
	for _, e := range errors {
		worst = append(worst, e.Unseen)
	}
	slices.Sort(worst)
	k.Sum.Err = thousandth(worst[len(worst)/2])
	costs := f.constants(fitted)
	for i := range k.Groups {
		var sizes []float64
		for j := range f.passes {
			p := &f.passes[j]
			c := costs[p.engine]
			if got, err := p.price(fitted, &c); err == nil && p.tp == k.Groups[i].Ranks && p.Class[kernel.LinkClass] > 0 {
				sizes = append(sizes, math.Abs(got[kernel.LinkClass]/p.Class[kernel.LinkClass]-1))
			}
		}
		_, k.Groups[i].Err = meanMedian(sizes)
		k.Groups[i].Err = thousandth(k.Groups[i].Err)
	}
	k.Sum.Errors = f.classErrors(fitted, costs)
	if fitted.Name = q.Name; q.Name == "" {
		fitted.Name = f.device.Name + "_CALIBRATED"
	}
	fitted.Aliases, fitted.File = append([]string{f.device.Name}, f.device.Aliases...), ""
	return fitted
}

// classErrors are the medians of the absolute errors of each class, of passes that have something of it.
func (f *sumFit) classErrors(fitted *hw.Profile, costs map[string]kernel.Constants) (out [kernel.NumClasses]float64) {
	var sizes [kernel.NumClasses][]float64
	for i := range f.passes {
		p := &f.passes[i]
		k := costs[p.engine]
		got, err := p.price(fitted, &k)
		if err != nil {
			continue
		}
		ours, theirs := p.classes(got)
		for c := range ours {
			if theirs[c] > 0.01*p.Seconds {
				sizes[c] = append(sizes[c], math.Abs(ours[c]/theirs[c]-1))
			}
		}
	}
	for c := range out {
		_, out[c] = meanMedian(sizes[c])
		out[c] = thousandth(out[c])
	}
	return out
}
