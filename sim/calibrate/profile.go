package calibrate

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"fathom/hw"
	"fathom/sim/score"
)

// Moved is one number of a device or of an engine on it, before and after the fit.
type Moved struct {
	Name   string  `json:"name"`
	Engine string  `json:"engine"` // "" where all engines share it
	Unit   string  `json:"unit"`   // "" for a share or a factor
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	Low    float64 `json:"low"` // eight of ten, as far as the runs tell
	High   float64 `json:"high"`
	// 0..1: how much of what was open before the runs tell
	Identifiable float64 `json:"told"`
	Kept         bool    `json:"kept"` // the runs cannot tell it: it stays what it was
}

// Profile gives a copy of a device's profile with the fitted numbers, and how each one moved. The reference constants
// and the measured kernels are untouched. The bars of cross-validation go with them.
func (f *Fit) Profile(p *hw.Profile, source string, bars []EngineBars) (*hw.Profile, []Moved) {
	out := *p
	c := &hw.Calibrated{Source: source}
	var old *hw.Calibrated
	if !f.problem.options.Fresh {
		old = p.Calibrated
	}
	c.Told = map[string]hw.Told{}
	if old != nil { // engines that these runs say nothing of
		c.Engines = slices.Clone(old.Engines)
		maps.Copy(c.Told, old.Told)
	}
	for i := range f.problem.rows {
		if same(&f.problem.rows[i], p) {
			c.Runs++
		}
	}
	var moved []Moved
	for _, engine := range f.engines() {
		costs := before(p, engine, f.problem.all, f.problem.options.Fresh)
		was := form(&costs, engine)
		all := make([]Moved, len(f.problem.all))
		for n := range f.problem.all {
			m := f.move(&costs, n, engine, device(f.problem.rows, p), old)
			all[n] = m
			if m.After == 0 { // an earlier fit without this number
				continue
			}
			if f.problem.all[n].engine == 0 {
				m.Engine = ""
			}
			if !slices.ContainsFunc(moved, func(o Moved) bool { return o.Name == m.Name && o.Engine == m.Engine }) {
				moved = append(moved, m)
			}
		}
		f.tell(c.Told, &costs, engine, all)
		fill(c, form(&costs, engine), was, old, bars)
	}
	slices.SortFunc(c.Engines, func(a, b hw.EngineCosts) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	out.Calibrated = c
	return &out, moved
}

// tell says of the numbers of a profile what the runs tell of each: where they stand at either end of the interval of
// the fit's own number, which several of them may follow.
func (f *Fit) tell(told map[string]hw.Told, fitted *score.Costs, engine string, moved []Moved) {
	at := func(c *score.Costs) []hw.FittedNumber { return form(c, engine).Figures(engine) }
	middle := at(fitted)
	for n, m := range moved {
		if m.After == 0 {
			continue
		}
		low, high := *fitted, *fitted
		scale(&low, &f.problem.all[n], math.Log(m.Low/m.After), 0)
		scale(&high, &f.problem.all[n], math.Log(m.High/m.After), 0)
		from, to := at(&low), at(&high)
		for i, x := range middle {
			if l, h := from[i].Value, to[i].Value; l != x.Value || h != x.Value {
				told[x.Key] = hw.Told{Low: min(x.Value, short(l, x.Time)), High: max(x.Value, short(h, x.Time)),
					Share: thousandth(m.Identifiable)}
			}
		}
	}
}

// short keeps the digits that a profile shows of an interval.
func short(v float64, time bool) float64 {
	per := 1.0
	if time {
		per = 1e6
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v*per, 'g', 3, 64), 64)
	if err != nil {
		return v
	}
	return rounded / per
}

// engines lists the engines of the runs.
func (f *Fit) engines() []string {
	var out []string
	for i := range f.problem.rows {
		out = append(out, engineOf(&f.problem.rows[i]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// same reports whether a row was run on a device.
func same(r *score.Row, p *hw.Profile) bool { return device([]score.Row{*r}, p) != "" }

// device is how the rows spell a device; "" where none was run on it.
func device(rows []score.Row, p *hw.Profile) string {
	for i := range rows {
		if score.SameDevice(rows[i].Device, p) {
			return rows[i].Device
		}
	}
	return ""
}

// move applies the fit to one number of the costs. What is kept of an earlier fit is not touched at all.
func (f *Fit) move(c *score.Costs, n int, engine, device string, old *hw.Calibrated) Moved {
	spec := &f.problem.all[n]
	unit := f.unit()
	var sum float64
	for _, k := range f.problem.factors(n, engine, device) {
		if i, ok := f.problem.index[k]; ok {
			unit[i] = 1
			sum += f.view.x[i]
		}
	}
	at := spec.at(c)
	m := Moved{Name: spec.name, Unit: spec.unit, Engine: engine, Before: *at[0] * spec.per}
	if m.Identifiable = f.identifiable(unit); m.Identifiable < silent {
		m.Kept, sum = true, 0
	}
	if has := old != nil && (spec.engine == 0 || old.Engine(engine) != nil); !has || !m.Kept {
		scale(c, spec, sum, 0)
		spec.round(c)
	}
	m.After = *at[0] * spec.per
	m.Low, m.High = f.interval(m.After, unit)
	if !m.Kept && !f.problem.options.Fresh { // the end from which the earlier fit holds the number back
		m.Low, m.High = m.Low*exp(math.Min(0, f.pull(unit))), m.High*exp(math.Max(0, f.pull(unit)))
	}
	return m
}

// pull is how far a sum of unknowns would move on without what was known before the runs, to first order.
func (f *Fit) pull(unit []float64) float64 {
	prior := f.unit()
	for i, sd := range f.sd {
		prior[i] = f.view.x[i] / (sd * sd)
	}
	var sum float64
	for i, d := range f.solved.solve(prior) {
		sum += unit[i] * d
	}
	return sum
}

// String shows a moved number on a line.
func (m Moved) String() string {
	if m.Kept {
		return fmt.Sprintf("%s %s: %.4g %s kept, the runs cannot tell", m.Engine, m.Name, m.Before, m.Unit)
	}
	return fmt.Sprintf("%s %s: %.4g → %.4g %s (%.4g to %.4g)", m.Engine, m.Name, m.Before, m.After, m.Unit, m.Low, m.High)
}
