package hw

import "math"

// Sight is an engine's bars seen for many cases one after the other: what they have in common, such as the class of
// model and the lengths, is compared with the runs once. It is not safe for concurrent use.
type Sight struct {
	engine *EngineCosts
	of     Case // the latest one, without what is compared each time
	kinds  []seenKind
}

// seenKind is a kind of runs, or what lies between two of them, as a case sees it whatever its load.
type seenKind struct {
	Kind
	lengths float64 // the distance in lengths and number of runs
	strange float64 // and that of another class and another layout
	twice   bool
}

// From takes the bars of an engine; nil where it has none.
func (s *Sight) From(e *EngineCosts) {
	if s.engine != e {
		*s = Sight{engine: e}
	}
}

// At is EngineCosts.At of the engine at hand.
func (s *Sight) At(c Case) (*EngineCosts, *Reach) {
	e := s.engine
	if e == nil {
		return nil, nil
	}
	if len(e.Seen.Kinds) == 0 {
		return e, nil
	}
	common := c
	common.Load, common.Ranks, common.Version, common.Unsaid = 0, 0, "", false
	if s.kinds == nil || s.of != common {
		s.of, s.kinds = common, e.Seen.sees(common, s.kinds[:0])
	}
	r := e.Seen.reach(s.kinds, c)
	out := *e
	for i, b := range []*Bar{&out.TTFT, &out.TPOT, &out.Throughput} {
		if r.Unlike() {
			*b = b.cover(e.Seen.Beyond[i])
		}
		*b = b.widen(e.Seen.Growth[i].At(&r))
	}
	return &out, &r
}

// sees lists all kinds of runs and what lies between two of them, put behind a list that may be reused.
func (k *Knowledge) sees(c Case, list []seenKind) []seenKind {
	add := func(kind Kind) {
		one := seenKind{Kind: kind, lengths: kind.lengths(c)}
		if other := c.Class != kind.Class; other || c.Layout != kind.Layout {
			one.strange, one.twice = strange, other && c.Layout != kind.Layout
		}
		list = append(list, one)
	}
	for _, kind := range k.Kinds {
		add(kind)
	}
	for i := range k.Kinds {
		for j := range k.Kinds[:i] {
			if kind, ok := between(&k.Kinds[i], &k.Kinds[j], c); ok {
				add(kind)
			}
		}
	}
	return list
}

// reach is how far a case is from the nearest of what it sees; of equal ones the first.
func (k *Knowledge) reach(kinds []seenKind, c Case) Reach {
	out := Reach{Distance: math.Inf(1)}
	for i := range kinds {
		kind := &kinds[i]
		if kind.lengths+kind.strange >= out.Distance { // a load outside of theirs only adds to it
			continue
		}
		load, other := kind.load(c), kind.strange
		if kind.twice {
			other += kind.strange
		}
		if d := kind.lengths + load + other; d < out.Distance {
			out = Reach{Distance: d, Lengths: kind.lengths, Load: load, Other: other, Nearest: kind.Kind}
		}
	}
	out.Unsaid = c.Unsaid
	if k.Widest > 0 && float64(c.Ranks) > k.Widest { // collectives and dispatch reach further than anybody measured
		out.Widest = int(k.Widest)
		out.further(math.Log(float64(c.Ranks) / k.Widest))
	}
	if n := len(k.Versions); n > 0 && c.Version != "" && CompareVersions(c.Version, k.Versions[n-1]) > 0 {
		out.Newer = c.Version
		out.further(strange)
	}
	return out
}

// further adds a distance in something that has no scale.
func (r *Reach) further(by float64) {
	r.Other += by
	r.Distance += by
}
