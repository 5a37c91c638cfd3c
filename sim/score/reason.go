package score

import (
	"math"
	"strings"

	"fathom/sim/traffic"
)

// likely names the probable cause of a large error, "" for a small one. The patterns are those of serving-dynamics 7:
// what rows contain that no model of the engine predicts.
func (s *Scored) likely() string {
	if s.size() < math.Log(1.5) {
		return ""
	}
	r, p := s.Row, s.Predicted
	ttft, tpot := ratio(r.Measured.TTFT, p.TTFT), ratio(r.Measured.TPOT, p.TPOT)
	switch {
	case r.Speculative:
		return "speculative decoding, acceptance not stated"
	case p.Traffic.Preemptions > 0 || p.Traffic.Bind == traffic.BindRoom:
		return "little KV room: the memory share or the format of the cache may differ"
	case ttft > 3 && tpot < 1.3 && tpot > 0.77 && r.Measured.TTFT > 4:
		return "start-up stall: TTFT of seconds that hardly depends on load, TPOT as expected"
	case ttft > 1.5 && tpot < 1.3 && interval(r, p) >= 5:
		return "stream interval: TTFT is several decode steps too high, as if tokens were sent in groups"
	case tpot < 0.6 && strings.Contains(r.Model, "DeepSeek"):
		return "speculative decoding is probably on: TPOT is far below one step"
	case tpot < 0.6 && ttft > 1.5:
		return "fewer requests were running than in flight: TPOT low and TTFT high"
	case r.Vendor && ttft > 1.5:
		return "vendor's own run: one slot too few, or equal lengths that keep all requests in step"
	case tpot > 1.5:
		return "decode steps are slower than the kernels: host time or an unusual backend"
	case ttft > 1.5:
		return "prompts wait longer than the scheduler explains: host time before the queue"
	case ttft > 0 && ttft < 0.67:
		return "prompts are faster than predicted: prefill kernels or a smaller spread of lengths"
	case tpot > 0 && tpot < 0.67:
		return "decode steps are faster than predicted"
	}
	return "throughput differs more than the latencies explain"
}

// ratio of measured to predicted; 1 where one is absent.
func ratio(measured, predicted float64) float64 {
	if measured <= 0 || predicted <= 0 {
		return 1
	}
	return measured / predicted
}

// interval is the excess of TTFT in decode steps.
func interval(r *Row, p *Prediction) float64 {
	if r.Measured.TPOT <= 0 {
		return 0
	}
	return (r.Measured.TTFT - p.TTFT) / r.Measured.TPOT
}
