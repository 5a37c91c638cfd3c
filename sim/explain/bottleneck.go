package explain

import (
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Class is what a phase spends its time on.
type Class uint8

// Memory traffic, collectives, matrix units, vector units, or fixed cost per operator.
const (
	Mem Class = iota
	Comm
	Cube
	Vec
	Launch
)

var classNames = [...]string{"Mem", "Comm", "Cube", "Vec", "static cost"}

func (c Class) String() string { return classNames[c] }

// Bottleneck is the dominant class of one phase of a row.
type Bottleneck struct {
	Phase    plan.Phase
	Class    Class
	Share    float64 // of the four classes; of the whole step for Launch
	Evidence Evidence
	Meaning  Finding
}

// launchBound is the share of a step from which fixed costs, which are in none of the four classes, are the story.
const launchBound = 0.4

var meanings = [...]struct{ key, format string }{
	Mem: {"explain.mem", "%s is bound by memory traffic: weights and KV cache through HBM. More bandwidth, fewer " +
		"weight bytes or a larger batch help; compute does not"},
	Comm: {"explain.comm",
		"%s is bound by collectives: TP all-reduce or EP all-to-all on this topology. A smaller group or faster links help"},
	Cube: {"explain.cube", "%s is bound by matrix arithmetic: it should follow the peak of the quantised type"},
	Vec:  {"explain.vec", "%s is bound by vector arithmetic (norms, routing, softmax): matrix speed will not help"},
	Launch: {"explain.launch",
		"%s is launch-bound: fixed cost per operator outweighs what the hardware does. Larger batches and fused operators " +
			"help"},
}

// Bottlenecks names the dominant class of each phase that the row has a breakdown of. Without one it says nothing:
// totals alone do not show a bottleneck.
func Bottlenecks(row report.Row) []Bottleneck {
	var out []Bottleneck
	for _, p := range []struct {
		phase  plan.Phase
		shares *report.Shares
	}{{plan.PhasePrefill, row.Prefill}, {plan.PhaseDecode, row.Decode}} {
		if p.shares == nil {
			continue
		}
		class, share := dominant(*p.shares)
		m := meanings[class]
		out = append(out, Bottleneck{p.phase, class, share, PhaseBreakdown, say(m.key, m.format, p.phase.String())})
	}
	return out
}

func dominant(s report.Shares) (Class, float64) {
	if s.Static >= launchBound {
		return Launch, s.Static
	}
	best, share := Mem, s.Mem
	for class, v := range map[Class]float64{Comm: s.Comm, Cube: s.Cube, Vec: s.Vec} {
		if v > share || v == share && class < best {
			best, share = class, v
		}
	}
	return best, share
}
