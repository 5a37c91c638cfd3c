package kernel

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/geometry"
)

// Deployment is one replica of a model on devices, laid out as geometry.Served has it. TP x DP ranks hold the
// attention, EP x MoE-TP the experts; both products are the number of devices of a pipeline stage.
type Deployment struct {
	Rank      *geometry.Rank
	Profile   *hw.Profile
	Formats   Formats
	Constants *Constants // nil: Unfitted
	Busiest   float64    // of the expert ranks, in units of the mean; 0: as Constants.Skew has it
}

func (d *Deployment) check() error {
	if d.Rank == nil || len(d.Rank.Model.Layers) == 0 {
		return message.Fault("kernel.layers")
	}
	s := &d.Rank.Strategy
	switch {
	case d.Profile == nil:
		return message.Fault("kernel.profile")
	case d.Profile.MemoryBandwidth <= 0 || d.Profile.Cube[hw.BF16] <= 0 && d.Profile.Cube[hw.FP16] <= 0:
		return message.Fault("kernel.peak", d.Profile.Name)
	case s.TP < 1 || s.DP < 1 || s.TP > 4096 || s.DP > 4096 || s.PP < 0 || s.PP > 256:
		return message.Fault("kernel.sizes", s.TP, s.DP, s.PP)
	case d.Rank.Model.MoE() && (s.EP < 1 || s.MoETP < 1 || s.EP*s.MoETP != s.TP*s.DP):
		return message.Fault("kernel.experts", s.EP, s.MoETP, s.TP*s.DP)
	}
	return nil
}
