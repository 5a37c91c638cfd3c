package decision

import (
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"
)

// Deployment is the phase of the decision whether prefill and decode belong apart, which a searched split has beside
// that of its strategies. Its winners are the names of modes.
const Deployment = "deployment"

// deployment is which of both serves more tokens within the limits, over all pairings of hardware.
func deployment(rep *report.Report) Answer {
	var split, together Answer
	if rep == nil {
		return split
	}
	take := func(a *Answer, mode plan.Mode, label string, qps float64, b *report.Interval) {
		tokens := float64(rep.Request.OutputLength)
		if v := qps * tokens; v > a.Value {
			*a = Answer{Winner: mode.String(), Label: label, Value: v}
			if b != nil {
				a.Band = &report.Interval{Low: b.Low * tokens, High: b.High * tokens}
			}
		}
	}
	for i := range rep.Devices {
		s := rep.Devices[i].PDRatio
		if s == nil {
			continue
		}
		if b := s.Best; b != nil {
			take(&split, plan.PDRatio, b.Prefill.Label+" / "+b.Decode.Label, b.Serves(), b.SystemRange())
		}
		if v := s.Aggregated; v != nil {
			_, qps := v.Total()
			take(&together, plan.Aggregation, v.Row.Label, qps, v.Range())
		}
	}
	if together.Value > split.Value {
		split, together = together, split
	}
	split.Rival, split.Next, split.Other = together.Winner, together.Value, together.Band
	return split
}

// ahead says by how much the winner is before the next best, and whether that is shown: only where both figures are
// calibrated and their intervals lie apart.
func (d *Decision) ahead(name func(string) any) (out []message.Message) {
	a := &d.Now
	switch {
	case d.Phase != Deployment && a.Rival == "":
		return nil
	case d.Phase != Deployment:
		out = append(out, message.New("decision.lead", name(a.Winner), 100*a.lead(), name(a.Rival)))
	case a.Rival == "":
		rival := plan.PDRatio
		if a.Winner == rival.String() {
			rival = plan.Aggregation
		}
		return append(out, message.New("decision.only", name(a.Winner), a.Value, name(rival.String())))
	default:
		out = append(out, message.New("decision.ahead", name(a.Winner), a.Value, name(a.Rival), a.Next,
			100*(a.Value/a.Next-1)))
	}
	switch {
	case a.Band == nil || a.Other == nil:
		out = append(out, message.New("decision.uncalibrated"))
	case !report.Apart(a.Band, a.Other):
		out = append(out, message.New("decision.overlap"))
	}
	return out
}

// of is the answer to a decision.
func (d *Decision) of(rep *report.Report, cells []sweep.Cell) Answer {
	if d.Phase == Deployment {
		return deployment(rep)
	}
	return answer(cells, rep, d.Phase, d.Figure)
}

// Heading is the text key of what is decided.
func (d *Decision) Heading() string {
	if d.Phase == Deployment || d.Phase == plan.PDRatio.String() {
		return "decision.on-" + d.Phase
	}
	return "phase." + d.Phase
}

// Name is a winner in the words of a reader: who names strategies and devices.
func (d *Decision) Name(winner string, who func(string) string) any {
	if d.Phase == Deployment {
		return message.New("decision." + winner)
	}
	return who(winner)
}
