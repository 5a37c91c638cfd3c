package report

import (
	"strconv"

	"fathom/hw"
	"fathom/sim/plan"
)

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

// RowRecord is a row as one record of text; a value that does not apply is empty.
func RowRecord(r *Row) []string {
	s := r.Strategy
	moe := func(n int) string {
		if s.EP == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	out := []string{r.Phase.String(), hw.Clean(r.Label), strconv.Itoa(s.TP), strconv.Itoa(max(1, s.PP)),
		strconv.Itoa(s.DP),
		moe(s.EP), moe(s.MoETP), moe(s.MoEDP), strconv.Itoa(max(1, s.DCP)), strconv.Itoa(r.MTP), positive(r.MaxBatched),
		chunks(r),
		strconv.Itoa(r.Batch), strconv.Itoa(r.Concurrency), rate(r.Throughput), rate(r.PerDevice),
		optional(r.TTFT), optional(r.TPOT), optional(r.QPS), string(r.Status), hw.Clean(r.Reason),
		gib(r, r.WeightGB), gib(r, r.KVGB), gib(r, r.ActivationGB), gib(r, r.AvailableGB)}
	out = append(append(out, shares(r.Prefill)...), shares(r.Decode)...)
	for _, b := range []*Interval{r.ThroughputRange, r.TTFTRange, r.TPOTRange} {
		if b == nil {
			out = append(out, "", "")
			continue
		}
		out = append(out, decimal(b.Low), decimal(b.High))
	}
	t := r.Traffic
	if t == nil {
		return append(out, make([]string, 18)...)
	}
	return append(out, t.Kind.String(), rate(t.Rate), decimal(t.Throughput), decimal(t.QPS), decimal(t.TTFT.Mean),
		decimal(t.FirstWave), decimal(t.Steady),
		decimal(t.TTFT.P50), decimal(t.TTFT.P90), decimal(t.TTFT.P99), decimal(t.TPOT.Mean), decimal(t.TPOT.P50),
		decimal(t.TPOT.P90), decimal(t.TPOT.P99),
		decimal(t.KVPeak), strconv.Itoa(t.Preemptions), t.Bind, optional(t.Capacity))
}

// chunks of a decode row do not exist.
func chunks(r *Row) string {
	if r.Phase == plan.PhaseDecode {
		return ""
	}
	return positive(r.Chunks)
}

func positive(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func rate(v float64) string {
	if v == 0 {
		return ""
	}
	return decimal(v)
}

func gib(r *Row, v float64) string {
	if r.NoMemory {
		return ""
	}
	return decimal(v)
}

func shares(s *Shares) []string {
	if s == nil {
		return []string{"", "", "", ""}
	}
	return []string{decimal(s.Mem), decimal(s.Comm), decimal(s.Cube), decimal(s.Vec)}
}

func optional(v *float64) string {
	if v == nil {
		return ""
	}
	return decimal(*v)
}

// decimal writes a number with at most six digits behind the point, without trailing zeros.
func decimal(v float64) string {
	s := strconv.FormatFloat(v, 'f', 6, 64)
	for s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	if s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	return s
}

// SplitRecord is a PD ratio as text: ratio, balanced requests per second, prefill and decode instances.
func SplitRecord(r *Ratio) []string {
	count := func(n *int) string {
		if n == nil {
			return ""
		}
		return strconv.Itoa(*n)
	}
	return []string{decimal(r.PDRatio), decimal(r.Balanced), count(r.PrefillInstances), count(r.DecodeInstances)}
}
