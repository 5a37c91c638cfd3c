package search

import (
	"fmt"
	"math"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// maxTokens bounds lengths, budgets and batches as the reference tool does.
const maxTokens = 100_000_000

// Check refuses a request that cannot be searched. Forms and flags are checked with better words before they come here;
// this is the last line, so that no caller gets a panic or an endless run. The error is a *report.Failure.
func Check(req *plan.Request) error {
	bad := func(field, format string, args ...any) error {
		return &report.Failure{Class: report.InvalidParameters, Field: field, Message: fmt.Sprintf(format, args...)}
	}
	switch {
	case req.Model == nil:
		return bad("model", "model: none given; name a catalog entry, a directory with config.json, or such a file")
	case req.Model.Unsupported != "":
		return &report.Failure{Class: report.Assumptions, Field: "model",
			Message: fmt.Sprintf("model %s: %s", req.Model.Name, req.Model.Unsupported)}
	case len(req.Profiles) == 0:
		return bad("device", "device: none given; name a hardware profile")
	case req.Devices < 1:
		return bad("num_devices", "device count %d: must be at least 1", req.Devices)
	case len(req.Distribution) == 0 && (req.InputLength < 1 || req.InputLength > maxTokens):
		return bad("input_length", "input length %d: must be 1 to %d tokens", req.InputLength, maxTokens)
	case req.OutputLength < 1 || req.OutputLength > maxTokens:
		return bad("output_length", "output length %d: must be 1 to %d tokens", req.OutputLength, maxTokens)
	case req.MaxBatchedTokens < 0 || req.MaxBatchedTokens > maxTokens:
		return bad("max_batched_tokens", "token budget %d: must be 1 to %d, or absent", req.MaxBatchedTokens, maxTokens)
	case !(req.PrefixCacheHitRate >= 0 && req.PrefixCacheHitRate < 1):
		return bad("prefix_cache_hit_rate", "prefix cache hit rate %g: must be at least 0 and below 1, e.g. 0.3",
			req.PrefixCacheHitRate)
	case req.BatchMin < 0 || req.BatchMax < 0 || req.BatchMin > req.BatchMax || req.BatchMax > maxTokens:
		return bad("batch_range", "batch range %d %d: want [max] or [min max] with 1 <= min <= max", req.BatchMin,
			req.BatchMax)
	}
	for _, f := range []struct {
		name  string
		value float64
	}{{"ttft_limit", req.TTFTLimit}, {"tpot_limit", req.TPOTLimit}, {"serving_cost", req.ServingCostMS},
		{"target_qps", req.TargetQPS}} {
		if !(f.value >= 0) || math.IsInf(f.value, 1) {
			return bad(f.name, "%s %g: must be a finite number above 0, or absent", f.name, f.value)
		}
	}
	if math.IsNaN(req.ReservedGB) || math.IsInf(req.ReservedGB, 0) {
		return bad("reserved_memory_gb", "reserved memory %g GiB: must be finite", req.ReservedGB)
	}
	for _, n := range req.MTP {
		if n < 0 || n > 9 {
			return bad("num_mtp_tokens", "MTP %d: must be 0 to 9", n)
		}
	}
	for _, rate := range req.Acceptance {
		if math.IsNaN(rate) || math.IsInf(rate, 0) {
			return bad("mtp_acceptance_rates", "acceptance rate %g: must be from 0 to 1", rate)
		}
	}
	return checkMode(req, bad)
}

func checkMode(req *plan.Request, bad func(field, format string, args ...any) error) error {
	if len(req.Distribution) > 0 && (req.Mode == plan.PDRatio ||
		req.Mode == plan.Disaggregation && !(req.TTFTLimit > 0 && req.TPOTLimit == 0)) {
		return bad("input_length",
			"a length distribution works in aggregation and in prefill-only disaggregation (a TTFT limit and no TPOT limit)")
	}
	switch {
	case req.Mode == plan.Disaggregation && req.TTFTLimit == 0 && req.TPOTLimit == 0:
		return bad("ttft_limit",
			"disaggregation runs the phase whose limit is given: give a TTFT limit (prefill), a TPOT limit (decode) or both")
	case req.Mode == plan.PDRatio && req.TTFTLimit == 0:
		return bad("ttft_limit", "PD ratio sizes the prefill side by its TTFT limit: give one, e.g. 2000")
	case req.Mode == plan.PDRatio && req.PrefillDevices < 1:
		return bad("prefill_devices_per_instance", "PD ratio needs the devices of a prefill instance, e.g. 4")
	case req.Mode == plan.PDRatio && req.DecodeDevices < 1:
		return bad("decode_devices_per_instance", "PD ratio needs the devices of a decode instance, e.g. 8")
	}
	for _, p := range req.Profiles {
		if p == nil {
			return bad("device", "device: a profile is missing; name a hardware profile")
		}
		for _, ph := range phases(req) {
			if err := p.Fits(ph.world); err != nil {
				return bad("num_devices", "%s", err)
			}
		}
	}
	return nil
}
