package chart

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"fathom/hw"
	"fathom/sim/report"
)

// FrontierSchema names the JSON form of frontiers. Fields are only ever added to it.
const FrontierSchema = "fathom.frontier/1"

// Frontiers are the frontiers of one question, with those laid over it: one or two figures of every phase.
type Frontiers struct {
	Command          string // of the plan, as a shell takes it
	Fidelity, Search string
	Partial          bool
	List             []*Frontier
}

type frontiersJSON struct {
	Schema    string         `json:"schema"`
	Command   string         `json:"fathom_command"`
	Fidelity  string         `json:"fidelity"`
	Search    string         `json:"search"`
	Partial   bool           `json:"partial"`
	Frontiers []frontierJSON `json:"frontiers"`
}

type frontierJSON struct {
	X      string      `json:"x"` // tok_s_user or ttft_ms
	Y      string      `json:"y"` // tok_s_device or cost_per_mtok
	Limits []limitJSON `json:"limits"`
	Sets   []setJSON   `json:"sets"`
}

type limitJSON struct {
	Name string  `json:"name"`
	MS   float64 `json:"ms"`
	At   float64 `json:"at"` // on the x axis
}

type setJSON struct {
	Name     *string     `json:"name"` // of what was laid over the plan; null: the plan itself
	Device   string      `json:"device"`
	Phase    string      `json:"phase"`
	Measured bool        `json:"measured"`
	Apart    *string     `json:"conditions_differ"` // of measured points from the plan's; null: they do not
	Points   []pointJSON `json:"points"`
}

type pointJSON struct {
	X           float64     `json:"x"`
	Y           float64     `json:"y"`
	Interval    *[2]float64 `json:"interval"` // of y
	Label       *string     `json:"label"`
	Concurrency *int        `json:"concurrency"`
	OK          bool        `json:"ok"`
	Front       bool        `json:"front"`
	Hull        bool        `json:"hull"`
}

// names of the axes in JSON and CSV.
func (f *Frontier) names() (x, y string) {
	x, y = "tok_s_user", "tok_s_device"
	if f.Fewer {
		x = "ttft_ms"
	}
	switch f.Figure {
	case Cost:
		y = "cost_per_mtok"
	case PerWatt:
		y = "tok_s_watt"
	}
	return x, y
}

// JSON writes frontiers for scripts, every point with its place on front and hull.
func (s *Frontiers) JSON() ([]byte, error) {
	out := frontiersJSON{Schema: FrontierSchema, Command: hw.Clean(s.Command), Fidelity: s.Fidelity, Search: s.Search,
		Partial: s.Partial, Frontiers: []frontierJSON{}}
	for _, f := range s.List {
		one := frontierJSON{Limits: []limitJSON{}, Sets: []setJSON{}}
		one.X, one.Y = f.names()
		for _, l := range f.Limits {
			one.Limits = append(one.Limits, limitJSON{l.Name, l.MS, report.Six(l.At)})
		}
		for i := range f.Sets {
			one.Sets = append(one.Sets, f.Sets[i].json())
		}
		out.Frontiers = append(out.Frontiers, one)
	}
	return report.Encode(out, " ")
}

func (s *Set) json() setJSON {
	out := setJSON{Name: report.Word(s.Name), Device: hw.Clean(s.Device), Phase: s.Phase, Measured: s.Measured,
		Apart:  report.Word(s.Apart.String()),
		Points: make([]pointJSON, len(s.Points))}
	hull := s.onHull()
	for n := range s.Points {
		p := &s.Points[n]
		o := pointJSON{X: report.Six(p.X), Y: report.Six(p.Y), Label: report.Word(p.Label), OK: p.OK, Front: p.Front,
			Hull: hull[n]}
		if p.Concurrency > 0 {
			o.Concurrency = &p.Concurrency
		}
		if p.Band != nil {
			o.Interval = &[2]float64{report.Six(p.Band.Low), report.Six(p.Band.High)}
		}
		out.Points[n] = o
	}
	return out
}

func (s *Set) onHull() map[int]bool {
	out := make(map[int]bool, len(s.Hull))
	for _, n := range s.Hull {
		out[n] = true
	}
	return out
}

// CSV writes a line for every point.
func (s *Frontiers) CSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{"name", "device", "phase", "measured", "x_name", "x", "y_name", "y", "interval_low", "interval_high",
		"label", "concurrency", "ok", "front", "hull"})
	for _, f := range s.List {
		x, y := f.names()
		for i := range f.Sets {
			set := &f.Sets[i]
			hull := set.onHull()
			for n := range set.Points {
				p := &set.Points[n]
				line := []string{hw.Clean(set.Name), hw.Clean(set.Device), set.Phase, strconv.FormatBool(set.Measured), x,
					report.Decimal(p.X), y, report.Decimal(p.Y), "", "", hw.Clean(p.Label), "", strconv.FormatBool(p.OK),
					strconv.FormatBool(p.Front), strconv.FormatBool(hull[n])}
				if p.Band != nil {
					line[8], line[9] = report.Decimal(p.Band.Low), report.Decimal(p.Band.High)
				}
				if p.Concurrency > 0 {
					line[11] = strconv.Itoa(p.Concurrency)
				}
				w.Write(line)
			}
		}
	}
	w.Flush()
	return b.Bytes()
}

// All makes the frontiers of everything that a report answers: of each phase, or of the pairs of a PD ratio, by
// throughput, and by cost and by power where they are known.
func All(rep *report.Report) (list []*Frontier) {
	for _, f := range []Figure{PerDevice, Cost, PerWatt} {
		for _, one := range phases(rep, f) {
			if f == PerDevice || len(one.Sets) > 0 {
				list = append(list, one)
			}
		}
	}
	return list
}
