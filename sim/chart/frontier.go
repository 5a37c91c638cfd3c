package chart

import (
	"cmp"
	"slices"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Point is one answer on the two axes of a frontier.
type Point struct {
	X, Y        float64
	Band        *report.Interval // of Y; nil: not known
	Label       string           // of the strategy
	Concurrency int
	OK          bool // meets limits and memory
	Front       bool // no other feasible point of its set beats it on both axes
}

// Set is the points of one device, scenario, or file of measured runs.
type Set struct {
	Name     string // of a scenario or file; "" for the plan itself
	Device   string
	Phase    string
	Measured bool
	Apart    message.Message // how the conditions of measured points differ from the plan's; zero: they do not
	Points   []Point
	Front    []int // of Points: beaten by no feasible one on both axes, by rising X
	Hull     []int // of Front: what a mixture of two others cannot beat, by rising X
	Place    int   // among the sets of the frontier and those that had no points: its colour in every figure
}

// Limit is a line across a frontier: an SLO.
type Limit struct {
	At    float64 // on the x axis
	Name  string  // of the latency
	MS    float64
	Label message.Message
}

// Frontier is throughput of a device, money per million tokens or tokens per watt, against the tokens per second of one
// user; of a prefill phase against TTFT.
type Frontier struct {
	Figure Figure // PerDevice, Cost or PerWatt
	X, Y   Axis   // by their text keys
	Fewer  bool   // less X is better: it is a latency
	Sets   []Set
	Limits []Limit // across X
	places int
}

// Front makes the frontier of a phase by one figure from the points of a report, a set for every device. Where a report
// keeps no points its candidates stand for them.
func Front(rep *report.Report, phase plan.Phase, f Figure) *Frontier {
	out := &Frontier{Figure: f, X: Axis{Key: "chart.user"}, Y: Axis{Key: "chart." + f.String()}}
	limit, name := rep.Request.TPOTLimit, "TPOT"
	if phase == plan.PhasePrefill {
		out.X.Key, out.Fewer = "chart.ttft", true
		limit, name = rep.Request.TTFTLimit, "TTFT"
	}
	if limit > 0 {
		at := limit
		if !out.Fewer {
			at = 1000 / limit
		}
		out.Limits = append(out.Limits, Limit{At: at, Name: name, MS: limit,
			Label: message.New("chart.limit", name, limit)})
	}
	for i := range rep.Devices {
		d := &rep.Devices[i]
		s := Set{Device: d.Device, Phase: phase.String()}
		rows := d.Points
		if x := d.Section(phase); len(rows) == 0 && x != nil {
			rows = x.Candidates
		}
		s.Points = make([]Point, 0, len(rows))
		for n := range rows {
			if r := &rows[n]; r.Phase == phase {
				s.add(out, r)
			}
		}
		out.Add(s)
	}
	return out
}

// Pairs makes the frontier of the P:D pairs of a report: the answer tokens of all instances by device, against what
// one user gets of the decode instances. Pairs that no split of the devices fits are left out.
func Pairs(rep *report.Report, f Figure) *Frontier {
	out := Front(&report.Report{Request: rep.Request}, plan.PhaseDecode, f)
	for i := range rep.Devices {
		d := &rep.Devices[i]
		s := Set{Device: d.Device, Phase: plan.PDRatio.String()}
		if d.PDRatio != nil {
			for n := range d.PDRatio.Candidates {
				r := &d.PDRatio.Candidates[n]
				if r.SystemQPS == nil || r.TotalDevices == nil || *r.TotalDevices <= 0 || r.Decode.TPOT == nil ||
					*r.Decode.TPOT <= 0 || f == Cost && r.CostPerMTok == nil || f == PerWatt && r.Power == nil {
					continue
				}
				p := Point{X: 1000 / *r.Decode.TPOT, OK: true, Label: r.Prefill.Label + " / " + r.Decode.Label,
					Y: *r.SystemQPS * float64(rep.Request.OutputLength) / float64(*r.TotalDevices)}
				switch f {
				case Cost:
					p.Y = *r.CostPerMTok
				case PerWatt:
					p.Y = r.Power.PerW
				}
				s.Points = append(s.Points, p)
			}
		}
		out.Add(s)
	}
	return out
}

// add takes a row up that has both figures and fits into memory.
func (s *Set) add(out *Frontier, r *report.Row) {
	latency := r.Latency()
	if latency == nil || *latency <= 0 || r.PerDevice <= 0 || r.Status == report.OOM || r.Status == report.Invalid {
		return
	}
	p := Point{X: *latency, Y: r.PerDevice, Label: r.Label, Concurrency: r.Concurrency, OK: r.Status == report.OK}
	if !out.Fewer {
		p.X = 1000 / *latency
	}
	var ok bool
	if p.Y, ok = out.Figure.OfRow(r); !ok {
		return
	}
	if r.ThroughputRange != nil {
		p.Band = out.Figure.Scaled(p.Y, r.Throughput, r.ThroughputRange)
	}
	s.Points = append(s.Points, p)
}

// Add puts a set into the frontier, with its front and its hull. A set without points is left out.
func (f *Frontier) Add(s Set) {
	s.Place = f.place()
	if len(s.Points) == 0 {
		return
	}
	if !s.Apart.IsZero() { // points of other questions are shown, not ranked
		f.Sets = append(f.Sets, s)
		return
	}
	s.Front = f.front(s.Points)
	for _, i := range s.Front {
		s.Points[i].Front = true
	}
	s.Hull = f.hull(&s)
	f.Sets = append(f.Sets, s)
}

// place is the next one.
func (f *Frontier) place() int {
	f.places++
	return f.places - 1
}

// front gives the feasible points that no other beats on both axes, by rising X; of equal points the first.
func (f *Frontier) front(points []Point) (kept []int) {
	at := make([]int, 0, len(points))
	for i := range points {
		if points[i].OK {
			at = append(at, i)
		}
	}
	slices.SortFunc(at, func(a, b int) int { // the best X first
		x := cmp.Compare(points[b].X, points[a].X)
		y := cmp.Compare(points[b].Y, points[a].Y)
		if f.Fewer {
			x = -x
		}
		if f.Figure == Cost {
			y = -y
		}
		return cmp.Or(x, y, a-b)
	})
	for _, i := range at {
		if n := len(kept); n == 0 || f.Figure.Better(points[i].Y, points[kept[n-1]].Y) {
			kept = append(kept, i)
		}
	}
	if !f.Fewer {
		slices.Reverse(kept)
	}
	return kept
}

// hull gives the points of the front that no line between two others passes (Andrew's monotone chain on one side).
func (f *Frontier) hull(s *Set) (kept []int) {
	side := 1.0
	if f.Figure == Cost {
		side = -1 // the lower side
	}
	for _, i := range s.Front {
		c := s.Points[i]
		for len(kept) > 1 {
			a, b := s.Points[kept[len(kept)-2]], s.Points[kept[len(kept)-1]]
			if side*((b.X-a.X)*(c.Y-a.Y)-(b.Y-a.Y)*(c.X-a.X)) < 0 {
				break
			}
			kept = kept[:len(kept)-1]
		}
		kept = append(kept, i)
	}
	return kept
}

// phases are the frontiers of everything that a report answers, by one figure.
func phases(rep *report.Report, f Figure) (list []*Frontier) {
	switch rep.Mode {
	case plan.PDRatio:
		return []*Frontier{Pairs(rep, f)}
	case plan.Aggregation:
		return []*Frontier{Front(rep, plan.PhaseAggregation, f)}
	}
	for _, phase := range []plan.Phase{plan.PhasePrefill, plan.PhaseDecode} {
		if slices.ContainsFunc(rep.Devices, func(d report.Device) bool { return d.Section(phase) != nil }) {
			list = append(list, Front(rep, phase, f))
		}
	}
	return list
}

// Lay puts the frontiers of another plan, under its name, over those with the same axes; false where there are none.
func (s *Frontiers) Lay(name string, other []*Frontier) bool {
	any := false
	for _, o := range other {
		for _, f := range s.List {
			if f.Figure != o.Figure || f.X.Key != o.X.Key {
				continue
			}
			any = true
			for _, set := range o.Sets {
				set.Name, set.Place = name, f.place()
				f.Sets = append(f.Sets, set)
			}
			for _, l := range o.Limits {
				if !slices.ContainsFunc(f.Limits, func(x Limit) bool { return x.At == l.At }) {
					f.Limits = append(f.Limits, l)
				}
			}
			break
		}
	}
	return any
}

// Measured lays measured runs over the throughput frontier against what one user gets.
func (s *Frontiers) Measured(sets []Set) {
	for _, f := range s.List {
		if f.Figure == PerDevice && !f.Fewer {
			for _, set := range sets {
				f.Add(set)
			}
			return
		}
	}
}
