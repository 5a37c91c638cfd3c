package cli

import (
	"cmp"
	"slices"

	"fathom/sim/kernel/price"
	"fathom/sim/pass"
)

// measured prices a pass from measured kernels, by classes of operators: back to back as they were measured, or, where a serving
// engine is named or no sums were measured, as the engine runs them, with its host beside them.
func measured(f *passFlags, s pass.Setup, shape pass.Shape) (*passReport, error) {
	switch {
	case f.trace != "":
		return nil, badInput("pass", "--chrome-trace: measured kernels have no operator trace; use --fidelity corrected with it")
	case shape.Images > 0:
		return nil, badInput("pass", "--image-height: no kernels of vision towers were measured; leave the images out, or use --fidelity corrected")
	}
	p, ok, err := price.Kernels(s)
	if err == nil && (!ok || f.serving != "") {
		p, err = price.New(s)
	}
	if err != nil {
		return nil, badInput("pass", "%v", err)
	}
	r := newPassReport(s, shape, &pass.Pass{Result: p.Uniform(shape)})
	for _, k := range p.Parts(shape) {
		r.Shapes = append(r.Shapes, passOp{Name: k.Name, Label: k.Name, Count: k.Count, TotalMS: 1e3 * k.Seconds, AvgUS: 1e6 * k.Seconds / float64(k.Count),
			FLOPs: k.FLOPs, Bytes: k.Bytes, Bound: k.Bound})
	}
	slices.SortStableFunc(r.Shapes, func(a, b passOp) int { return cmp.Compare(b.TotalMS, a.TotalMS) })
	r.Ops = r.Shapes
	return r, nil
}
