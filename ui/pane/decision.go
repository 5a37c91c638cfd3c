package pane

import (
	"math"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/decision"
	"fathom/state/field"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/style"
	"fathom/ui/text"
)

// decision is what the plan's decision hangs on: in sentences, then as a tornado.
func (p *Painter) decision() []string {
	v := &p.M.Results.Decision
	switch {
	case v.Run != 0:
		spin := p.T.Marks.Spinner[p.Tick%len(p.T.Marks.Spinner)]
		return []string{" " + p.T.Title.Paint(p.t("decision.title")), "",
			" " + p.T.Muted.Paint(spin+" "+p.t("decision.working", "n", number.Int(v.Done)))}
	case v.Result == nil:
		return append([]string{" " + p.T.Title.Paint(p.t("decision.title")), ""}, p.wrap(p.T.Bad, p.C.Tell(v.Fault), p.W-2,
			1)...)
	}
	return Decisions(v.Result, p.T, p.C, p.W, func(name string) string {
		for _, d := range v.Result.Request.Profiles {
			if d.Name == name {
				return p.device(name)
			}
		}
		return briefLabel(name)
	})
}

// Decisions draws what the decisions of a request hang on, in w cells; who names winners.
func Decisions(r *decision.Result, t style.Theme, c *text.Catalog, w int, who func(string) string) (out []string) {
	out = append(out, " "+t.Title.Paint(c.T("decision.title"))+"  "+
		t.Muted.Paint(c.T("decision.plans", "n", number.Int(r.Plans))))
	for _, d := range r.Decisions {
		out = append(out, "")
		if len(r.Decisions) > 1 {
			out = append(out, " "+t.Title.Paint(c.T(d.Heading())))
		}
		for _, m := range d.Says(KnobName, who) {
			for i, l := range cell.Wrap(hw.Clean(c.Tell(m)), w-4) {
				mark := "  "
				if i == 0 {
					mark = t.Accent.Paint(t.Marks.Cursor) + " "
				}
				out = append(out, " "+mark+t.Strong.Paint(l))
			}
		}
		if d.Now.Winner != "" {
			out = append(append(out, ""), tornado(d, t, c, w, who)...)
		}
	}
	return append(append(out, ""), wrapped(t.Muted, c.T("decision.note"), w-2)...)
}

func wrapped(ink style.Ink, s string, w int) (out []string) {
	for _, l := range cell.Wrap(s, w) {
		out = append(out, " "+ink.Paint(l))
	}
	return out
}

// KnobName names a knob in the reader's language, one of a device with its name.
func KnobName(knob string) message.Message {
	label := message.New(field.KnobKey(knob))
	for i := range knob {
		if knob[i] == ':' {
			return message.New("decision.of", label, knob[i+1:])
		}
	}
	return label
}

// tornado is a bar for every lever around the figure as it is, all on one scale: from what the range's lower end makes
// of it (-) to what the upper end makes of it (+), with a mark where another wins within the range.
func tornado(d *decision.Decision, t style.Theme, c *text.Catalog, w int, who func(string) string) (out []string) {
	now := d.Now.Value
	label, ends := 12, 9
	names := make([]string, len(d.Levers))
	spans := make([]string, len(d.Levers))
	for i := range d.Levers {
		l := &d.Levers[i]
		names[i] = c.T("decision.uncertainty")
		spans[i] = number.Percent(l.From) + ".." + number.Percent(l.To)
		if l.Knob != nil {
			names[i] = hw.Clean(c.Tell(KnobName(l.Knob.Name)))
			spans[i] = number.Short(l.From, 4) + ".." + number.Short(l.To, 4)
		}
		label, ends = max(label, cell.Width(names[i])), max(ends, cell.Width(spans[i]))
	}
	label = min(label, w/3)
	half := max(4, (w-label-ends-26)/2)
	most := 1e-12
	for i := range d.Levers {
		l := &d.Levers[i]
		for _, a := range []decision.Answer{l.Low, l.High} {
			if a.Winner != "" {
				most = max(most, math.Abs(a.Value/now-1))
			}
		}
	}
	winner := hw.Clean(c.Tell(message.Message{Args: []any{d.Name(d.Now.Winner, who)}}))
	out = append(out, wrapped(t.Muted, c.T("decision.head", "who", winner, "v", number.Digits(now, 4),
		"figure", c.T("figure."+d.Figure.String())), w-2)...)
	for i := range d.Levers {
		l := &d.Levers[i]
		low, lowText := moved(l.Low, now, most, half, c)
		high, highText := moved(l.High, now, most, half, c)
		bar := []rune(cell.Space(2*half + 1))
		bar[half] = []rune(t.Marks.Bar)[0]
		for _, x := range [][2]int{{low, '-'}, {high, '+'}} {
			for n := 1; n <= abs(x[0]); n++ {
				at := half + n
				if x[0] < 0 {
					at = half - n
				}
				if bar[at] == ' ' {
					bar[at] = []rune(t.Marks.Full)[0]
				}
			}
		}
		for _, x := range [][2]int{{low, '-'}, {high, '+'}} {
			if x[0] != 0 {
				bar[half+x[0]] = rune(x[1])
			}
		}
		flip := " "
		ink := t.Plot[0]
		if len(l.Crossings) > 0 {
			flip, ink = "!", t.Warn
		}
		out = append(out, " "+cell.Left(names[i], label, t.Marks.More)+" "+cell.Right(spans[i], ends, "")+" "+
			ink.Paint(flip+string(bar))+" "+cell.Right(lowText, 9, "")+" "+cell.Right(highText, 9, ""))
	}
	return out
}

// moved is how many cells an end of a range moves the figure, and by how much in words.
func moved(a decision.Answer, now, most float64, half int, c *text.Catalog) (int, string) {
	if a.Winner == "" {
		return 0, c.T("decision.nothing")
	}
	return int(math.Round((a.Value/now - 1) / most * float64(half))), number.Change(now, a.Value)
}

func abs(n int) int { return max(n, -n) }
