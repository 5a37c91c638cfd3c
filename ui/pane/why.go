package pane

import (
	"strings"

	"fathom/sim/explain"
	"fathom/state"
	"fathom/ui/number"
)

// whyRow says what bounds each phase of a row, what limits it, how believable it is, and how to check it.
func (p *Painter) whyRow(y state.Why, w int) []string {
	out := []string{p.of(y.Row)}
	title := func(key string) { out = append(out, "", " "+p.T.Title.Paint(p.t(key))) }
	say := func(s string) { out = append(out, p.wrap(p.T.Text, s, w-1, 2)...) }
	if len(y.Bottlenecks) > 0 {
		title("why.bottleneck")
		for _, b := range y.Bottlenecks {
			say(p.t("why.dominant", "phase", p.t("phase."+b.Phase.String()), "class", p.t("class."+classKey(b.Class)), "share",
				number.Percent(b.Share)))
			say(p.finding(b.Meaning))
		}
	}
	if y.HasLimit {
		title("why.limit")
		say(p.finding(y.Limit))
	}
	if q := p.request(); q != nil {
		for i, f := range explain.Risks(*y.Row, q) {
			if i == 0 && !y.HasLimit {
				title("why.limit")
			}
			say("! " + p.finding(f))
		}
	}
	for _, x := range []struct {
		key   string
		lines []string
	}{{"experts.title", p.expertLines(y.Row.Phase, w)}, {"experts.apart_title", p.apartLines(y.Row.Phase, w)}} {
		if len(x.lines) > 0 {
			title(x.key)
			out = append(out, x.lines...)
		}
	}
	if d := p.onDevice(); d != nil && d.Capacity != nil {
		title("capacity.title")
		for _, s := range p.capacity(d) {
			say(s)
		}
	}
	if lines := p.ladderLines(w); len(lines) > 0 {
		title("rung.title")
		out = append(out, lines...)
	}
	if lines := p.corrections(y.Row, w); len(lines) > 0 {
		title("corrections.title")
		out = append(out, lines...)
	}
	if lines := p.beside(y.Row, w); len(lines) > 0 {
		title("beside.title")
		out = append(out, lines...)
	}
	title("why.grade")
	say(p.t("verdict." + itoa(int(y.Grade.Verdict))))
	for _, f := range y.Grade.Reasons {
		say(p.T.Marks.Dot + " " + p.finding(f))
	}
	say(p.t("why.evidence", "level", p.t("evidence."+y.Evidence.String())))
	if len(y.Checks) > 0 {
		title("why.checks")
	}
	for _, c := range y.Checks {
		say(p.finding(c.What))
		argv := append([]string{"python", "-m", "cli.inference.text_generate"}, c.Args...)
		for _, l := range commandLines(argv, w-5) {
			out = append(out, "    "+p.T.Muted.Paint(l))
		}
	}
	return out
}

func classKey(c explain.Class) string {
	if c == explain.Launch {
		return "launch"
	}
	return strings.ToLower(c.String())
}
