package decision

import (
	"cmp"
	"context"
	"math"
	"slices"

	"fathom/hw/message"
	"fathom/sim/chart"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"
)

// Answer is who wins a phase of a plan and with what: devices against each other where the plan has several, else the
// strategies of the one. Winner is "" where nothing meets limits and memory.
type Answer struct {
	Winner string
	Label  string // of the winning strategy
	Value  float64
	Band   *report.Interval // of Value; nil: uncalibrated
	Rival  string           // the next best; "": there is none
	Next   float64          // its value
	Other  *report.Interval // of Next; nil: uncalibrated
	Why    message.Message  // there is no winner; zero: nobody knows
}

// lead is how far the winner is ahead of the next best, as a share of the next; infinite where nothing else is in.
func (a *Answer) lead() float64 {
	if a.Rival == "" || a.Next == 0 {
		return math.Inf(1)
	}
	return math.Abs(a.Value/a.Next - 1)
}

// Crossing is where the winner becomes another: between two whole numbers the upper one, else within a thousandth of
// the range.
type Crossing struct {
	At           float64
	Below, Above string          // winners; "": there is no plan
	Why          message.Message // there is none
}

// Lever is a knob over a range, or the measured uncertainty of the winner (Knob is nil, the values are shares of what
// is predicted of the winner alone).
type Lever struct {
	Knob      *sweep.Knob
	From, To  float64
	At        float64 // present value
	Low, High Answer  // at the ends
	Crossings []Crossing
	Close     Answer  // where the winner of today is least ahead of another
	CloseAt   float64 // value of the knob there
}

// Spread is how far the figure moves over the range, as a share of what it is now.
func (l *Lever) Spread(now float64) float64 {
	if now == 0 {
		return 0
	}
	return (max(now, l.Low.Value, l.High.Value) - min(now, l.Low.Value, l.High.Value)) / now
}

// Decision is a phase of a plan: what wins, and what that hangs on, the levers that move the figure most first.
type Decision struct {
	Phase    string
	Figure   chart.Figure // Cost where every device has a price, else Throughput
	Hardware bool         // devices compete
	Now      Answer
	Levers   []Lever
}

// Result is the decisions of a request.
type Result struct {
	Request          *plan.Request
	Decisions        []*Decision
	Fidelity, Search string
	Plans            int // that were answered
	Command          string
}

// looks is at how many places a range is looked at before crossings are found between them: what changes there and
// back between two places is not seen.
const looks = 17

// Range is a knob between two values.
type Range struct {
	Knob     *sweep.Knob
	From, To float64
}

// Usual are the ranges that a plan's decision is tried over where nobody names any: half to twice its lengths, limits
// and prices, every hit rate and acceptance, and what else the plan sets.
func Usual(r *plan.Request) (list []Range) {
	add := func(k *sweep.Knob) {
		v, ok := k.Now(r)
		switch {
		case !k.Has(r).IsZero() || !ok:
		case k.Share():
			list = append(list, Range{k, 0, k.Most()})
		case v > 0:
			list = append(list, Range{k, k.Near(v / 2), k.Near(2 * v)})
		}
	}
	for i := range sweep.Knobs {
		k := &sweep.Knobs[i]
		if !k.Sizes() { // another plan, not another wind
			add(k)
		}
	}
	for _, p := range r.Profiles {
		if k, err := sweep.Price(p.Name, r); err == nil && len(r.Profiles) > 1 {
			add(k)
		}
	}
	return slices.DeleteFunc(list, func(x Range) bool { return x.From >= x.To })
}

// Run finds what the decisions of a request hang on. Every worker calls its own Answer; watch, which may be nil, hears
// of every plan, one call at a time.
func Run(ctx context.Context, req *plan.Request, ranges []Range, workers []sweep.Answer,
	watch func(done int)) (*Result, error) {
	j := &job{ctx: ctx, req: req, watch: watch}
	rep, cells, err := j.cells(req, workers[0])
	if err != nil {
		return nil, err
	}
	out := &Result{Request: req}
	if rep != nil {
		out.Fidelity, out.Search = rep.Fidelity, rep.Search.String()
	}
	figure := chart.Best(req.ByCost())
	for _, phase := range phasesOf(req, cells) {
		out.Decisions = append(out.Decisions, &Decision{Phase: phase, Figure: figure, Hardware: len(req.Profiles) > 1,
			Now: answer(cells, rep, phase, figure)})
	}
	if req.SplitSearched() && !req.Played() {
		out.Decisions = append(out.Decisions, &Decision{Phase: Deployment, Figure: chart.Throughput, Now: deployment(rep)})
	}
	levers := make([][]Lever, len(ranges)) // by range, one for every phase
	if err := j.all(workers, len(ranges), func(i int, a sweep.Answer) error {
		var err error
		levers[i], err = j.lever(ranges[i], out.Decisions, a)
		return err
	}); err != nil {
		return nil, err
	}
	for n, d := range out.Decisions {
		for i := range levers {
			d.Levers = append(d.Levers, levers[i][n])
		}
		if l, ok := d.doubt(); ok {
			d.Levers = append(d.Levers, l)
		}
		slices.SortStableFunc(d.Levers, func(a, b Lever) int {
			return cmp.Compare(b.Spread(d.Now.Value), a.Spread(d.Now.Value))
		})
	}
	out.Plans = j.done
	return out, nil
}

// doubt is the measured uncertainty of the winner as a lever.
func (d *Decision) doubt() (Lever, bool) {
	b, v := d.Now.Band, d.Now.Value
	if b == nil || v <= 0 {
		return Lever{}, false
	}
	l := Lever{From: b.Low / v, To: b.High / v, At: 1, Low: d.Now, High: d.Now}
	l.Low.Value, l.High.Value = b.Low, b.High
	if at := d.Now.Next / v; d.Now.Rival != "" && at > l.From && at < l.To {
		c := Crossing{At: at, Below: d.Now.Rival, Above: d.Now.Winner}
		if d.Figure == chart.Cost { // it is dearer than the rival above
			c.Below, c.Above = c.Above, c.Below
			l.High.Winner = d.Now.Rival
		} else {
			l.Low.Winner = d.Now.Rival
		}
		l.Crossings = append(l.Crossings, c)
	}
	return l, true
}

func phasesOf(req *plan.Request, cells []sweep.Cell) (list []string) {
	for i := range cells {
		beside := cells[i].Phase == plan.PhaseAggregation.String() && req.Mode == plan.PDRatio // decided by Deployment
		if !beside && !slices.Contains(list, cells[i].Phase) {
			list = append(list, cells[i].Phase)
		}
	}
	return list
}

// answer is who wins a phase. The rival of a strategy stands in the report, the cells know the best of each device.
func answer(cells []sweep.Cell, rep *report.Report, phase string, f chart.Figure) (out Answer) {
	several := slices.ContainsFunc(cells, func(c sweep.Cell) bool { return c.Device != cells[0].Device })
	better := func(v float64, than string, old float64) bool { return than == "" || f.Better(v, old) }
	for i := range cells {
		c := &cells[i]
		v, ok := f.Of(c)
		if c.Phase != phase || !ok {
			continue
		}
		name := c.Label
		if several {
			name = c.Device
		}
		switch {
		case better(v, out.Winner, out.Value):
			out = Answer{Winner: name, Label: c.Label, Value: v, Band: f.Band(c), Rival: out.Winner, Next: out.Value,
				Other: out.Band}
		case better(v, out.Rival, out.Next):
			out.Rival, out.Next, out.Other = name, v, f.Band(c)
		}
	}
	if out.Winner == "" {
		for i := range cells {
			if c := &cells[i]; c.Phase == phase && (c.Status == report.Invalid || c.Status == report.Engine) {
				out.Why = c.Reason
				break
			}
		}
	}
	if several || rep == nil || len(rep.Devices) == 0 || out.Winner == "" {
		return out
	}
	for _, ph := range []plan.Phase{plan.PhaseAggregation, plan.PhasePrefill, plan.PhaseDecode} {
		s := rep.Devices[0].Section(ph)
		if s == nil || ph.String() != phase {
			continue
		}
		for i := range s.Candidates {
			r := &s.Candidates[i]
			v := r.Throughput
			if f == chart.Cost && r.CostPerMTok != nil {
				v = *r.CostPerMTok
			}
			if r.Label != out.Winner && better(v, out.Rival, out.Next) {
				out.Rival, out.Next, out.Other = r.Label, v, f.Scaled(v, r.Throughput, r.ThroughputRange)
			}
		}
	}
	return out
}

// between gives the value between two that a knob takes, and whether there is one to look at.
func between(k *sweep.Knob, a, b, width float64) (float64, bool) {
	m := (a + b) / 2
	if k.Whole() {
		m = math.Floor(m)
		return m, m > a && m < b
	}
	return m, b-a > width/1000
}
