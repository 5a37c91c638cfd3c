package score

import (
	"cmp"
	"context"
	"math"
	"slices"

	"fathom/hw/message"
	"fathom/sim/traffic"
)

// Cause is what would explain a measurement: with it in the replay the prediction comes so much nearer.
type Cause struct {
	Key      string  // of the text: "prefix", "speculation", "outputs", "interval", "stall", "room", "budget", "tp"
	Value    float64 // of the change: a share, tokens, seconds, a size
	Explains float64 // share of the gap that it removes, above 0 to 1
	Figures  Figures // predicted with it
}

// Diagnosis is what was found about one run, largest explanation first. Test tells the first two apart; nil where there
// are fewer.
type Diagnosis struct {
	Causes []Cause
	Test   *Test
}

// Test is the measurement that would tell two causes apart: the same load with another concurrency, and what each of
// the two predicts for one figure of it.
type Test struct {
	Concurrency int
	Figure      string // "TTFT" or "TPOT", in seconds
	First       float64
	Second      float64
}

// guess is a hypothesis with the values that are tried of its one number; a finer grid around the best one follows.
type guess struct {
	key    string
	values []float64
	whole  bool // of a count: no values between those that are listed
	set    func(*change, float64)
	fits   func(*Row, *Prediction) bool
}

func always(*Row, *Prediction) bool { return true }

var guesses = []guess{
	{"prefix", []float64{0.2, 0.4, 0.6, 0.8, 0.95}, false, func(c *change, v float64) { c.cached = min(v, 0.98) }, always},
	{"speculation", []float64{0.4, 0.8, 1.3, 2, 3}, false, func(c *change, v float64) { c.accept = v },
		func(r *Row, _ *Prediction) bool { return r.Output > 1 }},
	{"outputs", []float64{0.15, 0.3, 0.5, 0.7, 0.85}, false, func(c *change, v float64) { c.outputs = v },
		func(r *Row, _ *Prediction) bool { return r.Output > 1 && !r.counted() }},
	{"interval", []float64{4, 10, 20, 40}, true, func(c *change, v float64) { c.interval = int(v) },
		func(r *Row, _ *Prediction) bool { return r.Output > 1 }},
	{"stall", []float64{1, 3, 10, 30, 100}, false, func(c *change, v float64) { c.stall = v },
		func(r *Row, _ *Prediction) bool { return r.Rate == 0 }},
	{"room", []float64{0.7, 0.5, 0.3, 0.15, 0.07}, false, func(c *change, v float64) { c.room = v },
		func(_ *Row, p *Prediction) bool { return p.Room > 0 }},
	{"budget", []float64{512, 1024, 2048, 4096, 8192, 16384, 32768}, true,
		func(c *change, v float64) { c.budget = int(v) },
		func(r *Row, _ *Prediction) bool { return r.BatchedTokens == 0 }},
	{"tp", []float64{1, 2, 4, 8, 16}, true, func(c *change, v float64) { c.tp = int(v) },
		func(r *Row, _ *Prediction) bool { return !r.Disaggregated }},
}

// counted reports whether the tool counted the tokens that came, so that the output length is what it was.
func (r *Row) counted() bool { return r.Source != "" && r.Tool != "InferenceX" }

// smallGap is a mean error below which there is nothing to explain.
const smallGap = 0.05

// Diagnose replays a run with each thing that may be other than it says, and ranks them by how much of the gap between
// prediction and measurement they remove. A run that is predicted within a few percent has no causes.
func (o *oracle) diagnose(ctx context.Context, s *Scored) *Diagnosis {
	if s.Predicted == nil {
		return nil
	}
	before := gap(s.Row, s.Predicted)
	if before < smallGap {
		return nil
	}
	d := &Diagnosis{}
	var changes []change
	for _, g := range guesses {
		if ctx.Err() != nil {
			return nil
		}
		if !g.fits(s.Row, s.Predicted) {
			continue
		}
		c, with, after := o.best(s.Row, g)
		if explains := 1 - after/before; explains > 0.1 {
			d.Causes = append(d.Causes, Cause{Key: g.key, Value: c, Explains: explains, Figures: with.Figures})
			var ch change
			g.set(&ch, c)
			changes = append(changes, ch)
		}
	}
	order := make([]int, len(d.Causes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(d.Causes[b].Explains, d.Causes[a].Explains) })
	sorted := Diagnosis{}
	for _, i := range order {
		sorted.Causes = append(sorted.Causes, d.Causes[i])
	}
	if len(order) > 1 {
		sorted.Test = o.apart(s.Row, changes[order[0]], changes[order[1]])
	}
	if len(sorted.Causes) == 0 {
		return nil
	}
	return &sorted
}

// best tries a hypothesis over its values, then between the neighbours of the best one.
func (o *oracle) best(r *Row, g guess) (value float64, with Prediction, least float64) {
	least = math.Inf(1)
	try := func(v float64) {
		row := *r
		row.change = change{}
		g.set(&row.change, v)
		if row.change.tp == r.Side.TP && row.change.tp > 0 {
			return
		}
		p, err := o.predict(&row)
		if err != nil {
			return
		}
		if after := gap(r, &p); after < least {
			value, with, least = v, p, after
		}
	}
	for _, v := range g.values {
		try(v)
	}
	if g.whole || math.IsInf(least, 1) {
		return value, with, least
	}
	for step := 1.25; step > 1.02; step = math.Sqrt(step) {
		at := value
		try(at * step)
		try(at / step)
	}
	return value, with, least
}

// gap is the mean of |ln(predicted/measured)| over all that was measured.
func gap(r *Row, p *Prediction) float64 {
	var sum, n float64
	add := func(measured, predicted float64) {
		if measured > 0 && predicted > 0 {
			sum += math.Abs(math.Log(predicted / measured))
			n++
		}
	}
	add(r.Measured.TTFT, p.TTFT)
	add(r.Measured.TPOT, p.TPOT)
	if !r.Derived {
		add(r.Measured.Throughput, p.Throughput)
	}
	for _, at := range traffic.Percents {
		add(*r.Percentiles.TTFT.At(at), *p.Traffic.TTFT.At(at))
		add(*r.Percentiles.TPOT.At(at), *p.Traffic.TPOT.At(at))
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

// apart looks for the concurrency at which two explanations differ most.
func (o *oracle) apart(r *Row, a, b change) *Test {
	var found *Test
	most := math.Log(1.1)
	for _, c := range []int{1, max(2, r.Concurrency/4), r.Concurrency * 2, r.Concurrency * 4} {
		if r.Rate > 0 || c == r.Concurrency || c > maxInFlight {
			continue
		}
		var p [2]Prediction
		var err error
		for i, ch := range []change{a, b} {
			row := *r
			row.change, row.Concurrency, row.Requests, row.Burst = ch, c, 0, false
			if p[i], err = o.predict(&row); err != nil {
				break
			}
		}
		if err != nil {
			continue
		}
		for _, f := range []struct {
			name string
			a, b float64
		}{{"TTFT", p[0].TTFT, p[1].TTFT}, {"TPOT", p[0].TPOT, p[1].TPOT}} {
			if d := math.Abs(math.Log(f.a / f.b)); f.a > 0 && f.b > 0 && d > most {
				most, found = d, &Test{c, f.name, f.a, f.b}
			}
		}
	}
	return found
}

// Message says what would explain a gap, its one number in the unit that it is thought of in.
func (c Cause) Message() message.Message {
	v := c.Value
	switch c.Key {
	case "prefix":
		v = 100 * math.Min(v, 0.98)
	case "outputs", "room":
		v *= 100
	case "speculation": // tokens beyond the first
		v++
	}
	return message.New("cause."+c.Key, v)
}

// Message is the measurement that tells the first two causes apart.
func (t *Test) Message(first, second Cause) message.Message {
	return message.New("cause.test", t.Concurrency, t.Figure, 1e3*t.First, first, 1e3*t.Second, second)
}
