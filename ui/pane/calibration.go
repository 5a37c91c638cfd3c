package pane

import (
	"math"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/sim/kernel"
	"fathom/sim/plan"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/style"
)

// profile is the hardware profile on screen.
func (p *Painter) profile() *hw.Profile {
	q, d := p.request(), p.onDevice()
	if q == nil || d == nil {
		return nil
	}
	return q.On(d.Device, plan.PhasePrefill)
}

// calibration is what measured runs say of the profiles on screen, of a pair on two kinds of hardware of both.
func (p *Painter) calibration(w int) (out []string) {
	x := p.profile()
	if x == nil {
		return nil
	}
	out = p.fitsOf(x, w)
	if other := p.request().On(p.onDevice().Device, plan.PhaseDecode); other != nil && other != x {
		out = append(append(out, ""), p.fitsOf(other, w)...)
	}
	return out
}

// fitsOf is what measured runs say of a profile: how far its figures were off when their deployment was left out, by
// engine, and each fitted number beside what it was before the fit.
func (p *Painter) fitsOf(x *hw.Profile, w int) []string {
	c := x.Calibrated
	if c == nil {
		return p.wrap(p.T.Muted, p.t("calibration.none", "device", p.device(x.Name)), w-1, 1)
	}
	serving := p.request().Serving.On(x)
	runs := p.t("calibration.runs", "n", number.Int(c.Runs))
	if c.Runs == 0 {
		runs = p.t("calibration.taken_over")
	}
	out := []string{" " + p.T.Title.Paint(p.device(x.Name)) + "  " + runs}
	if name := p.device(x.Name); 1+cell.Width(name)+2+cell.Width(runs) > w {
		out = append([]string{" " + p.T.Title.Paint(name)}, p.wrap(p.T.Text, runs, w-1, 1)...)
	}
	if d := p.onDevice(); d.Fidelity != plan.Calibrated {
		out = append(out, p.wrap(p.T.Warn, p.t("calibration.unused", "fidelity", p.t("fidelity."+d.Fidelity.String())), w-1,
			1)...)
	}
	out = append(append(out, ""), p.wrap(p.T.Title, p.t("calibration.bars"), w-1, 1)...)
	explained := false
	engines := slices.Clone(c.Engines)
	// the one behind the figures on screen
	if i := slices.IndexFunc(engines, func(e hw.EngineCosts) bool { return e.Name == serving.String() }); i > 0 {
		engines = slices.Insert(slices.Delete(engines, i, i+1), 0, c.Engines[i])
	}
	for i := range engines {
		e := &engines[i]
		ink := p.T.Text
		if e.Name == serving.String() {
			ink = p.T.Strong
		}
		if i == 1 {
			out = append(out, "")
		}
		out = append(out, " "+ink.Paint(cell.Clean(e.Name)))
		var bare []string
		for _, b := range []struct {
			name string
			bar  hw.Bar
		}{{"TTFT", e.TTFT}, {"TPOT", e.TPOT}, {"tok/s", e.Throughput}} {
			if b.bar.Low > 0 {
				out = append(out, p.reach(b.name, b.bar, w))
			} else {
				bare = append(bare, b.name)
			}
		}
		if len(bare) > 0 {
			out = append(out, p.wrap(p.T.Muted, p.t("notes.bare", "names", strings.Join(bare, p.t("list.comma"))), w-1, 3)...)
		}
		if list := p.classErrors(e, w); len(list) > 0 {
			if !explained { // once, not with every engine
				explained = true
				out = append(out, p.wrap(p.T.Muted, p.t("calibration.errors"), w-1, 3)...)
			}
			out = append(out, list...)
		}
		out = append(out, p.learnt(e, w)...)
		if i == 0 { // behind the engine on screen, before those that are not
			out = append(out, p.sumErrors(x, w)...)
		}
	}
	if c.Engine(serving.String()) != nil {
		out = append(out, p.moved(x, serving.String(), w)...)
	}
	return append(append(out, ""), p.wrap(p.T.Muted, cell.Clean(c.Source), w-1, 1)...)
}

// reach draws an interval of measured / predicted around 1 on a scale of ratios from a third to three.
func (p *Painter) reach(name string, b hw.Bar, w int) string {
	text := number.Fixed(b.Low, 2) + " - " + number.Fixed(b.High, 2)
	s := "   " + cell.Left(name, 6, "")
	n := min(w-len(s)-len(text)-3, 41)
	if n < 11 {
		return s + text
	}
	at := func(ratio float64) int {
		v := math.Max(-1, math.Min(1, math.Log(ratio)/math.Log(3)))
		return int(math.Round((v + 1) / 2 * float64(n-1)))
	}
	line := []rune(cell.Repeat(p.T.Marks.Dot, n))
	full := []rune(p.T.Marks.Full)[0]
	for i := at(b.Low); i <= at(b.High); i++ {
		line[i] = full
	}
	line[at(1)] = '|'
	return s + p.T.Plot[0].Paint(string(line)) + "  " + text
}

// moved lists the numbers of an engine on the profile: before the fit, as fitted, the interval of eight in ten, and how
// much of it the runs tell.
func (p *Painter) moved(x *hw.Profile, engine string, w int) []string {
	k, h := kernel.Unfitted(x), kernel.UnfittedHost
	was := map[string]float64{}
	for _, n := range kernel.Form(&k, &h, engine).Figures(engine) {
		was[n.Key] = n.Value
	}
	numbers := x.Calibrated.Numbers(engine)
	told := slices.ContainsFunc(numbers, func(n hw.FittedNumber) bool { return n.Told.High > 0 })
	columns := []int{9, 9, 17, 6} // before, fitted, interval, told
	taken := 18
	if told {
		taken += 23
	} else {
		columns = columns[:2]
	}
	beside := w-taken-2 >= 24 // else the figures stand below the name
	out := []string{""}
	// a long name takes lines of its own, the figures stand beside the last
	add := func(ink style.Ink, name string, cells ...string) {
		room := min(w-taken-2, 46)
		if !beside {
			room = w - 1
		}
		lines := []string{name}
		if cell.Width(name) >= room {
			lines = cell.Wrap(name, room-3)
		}
		for i, l := range lines {
			if i > 0 {
				l = "  " + l
			}
			s := " " + cell.Left(l, room, "")
			if last := i == len(lines)-1; last && !beside {
				out = append(out, ink.Paint(s))
				s = cell.Repeat(" ", max(1, w-taken-1))
			} else if !last {
				out = append(out, ink.Paint(s))
				continue
			}
			for c, width := range columns {
				s += cell.Apart(cells[c], width)
			}
			out = append(out, ink.Paint(s))
		}
	}
	add(p.T.Title, p.t("calibration.numbers", "engine", engine), p.t("calibration.before"), p.t("calibration.after"),
		p.t("calibration.interval"), p.t("calibration.told"))
	for i := range numbers {
		n := &numbers[i]
		before := number.None
		if v := was[n.Key]; v > 0 {
			before = fittedText(n, v)
		}
		cells := []string{before, fittedText(n, n.Value), number.None, number.None}
		if t := n.Told; t.High > 0 {
			cells[2] = fittedSpan(n, t.Low, t.High)
			cells[3] = number.Percent(t.Share)
		}
		add(p.T.Text, p.C.Fitted(n), cells...)
	}
	if !told {
		return append(out, p.wrap(p.T.Muted, p.t("calibration.untold"), w-1, 1)...)
	}
	return append(out, p.wrap(p.T.Muted, p.t("calibration.source"), w-1, 1)...)
}

// fittedText writes a value of a fitted number.
func fittedText(n *hw.FittedNumber, v float64) string {
	switch {
	case n.Time:
		return number.Seconds(v)
	case n.Name == "progress": // a logarithm
		return number.Percent(math.Exp(v) - 1)
	case n.Name == "collective" || n.Name == "expert_passes":
		return number.Fixed(v, 2)
	case n.Name == "expert_tile" || n.Name == "widening":
		return number.Fixed(v, 0)
	}
	return number.Percent(v)
}

// fittedSpan writes an interval with its unit once, where both ends have the same.
func fittedSpan(n *hw.FittedNumber, low, high float64) string {
	from, to := fittedText(n, low), fittedText(n, high)
	if i := strings.LastIndexAny(from, "0123456789"); strings.HasSuffix(to, from[i+1:]) {
		from = from[:i+1]
	}
	return from + " - " + to
}
