package fleet

import (
	"math"
	"slices"
)

// Scaling is how a fleet follows its load, as Kubernetes' horizontal pod autoscaler does
// (https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/): now and then it looks at the rate of
// the time before and asks for the replicas that this takes; more are started at once, fewer are taken only where fewer
// have been enough for a while.
type Scaling struct {
	Min, Max  int
	ColdStart float64 // seconds from the wish for a replica to its first request
	Down      float64 // seconds for which fewer have to be enough (stabilizationWindowSeconds)
	Target    float64 // share of what replicas serve within the limits that they are given
	Spare     int     // replicas beside
}

// look is how often the autoscaler looks, in seconds: the period of the pod autoscaler's controller is 15 s, over which
// a rate of requests is noise.
const look = 60

// Wish is a number of replicas that are paid for, and of those that serve, from a time on.
type Wish struct {
	At          float64
	Paid, Ready int
}

// wishes plays the autoscaler over a curve. needed is how many replicas a rate takes.
func wishes(c Curve, s Scaling, needed func(rate float64) int) []Wish {
	ask := func(rate float64) int {
		return max(s.Min, min(s.Max, needed(rate/s.Target)+s.Spare))
	}
	type start struct {
		at float64
		n  int
	}
	now := ask(c.At(0))
	list := []Wish{{0, now, now}}
	var starts []start // on their way, the earliest first
	var asked []int    // in the time that fewer have to be enough
	keep := 1 + int(math.Ceil(s.Down/look))
	ready := now
	for t := float64(look); t < c.Length(); t += look {
		want := ask(c.Sum(t-look, t) / look)
		if asked = append(asked, want); len(asked) > keep {
			asked = asked[1:]
		}
		if most := slices.Max(asked); most < now { // those that have not started yet go first
			for drop := now - most; drop > 0; {
				if n := len(starts); n > 0 {
					k := min(drop, starts[n-1].n)
					if starts[n-1].n -= k; starts[n-1].n == 0 {
						starts = starts[:n-1]
					}
					drop -= k
					continue
				}
				ready, drop = ready-drop, 0
			}
			now = most
		}
		if want > now {
			starts, now = append(starts, start{t + s.ColdStart, want - now}), want
		}
		list = append(list, Wish{t, now, ready})
		for len(starts) > 0 && starts[0].at < t+look {
			ready += starts[0].n
			list = append(list, Wish{math.Max(t, starts[0].at), now, ready})
			starts = starts[1:]
		}
	}
	return merged(list)
}

// merged leaves out what changes nothing.
func merged(list []Wish) (out []Wish) {
	for _, w := range list {
		n := len(out)
		switch {
		case n > 0 && out[n-1].Paid == w.Paid && out[n-1].Ready == w.Ready:
		case n > 0 && out[n-1].At == w.At:
			out[n-1] = w
		default:
			out = append(out, w)
		}
	}
	return out
}

// seconds is the time that replicas are paid for.
func seconds(list []Wish, length float64) (sum float64) {
	for i, w := range list {
		to := length
		if i+1 < len(list) {
			to = list[i+1].At
		}
		sum += float64(w.Paid) * (to - w.At)
	}
	return sum
}
