package report

import "strconv"

// RowHeader names the columns of RowRecord: the ROW fields of the JSON report, flattened. CSV files of plans and of
// cases share them.
var RowHeader = []string{"phase", "label", "tp", "pp", "dp", "ep", "moe_tp", "moe_dp", "dcp", "mtp_tokens",
	"max_batched_tokens",
	"prefill_chunks", "batch_size", "concurrency", "throughput_tok_s", "throughput_tok_s_device", "ttft_ms", "tpot_ms",
	"qps",
	"status", "reason", "weight_gb", "kv_cache_gb", "activation_gb", "available_gb",
	"prefill_mem", "prefill_comm", "prefill_cube", "prefill_vec", "decode_mem", "decode_comm", "decode_cube", "decode_vec",
	"throughput_low", "throughput_high", "ttft_low", "ttft_high", "tpot_low", "tpot_high",
	"traffic", "sent_qps", "played_tok_s", "played_qps", "ttft_mean", "ttft_first_wave", "ttft_steady", "ttft_p50",
	"ttft_p90", "ttft_p99",
	"tpot_mean", "tpot_p50", "tpot_p90", "tpot_p99", "kv_peak", "preemptions", "bind", "saturation_qps"}

// RowRecord is a row as one record of text: what its JSON form says, with empty cells for null.
func RowRecord(r *Row) []string {
	j := row(r)
	s := j.Strategy
	out := []string{j.Phase, j.Label, count(s.TP), strconv.Itoa(s.PP), count(s.DP), count(s.EP), count(s.MoETP),
		count(s.MoEDP), strconv.Itoa(s.DCP), strconv.Itoa(j.MTP), count(j.MaxBatched), count(j.Chunks), count(j.Batch),
		count(j.Concurrency), optional(j.Throughput), optional(j.PerDevice), optional(j.TTFT), optional(j.TPOT),
		optional(j.QPS), string(j.Status), j.Reason, optional(j.WeightGB), optional(j.KVGB), optional(j.ActivationGB),
		optional(j.AvailableGB)}
	for _, x := range []*sharesJSON{j.Breakdown.Prefill, j.Breakdown.Decode} {
		if x == nil {
			out = append(out, "", "", "", "")
			continue
		}
		out = append(out, Decimal(x.Mem), Decimal(x.Comm), Decimal(x.Cube), Decimal(x.Vec))
	}
	bars := j.Interval
	if bars == nil {
		bars = &barsJSON{}
	}
	for _, b := range []*[2]float64{bars.Throughput, bars.TTFT, bars.TPOT} {
		if b == nil {
			out = append(out, "", "")
			continue
		}
		out = append(out, Decimal(b[0]), Decimal(b[1]))
	}
	t := j.Traffic
	if t == nil {
		return append(out, make([]string, len(RowHeader)-len(out))...)
	}
	return append(out, t.Kind, optional(t.Rate), Decimal(t.Throughput), Decimal(t.QPS), Decimal(t.TTFT.Mean),
		Decimal(t.FirstWave), Decimal(t.Steady), Decimal(t.TTFT.P50), Decimal(t.TTFT.P90), Decimal(t.TTFT.P99),
		Decimal(t.TPOT.Mean), Decimal(t.TPOT.P50), Decimal(t.TPOT.P90), Decimal(t.TPOT.P99), Decimal(t.KVPeak),
		strconv.Itoa(t.Preemptions), t.Bind, optional(t.Saturation))
}

func count(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func optional(v *float64) string {
	if v = Maybe(v); v == nil {
		return ""
	}
	return Decimal(*v)
}

// SplitRecord is a PD ratio as text: ratio, balanced requests per second, prefill and decode instances.
func SplitRecord(r *Ratio) []string {
	return []string{Decimal(r.PDRatio), Decimal(r.Balanced), count(r.PrefillInstances), count(r.DecodeInstances)}
}
