package pass

import (
	"strings"

	"fathom/hw/message"
	"fathom/sim/plan"
)

// subSize is a parallel size with its name.
type subSize struct {
	name  string
	value int
}

// check refuses what cannot be priced.
func (s *Setup) check() error {
	switch {
	case s.Model == nil:
		return message.Fault("pass.no-model")
	case s.Model.Unsupported != "": // such a model has no layers
		return message.Fault("pass.no-operators", s.Model.Name,
			s.Model.Unpriced())
	case len(s.Model.Layers) == 0:
		return message.Fault("pass.no-layers", s.Model.Name)
	case s.Profile == nil:
		return message.Fault("pass.no-device")
	}
	if err := s.checkQuant(); err != nil {
		return err
	}
	return s.checkSizes()
}

// checkQuant refuses values outside the enums, which only a caller's slip can produce, and negative sizes.
func (s *Setup) checkQuant() error {
	q := s.Quant
	switch {
	case q.Linear >= plan.NumLinearActions || q.NonExpert >= plan.NumLinearActions:
		return message.Fault("pass.unknown-linear",
			max(q.Linear, q.NonExpert), strings.Join(plan.Names(plan.NumLinearActions), ", "))
	case q.Attention >= plan.NumAttentionActions:
		return message.Fault("pass.unknown-attention-quantisation",
			q.Attention, strings.Join(plan.Names(plan.NumAttentionActions), ", "))
	case q.MXFP4Group < 0:
		return message.Fault("pass.mxfp4-group", q.MXFP4Group)
	case s.MTP < 0:
		return message.Fault("pass.mtp-negative", s.MTP)
	}
	return nil
}

// checkSizes refuses sizes that are not positive, do not divide each other, or do not fit the device's grid. Single
// sizes are bounded before they are multiplied, so that absurd ones cannot overflow.
func (s *Setup) checkSizes() error {
	t := s.Strategy
	for _, f := range []subSize{{"tp", t.TP}, {"dp", t.DP}} {
		if f.value < 1 {
			return message.Fault("pass.below-one", f.name, f.value)
		}
	}
	ranks := s.Profile.Grid.Ranks()
	for _, f := range []subSize{{"tp", t.TP}, {"dp", t.DP}, {"pp", t.PP}, {"ep", t.EP}, {"moe-tp", t.MoETP},
		{"moe-dp", t.MoEDP}} {
		if f.value > ranks {
			return message.Fault("pass.beyond-grid", f.name, f.value, ranks, s.Profile.Name)
		}
	}
	for _, f := range []subSize{{"pp", t.PP}, {"ep", t.EP}, {"moe-tp", t.MoETP}, {"moe-dp", t.MoEDP}, {"dcp", t.DCP},
		{"o-proj-tp", t.OProjTP},
		{"mlp-tp", t.MLPTP}, {"lmhead-tp", t.LMHeadTP}, {"vision-tp", t.VisionTP}} {
		if f.value < 0 {
			return message.Fault("pass.negative", f.name, f.value)
		}
	}
	pp, stage := max(1, t.PP), t.TP*t.DP
	if pp > len(s.Model.Layers) {
		return message.Fault("pass.pp-beyond-layers", pp, len(s.Model.Layers), s.Model.Name)
	}
	for _, f := range []subSize{{"o-proj-tp", t.OProjTP}, {"mlp-tp", t.MLPTP}, {"lmhead-tp", t.LMHeadTP},
		{"vision-tp", t.VisionTP}} {
		if f.value > 0 && stage%f.value != 0 {
			return message.Fault("pass.stage-divisor", f.name, f.value, stage)
		}
	}
	if t.DCP > 1 && t.TP%t.DCP != 0 {
		return message.Fault("pass.dcp-divisor", t.DCP, t.TP)
	}
	if v := s.Model.Vision; v != nil && t.VisionTP > 1 && v.Heads%t.VisionTP != 0 {
		return message.Fault("pass.vision-divisor", t.VisionTP, v.Heads)
	}
	if t.World() > ranks {
		return message.Fault("pass.grid", t.World(), s.Profile.Name, ranks)
	}
	return nil
}
