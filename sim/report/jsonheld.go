package report

import "fathom/hw"

// percentilesJSON are the distributions of what requests of a row meet.
type percentilesJSON struct {
	TTFT fullStatJSON `json:"ttft_ms"`
	TPOT fullStatJSON `json:"tpot_ms"`
	E2E  fullStatJSON `json:"e2e_ms"`
}

type fullStatJSON struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P95  float64 `json:"p95"`
	P99  float64 `json:"p99"`
}

// promiseJSON is one limit and the figure that it binds; class is null for all requests.
type promiseJSON struct {
	Limit string  `json:"limit"` // ttft, tpot, e2e in ms; goodput as a share; rate in requests per second
	At    string  `json:"at"`    // mean, p50 …
	Class *string `json:"class"`
	Bound float64 `json:"bound"`
	Value float64 `json:"value"`
	// PlusMinus is half the width of the interval that holds the value 95 times of 100; absent where it is not known.
	PlusMinus float64 `json:"plus_minus,omitempty"`
	Holds     bool    `json:"holds"`
}

type classJSON struct {
	Name        string          `json:"name"`
	Requests    int             `json:"requests"`
	Throughput  float64         `json:"throughput_tok_s"`
	Percentiles percentilesJSON `json:"percentiles"`
	Goodput     float64         `json:"goodput"`
	Misses      []promiseJSON   `json:"misses"`
}

// heldJSON is what JSON adds to a row or a pair that was held against limits on single requests.
type heldJSON struct {
	Percentiles *percentilesJSON `json:"percentiles,omitempty"`
	Goodput     *float64         `json:"goodput,omitempty"`
	Sent        *float64         `json:"sent_qps,omitempty"` // of open arrivals
	Served      *float64         `json:"served_qps,omitempty"`
	Limits      []promiseJSON    `json:"limits,omitempty"`
	Classes     []classJSON      `json:"classes,omitempty"`
}

func heldOf(h *Held) (out heldJSON) {
	if h == nil {
		return out
	}
	out.Percentiles = ptr(percentiles(h.TTFT, h.TPOT, h.E2E))
	out.Goodput, out.Served = ptr(Six(h.Goodput)), ptr(Six(h.QPS))
	if h.Rate > 0 {
		out.Sent = ptr(Six(h.Rate))
	}
	for i := range h.Promises {
		out.Limits = append(out.Limits, boundOf(&h.Promises[i]))
	}
	for i := range h.Classes {
		c := &h.Classes[i]
		x := classJSON{Name: hw.Clean(c.Name), Requests: c.Requests, Throughput: Six(c.Throughput),
			Percentiles: percentiles(c.TTFT, c.TPOT, c.E2E), Goodput: Six(c.Goodput), Misses: []promiseJSON{}}
		for k := range h.Promises {
			if p := &h.Promises[k]; p.Class == c.Name && p.Broken() {
				x.Misses = append(x.Misses, boundOf(p))
			}
		}
		out.Classes = append(out.Classes, x)
	}
	return out
}

func boundOf(p *Promise) promiseJSON {
	out := promiseJSON{Limit: p.Metric.String(), At: p.At.String(), Bound: Six(p.Limit), Value: Six(p.Value),
		PlusMinus: Six(p.Noise), Holds: !p.Broken()}
	if p.Class != "" {
		out.Class = ptr(hw.Clean(p.Class))
	}
	return out
}

func percentiles(ttft, tpot, e2e Stat) percentilesJSON {
	stat := func(s Stat) fullStatJSON {
		return fullStatJSON{Six(s.Mean), Six(s.P50), Six(s.P90), Six(s.P95), Six(s.P99)}
	}
	return percentilesJSON{stat(ttft), stat(tpot), stat(e2e)}
}
