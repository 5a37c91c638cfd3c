package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
)

// part is one paragraph of a report for people: a heading, sentences, a table, a command. Each may be absent.
type part struct {
	level   int // of the heading
	role    role
	heading message.Message
	lines   []message.Message
	points  []told // list items, after the lines
	table   *grid
	code    string
	device  bool // the heading of a device: what follows is about it
	splits  bool // the table is no part of the answer
}

// role is what a part is for a reader: a paper is in this order.
type role uint8

// What was asked and what the answer is; why; what to run; the tables; what was taken for granted; every point; the
// last word.
const (
	roleAnswer role = iota
	roleWhy
	roleCommand
	roleTable
	roleCondition
	rolePoint
	roleEnd
	numRoles
)

// roleHeadings stand over what a paper puts together from all devices.
var roleHeadings = [numRoles]string{roleWhy: "report.h-why", roleCommand: "report.h-commands",
	roleTable: "report.h-tables"}

// told is one item of a list: what it is about, and the sentence.
type told struct {
	head, text message.Message
}

// document is the report as parts, in reading order: the answer first, then what it rests on.
func document(r *Report) []part {
	parts := []part{{level: 1, heading: title(r)}}
	if r.Partial {
		parts = append(parts,
			part{lines: []message.Message{message.New("report.partial")}})
	}
	for i := range r.Devices {
		parts = append(parts, deviceParts(r, &r.Devices[i])...)
	}
	if len(r.Cross) > 0 {
		p := part{level: 2, heading: message.New("report.h-cross-hardware"), table: crossTable(r)}
		if r.mixed() {
			p.lines = []message.Message{MixedFidelity}
		}
		if slices.ContainsFunc(r.Cross, func(c Cross) bool { return c.Repriced }) {
			p.lines = append(p.lines, message.New("report.repriced-below"))
		}
		p.lines = append(p.lines, r.CrossSays()...)
		parts = append(parts, p)
	}
	if len(r.Differences) > 0 {
		parts = append(parts, part{level: 2, heading: message.New("report.h-beside"), role: roleTable,
			table: differenceTable(r.Differences)})
	}
	if r.Request != nil && len(r.Request.Profiles) > 1 {
		parts = append(parts, part{level: 2, heading: message.New("report.h-hardware"), role: roleTable,
			table: hardwareTable(r)})
	}
	parts = append(parts, part{level: 2, heading: message.New("report.h-conditions"), role: roleCondition,
		table: conditions(r)})
	if len(r.Issues) > 0 {
		p := part{level: 2, heading: message.New("report.h-to-know")}
		for _, i := range r.Issues {
			p.points = append(p.points, told{message.New("severity." + string(i.Severity)), i.Message})
		}
		parts = append(parts, p)
	}
	if r.Ours != "" && len(r.Foreign()) == 0 {
		parts = append(parts, part{level: 2, heading: message.New("report.h-command-of-fathom"), role: roleCommand,
			code: hw.Clean(r.Ours)})
	}
	switch foreign := r.Foreign(); {
	case len(foreign) > 0 && r.Ours != "":
		parts = append(parts, part{level: 2, heading: message.New("report.h-command"), role: roleCommand,
			lines: []message.Message{message.New("report.foreign", strings.Join(foreign, ", "))}, code: hw.Clean(r.Ours)})
	case r.Command != "":
		parts = append(parts, part{level: 2, heading: message.New("report.h-command"), role: roleCommand,
			code: hw.Clean(r.Command)})
	}
	return append(parts, part{lines: []message.Message{Disclaimer}, role: roleEnd})
}

// paper puts the parts of a document into the order of a text that is read from the top: the answer, why, the commands,
// the tables, and every point last. A table beside sentences leaves them.
func paper(parts []part) []part {
	var by [numRoles][]part
	device, devices, heading := 0, 0, part{} // the device that the parts are about
	var last [numRoles]int
	for _, p := range parts {
		if p.device {
			devices++
		}
	}
	put := func(p part) {
		if p.role != roleAnswer && !heading.heading.IsZero() && devices > 1 && last[p.role] != device {
			by[p.role] = append(by[p.role], part{level: 3, heading: heading.heading, role: p.role})
			last[p.role] = device
		}
		by[p.role] = append(by[p.role], p)
	}
	for _, p := range parts {
		switch {
		case p.device:
			heading = p
			device++
		case p.level == 1 || p.level == 2:
			heading = part{}
		}
		if p.splits {
			table := part{level: p.level, heading: p.heading, role: roleTable, table: p.table, splits: true}
			if p.table = nil; table.table != nil {
				put(table)
			}
		}
		put(p)
	}
	// the run's own first
	slices.SortStableFunc(by[roleCommand], func(a, b part) int { return min(a.level, 3) - min(b.level, 3) })
	var out []part
	for r, list := range by {
		if roleHeadings[r] != "" && len(list) > 0 {
			out = append(out, part{level: 2, heading: message.New(roleHeadings[r]), role: role(r)})
			for i := range list {
				if list[i].level == 2 { // it stands in that chapter now
					list[i].level = 3
				}
			}
		}
		out = append(out, list...)
	}
	return out
}

var modeWords = map[plan.Mode]string{plan.Aggregation: "report.aggregation",
	plan.Disaggregation: "report.disaggregation",
	plan.PDRatio:        "report.pd"}

func title(r *Report) message.Message {
	name := "plan"
	for _, in := range r.Inputs { // of a parsed log, which has no request
		if s, ok := in.Value.(string); ok && in.Name == "model" {
			name = hw.Clean(s)
		}
	}
	if r.Request != nil && r.Request.Model != nil {
		name = r.Request.Model.Name
	}
	return message.New(modeWords[r.Mode], name)
}

func deviceParts(r *Report, d *Device) []part {
	heading := message.Literal(d.Device)
	if r.Request != nil {
		heading = message.Literal(fmt.Sprintf("%d x %s", r.Request.Devices, d.Device))
	}
	parts := []part{{level: 2, heading: heading, device: true}}
	for _, s := range []struct {
		name    string
		phase   plan.Phase
		section *Section
	}{{"report.of-aggregation", plan.PhaseAggregation, d.Aggregation}, {"report.of-prefill", plan.PhasePrefill, d.Prefill},
		{"report.of-decode", plan.PhaseDecode, d.Decode}} {
		if s.section == nil {
			continue
		}
		p := part{level: 3, heading: message.New(s.name), splits: true}
		if b := s.section.Best; b != nil {
			p.lines = append(p.lines, headline(b))
			if x := d.RepricedIn(b.Phase, false); x != nil {
				p.lines = append(p.lines, x.note())
			}
			p.table = candidates(s.section.Candidates)
			if ties := s.section.Ties(); len(ties) > 0 {
				p.lines = append(p.lines, message.New("report.ties", few(ties)))
			}
		} else {
			p.lines = append(p.lines, message.New("report.none"))
			if x := d.RepricedIn(s.phase, false); x != nil {
				p.lines = append(p.lines, x.note())
			}
		}
		parts = append(parts, p)
		parts = append(parts, heldParts(s.section.Candidates)...)
		parts = append(parts, trafficParts(r.Request, trafficTable(r.Request, s.section.Candidates))...)
	}
	if d.PDRatio != nil {
		p := part{level: 3, heading: message.New("report.h-pd-ratio"), splits: true}
		if b := d.PDRatio.Best; b != nil {
			p.lines = append(p.lines, ratioHeadline(b), message.New("report.pair-rates"))
			p.lines = append(p.lines, b.Moves()...)
			if x := d.RepricedIn(0, true); x != nil {
				p.lines = append(p.lines, x.note())
			}
			p.table = ratioTable(d.PDRatio.Candidates)
			if ties := d.PDRatio.Ties(); len(ties) > 0 {
				p.lines = append(p.lines, message.New("report.ties", few(ties)))
			}
		} else {
			p.lines = append(p.lines, message.New("report.nopair"))
			if x := d.RepricedIn(0, true); x != nil {
				p.lines = append(p.lines, x.note())
			}
		}
		parts = append(append(parts, p), heldPairs(d.PDRatio.Candidates)...)
		parts = append(parts, trafficParts(r.Request, pairTraffic(r.Request, d.PDRatio.Candidates))...)
	}
	parts = append(parts, workloadParts(r.Request)...)
	parts = append(append(parts, serviceParts(d.Service)...), dayParts(d.Day)...)
	parts = append(append(parts, expertParts(d.Experts)...), afdParts(d.AFD)...)
	if len(d.Ladder) > 0 {
		parts = append(parts, part{level: 3, heading: message.New("report.h-ladder"),
			points: ladderPoints(d.Ladder), table: ladderTable(d.Ladder)})
	}
	parts = append(parts, sampleParts(d)...)
	if t := failures(d.Outcomes); t != nil {
		parts = append(parts, part{level: 3, heading: message.New("report.h-unanswered"), role: roleTable, table: t})
	}
	if len(d.Nearest) > 0 {
		parts = append(parts, part{level: 3, heading: message.New("report.h-nearest-points"), table: nearestTable(d.Nearest)})
	}
	if r.Request != nil && r.Request.KeepAll && len(d.Points) > 0 {
		parts = append(parts, part{level: 3, heading: message.New("report.h-all-points"), role: rolePoint,
			table: pointTable(d.Points)})
	}
	if len(d.Corrections) > 0 {
		parts = append(parts, part{level: 3, heading: message.New("report.h-corrections"), role: roleTable,
			points: correctionNotes(d.Corrections), table: correctionTable(d.Corrections)})
	}
	for k := range d.Explained {
		parts = append(parts, explanationParts(&d.Explained[k])...)
	}
	if d.Capacity != nil {
		parts = append(parts, part{level: 3, heading: message.New("report.h-capacity"), lines: capacityLines(d.Capacity)})
	}
	tail := part{lines: append([]message.Message{countLine(r, d)}, certainty(r, d)...)}
	for _, n := range d.Notes {
		tail.lines = append(tail.lines, message.New("report.note", n))
	}
	return append(parts, tail)
}

// workloadParts say what a mix of requests is, and where its figures come from.
func workloadParts(q *plan.Request) []part {
	if q == nil || q.Workload == nil || q.Workload.Title == "" && len(q.Workload.Sources) == 0 {
		return nil
	}
	p := part{level: 3, heading: message.New("report.h-workload", q.Workload.Name)}
	for _, s := range append([]string{q.Workload.Title}, q.Workload.Sources...) {
		if s != "" {
			p.lines = append(p.lines, message.Literal(s))
		}
	}
	return []part{p}
}

func trafficParts(q *plan.Request, t *grid) []part {
	if t == nil {
		return nil
	}
	p := part{level: 3, heading: message.New("report.h-traffic"),
		lines: []message.Message{message.New("report.beyond-limits")}, role: roleTable, table: t}
	if q != nil && q.Traffic == plan.TrafficPoisson && q.QPS > 0 {
		key := "report.traffic-rate"
		if q.Played() {
			key = "report.traffic-least"
		}
		p.lines = append(p.lines, message.New(key, two(q.QPS)))
	}
	return []part{p}
}

func conditions(r *Report) *grid {
	var g grid
	g.column("input", false)
	g.column("value", false)
	g.column("source", false)
	for _, in := range inputs(r) {
		if in.Value == nil {
			continue
		}
		key := "field." + in.Name
		value := words(in.Value)
		g.add(message.Name{Text: strings.ReplaceAll(in.Name, "_", " "), Key: key + ".label"},
			message.Name{Text: value, Key: key + ".choice." + value}, in.Source)
	}
	g.add(message.New("col.engine"), r.Engine, "")
	if r.Request != nil && r.Request.Serving == plan.AnyServing { // a named one is among the inputs
		for i := range r.Devices {
			d := &r.Devices[i]
			name := r.Serving(d)
			if name == "" {
				continue
			}
			on := message.New("col.usual")
			if len(r.Devices) > 1 {
				on = message.New("report.usual", d.Device)
			}
			g.add(message.New("col.serving-engine"), name, on)
		}
	}
	return &g
}

// two writes a figure with two decimals, as the reference tool's tables do.
func two(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "-"
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

func optionalTwo(v *float64) string {
	if v == nil {
		return "-"
	}
	return two(*v)
}

// any tells whether some row has a figure, so that a column without any can be left out.
func anyRow(rows []Row, has func(*Row) bool) bool {
	return slices.ContainsFunc(rows, func(r Row) bool { return has(&r) })
}

// Foreign are the profiles of the request that the reference tool cannot plan for; none where it has answered itself.
func (r *Report) Foreign() []string {
	if r.Request == nil || r.Engine == "msmodeling" {
		return nil
	}
	return r.Request.Foreign()
}
