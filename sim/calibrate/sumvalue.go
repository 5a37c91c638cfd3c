package calibrate

import (
	"context"
	"math"

	"fathom/hw"
)

// judge says how much the passes tell of every number, and sets those back that they cannot tell.
func (f *sumFit) judge(ctx context.Context, x []float64) ([]float64, error) {
	frame := f.frame(lettingGo)
	v, err := frame.look(ctx, x, nil)
	if err != nil {
		return nil, err
	}
	f.solved, f.noise = frame.equations(x, v, nil, nil)
	f.kept = make([]bool, len(x))
	out := append([]float64(nil), x...)
	for n := range x {
		if f.kept[n] = f.identifiable(f.unit(n)) < silent; f.kept[n] {
			out[n] = 0
		}
	}
	return out, nil
}

// chain lists the unknowns whose sum is the logarithm of a number's factor: its own, and that of the device's number
// from which an engine's starts.
func (f *sumFit) chain(n int) (unknowns []int) {
	for ; n >= 0; n = f.numbers[n].base {
		unknowns = append(unknowns, n)
	}
	return unknowns
}

// values lists the numbers of the device, and how sure each is.
func (f *sumFit) values(fitted *hw.Profile) []SumValue {
	old := f.placed()
	var out []SumValue
	for i := range f.numbers {
		n := &f.numbers[i]
		at := *n.at(fitted.Kernel)
		low, high := f.interval(at, f.unit(f.chain(i)...))
		out = append(out, SumValue{Device: f.device.Name, Engine: n.engine, Name: n.name, Unit: n.unit,
			Before: n.display(*n.at(old)),
			Value:  n.display(at), Low: n.display(math.Max(n.low, low)),
			High:         n.display(math.Min(n.high, high)),
			Identifiable: f.identifiable(f.unit(i)), Kept: f.kept[i]})
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
