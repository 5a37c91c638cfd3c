package kernel

import "fathom/hw"

// precision is the class of measured kernels of a format.
func (f Format) precision() hw.Precision {
	return [NumFormats]hw.Precision{hw.PrecBF16, hw.PrecFP8, hw.PrecFP8Block, hw.PrecFP4, hw.PrecFP4, hw.PrecINT8, hw.PrecINT4}[f]
}

// Passes over memory of kernels that no table fits: activations read two inner widths of a dense MLP and write one, matrix
// products read and write their rows once.
const (
	innerPasses  = 3
	linearPasses = 1
)

// Sums are the constants of measured kernels alone, without anything of a serving engine: what one pass takes if its kernels
// run back to back. ok is false where none were measured on the device. Formats without a measurement have the unfitted
// constants.
func Sums(p *hw.Profile) (k Constants, ok bool) {
	k = Unfitted(p)
	if p.Kernel == nil || !p.Kernel.Sum.Measured() {
		return k, false
	}
	for f := range NumFormats {
		if m := p.Kernel.Linear[f.precision()]; m.Memory > 0 {
			k.Linear[f] = m
		}
		if m := p.Kernel.Expert[f.precision()]; m.Memory > 0 {
			k.Expert[f] = m
		}
	}
	s := &p.Kernel.Sum
	k.AttnPrefill, k.AttnDecode = s.AttnPrefill, s.AttnDecode
	k.LayerFloor, k.PromptFloor, k.LatentFloor, k.KernelFloor = s.LayerFloor, s.PromptFloor, s.LatentFloor, 0
	k.ExpertRow, k.ExpertPasses, k.Skew = s.ExpertRow, s.ExpertPasses, s.Skew
	k.GroupSkew, k.Narrow = s.GroupSkew, s.Narrow
	if s.Spread > 0 {
		k.Spread = s.Spread
	}
	k.Gather, k.GatherFixed, k.GatherWide, k.GatherWideFixed = s.Gather, s.GatherFixed, s.GatherWide, s.GatherWideFixed
	k.InnerPasses, k.LinearPasses, k.Curve = innerPasses, linearPasses, true
	return k, true
}
