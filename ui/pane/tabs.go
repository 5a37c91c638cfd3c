package pane

import (
	"cmp"

	"fathom/state"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/number"
)

// tab draws one tab; the active one stands in brackets, so that it shows without colour.
func (p *Painter) tab(name string, active bool) string {
	if active {
		return p.T.Accent.Paint("[" + name + "]")
	}
	return " " + name + " "
}

// hardware is the line of profiles. Those left of the active one give way where the line is short.
func (p *Painter) hardware() string {
	rep, r := p.report(), &p.M.Results
	if rep == nil {
		return ""
	}
	names := make([]string, len(rep.Devices))
	for i := range rep.Devices {
		names[i] = p.device(rep.Devices[i].Device)
	}
	right := p.limitedBy()
	room := p.W - 2
	cross := ""
	if len(names) > 1 {
		cross = p.tab("= "+p.t("tabs.compare"), r.Cross)
		room -= cell.Width(cross)
	}
	first := 0
	for first < r.Device && widths(names[first:r.Device+1]) > room-4 {
		first++
	}
	line, x := " ", 1
	if first > 0 {
		line += p.T.Muted.Paint("<") // more to the left
		x++
	}
	for i := first; i < len(names); i++ {
		s := p.tab(names[i], i == r.Device && !r.Cross)
		if x+cell.Width(s) > room {
			line += p.T.Muted.Paint(">")
			x++
			break
		}
		p.zone(layout.Rect{X: x, Y: p.s.Tabs.Y, W: cell.Width(s), H: 1}, state.TargetDevice, i)
		line += s
		x += cell.Width(s)
	}
	if cross != "" {
		p.zone(layout.Rect{X: x, Y: p.s.Tabs.Y, W: cell.Width(cross), H: 1}, state.TargetCross, 0)
		line += cross
	}
	return p.ends(line, p.T.Muted.Paint(right), p.W-1)
}

func widths(names []string) int {
	n := 0
	for _, s := range names {
		n += cell.Width(s) + 2
	}
	return n
}

// limitedBy says what keeps the best row from a larger batch.
func (p *Painter) limitedBy() string {
	h := p.M.Headline()
	if !h.HasLimit || p.M.Results.Cross {
		return ""
	}
	return p.t("head.limit", "what", p.finding(h.Limit))
}

// views names what the body shows: parts of the run and kind of rows at the left, details above their place.
func (p *Painter) views() string {
	r := &p.M.Results
	left, x := " ", 1
	add := func(s string, kind state.TargetKind, index int) {
		p.zone(layout.Rect{X: x, Y: p.s.Views.Y, W: cell.Width(s), H: 1}, kind, index)
		left += s
		x += cell.Width(s)
	}
	if len(r.Parts) > 1 && !r.Cross {
		for i, part := range r.Parts {
			add(p.tab(p.t("part."+part.String()), part == r.Part), state.TargetPart, i)
		}
		left += " "
		x++
	}
	sight := p.inSight()
	if r.Cross {
		return p.ends(left, sight, p.W-1)
	}
	if !p.s.One() && r.Part != table.PartRatio {
		key := "views.candidates"
		if r.All {
			key = "views.points"
		}
		kind := p.t(key)
		if at, top := p.M.BestPosition(), r.Table.Top; p.absent > 0 && (at < 0 || at >= top && at < top+p.sight) {
			// where the best is stands first, and the tabs keep their names
			if more := kind + "  " + p.C.N("views.dropped", p.absent, itoa(p.absent)); x+cell.Width(more)+
				cell.Width(sight)+2 < p.s.Main.W {
				kind = more
			}
		}
		if x+cell.Width(kind)+cell.Width(sight)+2 < p.s.Main.W {
			left += p.T.Muted.Paint(kind)
			x += cell.Width(kind)
		}
		if sight != "" {
			left += "  " + sight
			x += cell.Width(sight) + 2
		}
		return p.detailsAbove(left, x)
	}
	key := "views.table"
	if r.All {
		key = "views.points"
	}
	add(p.tab(p.t(key), r.Focus != state.OnDetail), state.TargetTable, 0)
	left += " "
	x++
	if sight == "" {
		return left + p.details(x, p.W-x-1)
	}
	return p.ends(left+p.details(x, p.W-x-2-cell.Width(sight)), sight, p.W-1)
}

// inSight says which rows of a longer table the frame shows, and where the headline's row is if not among them.
func (p *Painter) inSight() string {
	t := &p.M.Results.Table
	if p.sight == 0 || t.Len() <= p.sight {
		return ""
	}
	last := min(t.Len(), t.Top+p.sight)
	key := "views.sight"
	if p.s.Band == layout.Narrow {
		key = "views.sight_short"
	}
	s := p.T.Muted.Paint(p.t(key, "first", number.Int(t.Top+1), "last", number.Int(last), "all",
		number.Int(t.Len())))
	switch at := p.M.BestPosition(); {
	case at >= 0 && at < t.Top:
		return p.T.Warn.Paint(p.t("views.best_above", "mark", p.T.Marks.Up)) + " " + s
	case at >= last:
		return p.T.Warn.Paint(p.t("views.best_below", "mark", p.T.Marks.Down)) + " " + s
	}
	return s
}

// detailsAbove puts the names of the details above their place, or as far to the left of it as they need.
func (p *Painter) detailsAbove(left string, used int) string {
	at := p.s.Detail.X
	if p.s.Detail.X == p.s.Main.X {
		at = p.W
	}
	zones := len(p.zones)
	line := p.details(0, p.W-used-2)
	at = max(used+1, min(at, p.W-1-cell.Width(line)))
	for i := zones; i < len(p.zones); i++ {
		p.zones[i].X += at
	}
	return cell.Left(left, at, "") + line
}

// details are the tabs of the detail views with their digits. Where names do not fit short ones stand for them, and
// where these do not fit either only the active one keeps its own.
func (p *Painter) details(x, w int) string {
	r := &p.M.Results
	showing := r.Focus == state.OnDetail || !p.s.One() && r.Part != table.PartRatio
	for _, style := range []struct {
		names string
		gap   string
	}{{"detail.", " "}, {"detail.", ""}, {"detail_short.", ""}, {"", ""}} {
		line, at, zones := "", x, len(p.zones)
		for i := range state.NumDetails {
			active := r.Detail == i && showing
			if i == state.ServiceTab && !active && !p.M.Serves() {
				continue // nothing to show there
			}
			s := itoa(int(i) + 1)
			if name := style.names; name != "" || active {
				s += " " + p.t(cmp.Or(name, "detail.")+i.String())
			}
			switch {
			case active:
				s = p.T.Accent.Paint("[" + s + "]")
			case style.gap != "":
				s = style.gap + s + style.gap
			}
			if style.gap == "" && line != "" {
				line += " "
				at++
			}
			p.zone(layout.Rect{X: at, Y: p.s.Views.Y, W: cell.Width(s), H: 1}, state.TargetDetail, int(i))
			line += s
			at += cell.Width(s)
		}
		if cell.Width(line) <= w || style.names == "" {
			for n := len(p.zones); n > zones && p.zones[n-1].Rect.X+p.zones[n-1].Rect.W > x+w; n-- {
				p.zones = p.zones[:n-1] // what is cut off cannot be hit
			}
			return p.cut(line, w)
		}
		p.zones = p.zones[:zones]
	}
	return ""
}
