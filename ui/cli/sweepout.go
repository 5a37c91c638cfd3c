package cli

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/sim/chart"
	"fathom/sim/sweep"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/plot"
	"fathom/ui/style"
	"fathom/ui/text"
)

// sweepSheet draws a sweep: a bar for every value of one knob, a map for two, and what the winners are.
type sweepSheet struct {
	out   *sweep.Result
	theme style.Theme
	texts *text.Catalog
	width int // of the terminal; 0: as wide as it takes
}

// mostChanges is how many points are named where the winner changes; JSON has all.
const mostChanges = 12

func (s *sweepSheet) lines() (out []string) {
	r := s.out
	var knobs []string
	n := 1
	for _, a := range r.Axes {
		knobs, n = append(knobs, s.knob(a.Knob)), n*len(a.Values)
	}
	title := s.texts.T("sweep.title", "knobs", strings.Join(knobs, " x "), "n", number.Int(n))
	out = append(out, s.theme.Title.Paint(title))
	if r.Partial {
		out = append(out, s.texts.T("sweep.partial"))
	}
	for _, p := range chart.Of(r, chart.Best(r.ByCost())) {
		out = append(append(out, ""), s.draw(p)...)
	}
	return append(append(out, s.changes()...), s.contrasts()...)
}

// draw is one picture with its winners and why places have none.
func (s *sweepSheet) draw(p *chart.Picture) []string {
	title := s.texts.T("sweep.who")
	if !p.Contest() {
		title = hw.Clean(p.Device)
	}
	out := []string{s.theme.Title.Paint(title + ", " + s.phase(p.Phase))}
	if p.Y.Knob == nil {
		out = append(out, s.curve(p)...)
	} else {
		out = append(out, s.heat(p)...)
	}
	for i, w := range p.Winners {
		out = append(out, "  "+s.theme.Hue(i).Paint(string(w.Sign))+"  "+percent(w.Share)+"  "+hw.Clean(w.Name))
	}
	for _, m := range p.Missing {
		head := "  " + s.theme.Muted.Paint(string(m.Sign)) + "  " + percent(m.Share) + "  "
		reason := s.texts.T("status."+string(m.Status)) + ": " + hw.Clean(s.texts.Tell(m.Reason))
		out = append(out, s.wrapped(head, reason)...)
	}
	return out
}

func percent(share float64) string { return cell.Right(number.Share(share), 5, "") }

// heat is the map of two knobs: the first to the right, the second upwards. Columns that the terminal has no room for
// are left out evenly, and a line says so.
func (s *sweepSheet) heat(p *chart.Picture) (out []string) {
	x, y := p.X.Knob, p.Y.Knob
	h := plot.Heat{XLabel: s.knob(x), YLabel: s.knob(y)}
	margin := cell.Width(h.YLabel)
	for _, v := range p.Y.Values {
		margin = max(margin, len(y.Print(v)))
	}
	step, n := 1, len(p.X.Values)
	for s.width > 0 && margin+3+plot.TileWidth*((n+step-1)/step) > s.width && step < n {
		step++
	}
	for i := 0; i < n; i += step {
		h.Columns = append(h.Columns, x.Print(p.X.Values[i]))
	}
	for i, places := range slices.Backward(p.Rows) {
		row := make([]plot.Tile, len(h.Columns))
		for c := range row {
			row[c] = plot.TileOf(p, &places[c*step], p.Top)
		}
		h.Rows, h.Labels = append(h.Rows, row), append(h.Labels, y.Print(p.Y.Values[i]))
	}
	out = h.Lines(s.theme)
	if step > 1 {
		out = append(out, s.texts.T("sweep.thinned", "n", strconv.Itoa(step)))
	}
	if p.Top > 0 && !math.IsInf(p.Top, 0) {
		out = append(out, s.wrapped("", s.texts.T("sweep.scale", "v", number.Digits(p.Top, 4), "unit",
			s.texts.T("figure."+p.Figure.String())))...)
	}
	return out
}

// changes names the points where the winner becomes another.
func (s *sweepSheet) changes() []string {
	list := append(s.out.Contests(), s.out.Changes()...)
	if len(list) == 0 {
		return nil
	}
	out := []string{"", s.theme.Title.Paint(s.texts.T("sweep.changes"))}
	several := len(s.out.Request.Profiles) > 1 || s.out.Phases() > 1
	for _, c := range list[:min(len(list), mostChanges)] {
		x, y := s.out.Axes[0].Knob, s.out.Axes[len(s.out.Axes)-1].Knob
		if c.Along == y.Name {
			x, y = y, x
		}
		at := s.texts.T("sweep.between", "knob", s.knob(x), "from", x.Print(c.From), "to", x.Print(c.To))
		if len(c.Beside) > 0 {
			at += ", " + s.knob(y) + " " + y.Print(c.Beside[0])
		}
		if several {
			at = cmp.Or(hw.Clean(c.Device), s.texts.T("sweep.who")) + ", " + s.phase(c.Phase) + ", " + at
		}
		none := s.texts.T("sweep.none")
		out = append(out, s.wrapped("  ", at+": "+cmp.Or(hw.Clean(c.Was), none)+" "+s.theme.Marks.Arrow+" "+
			cmp.Or(hw.Clean(c.Now), none))...)
	}
	if more := len(list) - mostChanges; more > 0 {
		out = append(out, "  "+s.texts.T("sweep.more", "n", number.Int(more)))
	}
	return out
}

// contrasts says which of disaggregation and aggregation serves more, and from where on.
func (s *sweepSheet) contrasts() (out []string) {
	x := s.out.Axes[0].Knob
	for _, c := range s.out.Contrasts() {
		if out == nil {
			out = []string{"", s.theme.Title.Paint(s.texts.T("sweep.contrast"))}
		}
		where := s.knob(x) + " " + x.Print(c.From)
		if c.To != c.From {
			where += " .. " + x.Print(c.To)
		}
		if len(c.Beside) > 0 {
			y := s.out.Axes[1].Knob
			where += ", " + s.knob(y) + " " + y.Print(c.Beside[0])
		}
		if len(s.out.Request.Pairings()) > 1 {
			where = hw.Clean(c.Device) + ", " + where
		}
		out = append(out, s.wrapped("  ", where+": "+s.texts.Tell(c.Says()))...)
	}
	return out
}

// wrapped breaks a line of plain text where the terminal would; head stands before the first piece, space before the
// others.
func (s *sweepSheet) wrapped(head, line string) (out []string) {
	indent := cell.Width(head)
	if s.width <= indent+20 {
		return []string{head + line}
	}
	for _, l := range cell.Wrap(line, s.width-indent) {
		out = append(out, head+l)
		head = cell.Space(indent)
	}
	return out
}

// knob names a knob as its question does.
func (s *sweepSheet) knob(k *sweep.Knob) string { return s.texts.Knob(k.Name) }

func (s *sweepSheet) phase(name string) string {
	if name == "pd_ratio" {
		return s.texts.T("mode." + name)
	}
	return s.texts.T("phase." + name)
}
