package field

import (
	"slices"
	"strings"

	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/workload"
)

// Open lists the questions that the form still has to ask, in asking order: those that apply, are not folded away, and
// have no answer. Limits count as a pair: one is enough where the mode is content with one.
func (r *Reading) Open() []ID {
	var out []ID
	for id := range NumIDs {
		f := &Table[id]
		if f.Advanced || r.Answers[id].Given() || !r.Applies(id) {
			continue
		}
		if (id == TTFT || id == TPOT) && r.limitsDone() {
			continue
		}
		out = append(out, id)
	}
	return out
}

// Applies reports whether the question is asked at all, given the other answers.
func (r *Reading) Applies(id ID) bool {
	f := &Table[id]
	return f.Asked == nil || f.Asked(r)
}

// limitsDone reports whether the limits that the mode needs are there: both phases in disaggregation and PD ratio,
// either one in aggregation.
func (r *Reading) limitsDone() bool {
	if r.Mode == plan.Aggregation {
		return r.HasLimit(TTFT) || r.HasLimit(TPOT) || r.HasLimit(E2E) || r.promised()
	}
	return (!r.Prefill || r.HasLimit(TTFT)) && (!r.Decode || r.HasLimit(TPOT))
}

// unlimited reports whether a limit was given as none in words; an empty text only passes over the question.
func (r *Reading) unlimited(id ID) bool {
	text := r.Answers[id].Text
	return r.Given(id) && strings.TrimSpace(text) != "" && none(text)
}

// limitsToSay lists the limits that the form cannot do without. Aggregation is content with one, or with none in words;
// PD ratio does without TPOT where that was said; a phase of disaggregation needs its own.
func (r *Reading) limitsToSay() []ID {
	if r.limitsDone() || r.Mode == plan.Aggregation && r.Given(TTFT) && r.Given(TPOT) &&
		(r.unlimited(TTFT) || r.unlimited(TPOT)) {
		return nil
	}
	var out []ID
	if r.Prefill && !r.HasLimit(TTFT) {
		out = append(out, TTFT)
	}
	if r.Decode && !r.HasLimit(TPOT) && !(r.Mode == plan.PDRatio && r.unlimited(TPOT)) {
		out = append(out, TPOT)
	}
	return out
}

// LimitIssues says why a limit cannot be passed over: it is the second one to be left empty, or a phase is planned by
// it. Nil where it can be.
func (r *Reading) LimitIssues(id ID) []report.Issue {
	needed := slices.Contains(r.limitsToSay(), id)
	if r.Mode == plan.Aggregation { // asked in pairs: the second one that is left empty
		empty := strings.TrimSpace(r.Answers[id].Text) == ""
		needed = (id == TTFT || id == TPOT) && !r.limitsDone() && r.Given(TTFT) && r.Given(TPOT) && empty
	}
	if !needed {
		return nil
	}
	return one(OpenIssue(r, id))
}

// Missing lists the questions that keep a run from starting without being asked (cli.md, "When every question is
// answered"): model, device, device count, both lengths, the limits, both quantisation actions, and, where
// another engine is asked, the per-instance counts in PD ratio. A headless plan may go without limits.
func (r *Reading) Missing(headless bool) []ID {
	ids := []ID{Model, Device, DeviceCount}
	if r.paired() {
		ids = []ID{Model, DeviceCount}
	}
	if r.Mode == plan.PDRatio && !r.embedded() { // only we search them
		ids = append(ids, PrefillDevices, DecodeDevices)
	}
	if oneLength(r) {
		ids = append(ids, InputLength, OutputLength)
	}
	if !headless {
		ids = append(ids, r.limitsToSay()...)
	}
	if !slices.Contains([]string{quantRecommended, quantPublished}, r.Word(Quantization)) ||
		r.Problems[Quantization] != nil {
		ids = append(ids, Linear, Attention)
	}
	var out []ID
	for _, id := range ids {
		if !r.Answers[id].Given() || strings.TrimSpace(r.Answers[id].Text) == "" ||
			(id == TTFT || id == TPOT) && !r.HasLimit(id) ||
			(id == PrefillDevices || id == DecodeDevices) && r.Int(id) == 0 {
			out = append(out, id)
		}
	}
	return out
}

// MissingIssues words what is missing as errors that name the flags.
func MissingIssues(ids []ID) []report.Issue {
	var out []report.Issue
	for _, id := range ids {
		f := &Table[id]
		how, example := "--"+f.Flag, "--"+f.Flag+" "+f.Example
		if id == Model {
			how, example = "MODEL", f.Example
		}
		out = append(out, fault(id, "", "required", how, example))
	}
	return out
}

// OpenIssue says of a question of the form that it is still to be answered, and of a limit what would do.
func OpenIssue(r *Reading, id ID) report.Issue {
	switch {
	case id != TTFT && id != TPOT:
		return fault(id, "", "open")
	case r.Mode == plan.Aggregation:
		return fault(id, "", "open-limit", Table[id].Example)
	case r.Mode == plan.PDRatio && id == TPOT:
		return fault(id, "", "open-tpot", Table[id].Example)
	}
	return fault(id, "", "open-phase", Table[id].Example)
}

// MissingFlags names what is missing as flags, for one line on stderr.
func MissingFlags(ids []ID) string {
	var out []string
	for _, id := range ids {
		if id == Model {
			out = append(out, "MODEL")
			continue
		}
		out = append(out, "--"+Table[id].Flag)
	}
	return strings.Join(out, ", ")
}

// FillDefaults answers every optional question that has none with the reference tool's default, so marked.
func FillDefaults(a Answers) Answers {
	for id := range NumIDs {
		if f := &Table[id]; !a[id].Given() && f.Default.Given() {
			a[id] = f.Default
		}
	}
	return a
}

// Derive answers the form's own questions from the flags that imply them: a hit rate means the prefix cache is on, the
// two recommended actions mean the recommended quantisation, a limit in disaggregation means its phase.
func Derive(a Answers) Answers {
	set := func(id ID, text string, from ID) {
		if !a[id].Given() {
			a[id] = Answer{Text: text, Source: a[from].Source, Note: a[from].Note}
		}
	}
	var c Catalog
	r := Read(&a, &c)
	if r.Given(Mode) && r.Mode == plan.Disaggregation {
		set(Goal, goalPhases, Mode)
		p, d := r.HasLimit(TTFT), r.HasLimit(TPOT)
		switch {
		case p && d:
			set(Phase, phaseBoth, TTFT)
		case p:
			set(Phase, phasePrefill, TTFT)
		case d:
			set(Phase, phaseDecode, TPOT)
		}
	}
	if r.Given(Linear) && r.Given(Attention) {
		if r.Word(Linear) == plan.AsPublished.String() && r.Word(Attention) == plan.AttentionDisabled.String() &&
			!a[NonExpert].Given() {
			set(Quantization, quantPublished, Linear)
		}
		// What is recommended depends on the checkpoint and the devices. Where one is not read yet, what was said stands as
		// it was said.
		m, err := model.Find(r.Word(Model))
		r.Model = m
		if fits, known := r.recommended(); err == nil && known && r.Word(Linear) == fits.String() &&
			r.Word(Attention) == plan.AttentionDisabled.String() {
			set(Quantization, quantRecommended, Linear)
		}
		set(Quantization, quantCustom, Linear)
	} else if a[Linear].Given() || a[Attention].Given() {
		from := Linear
		if !a[Linear].Given() {
			from = Attention
		}
		set(Quantization, quantCustom, from)
	}
	if r.Given(HitRate) {
		set(PrefixCache, onOffText(r.Float(HitRate) > 0), HitRate)
	}
	if r.Given(MTPTokens) {
		set(MTP, onOffText(r.MTP()), MTPTokens)
	}
	return a
}

func onOffText(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// Unresolved lists what the caller has to read before the answers can be judged: models and profiles that are not in
// the catalog, and length files. What could not be read belongs into Failed, so that it is not asked for again.
func (r *Reading) Unresolved() []Load {
	var out []Load
	add := func(id ID, text string) {
		if text != "" && !r.Catalog.failed(text) {
			out = append(out, Load{id, text})
		}
	}
	if m := r.Word(Model); m != "" && r.Model == nil {
		add(Model, m)
	}
	if m := r.Word(DraftModel); m != "" && r.Catalog.Model(m) == nil {
		add(Model, m)
	}
	if f := r.Word(InputLength); f != "" && r.Catalog.Lengths[f] == nil {
		add(InputLength, f)
	}
	if f := r.Word(ExpertLoads); f != "" && r.Catalog.Loads[f] == nil {
		add(ExpertLoads, f)
	}
	if f := r.Word(Trace); f != "" && !r.Catalog.Served[f] {
		add(Trace, f)
	}
	if f := r.Word(Fleet); f != "" && workload.Day(f) == nil && !r.Catalog.Served[f] {
		add(Fleet, f)
	}
	if w := r.Word(Workload); w != "" && r.Workload() == nil {
		add(Workload, w)
	}
	return out
}
