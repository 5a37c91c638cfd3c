package sweep

import (
	"errors"
	"fmt"
	"slices"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Cell is the answer at one place of the grid, of one device and phase.
type Cell struct {
	At         []float64 // a value of every knob
	Device     string
	Phase      string // aggregation, prefill, decode or pd_ratio
	Label      string // of the winning strategy; "" where nothing meets limits and memory
	Throughput float64
	PerDevice  float64 // 0: it has no answer, or the instances of a pair do not fit the devices
	Interval   *report.Interval
	Cost       *float64 // money per million tokens; nil without a price
	TTFT, TPOT *float64 // milliseconds
	InFlight   int      // requests; 0: it has no answer, or is a pair of instances
	Status     report.Status
	Reason     message.Message // why it has no answer
	Wins       bool            // is the best of several devices, as plan.Request.ByCost says
}

// Best are the best answers of a report, as a sweep of this one place has them.
func Best(rep *report.Report) []Cell { return of(nil, rep) }

// of takes the cells of a report apart, one for every device and phase that the plan runs. A phase without an answer
// has the status and reason of the point that missed least.
func of(at []float64, rep *report.Report) (list []Cell) {
	for i := range rep.Devices {
		d := &rep.Devices[i]
		if rep.Mode == plan.PDRatio {
			list = append(list, pair(at, d, float64(rep.Request.OutputLength)))
			if rep.Request.SplitSearched() && !rep.Request.Played() {
				list = append(list, together(at, d, float64(rep.Request.OutputLength)))
			}
			continue
		}
		for _, phase := range []plan.Phase{plan.PhaseAggregation, plan.PhasePrefill, plan.PhaseDecode} {
			s := d.Section(phase)
			if s == nil {
				continue
			}
			c := Cell{At: at, Device: d.Device, Phase: phase.String(), Status: report.OK}
			if b := s.Best; b != nil {
				c.Label, c.Throughput, c.PerDevice, c.InFlight = b.Label, b.Throughput, b.PerDevice, b.Concurrency
				c.Interval, c.Cost = copied(b.ThroughputRange), copied(b.CostPerMTok)
				c.TTFT, c.TPOT = copied(b.TTFT), copied(b.TPOT)
			} else {
				c.Status, c.Reason = missed(d, phase)
			}
			list = append(list, c)
		}
	}
	if len(rep.Devices) > 1 {
		crown(list, rep.Request.ByCost())
	}
	return list
}

// pair is the cell of a PD ratio: the answer tokens of all its instances, which are also what a device's share is taken
// of. Without a split of the devices there are none.
func pair(at []float64, d *report.Device, answers float64) Cell {
	c := Cell{At: at, Device: d.Device, Phase: plan.PDRatio.String(), Status: report.OK}
	if d.PDRatio == nil || d.PDRatio.Best == nil {
		for _, phase := range []plan.Phase{plan.PhasePrefill, plan.PhaseDecode} {
			if s := d.Section(phase); s == nil || s.Best == nil {
				c.Status, c.Reason = missed(d, phase)
				return c
			}
		}
		c.Status, c.Reason = report.Invalid, message.New("breaks.pair")
		return c
	}
	b := d.PDRatio.Best
	if b.SystemQPS == nil || b.TotalDevices == nil || *b.TotalDevices == 0 {
		c.Status, c.Reason = report.Invalid, message.New("report.nosplit")
		return c
	}
	c.Label, c.Throughput, c.Cost = b.Prefill.Label+" / "+b.Decode.Label, *b.SystemQPS*answers, copied(b.CostPerMTok)
	c.TTFT, c.TPOT = copied(b.TTFT()), copied(b.Decode.TPOT)
	c.PerDevice = c.Throughput / float64(*b.TotalDevices)
	c.Interval = tokens(b.SystemRange(), answers)
	return c
}

// together is the cell of the same devices without disaggregation: replicas that do both phases, of one size, on two
// kinds of hardware of one size on each.
func together(at []float64, d *report.Device, answers float64) Cell {
	c := Cell{At: at, Device: d.Device, Phase: plan.PhaseAggregation.String(), Status: report.OK}
	if d.PDRatio == nil || d.PDRatio.Aggregated == nil {
		c.Status, c.Reason = report.Invalid, message.New("breaks.together")
		return c
	}
	v := d.PDRatio.Aggregated
	devices, qps := v.Total()
	c.Throughput, c.PerDevice, c.Interval = qps*answers, qps*answers/float64(devices), tokens(v.Range(), answers)
	c.TTFT, c.TPOT = copied(v.Row.TTFT), copied(v.Row.TPOT)
	for x := v; x != nil; x = x.Beside {
		if c.Label != "" {
			c.Label += " + "
		}
		c.Label += fmt.Sprintf("%d x %s", x.Replicas, x.Row.Label)
	}
	return c
}

// tokens is a range of requests per second as one of tokens.
func tokens(b *report.Interval, answers float64) *report.Interval {
	if b == nil {
		return nil
	}
	return &report.Interval{Low: b.Low * answers, High: b.High * answers}
}

// missed says why a phase of a device has no answer.
func missed(d *report.Device, phase plan.Phase) (report.Status, message.Message) {
	for i := range d.Nearest {
		if r := &d.Nearest[i].Row; r.Phase == phase && r.Status != report.OK {
			return r.Status, r.Reason
		}
	}
	for i := range d.Outcomes {
		if o := &d.Outcomes[i]; o.Phase == phase && !o.Reason.IsZero() {
			return report.Invalid, message.New("reason.of", o.Label, o.Reason)
		}
	}
	return report.Invalid, message.New("breaks.layout")
}

// refused are the cells of a request that cannot be run at all at a place: what is wrong stands in each.
func refused(at []float64, req *plan.Request, f *report.Failure) (list []Cell) {
	phases := []string{plan.PhaseAggregation.String()}
	switch {
	case req.Mode == plan.PDRatio:
		phases[0] = plan.PDRatio.String()
	case req.Mode == plan.Disaggregation:
		phases = phases[:0]
		if req.TTFTLimit > 0 {
			phases = append(phases, plan.PhasePrefill.String())
		}
		if req.TPOTLimit > 0 {
			phases = append(phases, plan.PhaseDecode.String())
		}
	}
	for _, p := range req.Profiles {
		for _, phase := range phases {
			list = append(list, Cell{At: at, Device: p.Name, Phase: phase, Status: report.Invalid, Reason: f.Message})
		}
	}
	return list
}

// crown marks the best cell of every phase at one place.
func crown(list []Cell, byCost bool) {
	better := func(a, b *Cell) bool {
		if byCost {
			return a.Cost != nil && (b.Cost == nil || *a.Cost < *b.Cost)
		}
		return a.Throughput > b.Throughput
	}
	for i := range list {
		c := &list[i]
		c.Wins = c.Throughput > 0 && !slices.ContainsFunc(list, func(o Cell) bool {
			return o.Phase == c.Phase && better(&o, c)
		})
	}
}

// Answered turns what a request gave into cells; an error that is not about this place ends the sweep.
func Answered(at []float64, req *plan.Request, rep *report.Report, err error) ([]Cell, error) {
	if err == nil {
		return of(at, rep), nil
	}
	var f *report.Failure
	if errors.As(err, &f) && f.Class == report.InvalidParameters {
		return refused(at, req, f), nil
	}
	return nil, err
}

// copied takes a figure out of the block that a search keeps its figures in, so that the block can go.
func copied[T any](v *T) *T {
	if v == nil {
		return nil
	}
	own := *v
	return &own
}
