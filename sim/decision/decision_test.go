package decision

import (
	"context"
	"math"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/chart"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"
)

// rivals answers for two devices by a law each: tokens per second of a request, 0 where nothing meets the limits.
func rivals(x, y func(*plan.Request) float64) sweep.Answer {
	return func(_ context.Context, q *plan.Request) (*report.Report, error) {
		r := &report.Report{Request: q}
		for i, f := range []func(*plan.Request) float64{x, y} {
			d := report.Device{Device: q.Profiles[i].Name, Aggregation: &report.Section{}}
			if v := f(q); v > 0 {
				row := report.Row{Phase: plan.PhaseAggregation, Label: "s", Throughput: v, PerDevice: v / 8,
					ThroughputRange: &report.Interval{Low: 0.8 * v, High: 1.1 * v}}
				for _, p := range q.Prices {
					if cost := p.PerHour / v; p.Device == d.Device {
						row.CostPerMTok = &cost
					}
				}
				d.Aggregation.Best, d.Aggregation.Candidates = &row, []report.Row{row}
			}
			r.Devices = append(r.Devices, d)
		}
		return r, nil
	}
}

func asked() *plan.Request {
	return &plan.Request{Profiles: []*hw.Profile{{Name: "X"}, {Name: "Y"}}, Devices: 8, InputLength: 3500,
		OutputLength: 1500, TTFTLimit: 2000, TPOTLimit: 50}
}

func run(t *testing.T, q *plan.Request, a sweep.Answer, ranges []Range) *Decision {
	t.Helper()
	out, err := Run(context.Background(), q, ranges, []sweep.Answer{a, a}, nil)
	if err != nil || len(out.Decisions) != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	return out.Decisions[0]
}

func (d *Decision) lever(t *testing.T, name string) *Lever {
	t.Helper()
	for i := range d.Levers {
		if l := &d.Levers[i]; l.Knob == nil && name == "" || l.Knob != nil && l.Knob.Name == name {
			return l
		}
	}
	t.Fatalf("no lever %q", name)
	return nil
}

func says(d *Decision) string {
	var all []string
	for _, m := range d.Says(func(k string) message.Message { return message.Literal(k) },
		func(s string) string { return s }) {
		all = append(all, m.String())
	}
	return strings.Join(all, "\n")
}

// X holds what Y loses as the hit rate rises: they are level at 0.6, and at prompts of 2,000 tokens.
func TestCrossingsAreFound(t *testing.T) {
	x := func(q *plan.Request) float64 { return 1000 + 0.1*float64(q.InputLength-3500) }
	y := func(q *plan.Request) float64 { return 850 + 250*q.PrefixCacheHitRate }
	d := run(t, asked(), rivals(x, y), Usual(asked()))
	if d.Now.Winner != "X" || d.Now.Rival != "Y" || d.Now.Value != 1000 || d.Now.Next != 850 || !d.Hardware ||
		d.Figure != chart.Throughput {
		t.Errorf("%+v", d.Now)
	}
	if c := d.lever(t, "prefix-cache-hit-rate").Crossings; len(c) != 1 || math.Abs(c[0].At-0.6) > 0.001 ||
		c[0].Below != "X" || c[0].Above != "Y" {
		t.Errorf("hit rate: %+v", c)
	}
	if c := d.lever(t, "input-length").Crossings; len(c) != 1 || c[0].At != 2000 || c[0].Below != "Y" ||
		c[0].Above != "X" {
		t.Errorf("input: %+v; level at 2,000 tokens, where the first wins", c)
	}
	if c := d.lever(t, "").Crossings; len(c) != 1 || c[0].At != 0.85 {
		t.Errorf("uncertainty: %+v; Y wins where X alone reaches less than 0.85", c)
	}
	got := says(d)
	for _, want := range []string{"X wins unless prefix-cache-hit-rate is 0.600", "or more: then Y wins.",
		"X wins unless input-length is below 2000: then Y wins.", "reaches less than 0.85"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said:\n%s", want, got)
		}
	}
	for i := 1; i < len(d.Levers); i++ {
		if d.Levers[i].Spread(1000) > d.Levers[i-1].Spread(1000) {
			t.Errorf("%d moves more than the lever before it", i)
		}
	}
}

// What wins only in the middle has a crossing on either side; beyond one of them nothing meets the limits.
func TestCrossingsOnBothSides(t *testing.T) {
	x := func(q *plan.Request) float64 {
		if q.TTFTLimit < 1200 {
			return 0
		}
		return 1000
	}
	y := func(q *plan.Request) float64 {
		if q.TTFTLimit < 1200 {
			return 0
		}
		return q.TTFTLimit / 3
	}
	d := run(t, asked(), rivals(x, y), []Range{{knob(t, "ttft-limit"), 500, 4000}})
	c := d.lever(t, "ttft-limit").Crossings
	if len(c) != 2 || math.Abs(c[0].At-1200) > 4 || c[0].Below != "" || math.Abs(c[1].At-3000) > 4 || c[1].Above != "Y" {
		t.Errorf("%+v", c)
	}
	if got := says(d); !strings.Contains(got, "X wins while ttft-limit is from 120") ||
		!strings.Contains(got, "then there is no plan (") {
		t.Error(got)
	}
}

// Where every device has a price the cheaper wins, and prices are levers; a third winner between two has its place.
func TestDecisionsByCost(t *testing.T) {
	q := asked()
	q.Prices = []plan.Price{{Device: "X", PerHour: 4}, {Device: "Y", PerHour: 3}}
	flat := func(*plan.Request) float64 { return 1000 }
	d := run(t, q, rivals(flat, flat), Usual(q))
	if d.Figure != chart.Cost || d.Now.Winner != "Y" {
		t.Errorf("%+v", d)
	}
	if c := d.lever(t, "device-cost:Y").Crossings; len(c) != 1 || math.Abs(c[0].At-4) > 0.01 || c[0].Above != "X" {
		t.Errorf("price of Y: %+v", c)
	}
	if c := d.lever(t, "device-cost:X").Crossings; len(c) != 1 || math.Abs(c[0].At-3) > 0.01 || c[0].Below != "X" {
		t.Errorf("price of X: %+v", c)
	}
	firm := run(t, asked(), rivals(flat, func(*plan.Request) float64 { return 10 }), Usual(asked()))
	if got := says(firm); !strings.Contains(got, "X is ahead of Y by 9900.0% now") ||
		!strings.Contains(got, "X wins over all of these ranges, by 9900.0% over Y where that is least") {
		t.Error(got)
	}
	nobody := run(t, asked(), rivals(func(*plan.Request) float64 { return 0 }, func(*plan.Request) float64 { return 0 }),
		nil)
	if got := says(nobody); !strings.Contains(got, "nothing is decided") {
		t.Error(got)
	}
}

// What is nearly level is said to be so, and what is not shown: where intervals overlap, or where there are none.
func TestDecisionsSayWhatIsNotShown(t *testing.T) {
	law := func(v float64) func(*plan.Request) float64 { return func(*plan.Request) float64 { return v } }
	ranges := []Range{{knob(t, "ttft-limit"), 500, 4000}}
	level := rivals(law(1001), law(1000))
	for name, c := range map[string]struct {
		answer sweep.Answer
		want   string
	}{
		"overlap":      {level, "by 0.1% now.\nThe intervals of both overlap"},
		"apart":        {rivals(law(1000), law(100)), "by 900.0% now.\nX wins over"},
		"uncalibrated": {bare(level), "by 0.1% now.\nNot both figures are calibrated"},
	} {
		if got := says(run(t, asked(), c.answer, ranges)); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// bare takes the intervals away.
func bare(a sweep.Answer) sweep.Answer {
	return func(ctx context.Context, q *plan.Request) (*report.Report, error) {
		r, err := a(ctx, q)
		for i := range r.Devices {
			r.Devices[i].Aggregation.Best.ThroughputRange = nil
		}
		return r, err
	}
}

// A range of a knob that the plan has not set, or beside its value, has its own winners, and places that are refused
// say why.
func TestRangesBesideTheValue(t *testing.T) {
	x := func(q *plan.Request) float64 { return 1000 }
	y := func(q *plan.Request) float64 { return max(0, q.PowerCap*2-900) }
	law := rivals(x, y)
	refuses := func(ctx context.Context, q *plan.Request) (*report.Report, error) {
		if q.PowerCap > 0 && q.PowerCap < 400 {
			return nil, &report.Failure{Class: report.InvalidParameters, Message: message.Literal("no watts")}
		}
		return law(ctx, q)
	}
	d := run(t, asked(), refuses, []Range{{knob(t, "power-cap"), 200, 1000}})
	got := says(d)
	for _, want := range []string{"With power-cap from 200 to 400", ": then there is no plan (no watts)",
		"With power-cap from 950", "to 1000: then Y wins"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said:\n%s", want, got)
		}
	}
	if strings.Contains(got, "over all") {
		t.Error(got)
	}
}

// Cancelled, it ends with the context's cause.
func TestDecisionsCanBeCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	a := func(ctx context.Context, q *plan.Request) (*report.Report, error) {
		if n++; n == 5 {
			cancel()
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return rivals(func(*plan.Request) float64 { return 1 }, func(*plan.Request) float64 { return 2 })(ctx, q)
	}
	if out, err := Run(ctx, asked(), Usual(asked()), []sweep.Answer{a}, nil); err == nil || out != nil {
		t.Errorf("%+v, %v", out, err)
	}
}

func knob(t *testing.T, name string) *sweep.Knob {
	t.Helper()
	for i := range sweep.Knobs {
		if sweep.Knobs[i].Name == name {
			return &sweep.Knobs[i]
		}
	}
	t.Fatal(name)
	return nil
}

// What wins beyond a crossing is not said to win to the end of the range where the winner changes again before.
func TestWhatIsBeyondACrossingEndsAtTheNext(t *testing.T) {
	x := func(*plan.Request) float64 { return 1000 }
	y := func(q *plan.Request) float64 {
		if h := q.PrefixCacheHitRate; h >= 0.2 && h < 0.5 {
			return 1100
		}
		if n := q.InputLength; n >= 2300 && n < 3000 {
			return 1100
		}
		return 900
	}
	got := says(run(t, asked(), rivals(x, y), Usual(asked())))
	for _, want := range []string{"or more: then Y wins, up to 0.500",
		"below 3000: then Y wins, down to 2300, where the winner changes again."} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said:\n%s", want, got)
		}
	}
}
