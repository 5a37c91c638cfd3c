package pane

import (
	"slices"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/number"
)

// filterLine shows the filter while it is typed and as long as it stands.
func (p *Painter) filterLine() string {
	t := &p.M.Results.Table
	f := &t.Filter
	if !f.Typing && f.Text == "" {
		return ""
	}
	count := p.t("notes.matches", "n", number.Int(t.Len()), "all", number.Int(t.Size()))
	if f.Problem != "" {
		count = p.T.Warn.Paint("! " + p.t(f.Problem, "word", cell.Clean(f.Word)))
	}
	if !f.Typing {
		return p.T.Accent.Paint("/"+cell.Clean(f.Text)) + "  " + count
	}
	return p.T.Accent.Paint("/") + p.input(f.Text, p.W/2) + "  " + count
}

// counts says how many points were tried and what became of them.
func (p *Painter) counts() string {
	d, r := p.onDevice(), &p.M.Results
	if d == nil || r.Cross {
		return ""
	}
	t := &r.Table
	kind := "notes.candidates"
	switch {
	case r.Part == table.PartRatio:
		kind = "notes.pairs"
	case r.All:
		kind = "notes.rows"
	}
	if t.Filter.Text != "" && !t.Filter.Typing {
		return p.filtered(kind)
	}
	became := p.tally(d)
	items := []string{p.C.N(kind, t.Size(), number.Int(t.Size())),
		p.C.N("notes.points", became.points, number.Int(became.points))}
	var tail []string
	if b := p.best(); b != nil && b.ThroughputRange == nil {
		tail = append(tail, p.t("notes.uncalibrated"))
	}
	if n := len(r.Marks); n > 0 {
		tail = append(tail, p.t("notes.marked", "n", itoa(n)))
	}
	items = p.counted(items, tail, became.of, became.both, !d.Counts.Unsaid)
	line := items[0]
	for i, s := range items[1:] {
		next, more := p.dots(line, s), 0
		if i < len(items)-2 {
			more = cell.Width(p.dots("", p.T.Marks.More))
		}
		if cell.Width(next)+more > p.W-3 {
			return p.dots(line, p.T.Marks.More)
		}
		line = next
	}
	return line
}

// tally is what became of the points behind a table.
type tally struct {
	device *report.Device
	phase  plan.Phase
	points int
	of     map[report.Status]int
	both   int // over TTFT and TPOT
}

// tally counts the points of a profile, those of the table's phase alone where both phases were searched.
func (p *Painter) tally(d *report.Device) tally {
	phase := p.M.Results.Part.Phase()
	if p.Cache != nil && p.Cache.tally.device == d && p.Cache.tally.phase == phase {
		return p.Cache.tally
	}
	c := &d.Counts
	out := tally{device: d, phase: phase, points: d.Evaluated, of: map[report.Status]int{report.OverTTFT: c.TTFT,
		report.OverTPOT: c.TPOT, report.OOM: c.OOM, report.OverE2E: c.E2E, report.Short: c.Goodput,
		report.Invalid: c.Invalid, report.Engine: c.Engine, report.Wasteful: c.Watts}}
	apart := d.Prefill != nil && d.Decode != nil && p.M.Results.Part != table.PartRatio && len(d.Points) == d.Evaluated
	if apart {
		out.points, out.of = 0, map[report.Status]int{}
	}
	for i := range d.Points {
		row := &d.Points[i]
		if apart && row.Phase != phase {
			continue
		}
		if apart {
			out.points++
			out.of[row.Status]++
		}
		if row.OverBoth(p.request()) {
			out.both++
		}
	}
	if p.Cache != nil && p.M.Pane == state.Showing {
		p.Cache.tally = out
	}
	return out
}

// losses are the statuses of points that lost, in the order of the status line.
var losses = []report.Status{report.OverTTFT, report.OverTPOT, report.OOM, report.OverE2E, report.Short,
	report.Wasteful, report.Invalid,
	report.Engine}

// became says how many points have a status, each counted once as in JSON; both of those over TPOT are over TTFT too.
func (p *Painter) became(s report.Status, n, both int) string {
	if s == report.OverTPOT && both > 0 {
		return p.t("notes.both", "n", number.Int(n), "both", number.Int(both))
	}
	return p.t("notes."+string(s), "n", number.Int(n))
}

// counted puts between both ends of a line how many points have which status; with zeros, the first three are said
// although there are none. Where the line is too long, zeros give way to the words about points over both limits, and
// these go last.
func (p *Painter) counted(head, tail []string, n map[report.Status]int, both int, zeros bool) []string {
	line := func(zeros bool, both int) []string {
		out := slices.Clone(head)
		for i, s := range losses {
			if n[s] > 0 || zeros && i < 3 {
				out = append(out, p.became(s, n[s], both))
			}
		}
		return append(out, tail...)
	}
	for _, z := range []bool{zeros, false} {
		if out := line(z, both); cell.Width(p.dots(out...)) <= p.W-3 {
			return out
		}
	}
	if out := line(zeros, 0); cell.Width(p.dots(out...)) <= p.W-3 {
		return out
	}
	return line(false, 0)
}

// filtered says the same of the rows that a filter leaves.
func (p *Painter) filtered(kind string) string {
	r, t := &p.M.Results, &p.M.Results.Table
	items := []string{p.t("notes.left", "rows", p.C.N(kind, t.Len(), number.Int(t.Len())), "all", number.Int(t.Size()))}
	var tail []string
	if n := len(r.Marks); n > 0 {
		tail = []string{p.t("notes.marked", "n", itoa(n))}
	}
	n, both := map[report.Status]int{}, 0
	if r.All && r.Part != table.PartRatio {
		for i := range t.Len() {
			if item, ok := t.At(i); ok && item.Row != nil {
				n[item.Row.Status]++
				if item.Row.OverBoth(p.request()) {
					both++
				}
			}
		}
	}
	return p.cut(p.dots(p.counted(items, tail, n, both, false)...), p.W-3)
}
