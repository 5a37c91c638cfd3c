package price

import (
	"fmt"

	"fathom/hw"
	"fathom/sim/kernel"
	"fathom/sim/plan"
)

// formats says how engines store what a quantisation choice asks for on a device. Weights that are published as 8-bit
// floats with scales of blocks are run so.
func formats(q plan.Quant, p *hw.Profile, blocks bool) (f kernel.Formats, err error) {
	if f.Expert, err = format(q.Linear, q.MXFP4Group, p); err != nil {
		return f, err
	}
	f.Dense = f.Expert
	if q.NonExpert != plan.LinearDisabled {
		if f.Dense, err = format(q.NonExpert, q.MXFP4Group, p); err != nil {
			return f, err
		}
	}
	for _, of := range []*kernel.Format{&f.Expert, &f.Dense} {
		if blocks && *of == kernel.FP8 {
			*of = kernel.FP8Block
		}
	}
	f.Attention = f.Dense
	switch q.Attention {
	case plan.AttentionINT8:
		f.KV = kernel.INT8
	case plan.AttentionFP8:
		f.KV = kernel.FP8
	}
	return f, nil
}

// Groups of weights that share a scale in the 4-bit floats that engines have kernels for.
const (
	mxfp4Group = 32
	nvfp4Group = 16
)

// format maps one action. Eight bits for weights and activations mean FP8 where a device has it, because that is what
// its engines run, and INT8 on older ones. Four-bit floats need no units of their own: without them they multiply in 16
// bits.
func format(a plan.LinearAction, group int, p *hw.Profile) (kernel.Format, error) {
	switch a {
	case plan.LinearDisabled:
		return kernel.BF16, nil
	case plan.W8A8Static, plan.W8A8Dynamic:
		switch {
		case p.Cube[hw.FP8] > 0:
			return kernel.FP8, nil
		case p.Cube[hw.INT8] > 0:
			return kernel.INT8, nil
		}
		return 0, fmt.Errorf("%s: %s has neither FP8 nor INT8 matrix units; use DISABLED", a, p.Name)
	case plan.LinearFP8:
		if p.Cube[hw.FP8] > 0 {
			return kernel.FP8, nil
		}
		return 0, fmt.Errorf("%s: %s has no FP8 matrix units; use W8A8_DYNAMIC or DISABLED", a, p.Name)
	case plan.MXFP4:
		switch group {
		case 0, mxfp4Group:
			return kernel.MXFP4, nil
		case nvfp4Group:
			return kernel.NVFP4, nil
		}
		return 0, fmt.Errorf("mxfp4 group size %d: kernels were measured with %d (MXFP4) and %d (NVFP4); use one of "+
			"these, or fidelity corrected",
			group, mxfp4Group, nvfp4Group)
	}
	return 0, fmt.Errorf("%s: no kernels of %s were measured on %s; use W8A8_DYNAMIC, FP8, MXFP4 or DISABLED, or "+
		"fidelity corrected", a, a, p.Name)
}
