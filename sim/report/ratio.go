package report

import "fathom/sim/plan"

// Ratio is one prefill shape with one decode shape.
type Ratio struct {
	Prefill, Decode                   Row
	PrefillQPS, DecodeQPS, Balanced   float64 // requests per second of one instance; the smaller of the two
	PDRatio                           float64 // prefill instances per decode instance
	PrefillInstances, DecodeInstances *int    // nil: no split fits the devices
	TotalDevices                      *int
	PrefillDevice, DecodeDevice       string    // profiles
	Transfer                          *Transfer // of the KV cache from one to the other; nil: not known
	Left                              *Left     // of a searched split; nil: nothing is left over
	Bottleneck                        string    // prefill, decode, balanced or link
	SystemQPS                         *float64  // of all instances together; nil: no split fits
	CostPerMTok, CostPerMonth         *float64  // of all instances; nil without a price or a split
	Power                             *Power    // of all instances; nil without watts or a split
	Traffic                           *Traffic  // what a benchmark of all instances shows; nil where none was played
	Held                              *Held     // the most load under which all instances hold the limits; nil: not asked
}

// Side is the row of a phase.
func (x *Ratio) Side(phase plan.Phase) *Row {
	if phase == plan.PhasePrefill {
		return &x.Prefill
	}
	return &x.Decode
}

// Transfer is the way of a request's KV cache from a prefill instance to a decode instance.
type Transfer struct {
	Bytes   float64 // of one request, over all links: copies that the decode layout needs are counted
	MS      float64 // from the first byte to the last, on a link that is free
	Exposed float64 // ms that the mean request of the row waits beyond its prefill
	Counted bool    // the wait is part of TTFT and the links are part of the rates; else both are only told
	ByLayer bool    // each layer goes while the next is computed; else the whole cache when the prompt is done
	Path    string  // link, rdma or host
	Link    string  // what it is called
	GBs     float64 // of one device, what is reached of it, 1e9 bytes/s
	// requests per second whose caches the links of one prefill and of one decode instance carry
	PrefillQPS, DecodeQPS float64
}

// Left are the devices that a split leaves over, and what they could do.
type Left struct {
	Devices  int
	Phase    plan.Phase // of one instance more, which makes the whole serve QPS, or whose stock is too short for one
	Instance int        // its devices; 0: they make up none that helps
	Label    string
	QPS      float64
	Short    bool // the phase holds the other up and devices are left, but not in its stock
	Room     int  // what the stock of that phase has left
	Needs    int  // devices of the smallest instance that is too large for them; 0: none, or not wanted
}

// TTFT is the time to first token in ms with the wait for the KV cache; nil where the prefill row has none.
func (r *Ratio) TTFT() *float64 {
	if r.Prefill.TTFT == nil || r.Transfer == nil || !r.Transfer.Counted {
		return r.Prefill.TTFT
	}
	v := *r.Prefill.TTFT + r.Transfer.Exposed
	return &v
}

// Rates are the requests per second of one prefill and of one decode instance, no more than their links carry.
func (r *Ratio) Rates() (prefill, decode float64) {
	prefill, decode = r.PrefillQPS, r.DecodeQPS
	if t := r.Transfer; t != nil && t.Counted {
		prefill, decode = min(prefill, t.PrefillQPS), min(decode, t.DecodeQPS)
	}
	return prefill, decode
}

// Value is what pairs are compared by: the requests per second of all instances where their sizes were searched, else
// of one pair.
func (r *Ratio) Value() float64 {
	if r.Transfer != nil && r.Transfer.Counted {
		return r.Serves()
	}
	return r.Balanced
}

// Serves are the requests per second of all instances together; of one pair where no split fits the devices.
func (r *Ratio) Serves() float64 {
	if r.SystemQPS != nil {
		return *r.SystemQPS
	}
	return r.Balanced
}

// RatioSection is the PD-ratio part of a device.
type RatioSection struct {
	Best       *Ratio
	Candidates []Ratio
	Aggregated *Versus // of a searched split: the same devices without disaggregation; nil: not asked, or no answer
}

// Versus is an aggregated fleet beside a split: equal replicas of one row.
type Versus struct {
	Device            string // profile
	Row               Row
	Replicas, Devices int
	QPS               float64 // of all replicas
	Beside            *Versus // replicas on the other of two kinds of hardware, which serve as well; nil: none
}

// Total is what a fleet has and serves with those beside it.
func (v *Versus) Total() (devices int, qps float64) {
	for ; v != nil; v = v.Beside {
		devices, qps = devices+v.Devices, qps+v.QPS
	}
	return devices, qps
}

// Range is the interval of the requests per second of a fleet with those beside it; nil where one of them has none.
func (v *Versus) Range() *Interval {
	var sum Interval
	for ; v != nil; v = v.Beside {
		b, t := v.Row.ThroughputRange, v.Row.Throughput
		if b == nil || t <= 0 {
			return nil
		}
		sum.Low, sum.High = sum.Low+v.QPS*b.Low/t, sum.High+v.QPS*b.High/t
	}
	return &sum
}

// Lead is how much more the best split serves than the aggregated fleet, as a share, at either end of both intervals;
// nil where one has none.
func (s *RatioSection) Lead() *Interval {
	if s.Best == nil || s.Aggregated == nil {
		return nil
	}
	p, v := s.Best.SystemRange(), s.Aggregated.Range()
	if p == nil || v == nil || v.Low <= 0 || v.High <= 0 {
		return nil
	}
	return &Interval{Low: p.Low/v.High - 1, High: p.High/v.Low - 1}
}
