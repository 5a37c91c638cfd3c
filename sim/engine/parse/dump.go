package parse

import (
	"cmp"
	"slices"
	"strings"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// dump is the table of --dump-original-results: pandas text, every column right-aligned below its name
// (search-and-serving 8.1). It holds every point that the search kept, not only the best of each strategy.
type dump struct {
	table table
	ends  []int // in characters
	begun bool
}

// tableNames are the table's names for the dump's columns.
var tableNames = map[string]string{"token/s": "throughput", "pd_ratio": "pd ratio", "balanced_qps": "balanced qps",
	"p_qps": "p qps", "d_qps": "d qps",
	"ttft_p": "ttft", "tpot_d": "tpot", "parallel_p": "p parallel", "parallel_d": "d parallel",
	"batch_size_p": "p batch size",
	"batch_size_d": "d batch size", "concurrency_p": "p concurrency", "concurrency_d": "d concurrency"}

// dumpHead opens a dump if the line is the head of one.
func (r *Reader) dumpHead(s string) bool {
	if !strings.Contains(s, "parallel") || !strings.Contains(s, "token/s") && !strings.Contains(s, "balanced_qps") ||
		strings.HasPrefix(strings.TrimSpace(s), "|") {
		return false // columns of a grid end at its bars, not below the ends of their names
	}
	d := &dump{}
	line := []rune(s)
	for i := 0; i < len(line); i++ {
		if line[i] != ' ' && (i+1 == len(line) || line[i+1] == ' ') {
			from := i
			for from > 0 && line[from-1] != ' ' {
				from--
			}
			name := strings.ToLower(string(line[from : i+1]))
			if t, ok := tableNames[name]; ok {
				name = t
			}
			d.table.head, d.ends = append(d.table.head, name), append(d.ends, i+1)
		}
	}
	t := &d.table
	if !t.has("p parallel") && !(t.has("parallel") && t.has("throughput") && t.has("batch_size") && t.has("concurrency")) {
		return false
	}
	r.dump, r.known = d, true
	return true
}

// dumpLine takes a row of a dump; an empty line ends it. A row whose values do not stand below their names is not read.
func (r *Reader) dumpLine(s string) {
	line := []rune(s)
	ends := r.dump.ends
	if strings.TrimSpace(s) == "" || len(line) != ends[len(ends)-1] {
		if begun := r.dump.begun; len(strings.Fields(s)) >= len(ends)/2 && (!begun || number(strings.Fields(s)[0]) != nil) {
			r.broken++ // a row that does not stand below the head
		}
		r.dump = nil
		if len(line) > 0 {
			r.line(s)
		}
		return
	}
	row, from := make([]string, len(ends)), 0
	for i, end := range ends {
		// A value that goes on over the end of a column would be cut in two.
		if end < len(line) && line[end-1] != ' ' && line[end] != ' ' {
			r.broken++
			return
		}
		row[i], from = strings.TrimSpace(string(line[from:end])), end
	}
	if r.rows >= mostRows {
		r.dropped++
		return
	}
	r.dumpRow(r.dump.table.named(row))
}

func (r *Reader) dumpRow(cell func(...string) string) {
	if !r.dump.begun {
		r.dump.begun = true
		r.block = block{device: cell("device_name")}
		for i, name := range [...]string{"num_devices_p", "num_devices_d"} {
			r.block.devices[i], _ = whole(cell(name))
		}
		r.block.phase = plan.PhaseAggregation
		switch {
		case number(cell("tpot")) == nil:
			r.block.phase = plan.PhasePrefill
		case number(cell("ttft")) == nil:
			r.block.phase = plan.PhaseDecode
		}
		if d := r.owner(); d != nil {
			if r.dump.table.has("p parallel") {
				d.ratioRun, d.ratios = true, nil
			} else {
				d.printed[r.block.phase], d.sections[r.block.phase], d.points[r.block.phase] = true, nil, nil
			}
		}
	}
	d, ok := r.block.target, false
	switch {
	case d == nil:
	case r.dump.table.has("p parallel"):
		ok = r.takeRatio(d, cell)
	case cell("num_input_tokens") != "" && cell("num_input_tokens") != "all":
		ok = r.dumpSample(d, cell)
	default:
		ok = r.dumpPoint(d, cell)
	}
	if !ok {
		r.broken++
		return
	}
	r.rows++
	r.revision++
}

// dumpPoint reads a point, with the figures that only dumps have.
func (r *Reader) dumpPoint(d *device, cell func(...string) string) bool {
	phase := r.block.phase
	row, ok := r.row(phase, cell)
	if !ok {
		return false
	}
	row.MaxBatched, _ = whole(cell("max_batched_tokens"))
	row.Chunks, _ = whole(cell("prefill_num_chunks"))
	answers := number(cell("output_length"))
	switch per := float64(row.Concurrency) * 1000; { // search-and-serving 4: the rates that the tables print
	case phase == plan.PhasePrefill && row.TTFT != nil && *row.TTFT > 0:
		qps := per / *row.TTFT
		row.QPS = &qps
	case phase == plan.PhaseDecode && answers != nil && row.TPOT != nil && *row.TPOT**answers > 0:
		qps := per / (*row.TPOT * *answers)
		row.QPS = &qps
	case phase == plan.PhaseAggregation && answers != nil && *answers > 0:
		qps := row.Throughput / *answers
		row.QPS = &qps
	}
	if phase == plan.PhaseAggregation {
		row.Prefill, row.Decode = breakdown(&row, cell("percentage_breakdowns(p)")),
			breakdown(&row, cell("percentage_breakdowns(d)"))
	} else if s := breakdown(&row, cell("percentage_breakdowns")); phase == plan.PhasePrefill {
		row.Prefill = s
	} else {
		row.Decode = s
	}
	over := func(v *float64, limit string) bool {
		most := r.command.number(limit)
		return v != nil && most > 0 && *v > most
	}
	switch {
	case over(row.TPOT, "tpot-limit"):
		row.Status = report.OverTPOT
	case over(row.TTFT, "ttft-limit"):
		row.Status = report.OverTTFT
	}
	d.points[phase] = append(d.points[phase], row)
	return true
}

func (r *Reader) dumpSample(d *device, cell func(...string) string) bool {
	s, ok := sample(cell)
	points := d.points[r.block.phase]
	if !ok || len(points) == 0 {
		return false
	}
	last := &points[len(points)-1]
	last.Samples = append(last.Samples, s)
	return true
}

// bestOfEach picks the best point of each label as the tables do (search-and-serving 8.2).
func bestOfEach(points []report.Row) []report.Row {
	at := map[string]int{}
	var out []report.Row
	for _, p := range points {
		i, seen := at[p.Label]
		switch {
		case p.Status != report.OK:
		case !seen:
			at[p.Label] = len(out)
			out = append(out, p)
		case p.Throughput > out[i].Throughput:
			out[i] = p
		}
	}
	slices.SortStableFunc(out, func(a, b report.Row) int {
		return cmp.Or(cmp.Compare(b.Throughput, a.Throughput), strings.Compare(a.Label, b.Label))
	})
	return out
}

var shareLine = compile(`^Mem ([\d.]+) \| Comm ([\d.]+) \| Cube ([\d.]+) \| Vec ([\d.]+)$`)

// breakdown reads "Mem x | Comm x | Cube x | Vec x", in per cent. The tool drops a bucket that is zero and shifts the
// rest to the left under wrong names (search-and-serving 8.1); a strategy that communicates nothing is put right again.
func breakdown(row *report.Row, text string) *report.Shares {
	m := shareLine.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	var v [4]float64
	for i := range v {
		if n := number(m[i+1]); n != nil {
			v[i] = *n / 100
		}
	}
	s := row.Strategy
	if silent := s.TP == 1 && s.EP <= 1 && s.MoETP <= 1; silent && v[1] > 0 && v[3] == 0 {
		v = [4]float64{v[0], 0, v[1], v[2]}
	}
	return &report.Shares{Mem: v[0], Comm: v[1], Cube: v[2], Vec: v[3]}
}
