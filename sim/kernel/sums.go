package kernel

import "fathom/hw"

// Passes over memory of kernels that no table fits: activations read two inner widths of a dense MLP and write one,
// matrix products read and write their rows once.
const (
	innerPasses  = 3
	linearPasses = 1
)

// Sums are the constants of measured kernels alone, without anything of a serving engine's host: what one pass takes if
// its kernels run back to back. An engine that brings kernels of its own has those. ok is false where none were
// measured on the device. Formats without a measurement have the unfitted constants.
func Sums(p *hw.Profile, engine string) (k Constants, ok bool) {
	k = Unfitted(p)
	if p.Kernel == nil || !p.Kernel.Sum.Measured() {
		return k, false
	}
	measured(&k, &p.Kernel.Linear, &p.Kernel.Expert)
	s := &p.Kernel.Sum
	k.AttnPrefill, k.AttnDecode = s.AttnPrefill, s.AttnDecode
	k.LayerOverhead, k.PromptOverhead, k.LatentOverhead, k.KernelOverhead = s.LayerOverhead, s.PromptOverhead,
		s.LatentOverhead, 0
	k.ExpertRow, k.Skew = s.ExpertRow, s.Skew
	k.TokenPasses, k.HalfRateWidth = s.TokenPasses, s.HalfRateWidth
	if s.ExpertCoverage > 0 {
		k.ExpertCoverage = s.ExpertCoverage
	}
	k.Gather, k.GatherFixed, k.GatherWide, k.GatherWideFixed = s.Gather, s.GatherFixed, s.GatherWide, s.GatherWideFixed
	k.InnerPasses, k.LinearPasses, k.Curve, k.SharedExpertOverlap = innerPasses, linearPasses, true, true
	if e := p.Kernel.Engine(engine); e != nil {
		measured(&k, &e.Linear, &e.Expert)
		if e.Skew > 0 {
			k.Skew = e.Skew
		}
	}
	return k, true
}

// measured takes over what products were measured to reach.
func measured(k *Constants, linear, expert *[hw.NumFormats]hw.Efficiency) {
	for f := range hw.NumFormats {
		if m := linear[f.Row().Kernels]; m.Memory > 0 {
			k.Linear[f] = m
		}
		if m := expert[f.Row().Kernels]; m.Memory > 0 {
			k.Expert[f] = m
		}
	}
}
