package pane

import (
	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/layout"
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
	if r.Cross {
		return left
	}
	if !p.s.One() && r.Part != state.PartRatio {
		key := "views.candidates"
		if r.All {
			key = "views.points"
		}
		if x+cell.Width(p.t(key)) < p.s.Main.W {
			left += p.T.Muted.Paint(p.t(key))
		}
		if p.s.Detail.Y > p.s.Main.Y { // detail below: its names stand at the right end
			return p.ends(left, p.details(p.W/2, p.W-2), p.W-1)
		}
		return cell.Left(left, p.s.Detail.X, "") + p.details(p.s.Detail.X, p.W-p.s.Detail.X)
	}
	key := "views.table"
	if r.All {
		key = "views.points"
	}
	left += p.tab(p.t(key), r.Focus != state.OnDetail)
	x += cell.Width(p.tab(p.t(key), true))
	return left + p.details(x, p.W-x-1)
}

// details are the tabs of the detail views with their digits; where names do not fit only the active one keeps its own.
func (p *Painter) details(x, w int) string {
	r := &p.M.Results
	showing := r.Focus == state.OnDetail || !p.s.One() && r.Part != state.PartRatio
	for _, long := range []bool{true, false} {
		line, at := "", x
		p0 := len(p.zones)
		for i := range state.NumDetails {
			active := r.Detail == i && showing
			s := itoa(int(i) + 1)
			if long || active {
				s += " " + p.t("detail."+i.String())
			}
			s = p.tab(s, active)
			p.zone(layout.Rect{X: at, Y: p.s.Views.Y, W: cell.Width(s), H: 1}, state.TargetDetail, int(i))
			line += s
			at += cell.Width(s)
		}
		if cell.Width(line) <= w || !long {
			return p.cut(line, w)
		}
		p.zones = p.zones[:p0]
	}
	return ""
}
