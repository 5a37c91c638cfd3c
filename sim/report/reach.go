package report

import (
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
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
	return &reachJSON{r.Distance, !r.Unlike(), kindOf(&r.Nearest)}
}

func kindOf(k *hw.Kind) kindJSON {
	return kindJSON{k.Class, k.Layout, k.Input, k.Output, [2]float64{k.Least, k.Most}, k.Runs}
}

// Unlike says of a row that no run like it was seen, and which are nearest; false where there were such runs or where
// the profile does not say what it learnt from.
func (r *Row) Unlike() (message.Message, bool) {
	if r.Reach == nil || !r.Reach.Unlike() {
		return message.Message{}, false
	}
	said := message.New("explain.unlike.seen", kindMessage(&r.Reach.Nearest))
	if n := r.Reach.Widest; n > 0 {
		said = message.New("explain.unlike.wide", said, n)
	}
	return said, true
}

// kindMessage says what runs of a kind are.
func kindMessage(k *hw.Kind) message.Message {
	key := "explain.unlike.dense"
	if k.Class != hw.ErrorClasses[0] {
		key = "explain.unlike.experts"
	}
	load := message.New("explain.unlike.open")
	if k.Most > 0 {
		load = message.New("explain.unlike.load", k.Least, k.Most)
	}
	return message.New(key, k.Runs, strings.ToUpper(k.Layout), k.Input, k.Output, load)
}

// Beside finds the runs that are nearest to a device without a fit, by its best row; false where it has one.
func (r *Report) Beside(d *Device) (hw.Beside, bool) {
	row, p := d.Example(), r.profile(d.Device)
	if row == nil || p == nil || p.Calibrated != nil || d.Fidelity == plan.Reference || r.Request.Model == nil {
		return hw.Beside{}, false
	}
	s, experts := row.Strategy, r.Request.Model.MoE()
	return p.Beside(hw.Builtin().Profiles(), r.Request.Serving.On(p).String(), hw.Case{Class: hw.ClassOf(experts),
		Layout: hw.LayoutOf(experts, s.TP, s.DP, s.EP, s.PP), Input: r.Request.InputLength, Output: r.Request.OutputLength,
		Load: float64(row.Concurrency) / float64(max(1, s.World())), Ranks: s.World()})
}

// Unfitted says of a device without a fit that no run of it was seen, and which are nearest; false where it has one.
func (r *Report) Unfitted(d *Device) (message.Message, bool) {
	b, ok := r.Beside(d)
	if !ok {
		return message.Message{}, false
	}
	return message.New("explain.unlike.device", d.Device, b.Device, b.Engine, kindMessage(&b.Nearest), few(b.Models)), true
}

// besideJSON are the runs nearest to a device without a fit.
type besideJSON struct {
	Device  string   `json:"device"`
	Engine  string   `json:"serving_engine"`
	Models  []string `json:"models"`
	Nearest kindJSON `json:"nearest"`
}

func besideOf(r *Report, d *Device) *besideJSON {
	b, ok := r.Beside(d)
	if !ok {
		return nil
	}
	return &besideJSON{b.Device, b.Engine, b.Models, kindOf(&b.Nearest)}
}
