package parse

import (
	"strings"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/search"
)

// phaseOf says which phase the rows of a table are about: by its title, else by the latencies that it has.
func (t *table) phaseOf() plan.Phase {
	ttft, tpot := t.has("ttft"), t.has("tpot")
	switch {
	case ttft && tpot && !t.has("qps"):
		return plan.PhaseAggregation
	case strings.Contains(t.title, "Prefill"), ttft:
		return plan.PhasePrefill
	}
	return plan.PhaseDecode
}

// row reads a row of one phase. devices is the instance's size where the table states it.
func (r *Reader) row(phase plan.Phase, cell func(...string) string) (row report.Row, ok bool) {
	label := cell("parallel")
	s, mtp, ok := strategy(label)
	rate := number(cell("throughput", "prefill throughput", "decode throughput"))
	batch, validBatch := whole(cell("batch_size", "batch"))
	concurrency, validConcurrency := whole(cell("concurrency"))
	if !ok || rate == nil || !validBatch || !validConcurrency {
		return row, false
	}
	row = report.Row{Phase: phase, Strategy: s, Label: label, MTP: mtp, Batch: batch, Concurrency: concurrency,
		Throughput: *rate,
		TTFT:       number(cell("ttft")), TPOT: number(cell("tpot")), QPS: number(cell("qps")), Status: report.OK,
		Listed: true}
	devices, stated := whole(cell("num_devices", "total_devices"))
	if !stated || devices == 0 {
		devices = s.World()
	}
	if devices > 0 {
		row.PerDevice = row.Throughput / float64(devices)
	}
	if answers := r.command.number("output-length"); phase == plan.PhaseAggregation && answers > 0 {
		qps := row.Throughput / answers // as the report states it everywhere (the tables have no such column)
		row.QPS = &qps
	}
	memory(&row, cell)
	return row, true
}

// memory fills in the GiB columns. Tables for length distributions and old versions have none.
func memory(row *report.Row, cell func(...string) string) {
	weight, kv := number(cell("weight_gb")), number(cell("kv_cache_gb"))
	activation, free := number(cell("activation_gb")), number(cell("avail_gb"))
	if weight == nil || kv == nil || activation == nil || free == nil {
		row.NoMemory = true
		return
	}
	row.WeightGB, row.KVGB, row.ActivationGB, row.AvailableGB = *weight, *kv, *activation, *free
}

// sample reads a detail row of a length distribution, which belongs to the row above it.
func sample(cell func(...string) string) (s report.Sample, ok bool) {
	tokens, ok := whole(cell("num_input_tokens"))
	requests, counted := whole(cell("samples"))
	ratio := number(cell("request_ratio"))
	if !ok || !counted || ratio == nil {
		return s, false
	}
	return report.Sample{Tokens: tokens, Ratio: *ratio, Requests: requests}, true
}

// ratio reads a row of the P:D table.
func (r *Reader) ratio(cell func(...string) string) (out report.Ratio, ok bool) {
	out.Prefill, ok = side(plan.PhasePrefill, cell("p parallel"), cell("p batch size"), cell("p concurrency"))
	if !ok {
		return out, false
	}
	out.Decode, ok = side(plan.PhaseDecode, cell("d parallel"), cell("d batch size"), cell("d concurrency"))
	if !ok {
		return out, false
	}
	out.Prefill.TTFT, out.Decode.TPOT = number(cell("ttft")), number(cell("tpot"))
	p, d, share := number(cell("p qps")), number(cell("d qps")), number(cell("pd ratio"))
	if p == nil || d == nil || share == nil {
		return out, false
	}
	out.PrefillQPS, out.DecodeQPS, out.PDRatio, out.Balanced = *p, *d, *share, min(*p, *d)
	if b := number(cell("balanced qps")); b != nil {
		out.Balanced = *b
	}
	out.Prefill.QPS = p
	split(&out, 0, 0, r.block.devices)
	return out, true
}

// side is one side of a ratio. The table states neither its throughput nor its memory.
func side(phase plan.Phase, label, batch, concurrency string) (report.Row, bool) {
	s, mtp, ok := strategy(label)
	b, validBatch := whole(batch)
	c, validConcurrency := whole(concurrency)
	return report.Row{Phase: phase, Strategy: s, Label: label, MTP: mtp, Batch: b, Concurrency: c, Status: report.OK,
			Listed: true, NoMemory: true},
		ok && validBatch && validConcurrency
}

// split fills in what follows from a number of instances; 0, 0: the log states none.
func split(r *report.Ratio, prefills, decodes int, devices [2]int) {
	sizes := plan.Request{PrefillDevices: devices[0], DecodeDevices: devices[1]}
	search.SetInstances(r, max(1, prefills), max(1, decodes), &sizes, "")
	if prefills == 0 || decodes == 0 {
		r.PrefillInstances, r.DecodeInstances, r.TotalDevices, r.SystemQPS = nil, nil, nil, nil
	}
}
