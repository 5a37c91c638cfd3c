package pane

import (
	"slices"
	"strings"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/number"
)

// ladder is the way from the reference tool's answer to a measured one in one paragraph, each step with the key that
// takes it; "" where there is none.
func (p *Painter) ladder() string { return p.climbed(p.rung) }

// shortLadder has of every step the value, the change and the key alone, for a line that is the last one free: a step
// that is missing would be worse than a name that is.
func (p *Painter) shortLadder() string { return p.climbed(p.shortRung) }

func (p *Painter) climbed(say func(*report.Rung) string) (out string) {
	list := p.M.Ladder()
	for i := range list {
		if i > 0 {
			out += " " + p.T.Marks.Arrow + " "
		}
		out += say(&list[i])
	}
	if len(list) > 0 && list[0].Pair {
		return p.t("rung.pair", "ladder", out)
	}
	return out
}

func (p *Painter) shortRung(r *report.Rung) string {
	name := p.keysTo(r)
	if name == "" {
		name = p.t("rung." + p.step(r))
	}
	v, _ := rungValue(r)
	if v <= 0 {
		return name + " " + p.lack(r)
	}
	s := name + " " + number.Digits(v, 3)
	if r.Change != nil {
		s += " (" + number.Change(1, 1+*r.Change) + ")"
	}
	return s
}

func (p *Painter) rung(r *report.Rung) string {
	v, span := rungValue(r)
	s := p.t("rung."+p.step(r)) + " " + p.lack(r)
	if v > 0 {
		s = p.t("rung."+p.step(r)) + " " + number.Digits(v, 4)
	}
	if keys := p.keysTo(r); keys != "" {
		s = keys + " " + s
	}
	switch {
	case r.Change != nil && span != nil:
		s += " " + p.t("rung.range", "change", number.Change(1, 1+*r.Change), "low", number.Digits(span.Low, 3),
			"high", number.Digits(span.High, 3))
	case r.Change != nil:
		s += " (" + number.Change(1, 1+*r.Change) + ")"
	}
	return s
}

// lack says in a word or two why a step has no answer.
func (p *Painter) lack(r *report.Rung) string {
	if r.Lack == report.Answered {
		return number.None
	}
	return number.None + " (" + p.t("rung."+r.Lack.String()) + ")"
}

// keysTo are the keys that lead from the answer as asked to a rung: X to its search, f or F to its arithmetic.
func (p *Painter) keysTo(r *report.Rung) string {
	var keys []string
	e, d := p.M.Entry(p.M.Results.Run), p.onDevice()
	if e == nil || d == nil || r.Alone || p.C.Mute() {
		return ""
	}
	for i := range e.Reports[state.Asked].Devices {
		asked := &e.Reports[state.Asked].Devices[i]
		if asked.Device != d.Device {
			continue
		}
		if asked.Search == plan.SearchReference && r.Step.Search() == plan.SearchExhaustive {
			keys = append(keys, p.keyAnywhere(state.Exhaustive, state.InTable))
		}
		switch f := r.Step.Fidelity(); {
		case f == asked.Fidelity:
		case f == plan.Corrected, f == plan.Reference && asked.Fidelity == plan.Corrected:
			keys = append(keys, p.keyAnywhere(state.Fidelity, state.InTable))
		case f == plan.Calibrated:
			keys = append(keys, p.keyAnywhere(state.Calibrated, state.InTable))
		}
		if asked.Search == plan.SearchExhaustive && r.Step.Search() == plan.SearchReference {
			return "" // no key leads there
		}
	}
	if slices.Contains(keys, "") {
		return "" // one of them has lost its key
	}
	if slices.ContainsFunc(keys, func(k string) bool { return len(k) > 1 }) {
		return strings.Join(keys, " ")
	}
	return strings.Join(keys, "")
}

func (p *Painter) step(r *report.Rung) string {
	if r.Alone {
		return "alone"
	}
	return r.Step.String()
}

// rungValue is what a rung is measured by: a pair by its balanced requests per second.
func rungValue(r *report.Rung) (float64, *report.Interval) {
	if !r.Pair || r.Throughput <= 0 {
		return r.Throughput, r.Range
	}
	span := r.Range
	if span != nil {
		scale := r.QPS / r.Throughput
		span = &report.Interval{Low: span.Low * scale, High: span.High * scale}
	}
	return r.QPS, span
}

// ladderLines are the steps under each other, each with what it changes and which strategy is best there.
func (p *Painter) ladderLines(w int) (out []string) {
	for _, r := range p.M.Ladder() {
		head := p.T.Marks.Dot + " " + p.rung(&r)
		switch {
		case r.Row != nil:
			head += "  " + table.ShortLabel(r.Row)
		case r.Ratio != nil:
			head += "  P " + table.ShortLabel(&r.Ratio.Prefill) + "  D " + table.ShortLabel(&r.Ratio.Decode)
		default:
			head += "  " + cell.Clean(r.Label)
		}
		out = append(out, p.wrap(p.T.Text, head, w-1, 2)...)
		out = append(out, p.wrap(p.T.Muted, p.finding(r.What()), w-1, 4)...)
		if r.Lack != report.Answered {
			out = append(out, p.wrap(p.T.Warn, p.finding(r.Why), w-1, 4)...)
		}
	}
	return out
}
