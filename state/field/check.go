package field

import (
	"errors"
	"slices"

	"fathom/sim/refusal"
	"fathom/sim/report"
)

// Check is everything to say about one field, as validation beside it on every keystroke: the text itself first, then
// the rules that look at other answers, then what the search would refuse. An unanswered question is no issue here; see
// Missing.
func (r *Reading) Check(id ID) []report.Issue {
	out := r.own(id)
	if f := r.refusal(); f != nil && f.Field == Table[id].Name {
		out = append(out, issue(report.Error, id, r.Answers[id].Text, &f.Message))
	}
	return out
}

// refusal is why our own search would not begin, nil where it would, or where a field has more to say about it.
func (r *Reading) refusal() *report.Failure {
	if r.refused.known {
		return r.refused.by
	}
	r.refused.known = true
	if !r.embedded() || r.Model == nil || len(r.Missing(true)) > 0 || HasError(r.limitIssues()) {
		return nil
	}
	for id := range NumIDs {
		if HasError(r.own(id)) {
			return nil
		}
	}
	if err := refusal.Of(r.request()); err != nil {
		errors.As(err, &r.refused.by)
	}
	return r.refused.by
}

// own is what a field says by its text and its rules.
func (r *Reading) own(id ID) []report.Issue {
	if p := r.Problems[id]; p != nil {
		return []report.Issue{issue(report.Error, id, r.Answers[id].Text, p)}
	}
	if Table[id].Unbuilt && r.flagged(id) {
		return []report.Issue{fault(id, r.Answers[id].Text, "unbuilt")}
	}
	var out []report.Issue
	if rule := rules[id]; rule != nil {
		out = rule(r)
	}
	return append(out, checkForeign(r, id)...)
}

// Issues is everything to say about all fields, most serious first, in asking order within a severity.
func (r *Reading) Issues() []report.Issue {
	var all []report.Issue
	for id := range NumIDs {
		all = append(all, r.Check(id)...)
	}
	slices.SortStableFunc(all, func(a, b report.Issue) int { return rank(a.Severity) - rank(b.Severity) })
	return all
}

// Unavailable lists the answers to questions that this version cannot act on yet.
func Unavailable(a *Answers) (out []report.Issue) {
	for id := range NumIDs {
		if Table[id].Unbuilt && a.Given(id) && a[id].Source != CLIDefault {
			out = append(out, fault(id, a[id].Text, "unbuilt"))
		}
	}
	return out
}

// HasError reports whether anything forbids a run.
func HasError(issues []report.Issue) bool {
	return slices.ContainsFunc(issues, func(i report.Issue) bool { return i.Severity == report.Error })
}

func rank(s report.Severity) int {
	return slices.Index([]report.Severity{report.Error, report.Warning, report.Assumption, report.Note}, s)
}

// rules holds the cross-field rules (search-and-serving 1.1, 1.2, 9.1 with their FIX items).
var rules = [NumIDs]func(*Reading) []report.Issue{
	Mode:              checkMode,
	Model:             checkModel,
	Device:            checkDevice,
	PrefillPools:      func(r *Reading) []report.Issue { return checkPools(r, PrefillPools) },
	DecodePools:       func(r *Reading) []report.Issue { return checkPools(r, DecodePools) },
	DeviceCount:       checkDeviceCount,
	PrefillDevices:    func(r *Reading) []report.Issue { return checkInstance(r, PrefillDevices) },
	KVPath:            checkKVPath,
	DecodeDevices:     func(r *Reading) []report.Issue { return checkInstance(r, DecodeDevices) },
	Workload:          checkWorkload,
	InputLength:       checkInputLength,
	OutputLength:      checkOutputLength,
	TTFT:              checkTTFT,
	TPOT:              checkTPOT,
	E2E:               checkE2E,
	Goodput:           checkGoodput,
	TP:                func(r *Reading) []report.Issue { return checkSizes(r, TP) },
	EP:                func(r *Reading) []report.Issue { return checkSizes(r, EP) },
	MoEDP:             func(r *Reading) []report.Issue { return checkSizes(r, MoEDP) },
	DCP:               func(r *Reading) []report.Issue { return checkSizes(r, DCP) },
	PP:                checkPP,
	ExpertSkew:        func(r *Reading) []report.Issue { return checkExperts(r, ExpertSkew) },
	ExpertLoads:       func(r *Reading) []report.Issue { return checkExperts(r, ExpertLoads) },
	Redundant:         func(r *Reading) []report.Issue { return checkExperts(r, Redundant) },
	AFD:               func(r *Reading) []report.Issue { return checkExperts(r, AFD) },
	TwoBatch:          func(r *Reading) []report.Issue { return checkExperts(r, TwoBatch) },
	Linear:            checkLinear,
	NonExpert:         checkNonExpert,
	Attention:         checkAttention,
	MXFP4Group:        checkMXFP4,
	HitRate:           checkHitRate,
	MTPTokens:         checkMTPTokens,
	Acceptance:        checkAcceptance,
	ImageBatch:        checkImageBatch,
	ImageHeight:       func(r *Reading) []report.Issue { return checkImageSide(r, ImageHeight, ImageWidth) },
	ImageWidth:        func(r *Reading) []report.Issue { return checkImageSide(r, ImageWidth, ImageHeight) },
	CompileConfig:     checkCompileConfig,
	MaxBatched:        checkMaxBatched,
	Reserved:          checkReserved,
	SharedExpertTP:    checkSharedExpertTP,
	ServingCost:       checkServingCost,
	MaxCombinations:   checkCombinations,
	Fidelity:          checkFidelity,
	DeviceCost:        checkDeviceCost,
	Root:              checkRoot,
	Jobs:              func(r *Reading) []report.Issue { return checkIgnored(r, Jobs) },
	LogLevel:          func(r *Reading) []report.Issue { return checkIgnored(r, LogLevel) },
	GraphBreak:        func(r *Reading) []report.Issue { return checkIgnored(r, GraphBreak) },
	DumpOriginal:      func(r *Reading) []report.Issue { return checkIgnored(r, DumpOriginal) },
	GraphLogPath:      func(r *Reading) []report.Issue { return checkIgnored(r, GraphLogPath) },
	ChromeTrace:       func(r *Reading) []report.Issue { return checkIgnored(r, ChromeTrace) },
	Verbose:           func(r *Reading) []report.Issue { return checkIgnored(r, Verbose) },
	Quiet:             func(r *Reading) []report.Issue { return checkIgnored(r, Quiet) },
	PerformanceModel:  checkPerformanceModel,
	SpecMethod:        checkSpecMethod,
	SpecTokens:        func(r *Reading) []report.Issue { return checkDraft(r, SpecTokens) },
	AcceptanceLength:  checkLength,
	Draft:             checkKind,
	DraftShare:        checkShare,
	DraftModel:        checkDraftModel,
	DraftLayers:       func(r *Reading) []report.Issue { return checkDraft(r, DraftLayers) },
	DraftConfig:       func(r *Reading) []report.Issue { return checkDraft(r, DraftConfig) },
	MarkovRank:        func(r *Reading) []report.Issue { return checkDraft(r, MarkovRank) },
	MarkovHead:        func(r *Reading) []report.Issue { return checkDraft(r, MarkovHead) },
	Traffic:           checkTraffic,
	QPS:               checkQPS,
	TargetConcurrency: checkTarget,
	Concurrency:       checkConcurrency,
	Trace:             checkTrace,
	TraceFormat:       func(r *Reading) []report.Issue { return checkBeside(r, TraceFormat, Trace) },
	TraceScale:        func(r *Reading) []report.Issue { return checkBeside(r, TraceScale, Trace) },
	TraceWindow:       func(r *Reading) []report.Issue { return checkBeside(r, TraceWindow, Trace) },
	Sessions:          checkSessions,
	KVTiers:           checkTiers,
	Routing:           func(r *Reading) []report.Issue { return checkBeside(r, Routing, Trace, Sessions, Fleet) },
	Replicas:          func(r *Reading) []report.Issue { return checkBeside(r, Replicas, Trace, Sessions) },
	Fleet:             checkFleet,
	Autoscale:         checkAutoscale,
}
