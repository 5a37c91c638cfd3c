package parse

import (
	"strings"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// rule takes a rule of dashes: the first one opens a grid, the third one closes it.
func (r *Reader) rule() {
	switch {
	case r.table == nil:
		r.table = &table{title: r.title}
		r.title = ""
	case r.table.bare:
		return // it has lost some of them
	case len(r.table.head) == 0: // nothing between two rules was a head: the table is unread, not empty
		r.broken++
	}
	r.table.rules++
	if r.table.rules == 3 {
		r.table = nil
	}
}

// bare opens a grid that has lost its rules, as some viewers of logs copy it: the bars between its cells say where they
// end. A line of cells below neither a title nor the heading of a comparison belongs to nothing that is
// known; it is counted as unread.
func (r *Reader) bare(text string) bool {
	if r.title == "" && (r.heading == "" || len(cells(text)) < 2) {
		if len(cells(text)) > 1 && r.known {
			r.broken++
		}
		return false
	}
	r.table = &table{title: r.title, rules: 1, bare: true}
	r.title = ""
	r.gridLine(text)
	if r.table != nil {
		r.table.rules = 2
	}
	return true
}

// gridLine takes the head of a grid or one of its rows.
func (r *Reader) gridLine(text string) {
	t := r.table
	row := cells(text)
	if t.rules == 1 && len(t.head) > 0 {
		t.rules = 2 // the rule below the head is missing
	}
	switch {
	case t.rules == 0:
		r.table = nil
	case row == nil && t.rules == 1:
		r.table = nil
		r.broken++
	case t.rules == 1:
		for _, c := range row {
			t.head = append(t.head, heading(c))
		}
		r.open()
	case len(row) != len(t.head):
		if r.wanted() {
			r.broken++
		}
	case r.rows >= mostRows:
		r.dropped++
	default:
		r.take(t.named(row))
	}
}

// wanted reports whether the rows of the grid are read at all; the profile parameters of several devices are not.
func (r *Reader) wanted() bool { return !r.table.has("cube compute") }

// open prepares for the rows below a head.
func (r *Reader) open() {
	t := r.table
	if t.has("device") || !r.wanted() {
		return
	}
	d := r.owner()
	r.revision++
	switch {
	case d == nil:
	case t.has("p parallel"):
		d.ratioRun, d.ratios = true, nil // the table has the best pair too
	case t.has("parallel"):
		r.block.phase = t.phaseOf()
		d.sections[r.block.phase], d.points[r.block.phase], d.printed[r.block.phase] = nil, nil, true
	}
}

// take reads a row of any table.
func (r *Reader) take(cell func(...string) string) {
	t, d := r.table, r.block.target
	done := false
	switch {
	case !r.wanted():
		return
	case t.has("device"):
		done = r.takeCross(cell)
	case d == nil:
	case t.has("p parallel"):
		done = r.takeRatio(d, cell)
	case cell("num_input_tokens") != "" && cell("num_input_tokens") != "all":
		done = r.takeSample(d, cell)
	case t.has("parallel"):
		var row report.Row
		if row, done = r.row(r.block.phase, cell); done {
			d.sections[r.block.phase] = append(d.sections[r.block.phase], row)
		}
	}
	if !done {
		r.broken++
		return
	}
	r.rows++
	r.revision++
}

func (r *Reader) takeSample(d *device, cell func(...string) string) bool {
	rows := d.sections[r.block.phase]
	s, ok := sample(cell)
	if !ok || len(rows) == 0 {
		return false
	}
	last := &rows[len(rows)-1]
	last.Samples = append(last.Samples, s)
	return true
}

// takeRatio reads a pair. The best block above the table says how many instances of the first one the devices hold.
func (r *Reader) takeRatio(d *device, cell func(...string) string) bool {
	x, ok := r.ratio(cell)
	if !ok {
		return false
	}
	if len(d.ratios) == 0 {
		split(&x, r.block.split[0], r.block.split[1], r.block.devices)
	}
	d.ratios = append(d.ratios, x)
	return true
}

// takeCross reads a line of a cross-hardware table; what the table lacks is found in the report of its device.
func (r *Reader) takeCross(cell func(...string) string) bool {
	c := crossRow{device: cell("device")}
	if len(r.cross) >= 3*mostDevices || c.device == "" {
		return false
	}
	if balanced := number(cell("balanced qps")); balanced != nil {
		c.ratio, c.balanced = true, *balanced
		p, hasP := whole(cell("p inst"))
		d, hasD := whole(cell("d inst"))
		if hasP && hasD {
			c.instances = [2]int{p, d}
		}
		r.cross = append(r.cross, c)
		return true
	}
	switch {
	case strings.Contains(r.heading, "Prefill"), r.table.has("prefill throughput"):
		c.phase = plan.PhasePrefill
	case strings.Contains(r.heading, "Decode"), r.table.has("decode throughput"):
		c.phase = plan.PhaseDecode
	}
	row, ok := r.row(c.phase, cell)
	if !ok {
		return false
	}
	c.row, c.throughput = &row, row.Throughput
	r.cross = append(r.cross, c)
	return true
}
