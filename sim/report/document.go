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
	heading string
	lines   []string
	tell    []message.Message // sentences, after the lines
	points  []told            // list items, after these
	told    []string          // sentences and
	items   []string          // list items in the language of a voice
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
var roleHeadings = [numRoles]string{roleWhy: "Why", roleCommand: "Commands", roleTable: "Tables"}

// told is one item of a list: what it is about, and the sentence.
type told struct {
	head string
	text message.Message
}

// document is the report as parts, in reading order: the answer first, then what it rests on.
func document(r *Report) []part {
	parts := []part{{level: 1, heading: title(r)}}
	if r.Partial {
		parts = append(parts,
			part{lines: []string{"Partial: the run did not reach its end; these are the points found so far."}})
	}
	for i := range r.Devices {
		parts = append(parts, deviceParts(r, &r.Devices[i])...)
	}
	if len(r.Cross) > 0 {
		p := part{level: 2, heading: "Cross-hardware", table: crossTable(r)}
		if r.mixed() {
			p.lines = []string{MixedFidelity}
		}
		if slices.ContainsFunc(r.Cross, func(c Cross) bool { return c.Repriced }) {
			p.lines = append(p.lines, repricedBelow)
		}
		p.tell = r.CrossSays()
		parts = append(parts, p)
	}
	if len(r.Differences) > 0 {
		parts = append(parts, part{level: 2, heading: "Beside the reference tool", role: roleTable,
			table: differenceTable(r.Differences)})
	}
	if r.Request != nil && len(r.Request.Profiles) > 1 {
		parts = append(parts, part{level: 2, heading: "Hardware: what is reached", role: roleTable,
			table: hardwareTable(r)})
	}
	parts = append(parts, part{level: 2, heading: "Conditions", role: roleCondition, table: conditions(r)})
	if len(r.Issues) > 0 {
		p := part{level: 2, heading: "To know"}
		for _, i := range r.Issues {
			p.lines = append(p.lines, "- "+string(i.Severity)+": "+i.Message)
		}
		parts = append(parts, p)
	}
	if r.Ours != "" {
		parts = append(parts, part{level: 2, heading: "Command of fathom", role: roleCommand, code: hw.Clean(r.Ours)})
	}
	if r.Command != "" {
		parts = append(parts, part{level: 2, heading: "Command", role: roleCommand, code: hw.Clean(r.Command)})
	}
	return append(parts, part{lines: []string{Disclaimer}, role: roleEnd})
}

// paper puts the parts of a document into the order of a text that is read from the top: the answer, why, the commands,
// the tables, and every point last. A table beside sentences leaves them. say words the headings.
func paper(parts []part, say func(string) string) []part {
	var by [numRoles][]part
	device, devices, heading := 0, 0, part{} // the device that the parts are about
	var last [numRoles]int
	for _, p := range parts {
		if p.device {
			devices++
		}
	}
	put := func(p part) {
		if p.role != roleAnswer && heading.heading != "" && devices > 1 && last[p.role] != device {
			by[p.role] = append(by[p.role], part{level: 3, heading: heading.heading})
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
			table := part{level: p.level, heading: p.heading, role: roleTable, table: p.table}
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
			out = append(out, part{level: 2, heading: say(roleHeadings[r])})
		}
		out = append(out, list...)
	}
	return out
}

var modeWords = map[plan.Mode]string{plan.Aggregation: "aggregation", plan.Disaggregation: "disaggregation",
	plan.PDRatio: "PD ratio"}

func title(r *Report) string {
	name := "plan"
	for _, in := range r.Inputs { // of a parsed log, which has no request
		if s, ok := in.Value.(string); ok && in.Name == "model" {
			name = hw.Clean(s)
		}
	}
	if r.Request != nil && r.Request.Model != nil {
		name = r.Request.Model.Name
	}
	return name + ", " + modeWords[r.Mode]
}

func deviceParts(r *Report, d *Device) []part {
	heading := d.Device
	if r.Request != nil {
		heading = fmt.Sprintf("%d x %s", r.Request.Devices, d.Device)
	}
	parts := []part{{level: 2, heading: heading, device: true}}
	for _, s := range []struct {
		name    string
		phase   plan.Phase
		section *Section
	}{{"Aggregation", plan.PhaseAggregation, d.Aggregation}, {"Prefill", plan.PhasePrefill, d.Prefill},
		{"Decode", plan.PhaseDecode, d.Decode}} {
		if s.section == nil {
			continue
		}
		p := part{level: 3, heading: s.name, splits: true}
		if b := s.section.Best; b != nil {
			p.lines = append(p.lines, "Best: "+headline(b))
			if x := d.RepricedOf(b.Phase, false); x != nil {
				p.lines = append(p.lines, x.note())
			}
			p.table = candidates(s.section.Candidates)
			if ties := s.section.Ties(); len(ties) > 0 {
				p.lines = append(p.lines, notWorse+few(ties))
			}
		} else {
			p.lines = append(p.lines, "No configuration meets the limits and fits into memory.")
			if x := d.RepricedOf(s.phase, false); x != nil {
				p.lines = append(p.lines, x.note())
			}
		}
		parts = append(parts, p)
		parts = append(parts, trafficParts(trafficTable(r.Request, s.section.Candidates))...)
	}
	if d.PDRatio != nil {
		p := part{level: 3, heading: "PD ratio", splits: true}
		if b := d.PDRatio.Best; b != nil {
			p.lines = append(p.lines, "Best: "+ratioHeadline(b), pairRates)
			if x := d.RepricedOf(0, true); x != nil {
				p.lines = append(p.lines, x.note())
			}
			p.table = ratioTable(d.PDRatio.Candidates)
			if ties := d.PDRatio.Ties(); len(ties) > 0 {
				p.lines = append(p.lines, notWorse+few(ties))
			}
		} else {
			p.lines = append(p.lines, "No pair of prefill and decode configurations meets the limits.")
			if x := d.RepricedOf(0, true); x != nil {
				p.lines = append(p.lines, x.note())
			}
		}
		parts = append(append(parts, p), trafficParts(pairTraffic(r.Request, d.PDRatio.Candidates))...)
	}
	if len(d.Ladder) > 0 {
		parts = append(parts, part{level: 3, heading: "The best answer step by step, each step changing one thing",
			points: ladderPoints(d.Ladder), table: ladderTable(d.Ladder)})
	}
	parts = append(parts, sampleParts(d)...)
	if t := failures(d.Outcomes); t != nil {
		parts = append(parts, part{level: 3, heading: "Strategies without an answer", role: roleTable, table: t})
	}
	if len(d.Nearest) > 0 {
		parts = append(parts, part{level: 3, heading: "Nearest points", table: nearestTable(d.Nearest)})
	}
	if r.Request != nil && r.Request.KeepAll && len(d.Points) > 0 {
		parts = append(parts, part{level: 3, heading: "All points", role: rolePoint, table: pointTable(d.Points)})
	}
	if len(d.Corrections) > 0 {
		parts = append(parts, part{level: 3, heading: "What corrected changes, each alone, at the best point", role: roleTable,
			points: correctionNotes(d.Corrections), table: correctionTable(d.Corrections)})
	}
	for k := range d.Explained {
		parts = append(parts, explanationParts(&d.Explained[k])...)
	}
	if d.Capacity != nil {
		parts = append(parts, part{level: 3, heading: "Capacity", lines: capacityLines(d.Capacity)})
	}
	tail := part{lines: append([]string{countLine(r, d)}, certainty(r, d)...)}
	for _, n := range d.Notes {
		tail.lines = append(tail.lines, "Note: "+n)
	}
	return append(parts, tail)
}

// pairRates tells the two rates of a decode instance apart.
const pairRates = "A pair's decode rate is of the output tokens but the first, which comes from prefill; the decode table " +
	"counts all."

const notWorse = "Not shown to be worse than the best, because the ranges overlap: "

func trafficParts(t *grid) []part {
	if t == nil {
		return nil
	}
	return []part{{level: 3, heading: "What a benchmark would show (times in ms, rates in requests per second)",
		lines: []string{beyondLimits}, role: roleTable, table: t}}
}

func headline(b *Row) string {
	parts := []string{two(b.Throughput) + " tok/s", two(b.PerDevice) + " per device", b.Label,
		fmt.Sprintf("batch %d, concurrency %d", b.Batch, b.Concurrency)}
	if b.TTFT != nil {
		parts = append(parts, "TTFT "+two(*b.TTFT)+" ms")
	}
	if b.TPOT != nil {
		parts = append(parts, "TPOT "+two(*b.TPOT)+" ms")
	}
	if !b.NoMemory {
		parts = append(parts, two(b.AvailableGB)+" GiB free")
	}
	return strings.Join(parts, ", ")
}

func ratioHeadline(b *Ratio) string {
	s := fmt.Sprintf("P:D = %s, prefill %s req/s (%s, TTFT %s ms), decode %s req/s (%s, TPOT %s ms)", two(b.PDRatio),
		two(b.PrefillQPS), b.Prefill.Label, optionalTwo(b.Prefill.TTFT), two(b.DecodeQPS), b.Decode.Label,
		optionalTwo(b.Decode.TPOT))
	if b.PrefillInstances != nil {
		s += fmt.Sprintf("; %d prefill + %d decode instances on %d devices serve %s req/s, bottleneck: %s",
			*b.PrefillInstances, *b.DecodeInstances, *b.TotalDevices, optionalTwo(b.SystemQPS), b.Bottleneck)
	}
	return s
}

// few names the first of a list and counts the others.
func few(list []string) string {
	const most = 3
	if len(list) <= most {
		return strings.Join(list, "; ")
	}
	return fmt.Sprintf("%s; %d more", strings.Join(list[:most], "; "), len(list)-most)
}

// mixed tells whether profiles that are compared were priced with different fidelities.
func (r *Report) mixed() bool { return r.Fidelity == "mixed" && len(r.Cross) > 1 }

// MixedFidelity is the warning about profiles that are priced differently.
const MixedFidelity = "Fidelities differ: figures of different fidelity rest on different assumptions, so ratios " +
	"between them are no comparison of hardware; --fidelity corrected prices all alike."

// certainty says what stands behind the figures of a device.
func certainty(r *Report, d *Device) []string {
	s, bare := r.Standing(d)
	out := []string{map[Standing]string{
		Calibrated: "Calibrated: a range holds eight of ten measured runs of its engine, by cross-validation.",
		TakenOver: "Calibrated on other devices: no run of this device stands behind these figures; a range holds " +
			"eight of ten runs of devices that were left out.",
		Uncalibrated: "Uncalibrated: no measured runs stand behind these figures, so they have no error bars.",
	}[s]}
	if len(bare) > 0 {
		out = append(out, "No interval for "+strings.Join(bare, ", ")+": too few runs.")
	}
	return out
}

func capacityLines(c *Capacity) (lines []string) {
	target := fmt.Sprintf("%s req/s", two(c.QPS))
	if c.QPS == 0 {
		target = fmt.Sprintf("%d requests in flight", c.Concurrency)
	}
	if c.Plan == nil {
		return []string{"For " + target + ": not possible. " + c.Breaks}
	}
	lines = append(lines, "For "+target+": "+fleetText(c.Plan))
	if c.Breaks != "" {
		lines = append(lines, "One step cheaper: "+c.Breaks)
	}
	return lines
}

func fleetText(f *Fleet) string {
	var s string
	if f.Ratio != nil {
		s = fmt.Sprintf("%d prefill + %d decode instances, %d devices", f.Prefills, f.Decodes, f.Devices)
	} else {
		s = fmt.Sprintf("%d x (%s, batch %d), %d devices", f.Replicas, f.Row.Label, f.Row.Batch, f.Devices)
	}
	s += fmt.Sprintf(", %s req/s, %d requests in flight", two(f.QPS), f.Concurrency)
	if f.CostPerMonth != nil {
		s += ", " + two(*f.CostPerMonth) + " a month"
	}
	return s
}

func conditions(r *Report) *grid {
	var g grid
	g.column("Input", false)
	g.column("Value", false)
	g.column("Source", false)
	for _, in := range inputs(r) {
		if in.Value == nil {
			continue
		}
		g.add(strings.ReplaceAll(in.Name, "_", " "), words(in.Value), in.Source)
	}
	g.add("engine", r.Engine, "")
	if r.Request != nil && r.Request.Serving == plan.AnyServing { // a named one is among the inputs
		for i := range r.Devices {
			d := &r.Devices[i]
			name := r.Serving(d)
			if name == "" {
				continue
			}
			on := "usual"
			if len(r.Devices) > 1 {
				on = "usual on " + d.Device
			}
			g.add("serving engine", name, on)
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
