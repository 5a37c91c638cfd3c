package pane

import (
	"slices"
	"strings"

	"fathom/sim/report"
	"fathom/state"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/number"
)

// notes are the lines under the table: the filter or a run behind it first, then the counts, then what another way of
// asking would give.
func (p *Painter) notes(n int) []string {
	var out []string
	add := func(s string) {
		if s != "" {
			out = append(out, s)
		}
	}
	r := &p.M.Results
	if r.Focus == state.OnHeader {
		for _, s := range p.knobHelp() {
			add(s)
		}
	}
	add(p.filterLine())
	if r.LiveRun != 0 {
		add(p.T.Accent.Paint(p.t("notes.live", "time", number.Seconds(r.Progress.ElapsedMS/1000), "points",
			number.Int(r.Progress.Points))))
	}
	for _, s := range p.measuredLines() {
		add(s)
	}
	add(p.counts())
	awaited, wanted := p.awaited()
	if wanted {
		add(p.T.Accent.Paint(awaited))
	}
	for _, s := range p.remarks() {
		add(s)
	}
	if !wanted && awaited != "" { // it takes no line from what is there
		add(p.T.Muted.Paint(awaited))
	}
	return p.fill(p.whole(out, n), n)
}

// whole takes the short ladder where the full one would be cut.
func (p *Painter) whole(texts []string, n int) []string {
	ladder := p.ladder()
	i := slices.Index(texts, ladder)
	if ladder == "" || i < 0 {
		return texts
	}
	before := len(texts[:i])
	for _, s := range texts[:i] { // texts before it take what is free first
		if w := p.W - 2; cell.Width(s) > w && !strings.Contains(s, "\x1b") {
			before += len(cell.Wrap(s, w-1)) - 1
		}
	}
	free := n - before - (min(n, len(texts)) - i - 1)
	if cell.Width(ladder) > p.W-2 && len(cell.Wrap(ladder, p.W-3)) > free {
		texts = slices.Clone(texts)
		texts[i] = p.shortLadder()
	}
	return texts
}

// fill puts texts on n lines. What is left over goes to those that are too long for one; the others are cut.
func (p *Painter) fill(texts []string, n int) []string {
	var out []string
	texts = texts[:min(n, len(texts))]
	for i, s := range texts {
		more := n - len(out) - (len(texts) - i) // lines beside the one of each
		if w := p.W - 2; cell.Width(s) > w && more > 0 && !strings.Contains(s, "\x1b") {
			lines := cell.Wrap(s, w-1)
			if len(lines) > more+1 {
				lines = append(lines[:more], p.cut(strings.Join(lines[more:], " "), w-1))
			}
			for k, l := range lines {
				out = append(out, cell.Space(1+min(k, 1))+l)
			}
			continue
		}
		out = append(out, " "+p.cut(s, p.W-2))
	}
	return out
}

// awaited says which other answers to the question are on their way, and whether somebody waits for one.
func (p *Painter) awaited() (string, bool) {
	if p.M.Results.Cross {
		return "", false
	}
	list, wanted := p.M.Awaited()
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = p.t("notes.awaited_" + a.String())
	}
	if len(names) == 0 {
		return "", false
	}
	return p.t("notes.awaited", "what", p.dots(names...)), wanted
}

// remarks are what a reader should know without asking: which run is compared with, and answers of another fidelity or
// search that differ.
func (p *Painter) remarks() []string {
	e := p.M.Entry(p.M.Results.Run)
	if e == nil {
		return nil
	}
	if p.M.Results.Cross {
		out := p.crossSays()
		if s := p.crossRepriced(); s != "" {
			out = append([]string{s}, out...)
		}
		if r := p.report(); r != nil && r.Fidelity == "mixed" {
			out = append([]string{p.T.Warn.Paint("! " + p.t("notes.mixed"))}, out...)
		}
		return out
	}
	var out []string
	if s := p.besideLine(); s != "" {
		out = append(out, s)
	}
	for _, s := range append(p.standing(), p.ties()) {
		if s != "" {
			out = append(out, s)
		}
	}
	ladder := p.ladder()
	if ladder != "" {
		out = append(out, ladder)
	}
	for _, h := range p.M.Hints() {
		if ladder == "" || h.Action == state.Exhaustive && p.H >= 30 { // the ladder says the rest
			out = append(out, p.remark(h, p.W-2))
		}
	}
	for _, a := range p.M.LeftOut() {
		out = append(out, p.T.Muted.Paint(p.t("notes.left_"+a.String(), "n", itoa(report.MostUnasked/1e6),
			"other", p.t("fidelity."+p.otherFidelity()))))
	}
	if run, v, ok := p.M.Base(); ok {
		against := "#" + itoa(run)
		if v == state.Asked && run == e.Run {
			against = p.t("notes.asked")
		}
		var items []string
		for _, c := range e.Changed {
			items = append(items, p.T.Strong.Paint(p.change(c)))
		}
		out = append(out, p.dots(append(items, p.t("notes.against", "run", against))...))
	}
	if d := p.onDevice(); d != nil {
		if c := p.capacity(d); len(c) > 0 {
			out = append(append([]string{p.T.Strong.Paint(c[0])}, out...), c[1:]...)
		}
		for _, s := range d.Notes {
			out = append(out, p.C.Tell(s))
		}
	}
	return out
}

// ties names the strategies that the intervals of calibrated figures do not tell from the best one.
func (p *Painter) ties() string {
	d, r := p.onDevice(), p.best()
	if d != nil && d.PDRatio != nil && p.M.Results.Part == table.PartRatio {
		if n := len(d.PDRatio.Ties()); n > 0 {
			return p.t("notes.tied_pairs", "n", number.Int(n), "all", number.Int(len(d.PDRatio.Candidates)))
		}
	}
	if d == nil || r == nil || p.M.Results.Part == table.PartRatio {
		return ""
	}
	s := report.Section{Best: r, Candidates: candidates(d, r.Phase)}
	switch labels := s.Ties(); len(labels) {
	case 0:
		return ""
	case 1:
		at := slices.IndexFunc(s.Candidates, func(c report.Row) bool { return c.Label == labels[0] })
		return p.t("notes.tie", "label", cell.Clean(table.ShortLabel(&s.Candidates[at])))
	default:
		return p.t("notes.ties", "n", number.Int(len(labels)), "all", number.Int(len(s.Candidates)))
	}
}

// change is what a what-if turned.
func (p *Painter) change(c state.Change) string {
	return p.label(c.ID) + " " + p.arrow(cell.Clean(c.Before)+" → "+cell.Clean(c.After))
}

// arrow spells arrows so that they are none of the signs of a comparison where only ASCII is trusted.
func (p *Painter) arrow(s string) string {
	if p.T.ASCII {
		return strings.ReplaceAll(s, "→", "->")
	}
	return s
}

// remark is what another key would answer, in at most w cells.
func (p *Painter) remark(h state.Hint, w int) string {
	v, label := 0.0, ""
	switch {
	case h.Row != nil:
		v, label = h.Row.Throughput, table.ShortLabel(h.Row)
	case h.Ratio != nil:
		v, label = h.Ratio.Value(), table.ShortLabel(&h.Ratio.Prefill)+" : "+table.ShortLabel(&h.Ratio.Decode)
	}
	key := "notes." + h.Action.String()
	if h.Ratio != nil {
		key += "_qps"
	}
	sign := ""
	if h.Action == state.Fidelity {
		sign = p.T.Warn.Paint("! ")
	}
	if h.Action == state.Fidelity && p.calibrated() && (h.Row == nil || h.Row.ThroughputRange == nil) &&
		(h.Ratio == nil || h.Ratio.Range() == nil) {
		key += "_bare"
	}
	say := func(label string) string {
		return sign + p.t(key, "v", number.Digits(v, 4), "label", label, "change", number.Change(1, 1+h.Change),
			"other", p.t("fidelity."+p.otherFidelity()))
	}
	if h.Action == state.Exhaustive && h.Row != nil && h.Row.MaxBatched > 0 { // the budget is most of what it gains
		if with := say(label + " --max-batched-tokens " + itoa(h.Row.MaxBatched)); cell.Width(with) <= w {
			return with
		}
	}
	if over := cell.Width(say(label)) - w; over > 0 { // the key at the end is worth more than the last size
		label = p.cut(label, max(8, cell.Width(label)-over))
	}
	return say(label)
}

// calibrated tells whether the figures on screen have intervals, so that others without have to say so.
func (p *Painter) calibrated() bool {
	d := p.onDevice()
	if d == nil {
		return false
	}
	s, _ := p.report().Standing(d)
	return s != report.Uncalibrated
}

// otherFidelity names what the fidelity key would flip to.
func (p *Painter) otherFidelity() string {
	if e := p.M.Entry(p.M.Results.Run); e != nil && e.Reports[state.OtherFidelity] != nil {
		return e.Reports[state.OtherFidelity].Fidelity
	}
	return "corrected"
}
