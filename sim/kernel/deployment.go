package kernel

import (
	"fmt"

	"fathom/hw"
	"fathom/sim/model"
)

// Deployment is one replica of a model on devices. TP x DP ranks hold the attention, MoETP x EP the experts; both
// products are the number of devices. Pipeline parallelism splits the layers into PP equal stages.
type Deployment struct {
	Model   *model.Model
	Profile *hw.Profile

	TP, DP    int
	EP, MoETP int // 0 where the model has no experts
	PP        int // 0 stands for 1

	Formats Formats

	Constants *Constants // nil: Unfitted
}

// Devices is the number of devices of the replica.
func (d *Deployment) Devices() int { return d.TP * d.DP * max(1, d.PP) }

func (d *Deployment) check() error {
	switch {
	case d.Model == nil || len(d.Model.Layers) == 0:
		return fmt.Errorf("no model layers")
	case d.Profile == nil:
		return fmt.Errorf("no device profile")
	case d.Profile.MemoryBandwidth <= 0 || d.Profile.Cube[hw.BF16] <= 0 && d.Profile.Cube[hw.FP16] <= 0:
		return fmt.Errorf("device %s: no memory bandwidth or no 16-bit peak", d.Profile.Name)
	case d.TP < 1 || d.DP < 1 || d.TP > 4096 || d.DP > 4096 || d.PP < 0 || d.PP > 256:
		return fmt.Errorf("tp %d, dp %d, pp %d: want 1 or more each", d.TP, d.DP, d.PP)
	case d.Model.MoE() && (d.EP < 1 || d.MoETP < 1 || d.EP*d.MoETP != d.TP*d.DP):
		return fmt.Errorf("expert sizes ep %d x tp %d, want a product of %d devices", d.EP, d.MoETP, d.TP*d.DP)
	}
	return nil
}
