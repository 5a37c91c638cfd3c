package report

import (
	"fmt"
	"strconv"

	"fathom/hw/message"
)

// shownFailures is how many strategies without an answer a report for people lists; all are in the JSON form.
const shownFailures = 24

// failures lists the strategies that have no row, each with its reason; nil where there are none.
func failures(list []Outcome) *grid {
	var g grid
	g.column("phase", false)
	g.column("strategy", false)
	g.column("end", false)
	g.column("reason", false)
	more := 0
	for _, o := range list {
		switch {
		case o.End == Found:
		case len(g.rows) == shownFailures:
			more++
		default:
			g.add(o.Phase, o.Label, o.End, o.Reason)
		}
	}
	if len(g.rows) == 0 {
		return nil
	}
	if more > 0 {
		g.add("", message.New("report.more", more), "", "")
	}
	return &g
}

// sampleParts shows how the best row's requests fall on the bins of a length distribution.
func sampleParts(d *Device) (parts []part) {
	for _, s := range []*Section{d.Aggregation, d.Prefill} {
		if s == nil || s.Best == nil || len(s.Best.Samples) == 0 {
			continue
		}
		var g grid
		for _, h := range []string{"input-tokens", "share", "requests"} {
			g.column(h, true)
		}
		for _, x := range s.Best.Samples {
			g.add(strconv.Itoa(x.Tokens), fmt.Sprintf("%.3f", x.Ratio), strconv.Itoa(x.Requests))
		}
		parts = append(parts, part{level: 3, role: roleTable,
			heading: message.New("report.h-lengths"), table: &g})
	}
	return parts
}

// hardwareTable compares the profiles by what they reach, not by their peaks (search-and-serving 8.3).
func hardwareTable(r *Report) *grid {
	var g grid
	g.column("device", false)
	for _, h := range []string{"cube-tflops", "vec-tflops", "hbm-tib-s", "memory-gib"} {
		g.column(h, true)
	}
	g.column("grid", false)
	g.column("links-gb-s", false)
	price := false
	for _, p := range r.Request.Profiles {
		price = price || r.Request.PriceOf(p.Name) > 0
	}
	if price {
		g.column("per-hour", true)
	}
	for _, p := range r.Request.Profiles {
		f := p.Facts()
		cells := []any{f.Name, two(f.CubeTFLOPS), two(f.VecTFLOPS), fmt.Sprintf("%.3f", f.MemoryTiBs), two(f.MemoryGiB),
			f.Grid, f.Links()}
		if price {
			cells = append(cells, two(r.Request.PriceOf(p.Name)))
		}
		g.add(cells...)
	}
	return &g
}
