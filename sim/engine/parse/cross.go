package parse

import (
	"fathom/sim/plan"
	"fathom/sim/report"
)

// crossReport joins the cross-hardware tables with the reports of the devices: the tables lack the memory columns.
func (r *Reader) crossReport(devices []report.Device) []report.Cross {
	var out []report.Cross
	first := map[[2]int]float64{} // by phase and kind
	for i := range r.cross {
		c := &r.cross[i]
		line := report.Cross{Device: c.device, Throughput: c.throughput}
		measure, kind := c.throughput, [2]int{int(c.phase), 0}
		if c.ratio {
			measure, kind = c.balanced, [2]int{0, 1}
			// As in the report of a run: requests per second times answers of so many tokens.
			line.Throughput = c.balanced * r.command.number("output-length")
		}
		if _, ok := first[kind]; !ok {
			first[kind] = measure
		}
		if first[kind] != 0 {
			line.RatioToFirst = measure / first[kind]
		}
		if d := named(devices, c.device); c.ratio {
			line.Ratio = c.pair(d)
		} else {
			line.Row = c.same(d)
		}
		out = append(out, line)
	}
	return out
}

func named(devices []report.Device, name string) *report.Device {
	for i := range devices {
		if devices[i].Device == name {
			return &devices[i]
		}
	}
	return nil
}

// same is the row of the device's own table, or the one of the cross-hardware table where that is missing.
func (c *crossRow) same(d *report.Device) *report.Row {
	if d != nil {
		if s := *section(d, plan.Phase(c.phase)); s != nil {
			for i := range s.Candidates {
				if x := &s.Candidates[i]; x.Label == c.row.Label && x.Concurrency == c.row.Concurrency && x.Batch == c.row.Batch {
					return x
				}
			}
		}
	}
	row := *c.row
	return &row
}

// pair is the device's best pair. The table names no strategies, so without it there is none.
func (c *crossRow) pair(d *report.Device) *report.Ratio {
	if d == nil || d.PDRatio == nil || d.PDRatio.Best == nil {
		return nil
	}
	x := *d.PDRatio.Best
	if x.PrefillInstances == nil && c.instances[0] > 0 {
		split(&x, c.instances[0], c.instances[1], [2]int{x.Prefill.Strategy.World(), x.Decode.Strategy.World()})
	}
	return &x
}
