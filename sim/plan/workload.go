package plan

import (
	"math"

	"fathom/sim/traffic"
)

// Class is one kind of request of a workload, with what it is promised.
type Class struct {
	traffic.Class // its Limits are those that single requests are held against

	TTFT, TPOT, E2E Limit
	Goodput         float64 // share of its requests that must keep to all limits, 0 to 1; 0: none
}

// Workload is a mix of classes of requests, as a service meets it.
type Workload struct {
	Name    string // as it is asked for: a preset's, or a path
	Title   string
	Sources []string // where its figures come from
	Classes []Class
}

// Lengths are the mean lengths of a request of the mix, in tokens.
func (w *Workload) Lengths() (input, output int) {
	var in, out, shares float64
	for i := range w.Classes {
		c := &w.Classes[i]
		in += c.Share * traffic.Mean(c.Input)
		out += c.Share * traffic.Mean(c.Output)
		shares += c.Share
	}
	return max(1, int(math.Round(in/shares))), max(1, int(math.Round(out/shares)))
}

// Longest are the longest prompt, the longest answer, and the longest of both together of one request.
func (w *Workload) Longest() (input, output, both int) {
	for i := range w.Classes {
		in, out := traffic.Longest(w.Classes[i].Input), traffic.Longest(w.Classes[i].Output)
		input, output, both = max(input, in), max(output, out), max(both, in+out)
	}
	return input, output, both
}

// Promises reports whether any class has a limit.
func (w *Workload) Promises() bool {
	for i := range w.Classes {
		if c := &w.Classes[i]; c.TTFT.MS > 0 || c.TPOT.MS > 0 || c.E2E.MS > 0 {
			return true
		}
	}
	return false
}

// Played reports whether a request can be answered by playing its traffic only: means say nothing of percentiles,
// shares and mixes.
func (r *Request) Played() bool {
	return r.TTFTLimit > 0 && r.TTFTAt != Mean || r.TPOTLimit > 0 && r.TPOTAt != Mean ||
		r.E2ELimit > 0 && r.E2EAt != Mean || r.Goodput > 0 || r.Workload != nil
}

// SearchTraffic is the traffic that a search of the request needs: that which its limits are held under. Without limits
// on played requests it is only shown beside the answer.
func (r *Request) SearchTraffic() Traffic {
	if r.Played() {
		return r.Traffic
	}
	return TrafficNone
}

// MeanTTFT is the limit on the mean TTFT, in ms; 0 where there is none or it binds another statistic.
func (r *Request) MeanTTFT() float64 {
	if r.TTFTAt != Mean {
		return 0
	}
	return r.TTFTLimit
}

// MeanTPOT is the same of TPOT.
func (r *Request) MeanTPOT() float64 {
	if r.TPOTAt != Mean {
		return 0
	}
	return r.TPOTLimit
}
