package search

import (
	"cmp"
	"slices"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/report"
)

// snapshot is the report of what has been found so far. The caller holds the lock, or is the last to look.
func (r *run) snapshot() *report.Report { return r.gathered(false) }

// gathered is a snapshot; a brief one is soon replaced by the next, and holds of a large run no copy of all points.
func (r *run) gathered(brief bool) *report.Report {
	// Rows are shared with the search; nobody changes a row after it is in its place.
	out := *r.report
	out.Devices = make([]report.Device, len(r.jobs))
	for i := range r.jobs {
		out.Devices[i] = r.device(i, brief && r.points > briefPoints)
	}
	out.Cross = cross(out.Devices, r.req.Mode, float64(r.req.OutputLength), r.req.SplitSearched())
	out.Fidelity = common(out.Devices)
	out.Search = out.Devices[0].Search
	return &out
}

// finish completes the report when every strategy has ended or the run was stopped.
func (r *run) finish() *report.Report {
	out := r.snapshot()
	for i := range out.Devices {
		d := &out.Devices[i]
		if r.points > keepPoints {
			d.Notes = append(d.Notes, message.New("note.thinned", r.points, keepPoints))
		}
		if !r.stopped.Load() {
			d.Nearest = r.nearest(i)
		}
		if pairJudged(r.req) && d.PDRatio != nil {
			r.holdPairs(i, d)
		}
		if r.req.SplitSearched() && !r.stopped.Load() {
			d.PDRatio.Aggregated = r.versus(i)
			d.Notes = append(d.Notes, contrast(d.PDRatio, d.Fidelity, r.req.Played())...)
		}
		if r.req.Traffic != plan.TrafficNone && !r.stopped.Load() {
			r.benchmark(i, d)
		}
		if d.Fidelity == plan.Corrected && !r.req.Played() && !r.req.Beyond() { // the reference tool cannot be asked
			r.correct(i, d)
		}
		r.speculation(i, d)
		r.experts(i, d)
		r.apart(i, d)
		if r.req.TargetQPS > 0 || r.req.TargetConcurrency > 0 {
			d.Capacity = r.capacity(i)
		}
	}
	r.owe(out)
	return out
}

// device gathers what the jobs of one profile have found; thinly, only the points of every strategy that matter.
func (r *run) device(i int, thinly bool) report.Device {
	d := r.report.Devices[i]
	d.Notes = slices.Clone(d.Notes)
	var parts [][]report.Row
	var rows []report.Row
	for k, j := range r.jobs[i] {
		list := r.found[i][k]
		if k == 0 || r.jobs[i][k-1].phase != j.phase { // instance sizes of one phase follow each other
			n := 0
			for later := k; !thinly && later < len(r.jobs[i]) && r.jobs[i][later].phase == j.phase; later++ {
				for t := range r.found[i][later] {
					n += len(r.found[i][later][t].rows)
				}
			}
			rows = make([]report.Row, 0, n) // one block: a large run has a hundred thousand
		}
		for t := range list {
			f := &list[t]
			if f.outcome.End == "" {
				d.Outcomes = append(d.Outcomes, report.Outcome{Phase: j.phase, Label: j.tuples[t].label, End: report.Interrupted})
				continue
			}
			count(&d.Counts, f)
			if thinly {
				rows = append(rows, telling(f.rows)...)
			} else {
				rows = append(rows, f.rows...)
			}
			d.Evaluated += f.counted
			d.Outcomes = append(d.Outcomes, f.outcome)
		}
		if k+1 < len(r.jobs[i]) && r.jobs[i][k+1].phase == j.phase {
			continue
		}
		// The front is drawn over all strategies of the phase, not within each.
		for _, at := range report.Front(rows) {
			rows[at].Pareto = true
		}
		parts = append(parts, rows)
		// Growth probes that were feasible are points, but the reference tool would not rank them.
		s := section(rows, j.limits, j.listedOnly())
		if j.split {
			bySize(s)
			d.Outcomes = bySizes(d.Outcomes)
		}
		switch j.phase {
		case plan.PhaseAggregation:
			d.Aggregation = s
		case plan.PhasePrefill:
			d.Prefill = s
		default:
			d.Decode = s
		}
	}
	switch j := r.jobs[i][0]; {
	case j.split:
		var notes []message.Message
		d.PDRatio, notes = r.splits(i, parts[0], parts[1])
		d.Notes = append(d.Notes, notes...)
	case r.req.Mode == plan.PDRatio:
		d.PDRatio = ratios(parts[0], parts[1], r.req, d.Device, j.switches, j.listedOnly())
		if err := r.transfers(i, d.PDRatio.Candidates); err != nil {
			d.Notes = append(d.Notes, message.Of(err))
		}
	}
	if len(parts) == 1 {
		d.Points = parts[0] // a copy of a hundred thousand rows would delay a cancelled run
	} else {
		d.Points = slices.Concat(parts...)
	}
	r.remark(i, &d)
	return d
}

// count adds the points of a strategy by status; they may have been thinned since.
func count(c *report.Counts, f *found) {
	c.OK += f.counts.OK
	c.TTFT += f.counts.TTFT
	c.TPOT += f.counts.TPOT
	c.E2E += f.counts.E2E
	c.Goodput += f.counts.Goodput
	c.Watts += f.counts.Watts
	c.OOM += f.counts.OOM
	c.Invalid += f.counts.Invalid
	c.Engine += f.counts.Engine
}

// tally counts rows by status.
func tally(rows []report.Row) (c report.Counts) {
	for i := range rows {
		switch rows[i].Status {
		case report.OK:
			c.OK++
		case report.OverTTFT:
			c.TTFT++
		case report.OverTPOT:
			c.TPOT++
		case report.OverE2E:
			c.E2E++
		case report.Short:
			c.Goodput++
		case report.Wasteful:
			c.Watts++
		case report.OOM:
			c.OOM++
		case report.Invalid:
			c.Invalid++
		case report.Engine:
			c.Engine++
		}
	}
	return c
}

// refused counts the strategies of a profile that the serving engine does not start, of those that were priced.
func (r *run) refused(device int) (n, of int) {
	for _, list := range r.found[device] {
		for t := range list {
			switch list[t].outcome.End {
			case report.Skipped, report.Unbuildable, "":
				continue
			}
			of++
			if list[t].refused {
				n++
			}
		}
	}
	return n, of
}

// remark notes what a reader of the figures should know.
func (r *run) remark(i int, d *report.Device) {
	pair := r.req.Pairings()[i]
	profiles := []*hw.Profile{pair.Prefill.Profile}
	if d := pair.Decode.Profile; d != nil && d != profiles[0] {
		profiles = append(profiles, d)
	}
	if n, of := r.refused(i); n > 0 {
		engine := r.req.Serving.On(profiles[0]).Engine().Title
		if other := r.req.Serving.On(profiles[len(profiles)-1]).Engine().Title; other != engine {
			engine += " / " + other
		}
		what := "note.refused-out"
		switch {
		case d.Fidelity == plan.Reference:
			what = "note.refused-reference"
		case r.req.AllowRefused:
			what = "note.refused-asked"
		}
		d.Notes = append(d.Notes, message.New("note.refused", engine, n, of, message.New(what)))
	}
	for _, p := range profiles {
		if !r.req.Capped(p) {
			continue
		}
		said := message.New("note.capped", r.req.Watts(p), 100*r.req.Pace(p))
		if len(profiles) > 1 {
			said = message.New("issue.line", p.Name, said)
		}
		d.Notes = append(d.Notes, said)
	}
	if d.Fidelity == plan.Reference && r.req.Played() && r.req.Mode == plan.Aggregation {
		d.Notes = append(d.Notes, message.New("note.played-reference"))
	}
	if d.Fidelity == plan.Reference && r.req.Model.MTPHeads == 0 &&
		slices.ContainsFunc(r.req.MTP, func(n int) bool { return n > 0 }) {
		d.Notes = append(d.Notes, message.New("note.noheads"))
	}
	unfitted := false
	for _, p := range profiles {
		if why := price.Unfitted(p, r.req.Serving); d.Fidelity == plan.Calibrated && !why.IsZero() {
			d.Notes, unfitted = append(d.Notes, why), true
		}
	}
	switch {
	case d.Fidelity != plan.Calibrated, unfitted:
	case slices.ContainsFunc(r.jobs[i], func(j *job) bool {
		return slices.ContainsFunc(d.Phase(j.phase).Candidates, func(c report.Row) bool { return c.Strategy.PP > 1 })
	}):
		d.Notes = append(d.Notes, message.New("note.nostages"))
	}
}

// common is the fidelity of all devices, or mixed.
func common(devices []report.Device) string {
	name := devices[0].Fidelity.String()
	for i := range devices {
		if devices[i].Fidelity.String() != name {
			return "mixed"
		}
	}
	return name
}

// cross compares the best of every profile, best first, phase by phase. A profile without an answer is absent. A pair
// of instances is compared by the answer tokens of its balanced rate.
func cross(devices []report.Device, mode plan.Mode, answers float64, split bool) []report.Cross {
	if len(devices) < 2 {
		return nil
	}
	var out []report.Cross
	add := func(of func(*report.Device) (report.Cross, bool)) {
		from := len(out)
		for i := range devices {
			if c, ok := of(&devices[i]); ok {
				c.Device, c.Fidelity = devices[i].Device, devices[i].Fidelity
				out = append(out, c)
			}
		}
		slices.SortStableFunc(out[from:], func(a, b report.Cross) int {
			if a.Ratio != nil {
				return compareRatios(a.Ratio, b.Ratio, a.Ratio.SystemQPS != nil && b.Ratio.SystemQPS != nil &&
					(split || devices[0].Fidelity != plan.Reference))
			}
			return cmp.Compare(b.Throughput, a.Throughput)
		})
		for i := from; i < len(out); i++ {
			out[i].RatioToFirst = out[i].Throughput / out[from].Throughput
		}
	}
	single := func(s *report.Section) (report.Cross, bool) {
		if s == nil || s.Best == nil {
			return report.Cross{}, false
		}
		return report.Cross{Throughput: s.Best.Throughput, Row: s.Best}, true
	}
	if mode == plan.PDRatio {
		add(func(d *report.Device) (report.Cross, bool) {
			if d.PDRatio == nil || d.PDRatio.Best == nil {
				return report.Cross{}, false
			}
			b := d.PDRatio.Best
			if split { // one pair of instances stands for nothing where their sizes differ
				return report.Cross{Throughput: b.Serves() * answers, Ratio: b}, true
			}
			return report.Cross{Throughput: b.Balanced * answers, Ratio: b}, true
		})
		return out
	}
	add(func(d *report.Device) (report.Cross, bool) { return single(d.Aggregation) })
	add(func(d *report.Device) (report.Cross, bool) { return single(d.Prefill) })
	add(func(d *report.Device) (report.Cross, bool) { return single(d.Decode) })
	return out
}

func disagrees(x, y *report.Device, p, q *report.Row, change float64) report.Issue {
	return report.Issue{Severity: report.Note, Field: "fidelity",
		Message: message.New("note.disagree", x.Device, report.WordOf(y.Fidelity),
			q.Label, q.Throughput, 100*change, report.WordOf(x.Fidelity), p.Label, p.Throughput)}
}
