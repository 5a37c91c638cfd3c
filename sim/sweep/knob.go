package sweep

import (
	"fmt"
	"math"
	"slices"

	"fathom/sim/plan"
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
	Name   string   // the flag that gives a single plan the same value, where there is one
	Also   []string // shorter words for it
	unit   unit
	lo, hi float64 // values that make sense; open where below says so
	above  bool    // lo itself does not
	below  bool    // hi itself does not
	set    func(*plan.Request, float64)
	lacks  func(*plan.Request) string // why the plan has no such knob, with the fix; nil: every plan has it
}

// mostTokens bounds lengths and counts as the search does.
const mostTokens = 100_000_000

// Knobs lists what can be swept.
var Knobs = []Knob{
	{Name: "input-length", Also: []string{"input"}, unit: count, lo: 1, hi: mostTokens,
		set: func(r *plan.Request, v float64) { r.InputLength = int(v) },
		lacks: func(r *plan.Request) string {
			return when(len(r.Distribution) > 0, "its prompts have a distribution of lengths; give --input-length a number")
		}},
	{Name: "output-length", Also: []string{"output"}, unit: count, lo: 1, hi: mostTokens,
		set: func(r *plan.Request, v float64) { r.OutputLength = int(v) }},
	{Name: "ttft-limit", Also: []string{"ttft"}, unit: millis, lo: 0, hi: 1e9, above: true,
		set: func(r *plan.Request, v float64) { r.TTFTLimit = v },
		lacks: func(r *plan.Request) string {
			return when(r.Mode == plan.Disaggregation && r.TTFTLimit == 0,
				"it runs decode alone; give --ttft-limit to run prefill")
		}},
	{Name: "tpot-limit", Also: []string{"tpot"}, unit: millis, lo: 0, hi: 1e9, above: true,
		set: func(r *plan.Request, v float64) { r.TPOTLimit = v },
		lacks: func(r *plan.Request) string {
			return when(r.Mode == plan.Disaggregation && r.TPOTLimit == 0,
				"it runs prefill alone; give --tpot-limit to run decode")
		}},
	{Name: "num-devices", Also: []string{"devices"}, unit: count, lo: 1, hi: mostTokens,
		set: func(r *plan.Request, v float64) { r.Devices = int(v) }},
	{Name: "prefill-devices-per-instance", Also: []string{"prefill-devices"}, unit: count, lo: 1, hi: mostTokens,
		set: func(r *plan.Request, v float64) { r.PrefillDevices = int(v) }, lacks: noInstances},
	{Name: "decode-devices-per-instance", Also: []string{"decode-devices"}, unit: count, lo: 1, hi: mostTokens,
		set: func(r *plan.Request, v float64) { r.DecodeDevices = int(v) }, lacks: noInstances},
	{Name: "concurrency", unit: count, lo: 1, hi: mostTokens,
		set: func(r *plan.Request, v float64) { r.InFlight = int(v) },
		lacks: func(r *plan.Request) string {
			return when(r.Mode == plan.PDRatio,
				"the two phases of a PD ratio hold different numbers of requests; sweep --batch-range instead")
		}},
	{Name: "batch-range", Also: []string{"batch"}, unit: count, lo: 1, hi: mostTokens,
		set: func(r *plan.Request, v float64) { r.BatchMin, r.BatchMax = min(r.BatchMin, int(v)), int(v) }},
	{Name: "max-batched-tokens", unit: count, lo: 1, hi: mostTokens,
		set: func(r *plan.Request, v float64) { r.MaxBatchedTokens = int(v) }},
	{Name: "prefix-cache-hit-rate", Also: []string{"hit-rate"}, unit: share, lo: 0, hi: 1, below: true,
		set: func(r *plan.Request, v float64) { r.PrefixCacheHitRate = v }},
	{Name: "mtp-acceptance-rates", Also: []string{"acceptance"}, unit: share, lo: 0, hi: 1,
		set: func(r *plan.Request, v float64) {
			rates := make([]float64, max(1, len(r.Acceptance), slices.Max(append(slices.Clone(r.MTP), 0))))
			for i := range rates {
				rates[i] = v
			}
			r.Acceptance = rates
		},
		lacks: func(r *plan.Request) string {
			return when(!slices.ContainsFunc(r.MTP, func(n int) bool { return n > 0 }),
				"it drafts no tokens; give --num-mtp-tokens")
		}},
	{Name: "device-cost", Also: []string{"price"}, unit: plain, lo: 0, hi: 1e9, above: true,
		set: func(r *plan.Request, v float64) {
			r.Prices = []plan.Price{{Device: r.Profiles[0].Name, PerHour: v}}
		},
		lacks: func(r *plan.Request) string {
			return when(len(r.Profiles) != 1, "its devices have a price each; sweep one device")
		}},
	{Name: "reserved-memory-gb", Also: []string{"reserved"}, unit: plain, lo: 0, hi: 1e6,
		set: func(r *plan.Request, v float64) { r.ReservedGB = v }},
	{Name: "serving-cost", unit: millis, lo: 0, hi: 1e9,
		set: func(r *plan.Request, v float64) { r.ServingCostMS = v }},
}

func noInstances(r *plan.Request) string {
	return when(r.Mode != plan.PDRatio, "it has no instances of a phase; add --enable-optimize-prefill-decode-ratio")
}

func when(is bool, why string) string {
	if is {
		return why
	}
	return ""
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

// check says what is wrong with a value; "" where nothing is.
func (k *Knob) check(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0), v < k.lo, v > k.hi, k.above && v == k.lo, k.below && v == k.hi:
	case k.unit == count && v != math.Trunc(v):
		return fmt.Sprintf("%s is no whole number", k.Print(v))
	default:
		return ""
	}
	low, high := "from ", " to "
	if k.above {
		low = "above "
	}
	if k.below {
		high = " to below "
	}
	return fmt.Sprintf("%s is out of its range: values lie %s%s%s%s", k.Print(v), low, k.Print(k.lo), high, k.Print(k.hi))
}

// Has says why a request has no such knob, with the fix; "" where it has.
func (k *Knob) Has(r *plan.Request) string {
	if k.lacks == nil {
		return ""
	}
	return k.lacks(r)
}

// At is a request with the knob set; slices that the knob changes are not shared with the request.
func (k *Knob) At(r plan.Request, v float64) plan.Request {
	k.set(&r, v)
	return r
}
