package refusal

import (
	"math"
	"slices"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// maxTokens bounds lengths, budgets and batches as the reference tool does.
const maxTokens = 100_000_000

// Of says why a request cannot be searched, nil where it can. Forms and flags have better words for most of it; what
// they let through is said here, before anything runs, and no caller gets a panic or an endless run. The error is a
// *report.Failure.
func Of(req *plan.Request) error {
	bad := func(field, key string, args ...any) error {
		return &report.Failure{Class: report.InvalidParameters, Field: field, Message: message.New(key, args...)}
	}
	switch {
	case req.Model == nil:
		return bad("model", "failure.model-none-given")
	case req.Model.Unsupported != "":
		return &report.Failure{Class: report.Assumptions, Field: "model",
			Message: message.New("failure.unsupported", req.Model.Name, req.Model.Unpriced())}
	case len(req.Profiles) == 0:
		return bad("device", "failure.device-none-given")
	case req.Devices < 1:
		return bad("num_devices", "failure.device-count-least", req.Devices)
	case len(req.Distribution) == 0 && (req.InputLength < 1 || req.InputLength > maxTokens):
		return bad("input_length", "failure.input-length-tokens", req.InputLength, maxTokens)
	case req.OutputLength < 1 || req.OutputLength > maxTokens:
		return bad("output_length", "failure.output-length-tokens", req.OutputLength, maxTokens)
	case req.MaxBatchedTokens < 0 || req.MaxBatchedTokens > maxTokens:
		return bad("max_batched_tokens", "failure.token-budget-absent", req.MaxBatchedTokens, maxTokens)
	case !(req.PrefixCacheHitRate >= 0 && req.PrefixCacheHitRate < 1):
		return bad("prefix_cache_hit_rate", "failure.prefix-cache-hit",
			req.PrefixCacheHitRate)
	case req.BatchMin < 0 || req.BatchMax < 0 || req.BatchMin > req.BatchMax || req.BatchMax > maxTokens:
		return bad("batch_range", "failure.batch-range-want", req.BatchMin,
			req.BatchMax)
	}
	if req.InFlight < 0 || req.InFlight > maxTokens {
		return bad("concurrency", "failure.concurrency-absent", req.InFlight, maxTokens)
	}
	for _, f := range []struct {
		name  string
		value float64
	}{{"ttft_limit", req.TTFTLimit}, {"tpot_limit", req.TPOTLimit}, {"serving_cost", req.ServingCostMS},
		{"target_qps", req.TargetQPS}, {"e2e_limit", req.E2ELimit}} {
		if !(f.value >= 0) || math.IsInf(f.value, 1) {
			return bad(f.name, "failure.positive", f.name, f.value)
		}
	}
	if !(req.Goodput >= 0 && req.Goodput <= 1) {
		return bad("goodput", "failure.goodput", req.Goodput)
	}
	if req.Mode == plan.Disaggregation && (req.Played() || req.E2ELimit > 0) {
		return bad("ttft_limit", "failure.played-phase")
	}
	if math.IsNaN(req.ReservedGB) || math.IsInf(req.ReservedGB, 0) {
		return bad("reserved_memory_gb", "failure.reserved-memory-gib", req.ReservedGB)
	}
	for _, n := range req.MTP {
		if n < 0 || n > 9 {
			return bad("num_mtp_tokens", "failure.mtp", n)
		}
	}
	for _, rate := range req.Acceptance {
		if math.IsNaN(rate) || math.IsInf(rate, 0) {
			return bad("mtp_acceptance_rates", "failure.acceptance-rate-from", rate)
		}
	}
	if err := checkFidelity(req, bad); err != nil {
		return err
	}
	if err := checkPower(req); err != nil {
		return err
	}
	if err := checkKVPath(req); err != nil {
		return err
	}
	if err := checkSpeculation(req); err != nil {
		return err
	}
	if err := checkExperts(req, bad); err != nil {
		return err
	}
	return checkMode(req, bad)
}

func checkMode(req *plan.Request, bad func(field, key string, args ...any) error) error {
	if len(req.Distribution) > 0 && (req.Mode == plan.PDRatio ||
		req.Mode == plan.Disaggregation && !(req.TTFTLimit > 0 && req.TPOTLimit == 0)) {
		return bad("input_length",
			"failure.length-distribution-works")
	}
	switch {
	case req.Mode == plan.Disaggregation && req.TTFTLimit == 0 && req.TPOTLimit == 0:
		return bad("ttft_limit",
			"failure.disaggregation-runs-phase")
	case req.Mode == plan.PDRatio && req.TTFTLimit == 0:
		return bad("ttft_limit", "failure.pd-ratio-sizes")
	case req.Mode == plan.PDRatio && req.PrefillDevices < 0:
		return bad("prefill_devices_per_instance", "failure.pd-ratio-needs")
	case req.Mode == plan.PDRatio && req.DecodeDevices < 0:
		return bad("decode_devices_per_instance", "failure.pd-ratio-needs-devices")
	}
	for _, p := range req.Profiles {
		if p == nil {
			return bad("device", "failure.device-profile-missing")
		}
		for _, ph := range req.Phases() {
			if ph.Devices == 0 { // searched: no more than fit
				continue
			}
			if len(req.PrefillPools) > 0 && !pooled(req, ph.Phase, p) {
				continue
			}
			if err := p.Fits(ph.Devices); err != nil {
				return &report.Failure{Class: report.InvalidParameters, Field: "num_devices", Message: message.Of(err)}
			}
		}
	}
	return checkSplit(req)
}

// checkFidelity refuses arithmetic that a profile, or an image on it, has no figures for.
func checkFidelity(req *plan.Request, bad func(field, key string, args ...any) error) error {
	for _, pair := range req.Pairings() {
		if pair.Prefill.Profile == nil || pair.Decode.Profile == nil {
			return bad("device", "failure.device-profile-missing")
		}
		switch fidelity, err := pair.Fidelity(req.Fidelity); {
		case err != nil:
			return &report.Failure{Class: report.InvalidParameters, Field: "fidelity", Message: message.Of(err)}
		case fidelity == plan.Calibrated && req.ImageHeight > 0:
			return bad("image_height", "failure.image-height-kernels", req.ImageHeight, pair.Prefill.Profile.Name)
		}
	}
	return nil
}

// pooled reports whether a profile may do a phase of a PD ratio with two kinds of hardware.
func pooled(req *plan.Request, phase plan.Phase, p *hw.Profile) bool {
	pools := req.PrefillPools
	if phase == plan.PhaseDecode {
		pools = req.DecodePools
	}
	return slices.ContainsFunc(pools, func(x plan.Pool) bool { return x.Profile == p })
}
