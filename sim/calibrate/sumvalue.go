package calibrate

import (
	"context"
	"math"

	"fathom/hw"
)

// judge says how much the passes tell of every number, and sets those back that they cannot tell.
func (f *sumFit) judge(ctx context.Context, x []float64) ([]float64, error) {
	v, err := f.look(ctx, x, nil)
	if err != nil {
		return nil, err
	}
	f.solved, f.noise = f.equations(x, v, lettingGo, nil, make([]bool, len(x)))
	f.kept = make([]bool, len(x))
	out := append([]float64(nil), x...)
	for n := range x {
		if f.kept[n] = f.told(n) < silent; f.kept[n] {
			out[n] = 0
		}
	}
	return out, nil
}

// sum marks the unknowns whose sum is the logarithm of a number's factor, and gives the variance that it had before any
// pass.
func (f *sumFit) sum(n int) (unit []float64, prior float64) {
	unit = make([]float64, len(f.numbers))
	for ; n >= 0; n = f.numbers[n].base {
		unit[n] = 1
		prior += f.numbers[n].width * f.numbers[n].width
	}
	return unit, prior
}

// told is how much of what was open before the passes tell, 0 to 1.
func (f *sumFit) told(n int) float64 {
	unit := make([]float64, len(f.numbers))
	unit[n] = 1
	width := f.numbers[n].width
	return 1 - clamp(f.solved.variance(unit)/(width*width), 0, 1)
}

// values lists the numbers of the device, and how sure each is: passes of a deployment err together, so that what moves
// when one is left out counts where it is more than the equations say.
func (f *sumFit) values(fitted *hw.Profile) []SumValue {
	old := f.placed()
	var out []SumValue
	for i := range f.numbers {
		n := &f.numbers[i]
		unit, prior := f.sum(i)
		sd := math.Sqrt(math.Min(prior, math.Max(f.solved.variance(unit)*math.Max(1, f.noise), jackknife(f.without, unit))))
		at := *n.at(fitted.Kernel)
		out = append(out, SumValue{Device: f.device.Name, Engine: n.engine, Name: n.name, Unit: n.unit,
			Before: n.display(*n.at(old)),
			Value:  n.display(at), Low: n.display(math.Max(n.low, at*exp(-eighty*sd))),
			High: n.display(math.Min(n.high, at*exp(eighty*sd))),
			Told: f.told(i), Kept: f.kept[i]})
	}
	return out
}

// placed are the kernels of the device with groups and engines where the numbers look for them.
func (f *sumFit) placed() *hw.Kernel {
	var out hw.Kernel
	if f.device.Kernel != nil {
		out = *f.device.Kernel
	}
	from := out
	out.Groups, out.Engines = nil, nil
	for _, ranks := range groupSizes {
		g, ok := from.Group(ranks)
		if !ok || g.Ranks != ranks {
			g = hw.Group{Ranks: ranks}
		}
		out.Groups = append(out.Groups, g)
	}
	for _, name := range f.engines[1:] {
		if e := from.Engine(name); e != nil {
			out.Engines = append(out.Engines, *e)
			continue
		}
		out.Engines = append(out.Engines, hw.EngineKernels{Name: name})
	}
	return &out
}
