package field

import (
	"slices"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Sizes is one dimension of the search as answered.
func (r *Reading) Sizes(id ID) plan.Sizes {
	v := r.Values[id]
	return plan.Sizes{Searched: v.On, Values: v.Ints}
}

// SizesMean is what an answer about sizes amounts to: the sizes tried in all phases, smallest first, nil while the
// devices are not known; searched is false where the dimension has the one size that an absent flag means.
func (r *Reading) SizesMean(id ID) (sizes []int, searched bool) {
	at := slices.Index([]ID{TP, EP, MoEDP, DCP}, id)
	searched = r.Sizes(id).Searched || id == TP && !r.Sizes(EP).Searched && !r.Sizes(MoEDP).Searched
	for i, w := range r.Instances() {
		tp, ep, moedp, dcp := r.space(w, r.Mode == plan.PDRatio && i == 0, r.exhaustive())
		if at < 0 {
			return r.Sizes(id).Of(w, 1, r.exhaustive()), searched
		}
		sizes = append(sizes, [][]int{tp, ep, moedp, dcp}[at]...)
	}
	slices.Sort(sizes)
	return slices.Compact(sizes), searched
}

// space is the search space on w devices, TP searched where nothing else is (1.2, rule 1).
func (r *Reading) space(w int, prefill, exhaustive bool) (tp, ep, moedp, dcp []int) {
	t, e, m := r.Sizes(TP), r.Sizes(EP), r.Sizes(MoEDP)
	if !t.Searched && !e.Searched && !m.Searched {
		t.Searched = true
	}
	dcp = []int{1}
	if !prefill {
		dcp = r.Sizes(DCP).Of(w, 1, exhaustive)
	}
	return t.Of(w, w, exhaustive), e.Of(w, w, exhaustive), m.Of(w, 1, exhaustive), dcp
}

// Combinations counts the tuples that fit w devices (search-and-serving 2); prefill drops the DCP dimension. For a
// dense model, or while the model is unknown, experts make no difference. An exhaustive search has those of every
// number of pipeline stages.
func (r *Reading) Combinations(w int, prefill bool) (n int) {
	if !r.exhaustive() {
		return r.combinations(w, prefill, false)
	}
	layers := 0
	if r.Model != nil {
		layers = len(r.Model.Layers)
	}
	for _, stages := range r.Sizes(PP).Stages(w, layers) {
		n += r.combinations(w/stages, prefill, true)
	}
	return n
}

// exhaustive reports whether a profile is searched exhaustively: said so, or brought by a fidelity.
func (r *Reading) exhaustive() bool {
	switch r.Word(Search) {
	case plan.SearchExhaustive.String():
		return true
	case plan.SearchReference.String():
		return false
	}
	return slices.ContainsFunc(r.Profiles, func(p *hw.Profile) bool { return r.Fidelity(p) != plan.Reference })
}

func (r *Reading) combinations(w int, prefill, exhaustive bool) int {
	tps, eps, moedps, dcps := r.space(w, prefill, exhaustive)
	if r.Model != nil && !r.MoE() {
		eps, moedps = []int{1}, []int{1}
	}
	count := 0
	for _, tp := range tps {
		if w%tp != 0 {
			continue
		}
		experts := 0
		for _, ep := range eps {
			for _, m := range moedps {
				if w%ep == 0 && m <= w && w%(ep*m) == 0 {
					experts++
				}
			}
		}
		for _, d := range dcps {
			if tp%d == 0 {
				count += experts
			}
		}
	}
	return count * max(1, len(r.mtpCandidates()))
}

// checkSizes holds the sizes of one dimension against the devices of each phase.
func checkSizes(r *Reading, id ID) (out []report.Issue) {
	instances := r.Instances()
	s := r.Sizes(id)
	if len(instances) == 0 || id != TP && !s.Searched {
		return nil
	}
	if (id == EP || id == MoEDP) && r.Model != nil && !r.MoE() {
		if !r.Sizes(TP).Searched {
			return one(warn(id, r.Answers[id].Text, "dense-tp"))
		}
		return one(warn(id, r.Answers[id].Text, "dense"))
	}
	largest := slices.Max(instances)
	for _, n := range s.Values {
		switch {
		case n > largest:
			out = append(out, fault(id, strconv.Itoa(n), "size-above", strconv.Itoa(largest), r.perInstance()))
		case n > slices.Min(instances):
			phase := plan.PhasePrefill
			if r.Int(DecodeDevices) < r.Int(PrefillDevices) {
				phase = plan.PhaseDecode
			}
			if id == DCP && phase == plan.PhasePrefill {
				continue // DCP is a decode dimension anyway
			}
			out = append(out, warn(id, strconv.Itoa(n), "size-one-phase", strconv.Itoa(slices.Min(instances)), phase))
		case id != DCP && !slices.ContainsFunc(instances, func(w int) bool { return w%n == 0 }):
			out = append(out, warn(id, strconv.Itoa(n), "size-divide", words(instances), divisors(largest)))
		}
	}
	if id == TP && !HasError(out) {
		if none := r.noTuple(); none != nil {
			return none // sizes that are left out are no news where nothing is left
		}
	}
	return out
}

// noTuple finds a phase that no combination of the sizes divides; it is told once, at the TP question.
func (r *Reading) noTuple() []report.Issue {
	for _, id := range []ID{EP, MoEDP, DCP} {
		for _, n := range r.Values[id].Ints {
			if n > slices.Max(r.Instances()) {
				return nil // told there
			}
		}
	}
	for i, w := range r.Instances() {
		if r.Combinations(w, r.Mode == plan.PDRatio && i == 0) > 0 {
			continue
		}
		var of message.Message
		if r.Mode == plan.PDRatio {
			of = message.New([...]string{"issue.of-prefill", "issue.of-decode"}[i])
		}
		return one(r.culprit(w, of))
	}
	return nil
}

// culprit names the dimension because of which no combination fits w devices: TP itself, the product of the expert
// sizes, or DCP, which has to divide a TP size and not the devices.
func (r *Reading) culprit(w int, of message.Message) report.Issue {
	tps, eps, moedps, dcps := r.space(w, false, false)
	fits := func(n int) bool { return w%n == 0 }
	tps = slices.DeleteFunc(slices.Clone(tps), func(n int) bool { return !fits(n) })
	if len(tps) == 0 {
		return fault(TP, r.Answers[TP].Text, "no-tuple", strconv.Itoa(w), of, divisors(w))
	}
	experts := r.Model == nil || r.MoE()
	for _, ep := range eps {
		experts = experts && !slices.ContainsFunc(moedps, func(m int) bool { return fits(ep) && m <= w && fits(ep*m) })
	}
	if experts {
		id := EP
		if !r.Sizes(EP).Searched {
			id = MoEDP
		}
		return fault(id, r.Answers[id].Text, "no-experts", words(eps), words(moedps), strconv.Itoa(w), of,
			divisors(w/min(w, slices.Min(moedps))))
	}
	return fault(DCP, strings.Join(words(dcps), " and "), "no-dcp", words(tps), divisors(slices.Max(tps)))
}

func (r *Reading) perInstance() message.Message {
	if r.Mode == plan.PDRatio {
		return message.New("issue.of-larger")
	}
	return message.Message{}
}

func words(ns []int) message.And {
	out := make(message.And, 0, len(ns))
	for _, n := range slices.Compact(slices.Clone(ns)) {
		out = append(out, strconv.Itoa(n))
	}
	return out
}

// divisors lists the sizes that do divide, the first dozen of them.
func divisors(w int) string {
	var out []string
	for n := 1; n <= w && len(out) < 12; n++ {
		if w%n == 0 {
			out = append(out, strconv.Itoa(n))
		}
	}
	return strings.Join(out, " ")
}

// checkCombinations warns as the reference tool does: by the product of the lists before any filter.
func checkCombinations(r *Reading) []report.Issue {
	limit := r.Int(MaxCombinations)
	if limit == 0 {
		return nil
	}
	for _, w := range r.Instances() {
		tps, eps, moedps, dcps := r.space(w, false, false)
		n := len(tps) * len(eps) * len(moedps) * len(dcps) * max(1, len(r.mtpCandidates()))
		if n > limit {
			return one(warn(MaxCombinations, strconv.Itoa(limit), "combinations", strconv.Itoa(n), strconv.Itoa(limit)))
		}
	}
	return nil
}

func checkSharedExpertTP(r *Reading) []report.Issue {
	if r.On(SharedExpertTP) && r.Model != nil && !r.MoE() {
		return one(warn(SharedExpertTP, "", "dense"))
	}
	return nil
}

// checkPP: stages are searched only exhaustively, and no more of them than the model has layers.
func checkPP(r *Reading) []report.Issue {
	s := r.Sizes(PP)
	if !s.Searched {
		return nil
	}
	for _, n := range s.Values {
		if r.Model != nil && n > len(r.Model.Layers) {
			return one(fault(PP, strconv.Itoa(n), "layers", strconv.Itoa(len(r.Model.Layers))))
		}
		if of := r.Instances(); len(of) > 0 && n > slices.Max(of) {
			return one(fault(PP, strconv.Itoa(n), "size-above", strconv.Itoa(slices.Max(of)), r.perInstance()))
		}
	}
	if r.Word(Search) == "reference" || r.Word(Search) == "" &&
		!slices.ContainsFunc(r.fidelities(), func(f plan.Fidelity) bool {
			return f != plan.Reference
		}) {
		return lacks(PP, r.Answers[PP].Text, Search, "exhaustive")
	}
	return nil
}
