package sweep

import (
	"math"
	"slices"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/refusal"
)

// unit is how the values of a knob are written.
type unit uint8

const (
	plain  unit = iota
	count       // whole: 512, 32k, 1.5M
	millis      // 50, 2s
	share       // 0.3, 30%
)

// Knob is one number of a request that can be swept.
type Knob struct {
	Name    string   // the flag that gives a single plan the same value, where there is one
	Also    []string // shorter words for it
	unit    unit
	lo, hi  float64 // values that make sense; open where below says so
	above   bool    // lo itself does not
	below   bool    // hi itself does not
	set     func(*plan.Request, float64)
	lacks   func(*plan.Request) message.Message // why the plan has no such knob, with the fix; nil: every plan has it
	now     func(*plan.Request) float64         // present value; nil: it has none
	usual   string                              // a range where the plan has no value
	doubles bool                                // sensible values are powers of two apart
	of      func(*hw.Profile) *Knob             // the knob of one device, where each has its own; else nil
}

// mostTokens bounds lengths and counts as the search does.
const mostTokens = 100_000_000

// Knobs lists what can be swept.
var Knobs = []Knob{
	{Name: "input-length", Also: []string{"input"}, unit: count, lo: 1, hi: mostTokens,
		now: func(r *plan.Request) float64 { return float64(r.InputLength) },
		set: func(r *plan.Request, v float64) { r.InputLength = int(v) },
		lacks: func(r *plan.Request) message.Message {
			return lengths(r)
		}},
	{Name: "output-length", Also: []string{"output"}, unit: count, lo: 1, hi: mostTokens,
		now: func(r *plan.Request) float64 { return float64(r.OutputLength) },
		set: func(r *plan.Request, v float64) { r.OutputLength = int(v) },
		lacks: func(r *plan.Request) message.Message {
			if r.Workload != nil {
				return message.New("knob.workload")
			}
			return noDecode(r)
		}},
	{Name: "ttft-limit", Also: []string{"ttft"}, unit: millis, lo: 0, hi: 1e9, above: true,
		now: func(r *plan.Request) float64 { return r.TTFTLimit }, usual: "500..8000:log:25",
		set:   func(r *plan.Request, v float64) { r.TTFTLimit = v },
		lacks: noPrefill},
	{Name: "tpot-limit", Also: []string{"tpot"}, unit: millis, lo: 0, hi: 1e9, above: true,
		now: func(r *plan.Request) float64 { return r.TPOTLimit }, usual: "10..100:19",
		set:   func(r *plan.Request, v float64) { r.TPOTLimit = v },
		lacks: noDecode},
	{Name: "e2e-limit", Also: []string{"e2e"}, unit: millis, lo: 0, hi: 1e9, above: true,
		now: func(r *plan.Request) float64 { return r.E2ELimit }, usual: "10000..100000:log:25",
		set:   func(r *plan.Request, v float64) { r.E2ELimit = v },
		lacks: oneRequest},
	{Name: "goodput", unit: share, lo: 0, hi: 1, above: true,
		now: func(r *plan.Request) float64 { return r.Goodput },
		set: func(r *plan.Request, v float64) { r.Goodput = v },
		lacks: func(r *plan.Request) message.Message {
			if why := oneRequest(r); !why.IsZero() {
				return why
			}
			return when(r.TTFTLimit == 0 && r.TPOTLimit == 0 && r.E2ELimit == 0 && r.Workload == nil, "knob.no-limits")
		}},
	{Name: "num-devices", Also: []string{"devices"}, unit: count, lo: 1, hi: mostTokens,
		now: func(r *plan.Request) float64 { return float64(r.Devices) }, doubles: true,
		set: func(r *plan.Request, v float64) { r.Devices = int(v) }},
	{Name: "prefill-devices-per-instance", Also: []string{"prefill-devices"}, unit: count, lo: 1, hi: mostTokens,
		now: func(r *plan.Request) float64 { return float64(r.PrefillDevices) }, doubles: true,
		set: func(r *plan.Request, v float64) { r.PrefillDevices = int(v) }, lacks: noInstances},
	{Name: "decode-devices-per-instance", Also: []string{"decode-devices"}, unit: count, lo: 1, hi: mostTokens,
		now: func(r *plan.Request) float64 { return float64(r.DecodeDevices) }, doubles: true,
		set: func(r *plan.Request, v float64) { r.DecodeDevices = int(v) }, lacks: noInstances},
	{Name: "concurrency", unit: count, lo: 1, hi: mostTokens,
		now: func(r *plan.Request) float64 { return float64(r.InFlight) }, usual: "1..1024:log:25",
		set: func(r *plan.Request, v float64) { r.InFlight = int(v) },
		lacks: func(r *plan.Request) message.Message {
			return when(r.Mode == plan.PDRatio, "knob.two-phases")
		}},
	{Name: "batch-range", Also: []string{"batch"}, unit: count, lo: 1, hi: mostTokens,
		now: func(r *plan.Request) float64 { return float64(r.BatchMax) }, usual: "1..512:log:25",
		set: func(r *plan.Request, v float64) { r.BatchMin, r.BatchMax = min(r.BatchMin, int(v)), int(v) },
		lacks: func(r *plan.Request) message.Message {
			if r.InFlight == 0 {
				return message.Message{}
			}
			return message.New("knob.held", r.InFlight)
		}},
	{Name: "max-batched-tokens", unit: count, lo: 1, hi: mostTokens,
		now: func(r *plan.Request) float64 { return float64(r.MaxBatchedTokens) }, usual: "1000..64000:log:13",
		set: func(r *plan.Request, v float64) { r.MaxBatchedTokens = int(v) }, lacks: noPrefill},
	{Name: "prefix-cache-hit-rate", Also: []string{"hit-rate"}, unit: share, lo: 0, hi: 1, below: true,
		now: func(r *plan.Request) float64 { return r.PrefixCacheHitRate },
		set: func(r *plan.Request, v float64) { r.PrefixCacheHitRate = v }, lacks: noPrefill},
	{Name: "mtp-acceptance-rates", Also: []string{"acceptance"}, unit: share, lo: 0, hi: 1,
		now: func(r *plan.Request) float64 {
			if len(r.Acceptance) == 0 {
				return 0
			}
			return r.Acceptance[0]
		},
		set: func(r *plan.Request, v float64) {
			rates := make([]float64, max(1, len(r.Acceptance), slices.Max(append(slices.Clone(r.MTP), 0))))
			for i := range rates {
				rates[i] = v
			}
			r.Acceptance = rates
		},
		lacks: func(r *plan.Request) message.Message {
			if why := noDecode(r); !why.IsZero() {
				return why
			}
			return when(!slices.ContainsFunc(r.MTP, func(n int) bool { return n > 0 }), "knob.no-drafts")
		}},
	{Name: "acceptance-length", unit: plain, lo: 1, hi: 65,
		now: func(r *plan.Request) float64 { return r.Speculation.Length }, usual: "1..4:13",
		set: func(r *plan.Request, v float64) {
			if r.Speculation.Length = v; r.Speculation.Beside() {
				return
			}
			r.Speculation.Draft, r.Acceptance = "mtp", make([]float64, guesses(r)) // as --acceptance-length says it of MTP
			for i := range r.Acceptance {
				r.Acceptance[i] = (v - 1) / float64(len(r.Acceptance))
			}
		},
		lacks: func(r *plan.Request) message.Message {
			if why := noDecode(r); !why.IsZero() {
				return why
			}
			method := r.Speculation.Draft == "dflash" || r.Speculation.Draft == "dspark"
			return when(method || !r.Speculation.Beside() && guesses(r) == 0, "knob.no-length")
		}},
	{Name: "draft-share", unit: share, lo: 0, hi: 10,
		now: func(r *plan.Request) float64 { return r.Speculation.Share },
		set: func(r *plan.Request, v float64) { r.Speculation.Share = v },
		lacks: func(r *plan.Request) message.Message {
			if why := noDecode(r); !why.IsZero() {
				return why
			}
			return when(!r.Speculation.Beside() || r.Speculation.Model != nil, "knob.no-draft")
		}},
	{Name: "device-cost", Also: []string{"price"}, unit: plain, lo: 0, hi: 1e9, above: true,
		now: func(r *plan.Request) float64 { return price(r, r.Profiles[0].Name) }, usual: "0.5..8:log:25",
		set: func(r *plan.Request, v float64) { priced(r, r.Profiles[0].Name, v) }, of: priceOf,
		lacks: func(r *plan.Request) message.Message {
			if len(r.Profiles) == 1 {
				return message.Message{}
			}
			return message.New("knob.prices", r.Profiles[0].Name)
		}},
	{Name: "power-cap", unit: plain, lo: 0, hi: 1e6, above: true,
		now: func(r *plan.Request) float64 { return r.PowerCap }, usual: "200..700:11",
		set: func(r *plan.Request, v float64) { r.PowerCap = v }, lacks: refusal.NoCap},
	{Name: "power-limit", unit: plain, lo: 0, hi: 1e9, above: true,
		now: func(r *plan.Request) float64 { return r.PowerLimit }, usual: "1000..8000:15",
		set: func(r *plan.Request, v float64) { r.PowerLimit = v }, lacks: refusal.NoCap},
	{Name: "reserved-memory-gb", Also: []string{"reserved"}, unit: plain, lo: 0, hi: 1e6,
		now: func(r *plan.Request) float64 { return r.ReservedGB }, usual: "0..20:11",
		set: func(r *plan.Request, v float64) { r.ReservedGB = v }},
	{Name: "serving-cost", unit: millis, lo: 0, hi: 1e9,
		now: func(r *plan.Request) float64 { return r.ServingCostMS }, usual: "0..100:11",
		set: func(r *plan.Request, v float64) { r.ServingCostMS = v },
		lacks: func(r *plan.Request) message.Message {
			return when(r.Mode == plan.Aggregation, "knob.no-hand-off")
		}},
}

// guesses is how many tokens MTP guesses ahead; 0: none, or several numbers are tried.
func guesses(r *plan.Request) int {
	one := 0
	for _, n := range r.MTP {
		switch {
		case n == 0 || n == one:
		case one > 0:
			return 0
		default:
			one = n
		}
	}
	return one
}

// lengths says why a plan's requests are not of one length.
func lengths(r *plan.Request) message.Message {
	if r.Workload != nil {
		return message.New("knob.workload")
	}
	return when(len(r.Distribution) > 0, "knob.distribution")
}

func oneRequest(r *plan.Request) message.Message {
	return when(r.Mode == plan.Disaggregation, "knob.one-phase")
}

// noPrefill and noDecode say that a plan runs the other phase alone, of which the knob tells nothing.
func noPrefill(r *plan.Request) message.Message {
	return when(r.Mode == plan.Disaggregation && r.TTFTLimit == 0, "knob.decode-alone")
}

func noDecode(r *plan.Request) message.Message {
	return when(r.Mode == plan.Disaggregation && r.TPOTLimit == 0, "knob.prefill-alone")
}

func noInstances(r *plan.Request) message.Message {
	return when(r.Mode != plan.PDRatio, "knob.no-instances")
}

func when(is bool, key string) message.Message {
	if is {
		return message.New(key)
	}
	return message.Message{}
}

// priceOf is the price of one device of several.
func priceOf(p *hw.Profile) *Knob {
	return &Knob{Name: "device-cost:" + p.Name, unit: plain, lo: 0, hi: 1e9, above: true,
		now: func(r *plan.Request) float64 { return price(r, p.Name) }, usual: "0.5..8:log:25",
		set: func(r *plan.Request, v float64) { priced(r, p.Name, v) }}
}

// price is that of a device; 0: it has none.
func price(r *plan.Request, device string) float64 {
	for _, p := range r.Prices {
		if p.Device == device {
			return p.PerHour
		}
	}
	return 0
}

// priced gives a device another price.
func priced(r *plan.Request, device string, v float64) {
	r.Prices = append(slices.DeleteFunc(slices.Clone(r.Prices), func(p plan.Price) bool { return p.Device == device }),
		plan.Price{Device: device, PerHour: v})
}

// names lists every word for a knob.
func names() (list []string) {
	for i := range Knobs {
		list = append(append(list, Knobs[i].Name), Knobs[i].Also...)
	}
	return list
}

// find is the knob of a name; nil where there is none.
func find(name string) *Knob {
	for i := range Knobs {
		if k := &Knobs[i]; k.Name == name || slices.Contains(k.Also, name) {
			return k
		}
	}
	return nil
}

// check refuses a value out of the knob's range.
func (k *Knob) check(v float64) error {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0), v < k.lo, v > k.hi, k.above && v == k.lo, k.below && v == k.hi:
	case k.unit == count && v != math.Trunc(v):
		return message.Fault("knob.fraction", k.Print(v))
	default:
		return nil
	}
	low, high := "knob.from", "knob.to"
	if k.above {
		low = "knob.above"
	}
	if k.below {
		high = "knob.below"
	}
	return message.Fault("knob.range", k.Print(v), message.New(low, k.Print(k.lo)), message.New(high, k.Print(k.hi)))
}

// Has says why a request has no such knob, with the fix; nothing where it has.
func (k *Knob) Has(r *plan.Request) message.Message {
	if k.lacks == nil {
		return message.Message{}
	}
	return k.lacks(r)
}

// At is a request with the knob set; slices that the knob changes are not shared with the request.
func (k *Knob) At(r plan.Request, v float64) plan.Request {
	k.set(&r, v)
	return r
}
