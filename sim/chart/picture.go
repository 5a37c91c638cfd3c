package chart

import (
	"cmp"
	"math"
	"slices"

	"fathom/hw/message"
	"fathom/sim/report"
	"fathom/sim/sweep"
)

// Axis is one side of a chart: a knob with the values it was swept over, rising, or a quantity by its text key.
type Axis struct {
	Key    string // "chart.<quantity>" where Knob is nil
	Knob   *sweep.Knob
	Values []float64
	Log    bool // the values rise by factors
}

// At is how far a value lies between the ends of the axis, 0 to 1.
func (a *Axis) At(v float64) float64 {
	low, high := a.Values[0], a.Values[len(a.Values)-1]
	switch {
	case low == high:
		return 0.5
	case a.Log:
		return math.Log(v/low) / math.Log(high/low)
	}
	return (v - low) / (high - low)
}

// Place is one value of every knob. Cell is nil where there is no answer yet, Winner -1 where nothing meets limits and
// memory.
type Place struct {
	Cell   *sweep.Cell
	Winner int
}

// Winner wins places of a picture: a strategy, in a contest a device.
type Winner struct {
	Name   string
	Sign   rune
	Places int
	Share  float64 // of the places answered, 0..1
}

// Missing is places of one status without an answer, with the reason of one of them.
type Missing struct {
	Status report.Status
	Sign   rune
	Places int
	Share  float64
	Reason message.Message
}

// Change is a step along the first knob over which the winner becomes another: -1 is nobody.
type Change struct {
	Row, From, To int // places in Rows and in X.Values
	Was, Now      int // winners
}

// Picture is a sweep of one device and phase, or the contest of the devices over a phase: a curve where Y has no knob,
// else a map.
type Picture struct {
	Device   string // "" in a contest
	Phase    string // as in sweep.Cell
	Figure   Figure
	X, Y     Axis
	Rows     [][]Place // by rising Y, each by rising X; a curve has one
	Winners  []Winner  // most places first
	Missing  []Missing
	Changes  []Change // by row, then along X
	Top      float64  // largest value of the figure; 0: none
	Answered int      // places with a cell
}

// Contest reports whether devices compete in the picture.
func (p *Picture) Contest() bool { return p.Device == "" }

// Of makes the pictures of a sweep by one figure: a device and phase each, in the order of the request; of several
// devices also who wins where, phase by phase. A partial sweep has places without a cell.
func Of(r *sweep.Result, f Figure) (list []*Picture) {
	x, y := axis(&r.Axes[0]), Axis{}
	if len(r.Axes) > 1 {
		y = axis(&r.Axes[1])
	}
	blank := func(device, phase string) *Picture {
		p := &Picture{Device: device, Phase: phase, Figure: f, X: x, Y: y, Rows: make([][]Place, max(1, len(y.Values)))}
		for i := range p.Rows {
			p.Rows[i] = make([]Place, len(x.Values))
			for n := range p.Rows[i] {
				p.Rows[i][n].Winner = -1
			}
		}
		list = append(list, p)
		return p
	}
	own, contests := map[[2]string]*Picture{}, map[string]*Picture{}
	for i := range r.Cells {
		c := &r.Cells[i]
		k := [2]string{c.Device, c.Phase}
		if own[k] == nil {
			own[k] = blank(c.Device, c.Phase)
		}
		own[k].place(c).Cell = c
	}
	if len(r.Request.Profiles) > 1 {
		for i := range r.Cells {
			c := &r.Cells[i]
			if contests[c.Phase] == nil {
				contests[c.Phase] = blank("", c.Phase)
			}
			at := contests[c.Phase].place(c)
			v, has := f.Of(c)
			if best, ok := f.Of(at.Cell); at.Cell == nil || has && (!ok || f.Better(v, best)) {
				at.Cell = c
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *Picture) int { return order(r, a) - order(r, b) })
	for _, p := range list {
		p.finish()
	}
	return list
}

// order puts the devices as the request names them, contests last.
func order(r *sweep.Result, p *Picture) int {
	for i, d := range r.Request.Profiles {
		if d.Name == p.Device {
			return i
		}
	}
	return len(r.Request.Profiles)
}

func axis(a *sweep.Axis) Axis {
	out := Axis{Knob: a.Knob, Values: slices.Sorted(slices.Values(a.Values))}
	// Steps that grow are factors, or else nearly so: a ratio that stays says it.
	if v := out.Values; len(v) > 2 && v[0] > 0 {
		first, last := v[1]/v[0], v[len(v)-1]/v[len(v)-2]
		out.Log = first > 1.05 && last > 1+(first-1)/2
	}
	return out
}

// place finds the place of a cell.
func (p *Picture) place(c *sweep.Cell) *Place {
	x, _ := slices.BinarySearch(p.X.Values, c.At[0])
	y := 0
	if p.Y.Knob != nil {
		y, _ = slices.BinarySearch(p.Y.Values, c.At[1])
	}
	return &p.Rows[y][x]
}

// Name is who wins with a cell: its strategy, in a contest its device; "" where nothing does.
func (p *Picture) Name(c *sweep.Cell) string {
	switch _, ok := p.Figure.Of(c); {
	case c == nil || c.Label == "" || p.Contest() && !ok:
		return ""
	case p.Contest():
		return c.Device
	}
	return c.Label
}

// Sign stands for the winner of a number in the order of their shares; those after the last letter share one.
func Sign(i int) rune {
	if i < 26 {
		return rune('A' + i)
	}
	return '*'
}

// statuses of places without an answer with their signs, in the order in which they are told.
var statuses = []struct {
	status report.Status
	sign   rune
}{{report.OverTTFT, 't'}, {report.OverTPOT, 'p'}, {report.OverE2E, 'l'}, {report.Short, 'g'}, {report.Wasteful, 'w'},
	{report.OOM, 'm'}, {report.Engine, 'e'}, {report.Invalid, 'x'}}

// Failed is the sign of a place without an answer; ' ' for a status that has none.
func Failed(s report.Status) rune {
	for _, x := range statuses {
		if x.status == s {
			return x.sign
		}
	}
	return ' '
}

// finish counts winners and places without one, and finds the changes.
func (p *Picture) finish() {
	counts := map[string]int{}
	for _, row := range p.Rows {
		for i := range row {
			c := row[i].Cell
			if c == nil {
				continue
			}
			p.Answered++
			if name := p.Name(c); name != "" {
				counts[name]++
			}
			if v, ok := p.Figure.Of(c); ok {
				p.Top = max(p.Top, v)
			}
		}
	}
	for name, n := range counts {
		p.Winners = append(p.Winners, Winner{Name: name, Places: n, Share: float64(n) / float64(p.Answered)})
	}
	slices.SortFunc(p.Winners, func(a, b Winner) int { return cmp.Or(b.Places-a.Places, cmp.Compare(a.Name, b.Name)) })
	at := make(map[string]int, len(p.Winners))
	for i := range p.Winners {
		p.Winners[i].Sign, at[p.Winners[i].Name] = Sign(i), i
	}
	missing := make([]Missing, len(statuses))
	for _, row := range p.Rows {
		for i := range row {
			c := row[i].Cell
			if c == nil {
				continue
			}
			if name := p.Name(c); name != "" {
				row[i].Winner = at[name]
				continue
			}
			for n, s := range statuses {
				if s.status == c.Status {
					m := &missing[n]
					if m.Places++; m.Reason.IsZero() {
						m.Reason = c.Reason
					}
				}
			}
		}
	}
	for n, m := range missing {
		if m.Places > 0 {
			m.Status, m.Sign, m.Share = statuses[n].status, statuses[n].sign, float64(m.Places)/float64(p.Answered)
			p.Missing = append(p.Missing, m)
		}
	}
	for y, row := range p.Rows {
		for i := 1; i < len(row); i++ {
			if a, b := &row[i-1], &row[i]; a.Cell != nil && b.Cell != nil && a.Winner != b.Winner {
				p.Changes = append(p.Changes, Change{Row: y, From: i - 1, To: i, Was: a.Winner, Now: b.Winner})
			}
		}
	}
}
