package report

import (
	"fmt"
	"slices"
	"strconv"

	"fathom/hw/message"
	"fathom/sim/plan"
)

// candidates is the table of a section. Columns that no row has a figure for are left out.
func candidates(rows []Row) *grid {
	type col struct {
		title string
		right bool
		cell  func(i int, r *Row) string
		shown bool
	}
	ttft := anyRow(rows, func(r *Row) bool { return r.TTFT != nil })
	tpot := anyRow(rows, func(r *Row) bool { return r.TPOT != nil })
	qps := anyRow(rows, func(r *Row) bool { return r.Phase != plan.PhaseAggregation })
	cost := anyRow(rows, func(r *Row) bool { return r.CostPerMTok != nil })
	budget := ttft && anyRow(rows, func(r *Row) bool { return r.MaxBatched > 0 }) // logs state neither budgets
	memory := anyRow(rows, func(r *Row) bool { return !r.NoMemory })              // nor always memory
	cols := []col{
		{"number", true, func(i int, _ *Row) string { return strconv.Itoa(i + 1) }, true},
		{"tok-s", true, func(_ int, r *Row) string { return two(r.Throughput) }, true},
		{"per-device", true, func(_ int, r *Row) string { return two(r.PerDevice) }, true},
		{"req-s", true, func(_ int, r *Row) string { return optionalTwo(r.QPS) }, qps},
		{"ttft-ms", true, func(_ int, r *Row) string { return optionalTwo(r.TTFT) }, ttft},
		{"tpot-ms", true, func(_ int, r *Row) string { return optionalTwo(r.TPOT) }, tpot},
		{"conc", true, func(_ int, r *Row) string { return strconv.Itoa(r.Concurrency) }, true},
		{"batch", true, func(_ int, r *Row) string { return strconv.Itoa(r.Batch) }, true},
		{"strategy", false, func(_ int, r *Row) string { return r.Label }, true},
		{"budget", true, func(_ int, r *Row) string { return strconv.Itoa(r.MaxBatched) }, budget},
		{"weight-gib", true, func(_ int, r *Row) string { return two(r.WeightGB) }, memory},
		{"kv-gib", true, func(_ int, r *Row) string { return two(r.KVGB) }, memory},
		{"free-gib", true, func(_ int, r *Row) string { return two(r.AvailableGB) }, memory},
		{"tok-s-range", true, func(_ int, r *Row) string { return reach(r.ThroughputRange) },
			ranged(rows, func(r *Row) *Interval { return r.ThroughputRange })},
		{"ttft-range", true, func(_ int, r *Row) string { return reach(r.TTFTRange) },
			ranged(rows, func(r *Row) *Interval { return r.TTFTRange })},
		{"tpot-range", true, func(_ int, r *Row) string { return reach(r.TPOTRange) },
			ranged(rows, func(r *Row) *Interval { return r.TPOTRange })},
		{"cost-mtok", true, func(_ int, r *Row) string { return optionalTwo(r.CostPerMTok) }, cost},
		{"cost-month", true, func(_ int, r *Row) string { return optionalTwo(r.CostPerMonth) }, cost},
	}
	if anyRow(rows, func(r *Row) bool { return r.Power != nil }) {
		for n, title := range powerHeads {
			cols = append(cols, col{title, true, func(_ int, r *Row) string { return drawn(r.Power)[n] }, true})
		}
	}
	var g grid
	for _, c := range cols {
		if c.shown {
			g.column(c.title, c.right)
		}
	}
	for i := range rows {
		var cells []any
		for _, c := range cols {
			if c.shown {
				cells = append(cells, c.cell(i, &rows[i]))
			}
		}
		g.add(cells...)
	}
	return &g
}

func ratioTable(list []Ratio) *grid {
	var g grid
	heads := []string{"number", "pd", "balanced-req-s", "p-req-s", "d-req-s", "ttft-ms", "tpot-ms"}
	ranged := slices.ContainsFunc(list, func(r Ratio) bool { return r.Range() != nil })
	if ranged {
		heads = slices.Insert(heads, 3, "req-s-range")
	}
	for _, h := range heads {
		g.column(h, true)
	}
	g.column("p-strategy", false)
	g.column("d-strategy", false)
	for _, h := range []string{"p-batch", "d-batch", "p-conc", "d-conc", "p-inst", "d-inst", "devices", "system-req-s"} {
		g.column(h, true)
	}
	priced := slices.ContainsFunc(list, func(r Ratio) bool { return r.CostPerMTok != nil })
	if priced {
		g.column("cost-mtok", true)
		g.column("cost-month", true)
	}
	powered := slices.ContainsFunc(list, func(r Ratio) bool { return r.Power != nil })
	if powered {
		for _, h := range powerHeads {
			g.column(h, true)
		}
	}
	count := func(n *int) string {
		if n == nil {
			return "-"
		}
		return strconv.Itoa(*n)
	}
	for i := range list {
		r := &list[i]
		cells := []any{strconv.Itoa(i + 1), two(r.PDRatio), two(r.Balanced), two(r.PrefillQPS), two(r.DecodeQPS),
			optionalTwo(r.TTFT()), optionalTwo(r.Decode.TPOT),
			r.Prefill.Label, r.Decode.Label, strconv.Itoa(r.Prefill.Batch), strconv.Itoa(r.Decode.Batch),
			strconv.Itoa(r.Prefill.Concurrency),
			strconv.Itoa(r.Decode.Concurrency), count(r.PrefillInstances), count(r.DecodeInstances), count(r.TotalDevices),
			optionalTwo(r.SystemQPS)}
		if ranged {
			cells = slices.Insert(cells, 3, any(reach(r.Range())))
		}
		if priced {
			cells = append(cells, optionalTwo(r.CostPerMTok), optionalTwo(r.CostPerMonth))
		}
		if powered {
			for _, c := range drawn(r.Power) {
				cells = append(cells, c)
			}
		}
		g.add(cells...)
	}
	return &g
}

func nearestTable(list []Near) *grid {
	var g grid
	g.column("relax", false)
	g.column("strategy", false)
	for _, h := range []string{"batch", "tok-s", "ttft-ms", "tpot-ms", "free-gib"} {
		g.column(h, true)
	}
	for i := range list {
		r := &list[i].Row
		rate := "-"
		if r.Throughput > 0 {
			rate = two(r.Throughput)
		}
		g.add(list[i].Relax, r.Label, strconv.Itoa(r.Batch), rate, optionalTwo(r.TTFT), optionalTwo(r.TPOT),
			two(r.AvailableGB))
	}
	return &g
}

// pointTable lists every point with what became of it; a combination that was not priced has no figures.
func pointTable(rows []Row) *grid {
	var g grid
	g.column("phase", false)
	g.column("strategy", false)
	for _, h := range []string{"budget", "batch", "conc", "tok-s", "ttft-ms", "tpot-ms", "free-gib"} {
		g.column(h, true)
	}
	g.column("status", false)
	g.column("reason", false)
	for i := range rows {
		r := &rows[i]
		figures := []any{"-", "-", "-", "-", "-", "-", "-"}
		if r.Status != Invalid {
			figures = []any{strconv.Itoa(r.MaxBatched), strconv.Itoa(r.Batch), strconv.Itoa(r.Concurrency), two(r.Throughput),
				optionalTwo(r.TTFT),
				optionalTwo(r.TPOT), two(r.AvailableGB)}
			if r.Throughput <= 0 {
				figures[3] = "-"
			}
		}
		g.add(append(append([]any{r.Phase, r.Label}, figures...), string(r.Status), r.Reason)...)
	}
	return &g
}

// percent writes a relative change.
func percent(v *float64) string {
	if v == nil {
		return "-"
	}
	if *v == 0 {
		return "0"
	}
	return fmt.Sprintf("%+.2f%%", 100**v)
}

func correctionTable(list []Correction) *grid {
	var g grid
	g.column("switch", false)
	phases := false // of two phases each line names its own
	for i := range list {
		phases = phases || list[i].Phase != list[0].Phase
	}
	if phases {
		g.column("phase", false)
	}
	for _, h := range []string{"tok-s", "ttft", "tpot", "req-s", "free-gib"} {
		g.column(h, true)
	}
	g.column("reference-does", false)
	g.column("corrected-does", false)
	for i := range list {
		c := &list[i]
		free := "-"
		if c.FreeGB != nil && *c.FreeGB == 0 {
			free = "0"
		} else if c.FreeGB != nil {
			free = fmt.Sprintf("%+.2f", *c.FreeGB)
		}
		var rate any = percent(c.Throughput)
		if c.Refused {
			rate = message.New("col.refused")
		}
		cells := []any{c.Name}
		if phases {
			cells = append(cells, c.Phase)
		}
		g.add(append(cells, rate, percent(c.TTFT), percent(c.TPOT), percent(c.QPS), free, c.Reference, c.Corrected)...)
	}
	return &g
}

// correctionNotes are the changes that are no figure of the row, each once.
func correctionNotes(list []Correction) (notes []told) {
	seen := map[[2]string]bool{}
	for _, c := range list {
		if key := [2]string{c.Name.Key, c.Note.String()}; !c.Note.IsZero() && !seen[key] {
			seen[key] = true
			notes = append(notes, told{c.Name, c.Note})
		}
	}
	return notes
}

// toFirst is the ratio of a line of the comparison, marked where it rests on a re-priced figure.
func (r *Report) toFirst(i int) string {
	s := fmt.Sprintf("%.3f", r.Cross[i].RatioToFirst)
	if r.restsOnRepriced(i) {
		s += " *"
	}
	return s
}

func crossTable(r *Report) *grid {
	var g grid
	g.column("number", true)
	g.column("device", false)
	ranged := slices.ContainsFunc(r.Cross, func(c Cross) bool { return c.Range() != nil })
	if r.Mode == plan.PDRatio {
		split := r.Request != nil && r.Request.SplitSearched()
		heads := []string{"balanced-req-s", "pd", "p-req-s", "d-req-s", "ttft-ms", "tpot-ms", "to-first"}
		if split { // of all instances: their sizes differ
			heads[0] = "system-req-s"
		}
		if ranged {
			heads = slices.Insert(heads, 1, "req-s-range")
		}
		for _, h := range heads {
			g.column(h, true)
		}
		for i := range r.Cross {
			c := &r.Cross[i]
			if b := c.Ratio; b != nil {
				cells := []any{strconv.Itoa(i + 1), c.Device, two(b.Balanced)}
				if split {
					cells[2] = two(b.Serves())
				}
				if ranged {
					cells = append(cells, reach(c.Range()))
				}
				g.add(append(cells, two(b.PDRatio), two(b.PrefillQPS), two(b.DecodeQPS), optionalTwo(b.TTFT()),
					optionalTwo(b.Decode.TPOT),
					r.toFirst(i))...)
			}
		}
		return &g
	}
	g.column("phase", false)
	mixed := r.Fidelity == "mixed"
	if mixed {
		g.column("fidelity", false)
	}
	heads := []string{"tok-s", "to-first", "ttft-ms", "tpot-ms", "conc", "batch"}
	if ranged {
		heads = slices.Insert(heads, 1, "tok-s-range")
	}
	for _, h := range heads {
		g.column(h, true)
	}
	g.column("strategy", false)
	cost := false
	for _, c := range r.Cross {
		cost = cost || c.Row != nil && c.Row.CostPerMTok != nil
	}
	if cost {
		g.column("cost-mtok", true)
	}
	for i, c := range r.Cross {
		if c.Row == nil {
			continue
		}
		b := c.Row
		cells := []any{strconv.Itoa(i + 1), c.Device, b.Phase}
		if mixed {
			cells = append(cells, WordOf(c.Fidelity))
		}
		cells = append(cells, two(b.Throughput))
		if ranged {
			cells = append(cells, reach(c.Range()))
		}
		cells = append(cells, r.toFirst(i), optionalTwo(b.TTFT),
			optionalTwo(b.TPOT), strconv.Itoa(b.Concurrency), strconv.Itoa(b.Batch), b.Label)
		if cost {
			cells = append(cells, optionalTwo(b.CostPerMTok))
		}
		g.add(cells...)
	}
	return &g
}
