package report

import (
	"encoding/json"
	"fmt"

	"fathom/hw/message"
	"fathom/sim/plan"
)

// MarshalJSON writes null for counts that are not known.
func (c Counts) MarshalJSON() ([]byte, error) {
	type plain Counts
	if !c.Unsaid {
		return json.Marshal(plain(c))
	}
	return json.Marshal(map[string]*int{"ok": &c.OK, "ttft": nil, "tpot": nil, "oom": nil, "invalid": nil, "engine": nil})
}

func countLine(r *Report, d *Device) message.Message {
	line := pointLine(r, d)
	if d.Counts.Watts > 0 {
		line = message.New("report.counts-watts", line, d.Counts.Watts)
	}
	if d.Counts.E2E+d.Counts.Goodput == 0 {
		return line
	}
	return message.New("report.counts-beside", line, d.Counts.E2E, d.Counts.Goodput)
}

func pointLine(r *Report, d *Device) message.Message {
	if d.Counts.Unsaid {
		return message.New("report.counts-unsaid", d.Evaluated, WordOf(d.Fidelity), WordOf(d.Search))
	}
	tpot := message.New("report.over-tpot", d.Counts.TPOT)
	if both := d.OverBoth(r.Request); both > 0 {
		tpot = message.New("report.over-both", d.Counts.TPOT, both)
	}
	if d.Counts.Engine > 0 {
		return message.New("report.counts-engine", d.Evaluated, d.Counts.OK, d.Counts.TTFT, tpot, d.Counts.OOM,
			d.Counts.Engine, d.Counts.Invalid, WordOf(d.Fidelity), WordOf(d.Search))
	}
	return message.New("report.counts", d.Evaluated, d.Counts.OK, d.Counts.TTFT, tpot, d.Counts.OOM, d.Counts.Invalid,
		WordOf(d.Fidelity), WordOf(d.Search))
}

// WordOf is the name of a fidelity or a search in the language of the reader.
func WordOf(v fmt.Stringer) message.Message { return named("word.", v.String()) }

// OverBoth counts the points of a device that are over TPOT, which is tested first, and over TTFT too.
func (d *Device) OverBoth(q *plan.Request) (n int) {
	for i := range d.Points {
		if d.Points[i].OverBoth(q) {
			n++
		}
	}
	return n
}

// OverBoth tells a point whose status is over TPOT and that is over TTFT too; none without a request.
func (r *Row) OverBoth(q *plan.Request) bool {
	if q == nil || r.Status != OverTPOT {
		return false
	}
	ttft, tpot := r.exceeds(q)
	return ttft && tpot
}

// exceeds tells which limits of a request a point is beyond; of a played one those on what single requests meet.
func (r *Row) exceeds(q *plan.Request) (ttft, tpot bool) {
	if r.Held != nil {
		for _, b := range r.Held.Broken() {
			ttft = ttft || b.Metric == MetricTTFT
			tpot = tpot || b.Metric == MetricTPOT
		}
		return ttft, tpot
	}
	ttft = r.TTFT != nil && q.MeanTTFT() > 0 && *r.TTFT > q.TTFTLimit
	tpot = r.TPOT != nil && q.MeanTPOT() > 0 && *r.TPOT > q.TPOTLimit
	return ttft, tpot
}
