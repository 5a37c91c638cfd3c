package runs

import (
	"fmt"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/score"
	"fathom/sim/traffic"
	"fathom/state/table"
)

// Lines sets a run's figures beside its prediction, in milliseconds and tokens per second; those that one side lacks
// are left out. Percentiles have no interval: no run measured them when profiles were fitted.
func Lines(s *score.Scored) []table.MeasuredLine {
	if s.Predicted == nil {
		return nil
	}
	var out []table.MeasuredLine
	line := func(name, unit string, scale, measured, predicted float64, bar hw.Bar) {
		if measured <= 0 || predicted <= 0 {
			return
		}
		l := table.MeasuredLine{Name: name, Unit: unit, Measured: scale * measured, Predicted: scale * predicted}
		l.Low, l.High, _ = score.Interval(l.Predicted, bar)
		out = append(out, l)
	}
	var bars hw.EngineCosts
	if s.Predicted.Bars != nil {
		bars = *s.Predicted.Bars
	}
	m, p := s.Row.Measured, s.Predicted.Figures
	line("TTFT", "ms", 1e3, m.TTFT, p.TTFT, bars.TTFT)
	line("TPOT", "ms", 1e3, m.TPOT, p.TPOT, bars.TPOT)
	line("tok/s", "", 1, m.Throughput, p.Throughput, bars.Throughput)
	for _, at := range traffic.Percents {
		name := fmt.Sprintf("p%g", at)
		line("TTFT "+name, "ms", 1e3, *s.Row.Percentiles.TTFT.At(at), *s.Predicted.Traffic.TTFT.At(at), hw.Bar{})
		line("TPOT "+name, "ms", 1e3, *s.Row.Percentiles.TPOT.At(at), *s.Predicted.Traffic.TPOT.At(at), hw.Bar{})
	}
	return out
}

// Value is a scored run for the screen. plan is the profile that the plan on screen is about: a run of it is said to be
// on it, whatever name the run's file has for the device.
func Value(path string, s *score.Scored, plan *hw.Profile) table.MeasuredRun {
	r := s.Row
	out := table.MeasuredRun{Path: path, ID: hw.Clean(r.ID), Tool: hw.Clean(r.Tool), Model: hw.Clean(r.Model),
		Device: hw.Clean(r.Device), Engine: r.Engine.String(), Precision: hw.Clean(r.Precision), Devices: r.Devices,
		Input: r.Input, Output: r.Output, Concurrency: r.Concurrency, Rate: r.Rate, Lines: Lines(s),
		TTFT: 1e3 * r.Measured.TTFT, TPOT: 1e3 * r.Measured.TPOT, Throughput: r.Measured.Throughput}
	if m, _, err := score.Stored(r); err == nil {
		out.Model = m.Name
	}
	if plan != nil && score.SameDevice(r.Device, plan) {
		out.Device = plan.Name
	}
	if side := r.Side; !r.Disaggregated {
		out.TP, out.PP, out.DP, out.EP = side.TP, side.PP, side.DP, side.EP
		if out.Devices == 0 {
			out.Devices = max(1, side.Workers) * side.TP * max(1, side.PP) * max(1, side.DP)
		}
	}
	if out.Notes = r.Notes; !r.File.IsZero() {
		out.Notes = append([]message.Message{r.File}, r.Notes...)
	}
	if s.Predicted == nil {
		out.Fault = s.Reason
	}
	if d := s.Diagnosis; d != nil {
		for _, c := range d.Causes {
			out.Causes = append(out.Causes, table.Cause{Says: c.Message(), Explains: c.Explains,
				TTFT: 1e3 * c.Figures.TTFT, TPOT: 1e3 * c.Figures.TPOT, Throughput: c.Figures.Throughput})
		}
		if t := d.Test; t != nil {
			out.Test = t.Message(d.Causes[0], d.Causes[1])
		}
	}
	return out
}
