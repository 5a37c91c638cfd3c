package cli

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/report"
	"fathom/sim/sweep"
	"fathom/state/field"
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

// picture is what one curve or map is drawn from: the lines of one device and phase, and their winners by their share.
type picture struct {
	title string
	lines []sweep.Line
	order []string // winners, most frequent first
}

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
	all := r.Lines()
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && all[to].Device == all[from].Device && all[to].Phase == all[from].Phase {
			to++
		}
		p := picture{title: hw.Clean(all[from].Device) + ", " + s.phase(all[from].Phase), lines: all[from:to]}
		out = append(append(out, ""), s.draw(&p)...)
		from = to
	}
	if len(r.Request.Profiles) > 1 {
		for _, phase := range phasesOf(all) {
			out = append(append(out, ""), s.draw(s.contest(phase))...)
		}
	}
	return append(out, s.changes()...)
}

// contest is the picture of who wins where: the best device of every place.
func (s *sweepSheet) contest(phase string) *picture {
	best := *s.out
	best.Cells = nil
	place := map[string]int{} // of a cell in best, by its values
	for _, c := range s.out.Cells {
		if c.Phase != phase {
			continue
		}
		if c.Label = ""; c.Wins {
			c.Label = c.Device
		}
		c.Device = ""
		key := fmt.Sprint(c.At)
		i, known := place[key]
		switch {
		case !known:
			place[key], best.Cells = len(best.Cells), append(best.Cells, c)
		case c.Wins && best.Cells[i].Label == "":
			best.Cells[i] = c
		}
	}
	return &picture{title: s.texts.T("sweep.who") + ", " + s.phase(phase), lines: best.Lines()}
}

func phasesOf(lines []sweep.Line) (list []string) {
	for _, l := range lines {
		if !slices.Contains(list, l.Phase) {
			list = append(list, l.Phase)
		}
	}
	return list
}

func (s *sweepSheet) draw(p *picture) []string {
	counts, top, total := map[string]int{}, 0.0, 0
	for _, l := range p.lines {
		for _, c := range l.Cells {
			total++
			if name := c.Label; name != "" {
				counts[name]++
				top = max(top, c.Throughput)
			}
		}
	}
	for name := range counts {
		p.order = append(p.order, name)
	}
	slices.SortFunc(p.order, func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	out := []string{s.theme.Title.Paint(p.title)}
	if len(s.out.Axes) == 1 {
		out = append(out, s.curve(p, top)...)
	} else {
		out = append(out, s.heat(p, top)...)
	}
	for i, name := range p.order {
		share := fmt.Sprintf("%.0f%%", 100*float64(counts[name])/float64(total))
		out = append(out, "  "+s.theme.Hue(i).Paint(string(letter(i)))+"  "+cell.Right(share, 4, "")+"  "+hw.Clean(name))
	}
	return append(out, s.failures(p, total)...)
}

// letter stands for the winner of a place in the order of their shares; those after the last share a sign.
func letter(i int) rune {
	if i < 26 {
		return rune('A' + i)
	}
	return '*'
}

// failed are the letters of places without an answer.
var failed = map[report.Status]rune{report.OverTTFT: 't', report.OverTPOT: 'p', report.OOM: 'm', report.Invalid: 'x',
	report.Engine: 'e'}

// failures explains the letters of places without an answer that occur, each with the reason of one.
func (s *sweepSheet) failures(p *picture, total int) (out []string) {
	for _, status := range []report.Status{report.OverTTFT, report.OverTPOT, report.OOM, report.Engine, report.Invalid} {
		n, reason := 0, message.Message{}
		for _, l := range p.lines {
			for _, c := range l.Cells {
				if c.Label == "" && c.Status == status {
					if n++; reason.IsZero() {
						reason = c.Reason
					}
				}
			}
		}
		if n > 0 {
			share := fmt.Sprintf("%.0f%%", 100*float64(n)/float64(total))
			head := "  " + s.theme.Muted.Paint(string(failed[status])) + "  " + cell.Right(share, 4, "") + "  "
			out = append(out, s.wrapped(head, s.texts.T("status."+string(status))+": "+hw.Clean(s.texts.Tell(reason)))...)
		}
	}
	return out
}

// heat is the map of two knobs: the first to the right, the second upwards. Columns that the terminal has no room for
// are left out evenly, and a line says so.
func (s *sweepSheet) heat(p *picture, top float64) (out []string) {
	x, y := s.out.Axes[0].Knob, s.out.Axes[1].Knob
	values := slices.Sorted(slices.Values(s.out.Axes[0].Values))
	h := plot.Heat{XLabel: s.knob(x), YLabel: s.knob(y)}
	margin := cell.Width(h.YLabel)
	for _, l := range p.lines {
		margin = max(margin, len(y.Print(l.Cells[0].At[1])))
	}
	step := 1
	for s.width > 0 && margin+3+plot.TileWidth*((len(values)+step-1)/step) > s.width && step < len(values) {
		step++
	}
	var drawn []float64
	for i := 0; i < len(values); i += step {
		drawn = append(drawn, values[i])
		h.Columns = append(h.Columns, x.Print(values[i]))
	}
	for _, l := range slices.Backward(p.lines) {
		row := make([]plot.Tile, len(drawn))
		for i := range row {
			row[i] = plot.Tile{Sign: ' ', Bare: true} // not answered yet
		}
		for _, c := range l.Cells {
			i, ok := slices.BinarySearch(drawn, c.At[0])
			if !ok {
				continue
			}
			row[i].Sign = failed[c.Status]
			if name := c.Label; name != "" {
				at := slices.Index(p.order, name)
				row[i] = plot.Tile{Level: c.Throughput / top, Sign: letter(at), Hue: at}
			}
		}
		h.Rows, h.Labels = append(h.Rows, row), append(h.Labels, y.Print(l.Cells[0].At[1]))
	}
	out = h.Lines(s.theme)
	if step > 1 {
		out = append(out, s.texts.T("sweep.thinned", "n", strconv.Itoa(step)))
	}
	if top > 0 && !math.IsInf(top, 0) {
		out = append(out, s.texts.T("sweep.scale", "v", number.Fixed(top, 1)))
	}
	return out
}

// changes names the points where the winner becomes another.
func (s *sweepSheet) changes() []string {
	list := s.out.Changes()
	if len(list) == 0 {
		return nil
	}
	out := []string{"", s.theme.Title.Paint(s.texts.T("sweep.changes"))}
	several := len(s.out.Request.Profiles) > 1 || len(phasesOf(s.out.Lines())) > 1
	for _, c := range list[:min(len(list), mostChanges)] {
		x := s.out.Axes[0].Knob
		at := s.texts.T("sweep.between", "knob", s.knob(x), "from", x.Print(c.From), "to", x.Print(c.To))
		if len(c.Beside) > 0 {
			y := s.out.Axes[1].Knob
			at += ", " + s.knob(y) + " " + y.Print(c.Beside[0])
		}
		if several {
			at = hw.Clean(c.Device) + ", " + s.phase(c.Phase) + ", " + at
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
func (s *sweepSheet) knob(k *sweep.Knob) string {
	for i := range field.Table {
		if f := &field.Table[i]; f.Flag == k.Name {
			return s.texts.T(f.Text() + ".label")
		}
	}
	return s.texts.T("sweep." + k.Name)
}

func (s *sweepSheet) phase(name string) string {
	if name == "pd_ratio" {
		return s.texts.T("mode." + name)
	}
	return s.texts.T("phase." + name)
}
