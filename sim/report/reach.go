package report

import (
	"strings"

	"fathom/hw"
	"fathom/hw/message"
)

// reachJSON is how far a calibrated row is from the runs behind its figures: the distance as a natural logarithm of
// factors (hw.Kind.Distance), and the kind of runs that is nearest.
type reachJSON struct {
	Distance float64  `json:"distance"`
	Like     bool     `json:"like_seen"`
	Nearest  kindJSON `json:"nearest"`
}

type kindJSON struct {
	Class  string     `json:"class"`
	Layout string     `json:"layout"`
	Input  int        `json:"input"`
	Output int        `json:"output"`
	Load   [2]float64 `json:"requests_per_device"`
	Runs   int        `json:"runs"`
}

func reached(r *hw.Reach) *reachJSON {
	if r == nil {
		return nil
	}
	k := &r.Nearest
	return &reachJSON{r.Distance, !r.Unlike(), kindJSON{k.Class, k.Layout, k.Input, k.Output, [2]float64{k.Least, k.Most},
		k.Runs}}
}

// Unlike says of a row that no run like it was seen, and which are nearest; false where there were such runs or where
// the profile does not say what it learnt from.
func (r *Row) Unlike() (message.Message, bool) {
	if r.Reach == nil || !r.Reach.Unlike() {
		return message.Message{}, false
	}
	k, key := &r.Reach.Nearest, "explain.unlike.dense"
	if k.Class != hw.ErrorClasses[0] {
		key = "explain.unlike.experts"
	}
	load := message.New("explain.unlike.open")
	if k.Most > 0 {
		load = message.New("explain.unlike.load", k.Least, k.Most)
	}
	said := message.New(key, k.Runs, strings.ToUpper(k.Layout), k.Input, k.Output, load)
	if n := r.Reach.Widest; n > 0 {
		said = message.New("explain.unlike.wide", said, n)
	}
	return said, true
}
