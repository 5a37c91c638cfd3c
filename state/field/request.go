package field

import (
	"slices"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Request turns answers into the question that engines take. Issues hold everything to say, most serious first; with an
// error among them the request is nil. Absent limits are allowed here (a headless plan may go without); the form asks
// for them.
func Request(a Answers, c Catalog) (*plan.Request, []report.Issue) {
	r := Read(&a, &c)
	issues := MissingIssues(r.Missing(true))
	issues = append(issues, r.limitIssues()...)
	issues = append(issues, r.imageIssues()...)
	issues = append(issues, r.Issues()...)
	slices.SortStableFunc(issues, func(a, b report.Issue) int { return rank(a.Severity) - rank(b.Severity) })
	if r.Model == nil && !HasError(issues) {
		issues = append(issues, fault(Model, r.Word(Model), "model-load", message.New("issue.not-read")))
	}
	if m := r.Word(DraftModel); m != "" && r.Catalog.Model(m) == nil && !HasError(issues) {
		issues = append(issues, fault(DraftModel, m, "model-load", message.New("issue.not-read")))
	}
	if HasError(issues) {
		return nil, issues
	}
	return r.request(), issues
}

// limitIssues says which limits a mode cannot do without (search-and-serving 1.2 and 5.4, FIX).
func (r *Reading) limitIssues() []report.Issue {
	ttft, tpot := r.HasLimit(TTFT), r.HasLimit(TPOT)
	if r.Problems[TTFT] != nil || r.Problems[TPOT] != nil {
		return nil
	}
	var out []report.Issue
	switch r.Mode {
	case plan.Disaggregation:
		if !(r.Prefill && ttft) && !(r.Decode && tpot) {
			out = append(out, fault(TTFT, "", "disagg-limits"))
		}
	case plan.PDRatio:
		if !ttft {
			out = append(out, fault(TTFT, "", "pd-ttft"))
		} else if !tpot {
			out = append(out, warn(TPOT, "", "pd-tpot"))
		}
	default:
		if !r.limitsDone() {
			out = append(out, assume(TTFT, "", "no-limit"))
		}
	}
	return out
}

func (r *Reading) request() *plan.Request {
	q := &plan.Request{Mode: r.Mode, Quant: r.Quant()}
	for id, m := range members {
		if m.into != nil && (m.applies == nil || m.applies(r)) {
			m.into(r, ID(id), q)
		}
	}
	for id := range NumIDs {
		if f := &Table[id]; f.Group == GroupReference && !r.ours(id) {
			if values, set := r.flag(id); set {
				q.Machinery = append(q.Machinery, plan.Flag{Name: f.Flag, Values: values})
			}
		}
	}
	r.speculate(q)
	return q
}

// FromRequest writes a request back as answers; FillDefaults and Request give the same request again.
func FromRequest(q *plan.Request) Answers {
	var a Answers
	set := func(id ID, v Value) {
		f := &Table[id]
		text := f.text(v.tokens())
		switch {
		case f.Arity == None:
			text = onOffText(v.On)
		case text == "on": // a dimension of the search
			text = "auto"
		case text == "":
			text = f.zero()
		}
		if text != "" {
			a[id] = Answer{Text: text, Source: You}
		}
	}
	word := func(id ID, w string) { set(id, Value{Words: []string{w}}) }
	word(Mode, [...]string{modeAggregation, modeDisaggregation, modePDRatio}[q.Mode])
	word(Linear, q.Quant.Linear.String())
	word(Attention, q.Quant.Attention.String())
	word(NonExpert, q.Quant.NonExpert.String())
	set(MXFP4Group, Value{Ints: unlessZero(q.Quant.MXFP4Group)})
	for id, m := range members {
		if m.back != nil {
			set(ID(id), m.back(q))
		}
	}
	if s := q.Speculation; s.Draft != "" && Table[Draft].has(s.Draft) {
		word(Draft, s.Draft)
		if s.Tokens > 0 {
			set(SpecTokens, Value{Ints: []int{s.Tokens}})
		}
		if s.Length > 0 {
			set(AcceptanceLength, Value{Floats: []float64{s.Length}})
		}
	}
	for _, m := range q.Machinery {
		for id := range NumIDs {
			if f := &Table[id]; f.Flag == m.Name && f.Group == GroupReference {
				set(id, Value{Words: m.Values, On: true})
			}
		}
	}
	return Derive(a)
}

// zero is how a number says that it is nothing where an absent flag would mean something; "" elsewhere.
func (f *Field) zero() string {
	if v, _ := f.Parse(f.Default.Text); len(v.Ints)+len(v.Floats) == 1 && f.Default.Given() {
		return "0"
	}
	return ""
}
