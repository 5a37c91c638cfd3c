package field

import (
	"math"
	"slices"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// drafts is what guesses tokens ahead beside the reference tool's methods; "" for nothing.
func (r *Reading) drafts() string {
	if d := r.Word(Draft); d != "none" {
		return d
	}
	return ""
}

// beside reports whether something else than MTP layers guesses in the embedded engine: a kind of ours, or a draft
// model of the reference tool whose cost is stated.
func (r *Reading) beside() bool {
	d := r.drafts()
	return d != "" && d != "mtp" || r.Word(SpecMethod) != "" && r.embedded() && r.flagged(DraftShare)
}

// tokensAhead are the MTP tokens of a plan with one candidate; 0 where there are none or several.
func (r *Reading) tokensAhead() int {
	var one []int
	for _, n := range r.mtpCandidates() {
		if n > 0 && !slices.Contains(one, n) {
			one = append(one, n)
		}
	}
	if len(one) == 1 {
		return one[0]
	}
	return 0
}

// checkKind holds --draft against what it needs.
func checkKind(r *Reading) []report.Issue {
	kind := r.drafts()
	switch {
	case kind == "":
		return nil
	case kind == "mtp" && !r.MTP():
		return one(fault(Draft, kind, "draft-mtp-tokens"))
	case kind == "mtp":
		return nil
	case r.MTP():
		return one(fault(Draft, kind, "draft-mtp"))
	case r.Int(SpecTokens) < 1:
		return one(fault(SpecTokens, r.Answers[SpecTokens].Text, "draft-tokens"))
	case !r.flagged(AcceptanceLength):
		return one(fault(AcceptanceLength, "", "draft-length", r.Int(SpecTokens)+1))
	case kind != "ngram" && !r.flagged(DraftShare) && !r.flagged(DraftModel):
		return one(fault(DraftShare, "", "draft-share"))
	}
	return nil
}

// checkLength holds the mean tokens of a step against what a step can yield.
func checkLength(r *Reading) []report.Issue {
	if !r.flagged(AcceptanceLength) || r.Word(SpecMethod) != "" || r.drafts() == "" && !r.MTP() {
		return checkDraft(r, AcceptanceLength)
	}
	n, length, text := r.Int(SpecTokens), r.Float(AcceptanceLength), r.Answers[AcceptanceLength].Text
	if r.MTP() {
		if n = r.tokensAhead(); n == 0 {
			return one(fault(AcceptanceLength, text, "draft-candidates"))
		}
	}
	if length < 1 || length > float64(n+1) {
		return one(fault(AcceptanceLength, text, "draft-range", n+1, n))
	}
	return nil
}

func checkShare(r *Reading) []report.Issue {
	if r.flagged(DraftShare) && !r.beside() {
		return one(fault(DraftShare, r.Answers[DraftShare].Text, "draft-share-alone"))
	}
	return nil
}

// checkDraftModel: a draft stands in place of a share, beside the kinds that are models.
func checkDraftModel(r *Reading) []report.Issue {
	name, kind := r.Word(DraftModel), r.drafts()
	switch m := r.Catalog.Model(name); {
	case name == "":
		return nil
	case kind != "eagle" && kind != "model":
		return one(fault(DraftModel, name, "draft-model-alone"))
	case r.flagged(DraftShare):
		return one(fault(DraftModel, name, "draft-model-share"))
	case m == nil && r.Catalog.failed(name):
		return one(r.unread(DraftModel, name))
	case m == nil && r.Catalog.ModelName(name) != "":
		return nil // known, not read yet
	case m == nil:
		return one(r.unknownModel(DraftModel, name))
	case m.Unsupported != "":
		return one(fault(DraftModel, name, "unsupported", m.Unpriced()))
	}
	return nil
}

// speculate fills in what guesses ahead. Of MTP layers a mean length stands for equal rates of all positions, which any
// engine takes.
func (r *Reading) speculate(q *plan.Request) {
	s := &q.Speculation
	length := r.Float(AcceptanceLength)
	switch method := r.Word(SpecMethod); {
	case r.MTP():
		s.Draft = r.drafts()
		if n := r.tokensAhead(); n > 0 && r.flagged(AcceptanceLength) {
			s.Draft, s.Length = "mtp", length
			q.Acceptance = make([]float64, n)
			for i := range q.Acceptance {
				q.Acceptance[i] = (length - 1) / float64(n)
			}
		}
	case r.drafts() != "":
		s.Draft, s.Tokens, s.Length = r.drafts(), r.Int(SpecTokens), length
	case r.beside():
		// B is what is checked, a of the guesses are right: at most all of them, and with dspark one more
		// (search-and-serving 3.8).
		block := r.Int(SpecTokens) + 1
		if block == 1 {
			block = builtInBlock
		}
		most := block - 1
		if method == "dspark" {
			most = block
		}
		s.Draft, s.Tokens, s.Length = method, block-1, 1+math.Min(math.Max(length, 0), float64(most))
	}
}

// builtInBlock is the reference tool's block where neither a flag nor a draft's config says one.
const builtInBlock = 8

// ours reports whether a flag of the reference tool's draft models says something else here.
func (r *Reading) ours(id ID) bool {
	return (id == SpecTokens || id == AcceptanceLength) && r.Word(SpecMethod) == "" && (r.drafts() != "" || r.MTP())
}
