package explain

import (
	"fathom/hw/message"
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
	Meaning  message.Message
}

// launchBound is the share of a step from which fixed costs, which are in none of the four classes, are the story.
const launchBound = 0.4

var meanings = [...]string{Mem: "explain.mem", Comm: "explain.comm", Cube: "explain.cube", Vec: "explain.vec",
	Launch: "explain.launch"}

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
		out = append(out, Bottleneck{p.phase, class, share, PhaseBreakdown, message.New(meanings[class], p.phase)})
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
