package search

import (
	"slices"
	"strconv"

	"fathom/hw/message"
	"fathom/sim/expert"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// tuple is one combination of parallel sizes and draft tokens. A rule that it breaks is kept with it, so that "why
// not?" has an answer.
type tuple struct {
	strategy plan.Strategy
	mtp      int
	label    string
	rule     message.Message // why it is not priced; nothing where it is
}

// rules are what a tuple must obey beside divisibility, by request.
type rules struct {
	model     *model.Model
	needHeads bool   // draft tokens need MTP heads (corrected)
	guess     string // part of every label: what else guesses ahead
}

// space lists every tuple of a phase on world devices in the reference tool's order: TP, EP, MoE-DP, MTP, DCP, outer to
// inner. Dense models have no expert sizes: tuples that differ only there are one. An exhaustive space also has
// pipeline stages, after everything without.
func space(req *plan.Request, phase plan.Phase, world int, needHeads, exhaustive bool) []tuple {
	stages := []int{1}
	if exhaustive {
		stages = stageCounts(req, world)
	}
	r := rules{model: req.Model, needHeads: needHeads, guess: req.Speculation.Label()}
	var list []tuple
	seen := map[string]int{}
	// The order is the reference tool's, so that ties and progress come out alike.
	for _, pp := range stages {
		found := r.combinations(req, phase, world/pp, pp, exhaustive)
		list = slices.Grow(list, len(found))
		for _, t := range found {
			if i, ok := seen[t.label]; ok {
				if t.rule.IsZero() && !list[i].rule.IsZero() {
					list[i] = t // the same layout by a way that breaks no rule
				}
				continue
			}
			seen[t.label] = len(list)
			list = append(list, t)
		}
	}
	return list
}

// stageCounts are the pipeline depths of an exhaustive search.
func stageCounts(req *plan.Request, world int) []int {
	if req.Model == nil {
		return req.PP.Stages(world, 0)
	}
	return req.PP.Stages(world, len(req.Model.Layers))
}

func (r rules) combinations(req *plan.Request, phase plan.Phase, world, pp int, exhaustive bool) []tuple {
	// Without any size flag TP is searched. DCP does not count as one (search-and-serving 1.2, rule 1).
	tps := req.TP
	if !req.TP.Searched && !req.EP.Searched && !req.MoEDP.Searched {
		tps.Searched, tps.Values = true, nil
	}
	dcps := []int{1}
	if phase != plan.PhasePrefill {
		dcps = req.DCP.Of(world, 1, exhaustive)
	}
	mtps := []int{0}
	if len(req.MTP) > 0 {
		mtps = plan.Unique(req.MTP)
	}
	eps, moeDPs := req.EP.Of(world, world, exhaustive), req.MoEDP.Of(world, 1, exhaustive)
	all := tps.Of(world, world, exhaustive)
	list := make([]tuple, 0, len(all)*len(eps)*len(moeDPs)*len(mtps)*len(dcps))
	add := func(s plan.Strategy, mtp int) {
		for _, copies := range req.Copies(s.EP) {
			for _, halves := range req.TwoBatch.Of() {
				s.RedundantExperts, s.TwoBatch = copies, halves
				if t := r.tuple(s, mtp, world); t.rule.IsZero() || !halves || req.TwoBatch == plan.On {
					list = append(list, t)
				}
			}
		}
	}
	for _, tp := range all {
		for _, ep := range eps {
			for _, moeDP := range moeDPs {
				for _, mtp := range mtps {
					for _, dcp := range dcps {
						s := plan.Strategy{TP: tp, PP: pp, DP: 1, EP: ep, MoEDP: moeDP, DCP: dcp,
							WordEmbeddingTP: req.WordEmbedding, SharedExpertTP: req.SharedExpertTP}
						add(s, mtp)
					}
				}
			}
		}
	}
	return list
}

// tuple completes the sizes and tests the rules.
func (r rules) tuple(s plan.Strategy, mtp, world int) tuple {
	moe := r.model != nil && r.model.MoE()
	if !moe && r.model != nil {
		s.EP, s.MoEDP = 1, 1 // sizes of experts that are not there rule nothing out
	}
	rule := divides(s, world)
	if !rule.IsZero() {
		return tuple{strategy: s, mtp: mtp, rule: rule, label: asked(s, mtp, moe) + r.guess}
	}
	// DP takes what TP leaves; experts are spread by sizes of their own.
	s.DP = world / s.TP
	if moe {
		s.MoETP = world / (s.EP * s.MoEDP)
	} else {
		s.EP, s.MoEDP, s.SharedExpertTP, s.RedundantExperts = 0, 0, false, 0
	}
	return tuple{strategy: s, mtp: mtp, label: s.Label(mtp) + r.guess, rule: r.broken(s, mtp)}
}

// divides tests the sizes against the devices of one pipeline stage, or of all without stages.
func divides(s plan.Strategy, world int) message.Message {
	for _, size := range []struct {
		name  string
		value int
	}{{"TP", s.TP}, {"EP", s.EP}, {"EP x MoE-DP", s.EP * s.MoEDP}} {
		switch {
		case size.value < 1:
			return message.New("reason.least", size.name, size.value)
		case size.value > world:
			return message.New("reason.most", size.name, size.value, world)
		case world%size.value != 0:
			return message.New("reason.divides", size.name, size.value, world)
		}
	}
	if s.DCP < 1 || s.TP%s.DCP != 0 {
		return message.New("reason.dcp", s.DCP, s.TP)
	}
	return message.Message{}
}

// broken tests what cannot be built although it divides.
func (r rules) broken(s plan.Strategy, mtp int) message.Message {
	if r.model == nil {
		return message.Message{}
	}
	if s.DCP > 1 && len(r.model.Layers) > 0 {
		if a := r.model.Layers[0].Attention; a.Kind == model.GQA && a.KVHeads < s.TP/s.DCP {
			return message.New("reason.dcp-heads", s.DCP, s.TP/s.DCP, a.KVHeads)
		}
	}
	if rule := r.experts(s); !rule.IsZero() {
		return rule
	}
	if s.SharedExpertTP && s.EP <= 1 {
		return message.New("reason.shared")
	}
	if mtp > 0 && r.needHeads && r.model.MTPHeads == 0 {
		return message.New("reason.heads", mtp)
	}
	return message.Message{}
}

// experts tests copies of experts and half batches.
func (r rules) experts(s plan.Strategy) message.Message {
	f, _ := r.model.Routed()
	switch n := s.RedundantExperts; {
	case n > 0 && s.EP <= 1:
		return message.New("reason.copies-ep", n)
	case n > f.Experts*(s.EP-1):
		return message.New("reason.copies-most", n, f.Experts*(s.EP-1), f.Experts, s.EP)
	case n > 0 && (f.Experts+n)%s.EP != 0:
		return message.New("reason.copies", f.Experts, n, s.EP, numbers(expert.Fills(f.Experts, s.EP, n+s.EP)))
	case s.TwoBatch && (s.EP <= 1 || s.DP <= 1):
		return message.New("reason.halves-ep", s.EP, s.DP)
	case s.TwoBatch && s.PP > 1:
		return message.New("reason.halves-pp", s.PP)
	}
	return message.Message{}
}

// numbers are a list as words.
func numbers(list []int) (words []string) {
	for _, n := range list {
		words = append(words, strconv.Itoa(n))
	}
	return words
}

// asked names sizes that make no layout.
func asked(s plan.Strategy, mtp int, moe bool) string {
	var room [96]byte
	b := room[:0]
	size := func(name string, n int) { b = strconv.AppendInt(append(b, name...), int64(n), 10) }
	size("TP=", s.TP)
	size(" | PP=", s.PP)
	if moe {
		size(" | EP=", s.EP)
		size(" | MOE-DP=", s.MoEDP)
	}
	if mtp > 0 {
		size(" | MTP=", mtp)
	}
	if s.DCP > 1 {
		size(" | DCP=", s.DCP)
	}
	return string(b)
}
