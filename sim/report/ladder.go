package report

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
)

// Step is a rung of the ladder between the reference tool's answer and what was measured.
type Step uint8

// The steps from the bottom: the reference tool's answer; searched exhaustively; with its defects put right; with
// constants fitted to measured runs.
const (
	StepReference Step = iota
	StepExhaustive
	StepCorrected
	StepCalibrated
	numSteps
)

var steps = [numSteps]struct {
	name     string
	fidelity plan.Fidelity
	search   plan.Search
	what     message.Message
}{
	{"reference", plan.Reference, plan.SearchReference, message.New("ladder.reference")},
	{"exhaustive", plan.Reference, plan.SearchExhaustive, message.New("ladder.exhaustive")},
	{"corrected", plan.Corrected, plan.SearchExhaustive, message.New("ladder.corrected")},
	{"calibrated", plan.Calibrated, plan.SearchExhaustive, message.New("ladder.calibrated")},
}

// alone is what the second answer of the reference step is.
var alone = message.New("ladder.alone")

// Steps lists all steps from the bottom.
func Steps() []Step { return []Step{StepReference, StepExhaustive, StepCorrected, StepCalibrated} }

func (s Step) String() string { return steps[s].name }

// word is the step in the language of a reader.
func (s Step) word() message.Name {
	if s == StepExhaustive {
		return message.Name{Text: s.String(), Key: "page.search.exhaustive"}
	}
	return message.Name{Text: s.String(), Key: "fidelity." + s.String()}
}

// Fidelity that a step is answered with.
func (s Step) Fidelity() plan.Fidelity { return steps[s].fidelity }

// Search that a step is answered with.
func (s Step) Search() plan.Search { return steps[s].search }

// Rung is the best answer of one step: a row, or a pair of shapes.
type Rung struct {
	Step       Step
	Phase      plan.Phase
	Pair       bool
	Alone      bool      // of a step of several profiles: as if this one were asked for alone
	Throughput float64   // tokens per second; of a pair those of its balanced rate; 0: no answer
	QPS        float64   // balanced requests per second of a pair
	Range      *Interval // of Throughput
	Label      string
	Row        *Row // the best row or pair; nil where there is none, and of Alone
	Ratio      *Ratio
	Change     *float64 // against the rung below; nil: it is the lowest, or one of them has no answer
	Lack       Lack     // why there is no answer
	Why        message.Message
}

// Lack is the kind of reason why a rung has no answer.
type Lack uint8

// The rung has one; the profile has no such figures; no point meets limits and memory; the search fails, or takes too
// long for one that nobody asked for.
const (
	Answered Lack = iota
	NoFigures
	NoneMeets
	Fails
	LeftOut
)

var lacks = [...]string{"", "no-fit", "none-meets", "fails", "left-out"}

func (l Lack) String() string { return lacks[l] }

// without is a rung as one without an answer, and why. The points that missed least say what kept them out.
func (r Rung) without(d *Device) Rung {
	r.Lack, r.Why = NoneMeets, message.New("ladder.none")
	for i := range d.Nearest {
		if n := &d.Nearest[i]; r.Pair || n.Row.Phase == r.Phase {
			r.Why = message.New("ladder.nearest", message.Literal(n.Row.Label), n.Relax)
			break
		}
	}
	return r
}

// Lacking are rungs of a step that a profile does not answer, one for each of its rungs.
func Lacking(s Step, d *Device, lack Lack, why message.Message) (list []Rung) {
	if d.PDRatio != nil {
		return []Rung{{Step: s, Pair: true, Lack: lack, Why: why}}
	}
	for _, p := range []plan.Phase{plan.PhaseAggregation, plan.PhasePrefill, plan.PhaseDecode} {
		if d.Section(p) != nil {
			list = append(list, Rung{Step: s, Phase: p, Lack: lack, Why: why})
		}
	}
	return list
}

// What says in words what the step changes.
func (r *Rung) What() message.Message {
	if r.Alone {
		return alone
	}
	return steps[r.Step].what
}

func (r *Rung) name() message.Message {
	if r.Alone {
		return message.New("report.alone", r.Step.word())
	}
	return r.Step.word().Alone()
}

// Rungs are the answers of a profile on one step: of every phase, or of the pair.
func Rungs(s Step, d *Device, q *plan.Request) (list []Rung) {
	answers := float64(max(q.OutputLength, 1))
	add := func(r Rung, x *Repricing) {
		list = append(list, r)
		if x != nil {
			r.Alone, r.Throughput, r.Label, r.Row, r.Ratio = true, x.Alone, x.AloneLabel, nil, nil
			r.Lack, r.Why = Answered, message.Message{}
			if r.Pair {
				r.QPS, r.Throughput = x.Alone, x.Alone*answers
			}
			list = append(list, r)
		}
	}
	if d.PDRatio != nil {
		r := Rung{Step: s, Pair: true}
		if b := d.PDRatio.Best; b != nil {
			own := *b // a ladder keeps no other rows of its searches
			own.Prefill.Detach()
			own.Decode.Detach()
			b = &own
			r.Ratio, r.QPS, r.Throughput, r.Label = b, b.Balanced, b.Balanced*answers, b.Prefill.Label+" / "+b.Decode.Label
			if x := b.Range(); x != nil {
				r.Range = &Interval{Low: x.Low * answers, High: x.High * answers}
			}
		} else {
			r = r.without(d)
		}
		add(r, d.RepricedOf(0, true))
		return list
	}
	for _, p := range []plan.Phase{plan.PhaseAggregation, plan.PhasePrefill, plan.PhaseDecode} {
		section := d.Section(p)
		if section == nil {
			continue
		}
		r := Rung{Step: s, Phase: p}
		if b := section.Best; b != nil {
			own := *b
			own.Detach()
			r.Row, r.Throughput, r.Label, r.Range = &own, b.Throughput, b.Label, b.ThroughputRange
		} else {
			r = r.without(d)
		}
		add(r, d.RepricedOf(p, false))
	}
	return list
}

// Climbed orders rungs by phase and fills in what each changes. One rung alone is no ladder, nor is it one with a step
// that the profile has no figures for.
func Climbed(list []Rung) (out []Rung) {
	for _, of := range []struct {
		phase plan.Phase
		pair  bool
	}{{plan.PhaseAggregation, true}, {plan.PhaseAggregation, false}, {plan.PhasePrefill, false},
		{plan.PhaseDecode, false}} {
		from := len(out)
		for i := range list {
			if list[i].Pair == of.pair && list[i].Phase == of.phase {
				out = append(out, list[i])
			}
		}
		tried := 0
		for i := from; i < len(out); i++ {
			if out[i].Lack != NoFigures {
				tried++
			}
		}
		if tried < 2 {
			out = out[:from]
		}
		for i := from; i < len(out); i++ {
			out[i].Change = nil
			if i > from && out[i].Throughput > 0 && out[i-1].Throughput > 0 {
				out[i].Change = ptr(out[i].Throughput/out[i-1].Throughput - 1)
			}
		}
	}
	return out
}

// ladderJSON is a rung.
type ladderJSON struct {
	Step       string      `json:"step"`
	Phase      string      `json:"phase"`
	Throughput *float64    `json:"throughput_tok_s"` // null: no answer
	QPS        *float64    `json:"balanced_qps,omitempty"`
	Interval   *[2]float64 `json:"interval"`
	Label      string      `json:"label"`
	Change     *float64    `json:"change"` // against the rung below, as a fraction
	What       string      `json:"what"`
	Reason     string      `json:"reason,omitempty"` // why it has no answer
}

func ladder(list []Rung) (out []ladderJSON) {
	for i := range list {
		r := &list[i]
		j := ladderJSON{Step: r.Step.String(), Phase: r.Phase.String(), Throughput: unlessZero(Six(r.Throughput)),
			Interval: ends(r.Range, 1), Label: hw.Clean(r.Label), Change: Maybe(r.Change), What: r.What().String(),
			Reason: r.Why.String()}
		if r.Pair {
			j.Phase, j.QPS = plan.PDRatio.String(), unlessZero(Six(r.QPS))
		}
		out = append(out, j)
	}
	return out
}

// ladderOf is the ladder of the best row: that of the first profile, and of its first phase.
func ladderOf(r *Report) (out []ladderJSON) {
	if len(r.Devices) == 0 {
		return nil
	}
	all := ladder(r.Devices[0].Ladder)
	for i := range all {
		if all[i].Phase == all[0].Phase {
			out = append(out, all[i])
		}
	}
	return out
}

// ladderTable sets the steps under each other, with the difference of each alone.
func ladderTable(list []Rung) *grid {
	var g grid
	g.column("step", false)
	phases := false
	for i := range list {
		phases = phases || list[i].Phase != list[0].Phase
	}
	if phases {
		g.column("phase", false)
	}
	unit, pair := "tok-s", len(list) > 0 && list[0].Pair
	if pair {
		unit = "balanced-req-s"
	}
	ranged := false
	for i := range list {
		ranged = ranged || list[i].Range != nil
	}
	g.column(unit, true)
	if ranged {
		g.column("range", true)
	}
	g.column("change", true)
	g.column("strategy", false)
	for i := range list {
		r := &list[i]
		name, value, span := r.name(), r.Throughput, r.Range
		if pair {
			scale := 1.0
			if r.QPS > 0 {
				scale = r.QPS / r.Throughput
			}
			value = r.QPS
			if span != nil {
				span = &Interval{Low: span.Low * scale, High: span.High * scale}
			}
		}
		cells := []any{name}
		if phases {
			cells = append(cells, r.Phase)
		}
		cells = append(cells, optionalTwo(unlessZero(value)))
		if ranged {
			cells = append(cells, reach(span))
		}
		label := message.Literal(r.Label)
		if r.Label == "" {
			label = r.Why
		}
		g.add(append(cells, percent(r.Change), label)...)
	}
	return &g
}

// ladderPoints say in words what each step changes.
func ladderPoints(list []Rung) (points []told) {
	type rung struct {
		step  Step
		alone bool
	}
	seen := map[rung]bool{}
	for i := range list {
		r := &list[i]
		if key := (rung{r.Step, r.Alone}); !seen[key] {
			seen[key] = true
			points = append(points, told{r.name(), r.What()})
		}
	}
	return points
}
