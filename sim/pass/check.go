package pass

import (
	"fmt"
	"strings"

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
		return fmt.Errorf("model: none given: choose one")
	case s.Model.Unsupported != "": // such a model has no layers
		return fmt.Errorf("model %s: its operators cannot be priced: %s; choose another model", s.Model.Name,
			s.Model.Unsupported)
	case len(s.Model.Layers) == 0:
		return fmt.Errorf("model %s: has no layers: choose another model", s.Model.Name)
	case s.Profile == nil:
		return fmt.Errorf("device: none given: choose a profile")
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
		return fmt.Errorf("linear quantisation %d is unknown: choose one of %s", max(q.Linear, q.NonExpert),
			strings.Join(plan.Names(plan.NumLinearActions), ", "))
	case q.Attention >= plan.NumAttentionActions:
		return fmt.Errorf("attention quantisation %d is unknown: choose one of %s", q.Attention,
			strings.Join(plan.Names(plan.NumAttentionActions), ", "))
	case q.MXFP4Group < 0:
		return fmt.Errorf("mxfp4 group size %d is negative: give a positive one", q.MXFP4Group)
	case s.MTP < 0:
		return fmt.Errorf("mtp tokens %d are negative: give 0 or more", s.MTP)
	}
	return nil
}

// checkSizes refuses sizes that are not positive, do not divide each other, or do not fit the device's grid. Single
// sizes are bounded before they are multiplied, so that absurd ones cannot overflow.
func (s *Setup) checkSizes() error {
	t := s.Strategy
	for _, f := range []subSize{{"tp", t.TP}, {"dp", t.DP}} {
		if f.value < 1 {
			return fmt.Errorf("%s %d is less than 1: give a positive size", f.name, f.value)
		}
	}
	ranks := s.Profile.Grid.Ranks()
	for _, f := range []subSize{{"tp", t.TP}, {"dp", t.DP}, {"pp", t.PP}, {"ep", t.EP}, {"moe-tp", t.MoETP},
		{"moe-dp", t.MoEDP}} {
		if f.value > ranks {
			return fmt.Errorf("%s %d is more than the %d devices of the grid of %s: choose fewer", f.name, f.value, ranks,
				s.Profile.Name)
		}
	}
	for _, f := range []subSize{{"pp", t.PP}, {"ep", t.EP}, {"moe-tp", t.MoETP}, {"moe-dp", t.MoEDP}, {"dcp", t.DCP},
		{"o-proj-tp", t.OProjTP},
		{"mlp-tp", t.MLPTP}, {"lmhead-tp", t.LMHeadTP}, {"vision-tp", t.VisionTP}} {
		if f.value < 0 {
			return fmt.Errorf("%s %d is negative: give a positive size", f.name, f.value)
		}
	}
	pp, stage := max(1, t.PP), t.TP*t.DP
	if pp > len(s.Model.Layers) {
		return fmt.Errorf("pp %d is more than the %d layers of %s: choose fewer stages", pp, len(s.Model.Layers),
			s.Model.Name)
	}
	for _, f := range []subSize{{"o-proj-tp", t.OProjTP}, {"mlp-tp", t.MLPTP}, {"lmhead-tp", t.LMHeadTP},
		{"vision-tp", t.VisionTP}} {
		if f.value > 0 && stage%f.value != 0 {
			return fmt.Errorf("%s %d does not divide the %d devices of a stage: choose a divisor", f.name, f.value, stage)
		}
	}
	if t.DCP > 1 && t.TP%t.DCP != 0 {
		return fmt.Errorf("dcp %d does not divide tp %d: choose a divisor", t.DCP, t.TP)
	}
	if v := s.Model.Vision; v != nil && t.VisionTP > 1 && v.Heads%t.VisionTP != 0 {
		return fmt.Errorf("vision-tp %d does not divide the %d heads of the vision tower: choose a divisor", t.VisionTP,
			v.Heads)
	}
	if t.World() > ranks {
		return fmt.Errorf("devices %d do not fit the grid of %s: it holds %d", t.World(), s.Profile.Name, ranks)
	}
	return nil
}
