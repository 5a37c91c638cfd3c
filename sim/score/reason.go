package score

import (
	"math"
	"strings"

	"fathom/hw/message"
	"fathom/sim/traffic"
)

// likely names the probable cause of a large error, nothing for a small one. The patterns are those of
// serving-dynamics 7: what rows contain that no model of the engine predicts.
func (s *Scored) likely() message.Message {
	if s.size() < math.Log(1.5) {
		return message.Message{}
	}
	r, p := s.Row, s.Predicted
	ttft, tpot := ratio(r.Measured.TTFT, p.TTFT), ratio(r.Measured.TPOT, p.TPOT)
	switch {
	case r.Speculative:
		return message.New("likely.speculative")
	case p.Traffic.Preemptions > 0 || p.Traffic.Bind == traffic.BindRoom:
		return message.New("likely.room")
	case ttft > 3 && tpot < 1.3 && tpot > 0.77 && r.Measured.TTFT > 4:
		return message.New("likely.stall")
	case ttft > 1.5 && tpot < 1.3 && interval(r, p) >= 5:
		return message.New("likely.interval")
	case tpot < 0.6 && strings.Contains(r.Model, "DeepSeek"):
		return message.New("likely.speculates")
	case tpot < 0.6 && ttft > 1.5:
		return message.New("likely.fewer")
	case r.Vendor && ttft > 1.5:
		return message.New("likely.vendor")
	case tpot > 1.5:
		return message.New("likely.decode-slow")
	case ttft > 1.5:
		return message.New("likely.queue")
	case ttft > 0 && ttft < 0.67:
		return message.New("likely.prefill-fast")
	case tpot > 0 && tpot < 0.67:
		return message.New("likely.decode-fast")
	}
	return message.New("likely.throughput")
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
