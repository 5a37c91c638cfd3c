package field

import (
	"slices"
	"strconv"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// mtpCandidates are the MTP counts that the search tries; nil while MTP is off.
func (r *Reading) mtpCandidates() []int {
	if !r.MTP() {
		return nil
	}
	return r.Values[MTPTokens].Ints
}

func checkMTPTokens(r *Reading) []report.Issue {
	ns := r.Values[MTPTokens].Ints
	text := r.Answers[MTPTokens].Text
	if len(ns) == 0 {
		return nil
	}
	if !r.MTP() {
		if slices.Max(ns) > 0 {
			return one(warn(MTPTokens, text, "no-effect", message.New("issue.while-mtp")))
		}
		return nil
	}
	if !r.Given(MTPTokens) {
		return nil // on, and not yet answered
	}
	top := slices.Max(ns)
	switch rates := len(r.Values[Acceptance].Floats); {
	case top == 0:
		return one(fault(MTPTokens, text, "mtp-zero"))
	case r.Problems[Acceptance] == nil && top > rates+1:
		return one(fault(MTPTokens, text, "mtp-rates", strconv.Itoa(top-1), strconv.Itoa(rates+1)))
	case r.Model != nil && r.Model.MTPHeads == 0:
		// The reference tool bolts the layers on (search-and-serving 6); any other fidelity refuses.
		if slices.ContainsFunc(r.fidelities(), func(f plan.Fidelity) bool { return f != plan.Reference }) {
			return one(fault(MTPTokens, text, "mtp-refused"))
		}
		return one(warn(MTPTokens, text, "mtp-heads"))
	}
	return nil
}

// fidelities are the effective fidelities of the profiles.
func (r *Reading) fidelities() (out []plan.Fidelity) {
	for _, p := range r.Profiles {
		out = append(out, r.Fidelity(p))
	}
	return out
}

// departs reports whether any profile is priced other than as the reference tool does.
func (r *Reading) departs() bool {
	return r.embedded() && slices.ContainsFunc(r.fidelities(), func(f plan.Fidelity) bool { return f != plan.Reference })
}

func checkAcceptance(r *Reading) []report.Issue {
	if r.flagged(Acceptance) && !r.MTP() {
		return one(note(Acceptance, r.Answers[Acceptance].Text, "mtp-off"))
	}
	return nil
}

func checkNonExpert(r *Reading) []report.Issue {
	if r.Quant().NonExpert != plan.LinearDisabled && r.Model != nil && !r.MoE() {
		return one(note(NonExpert, r.Answers[NonExpert].Text, "dense"))
	}
	return nil
}

// checkLinear says what an action stands for where the reference tool or a device cannot do it.
func checkLinear(r *Reading) []report.Issue {
	q := r.Quant()
	if !q.Linear.Ours() {
		return nil
	}
	text := q.Linear.String()
	if !r.embedded() {
		return one(fault(Linear, text, "ours-only", q.Linear.Nearest(r.Model).String()))
	}
	out := one(assume(Linear, text, "stands-for", q.Linear.Nearest(r.Model).String()))
	if r.Model == nil {
		return out
	}
	if q.Linear == plan.AsPublished && r.Model.Quantization == nil {
		out = append(out, note(Linear, text, "not-quantised"))
	}
	s := q.Stored(r.Model)
	seen := map[string]bool{}
	for _, p := range r.Profiles {
		for _, f := range []hw.Format{s.Projection, s.Output, s.State, s.Dense, s.Shared, s.Expert, s.Head} {
			if key := p.Name + f.String(); f.Widened(p) && !seen[key] {
				seen[key] = true
				out = append(out, assume(Linear, text, "widened", f.String(), p.Name))
			}
		}
	}
	return out
}

// checkAttention: latent attention has no quantized cache beside linear layers in FP16 (simulation-model 3.2).
func checkAttention(r *Reading) []report.Issue {
	q := r.Quant()
	if r.Model == nil || q.Attention == plan.AttentionDisabled || q.Linear != plan.LinearDisabled ||
		q.NonExpert != plan.LinearDisabled {
		return nil
	}
	for i := range r.Model.Layers {
		if r.Model.Layers[i].Attention.Kind == model.MLA {
			return one(fault(Attention, q.Attention.String(), "latent-cache"))
		}
	}
	return nil
}

func checkMXFP4(r *Reading) []report.Issue {
	if r.flagged(MXFP4Group) && !r.Quant().Grouped() {
		return one(note(MXFP4Group, r.Answers[MXFP4Group].Text, "no-effect", message.New("issue.while-mxfp4")))
	}
	return nil
}

func checkCompileConfig(r *Reading) []report.Issue {
	if len(r.Values[CompileConfig].Words) > 0 && !r.On(Compile) {
		return one(warn(CompileConfig, r.Answers[CompileConfig].Text, "no-effect", message.New("issue.while-compile")))
	}
	if !r.embedded() {
		return nil
	}
	var out []report.Issue
	for _, of := range []struct{ feature, key string }{{"enable_multistream", "multistream"},
		{"enable_sequence_parallel", "sequence-parallel"}} {
		if slices.Contains(r.Values[CompileConfig].Words, of.feature) {
			out = append(out, warn(CompileConfig, of.feature, of.key))
		}
	}
	return out
}

// embedded reports whether our own engine has to answer.
func (r *Reading) embedded() bool { return r.Word(Engine) != engineMsmodeling }

// embeddedOnly are the questions that the reference tool knows nothing of: it answers with its own figures and its own
// search.
var embeddedOnly = []ID{PP, PrefillPools, DecodePools, Fidelity, Search, DeviceCost, Draft, DraftShare, DraftModel,
	PowerCap, PowerLimit, PerWatt, TargetQPS, TargetConcurrency,
	Concurrency, E2E, Goodput, Workload, ExpertSkew, ExpertLoads, Redundant, TwoBatch, AFD, KVPath}

// checkForeign warns of an answer that the chosen engine cannot heed.
func checkForeign(r *Reading, id ID) []report.Issue {
	if r.embedded() || !slices.Contains(embeddedOnly, id) || !r.flagged(id) {
		return nil
	}
	v := r.Values[id]
	if w := r.Word(id); w == plan.Reference.String() || len(v.Words)+len(v.Ints)+len(v.Floats) == 0 && !v.On {
		return nil
	}
	return one(warn(id, r.Answers[id].Text, "no-effect", message.New("issue.while-msmodeling")))
}

// asksReference reports whether the reference tool has to answer, alone or beside our own engine.
func (r *Reading) asksReference() bool {
	return r.Problems[Engine] == nil && r.Word(Engine) != engineEmbedded
}

func checkRoot(r *Reading) []report.Issue {
	if r.asksReference() && r.Word(Root) == "" {
		return one(fault(Root, "", "needs-root"))
	}
	return nil
}

// checkIgnored notes a flag that changes nothing here; the msmodeling engine passes it on.
func checkIgnored(r *Reading, id ID) []report.Issue {
	if r.flagged(id) && r.embedded() {
		return one(note(id, "--"+Table[id].Flag, "ignored"))
	}
	return nil
}

func checkPerformanceModel(r *Reading) []report.Issue {
	switch {
	case r.Word(PerformanceModel) != "profiling":
		return nil
	case r.embedded():
		return one(fault(PerformanceModel, "profiling", "needs-msmodeling"))
	case r.Word(ProfilingDB) == "":
		return one(fault(PerformanceModel, "profiling", "needs-database"))
	}
	return nil
}

func checkSpecMethod(r *Reading) []report.Issue {
	method := r.Word(SpecMethod)
	switch {
	case method == "":
		return nil
	case r.MTP() || r.drafts() != "":
		return one(fault(SpecMethod, method, "draft-mtp"))
	case r.embedded() && !r.flagged(DraftShare):
		return one(fault(SpecMethod, method, "draft-msmodeling"))
	}
	return nil
}

// checkDraft: draft flags need a method, the Markov ones dspark (1.2, rule 3).
func checkDraft(r *Reading, id ID) []report.Issue {
	if !r.flagged(id) {
		return nil
	}
	method := r.Word(SpecMethod)
	switch {
	case (id == SpecTokens || id == AcceptanceLength) && (r.drafts() != "" || id == AcceptanceLength && r.MTP()):
		return nil // ours: checkSpeculation
	case (id == MarkovRank || id == MarkovHead) && method != "dspark":
		return one(fault(id, r.Answers[id].Text, "draft-dspark"))
	case method == "":
		if m := r.Catalog.Model(r.Word(Model)); (id == SpecTokens || id == AcceptanceLength) && m != nil && m.MTPHeads > 0 {
			return one(fault(id, r.Answers[id].Text, "draft-own"))
		}
		return one(fault(id, r.Answers[id].Text, "draft-method"))
	}
	return nil
}
