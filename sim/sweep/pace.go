package sweep

import (
	"math"
	"runtime"

	"fathom/hw/message"
	"fathom/sim/plan"
)

// Seconds of a processor that a plan of a played profile takes in a sweep, seen on plans of dense models: a closed loop
// or two of every strategy, and with limits on single requests, which no run tells of another one, all of a search.
const (
	playedSeconds = 0.03
	judgedSeconds = 1.5
)

// worthSaying are the seconds from which on a sweep says beforehand that it takes them.
const worthSaying = 5

// Slow says of a sweep whose plans are played against a scheduler, one by one, about how long it takes; empty where
// closed forms answer it or it takes a few seconds.
func Slow(req *plan.Request, axes []Axis) message.Message {
	if req.Mode != plan.Aggregation {
		return message.Message{}
	}
	n := 1
	for _, a := range axes {
		n *= len(a.Values)
	}
	var names []string
	seconds := 0.
	for _, p := range req.Profiles {
		f, err := req.Fidelity.On(p)
		switch {
		case err != nil:
		case req.Played() || swept(axes, "goodput") || req.E2ELimit > 0 && f == plan.Calibrated:
			names, seconds = append(names, p.Name), seconds+judgedSeconds
		case f == plan.Calibrated && len(req.Distribution) == 0:
			names, seconds = append(names, p.Name), seconds+playedSeconds
		}
	}
	if seconds *= float64(n) / float64(runtime.GOMAXPROCS(0)); seconds < worthSaying {
		return message.Message{}
	}
	key := "knob.slow-seconds"
	if seconds >= 100 {
		key, seconds = "knob.slow-minutes", seconds/60
	}
	return message.New(key, n, names, math.Ceil(seconds))
}

// swept reports that a knob is among those that are swept.
func swept(axes []Axis, name string) bool {
	for _, a := range axes {
		if a.Knob.Name == name {
			return true
		}
	}
	return false
}
