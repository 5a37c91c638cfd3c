package fleet

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"fathom/sim/traffic"

	"pgregory.net/rapid"
)

// plain is a step of 10 ms, 20 us per prompt token, 50 us per sequence and 0.1 us per token of context.
var plain = traffic.ClockFunc(func(s traffic.State) float64 {
	t := 10e-3 + 50e-6*float64(s.Decoding) + 0.1e-6*s.Context
	for _, p := range s.Prompts {
		t += 20e-6 * float64(p.Query)
	}
	return t
})

func question(c Curve) Question {
	return Question{Deployment: Deployment{Engine: 1, Goal: 0.95,
		Load: traffic.Load{Input: 500, Output: 100, Spread: 0.2},
		Fleet: func(n int) traffic.Fleet {
			return traffic.Fleet{Engine: traffic.Engine{BatchedTokens: 2048, Sequences: 64, Arrive: 5e-3, Host: 1e-3},
				Clock: plain, Replicas: n, Limits: traffic.Limits{TTFT: 0.5, TPOT: 0.03}}
		}},
		Curve: c, Scaling: Scaling{Min: 1, ColdStart: 120, Down: 300, Target: 0.8}, Slots: 24, Workers: 2}
}

func day(t testing.TB, name string, peak float64) Curve {
	t.Helper()
	c, ok := ShapeOf(name, peak)
	if !ok {
		t.Fatalf("no shape %s", name)
	}
	return c
}

func made(t testing.TB, q Question) *Plan {
	t.Helper()
	p, err := Make(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The shipped days have the ratios that their sources give.
func TestShapes(t *testing.T) {
	for name, want := range map[string][2]float64{"day": {1.7, 3.3}, "coding": {2.8, 34.6}, "flat": {1, 1}} {
		c := day(t, name, 100)
		_, peak := c.Peak(0, c.Length())
		valley := slices.MinFunc(c, func(a, b Point) int { return int(math.Copysign(1, a.Rate-b.Rate)) }).Rate
		mean := c.Sum(0, c.Length()) / c.Length()
		if c.Length() != 86400 || math.Abs(peak-100) > 1e-9 || math.Abs(peak/mean/want[0]-1) > 0.03 ||
			math.Abs(peak/valley/want[1]-1) > 0.03 {
			t.Errorf("%s: %.0f s, peak %.1f, %.2f x mean, %.1f x valley", name, c.Length(), peak, peak/mean, peak/valley)
		}
	}
}

func TestCurves(t *testing.T) {
	c, err := Read(strings.NewReader("time,rate\n# night\n00:00,2\n\n6h,2\n12:00:00,10\n86400,2\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(c) != 4 || c.At(9*3600) != 6 || c.Sum(0, 12*3600) != 6*3600*2+6*3600*6 || c.At(1e9) != 2 {
		t.Errorf("%v: %g at nine, %g until noon", c, c.At(9*3600), c.Sum(0, 12*3600))
	}
	if at, rate := c.Peak(0, 86400); at != 43200 || rate != 10 {
		t.Errorf("peak %g at %g", rate, at)
	}
	for text, want := range map[string]string{
		"":                        "at least two",
		"0,1\n":                   "at least two",
		"time,rate\n0,0\n10,0\n":  "no requests",
		"0,1\n0,2\n":              "line 2: the time 0",
		"0,1\n5,-2\n":             `line 2: "-2" is no rate`,
		"0,1\n5,NaN\n":            `"NaN" is no rate`,
		"0,1\nnoon,2\n":           `line 2: "noon" is no time`,
		"0,1\n-5,2\n":             `line 2: "-5" is no time`,
		"0,1\n7\n":                `line 2: "7" is no pair`,
		"0,1\n25:61,2\n":          "is no time",
		"0,1\n1e99,2\n":           "is no time",
		strings.Repeat("x", 1e5):  "too long",
		"0,1\n10,1e300\n":         "is no rate",
		"time,rate\ntime,rate\n ": "at least two",
		"time,rpm\n0,60\n9,60\n":  `"time,rpm" names no columns`,
		"t,requests/min\n0,1\n":   "names no columns",
	} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
}

// The name of the column says what its numbers count.
func TestUnitsOfTimes(t *testing.T) {
	for head, want := range map[string]float64{"time,rate": 3, "t (s),qps": 3, "hour,rate": 3 * 3600, "time_h,rate": 3 * 3600,
		"minutes,requests per second": 180, "offset_ms,rate": 0.003, "Day,rate": 3 * 86400, "datetime,rate": 3} {
		c, err := Read(strings.NewReader(head + "\n0,1\n3,2\n"))
		if err != nil || math.Abs(c.Length()/want-1) > 1e-9 {
			t.Errorf("%s: %v, %v, want %g s", head, c, err, want)
		}
	}
}

// Arrivals follow the curve: as many come in every hour as the curve sends, to the noise of a Poisson process.
func TestArrivalsFollow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Curve
		for i := range rapid.IntRange(2, 6).Draw(t, "points") {
			c = append(c, Point{float64(i) * 3600, rapid.Float64Range(0, 2).Draw(t, "rate")})
		}
		c[0].Rate++
		src, err := follow(traffic.Load{Input: 10, Output: 2}, c, rapid.Uint64().Draw(t, "seed"))
		if err != nil {
			t.Fatal(err)
		}
		counts := make([]float64, len(c)-1)
		last := 0.
		for {
			var call traffic.Call
			more, err := src.Next(&call)
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				break
			}
			if call.At < last || call.At > c.Length() {
				t.Fatalf("a call at %g s after one at %g s, of %g s", call.At, last, c.Length())
			}
			last = call.At
			counts[min(int(call.At/3600), len(counts)-1)]++
		}
		for i, n := range counts {
			want := c.Sum(c[i].At, c[i+1].At)
			if math.Abs(n-want) > 6*math.Sqrt(want)+6 {
				t.Fatalf("hour %d: %g calls, want about %g", i, n, want)
			}
		}
	})
}

// The autoscaler by hand: a step from 10 to 40 requests per second at 600 s, one replica for every 10.
func TestAutoscalerByHand(t *testing.T) {
	c := Curve{{0, 10}, {600, 10}, {600.001, 40}, {1799.999, 40}, {1800, 10}, {3600, 10}}
	list := wishes(c, Scaling{Min: 1, Max: 10, ColdStart: 90, Down: 300, Target: 1},
		func(rate float64) int { return int(math.Ceil(rate/10 - 1e-6)) })
	want := []Wish{{0, 1, 1}, {660, 4, 1}, {750, 4, 4}, {2160, 1, 1}}
	if !slices.Equal(list, want) {
		t.Errorf("%v, want %v", list, want)
	}
	if got := seconds(list, 3600); got != 660+1500*4+1440 {
		t.Errorf("%g replica-seconds", got)
	}
	if list := wishes(c, Scaling{Min: 2, Max: 3, Target: 1, Spare: 1}, func(float64) int { return 5 }); len(list) != 1 ||
		list[0].Paid != 3 {
		t.Errorf("a fleet of at most 3: %v", list)
	}
}

// A day of few requests is played whole, one of many in windows; both tell the same story.
func TestDay(t *testing.T) {
	small := made(t, question(day(t, "day", 4)))
	q := question(day(t, "day", 300))
	large := made(t, q)
	if !small.Whole || large.Whole {
		t.Errorf("whole: %v and %v", small.Whole, large.Whole)
	}
	for _, p := range []*Plan{small, large} {
		if p.Min < 1 || p.Max < p.Min || p.Static.Most != p.Max || p.Static.Goodput < 0.95 {
			t.Errorf("%d to %d replicas, a fleet of %d keeps %.3f", p.Min, p.Max, p.Static.Most, p.Static.Goodput)
		}
		if p.Auto.Hours > p.Static.Hours*1.3 || p.Auto.Goodput < 0.9 {
			t.Errorf("the fleet that follows: %.0f of %.0f hours, keeps %.3f", p.Auto.Hours, p.Static.Hours, p.Auto.Goodput)
		}
		for _, s := range p.Slots {
			if s.Needed < p.Min || s.Needed > p.Max || s.Auto.Ready > s.Auto.Paid {
				t.Errorf("slot %+v", s)
			}
		}
	}
	if large.Max < 5*small.Max || large.Auto.Hours >= 0.9*large.Static.Hours {
		t.Errorf("%d and %d replicas; %.0f of %.0f hours", small.Max, large.Max, large.Auto.Hours, large.Static.Hours)
	}
}

// One replica fewer than needed does not keep the goal at the peak, and a spare one keeps it when one fails.
func TestNeededIsNeeded(t *testing.T) {
	p := made(t, question(day(t, "flat", 30)))
	q := question(day(t, "flat", 30))
	w := &planner{Question: &q, ctx: context.Background(), alone: 1.3,
		input: 450, output: 90, longest: 100}
	enough, err := w.at(30, p.Max)
	if err != nil {
		t.Fatal(err)
	}
	fewer, err := w.at(30, p.Max-1)
	if err != nil {
		t.Fatal(err)
	}
	if enough.Goodput < q.Goal-0.01 || fewer.Goodput >= q.Goal {
		t.Errorf("%d replicas keep %.3f, one fewer %.3f, the goal is %.2f", p.Max, enough.Goodput, fewer.Goodput, q.Goal)
	}
	if f := p.Failures; len(f) != 2 || f[0].Again == 0 || f[1].After < f[0].After || f[1].Replicas != p.Max+1 {
		t.Errorf("%+v", f)
	}
}

// A fleet that loses a replica keeps no more of its requests than one that does not, small or a crowd, beyond noise
// (half a point of a hundred).
func TestAFailureNeverHelps(t *testing.T) {
	for _, engines := range []int{1, 8, 64} {
		for _, each := range []float64{6, 13, 16} { // requests per second of an engine
			q := question(Curve{{0, 1}, {1, 1}})
			q.Engine, q.Scaling.ColdStart = engines, 5
			fleet := q.Fleet
			q.Fleet = func(n int) traffic.Fleet { return fleet(n * engines) }
			p := &planner{Question: &q, ctx: context.Background(), alone: 1.3, input: 450, output: 90, longest: 100}
			out := &Plan{Max: 3}
			if err := p.failures(out, float64(out.Max*engines)*each); err != nil {
				t.Fatal(err)
			}
			for _, f := range out.Failures {
				if f.After > f.Before+0.005 || f.Again == 0 {
					t.Errorf("%d engines at %g requests per second each: %+v", engines, each, f)
				}
			}
		}
	}
}

// A slow start costs goodput where the load steps up, and the slots say where.
func TestColdStart(t *testing.T) {
	q := question(Curve{{0, 5}, {7200, 5}, {7201, 100}, {14400, 100}})
	q.Scaling.ColdStart = 1200
	slow := made(t, q)
	q.Scaling.ColdStart = 0
	quick := made(t, q)
	if slow.Auto.Goodput > quick.Auto.Goodput-0.05 || quick.Auto.Goodput < 0.9 {
		t.Errorf("goodput %.3f with a cold start of 20 min, %.3f without", slow.Auto.Goodput, quick.Auto.Goodput)
	}
}

func TestEqualPlans(t *testing.T) {
	text := func(workers int) string {
		q := question(day(t, "coding", 25))
		q.Workers = workers
		return fmt.Sprintf("%+v", made(t, q))
	}
	if a, b := text(1), text(2); a != b {
		t.Errorf("the number of workers changes the plan:\n%s\n%s", a, b)
	}
}

func TestHopeless(t *testing.T) {
	q := question(day(t, "day", 4))
	fleet := q.Fleet
	q.Fleet = func(n int) traffic.Fleet {
		f := fleet(n)
		f.Limits.TTFT = 1e-3
		return f
	}
	if _, err := Make(context.Background(), q); err == nil || !strings.Contains(err.Error(), "0.0%") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, err := Make(ctx, question(day(t, "day", 400))); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// A day of two thousand replicas.
func BenchmarkDay(b *testing.B) {
	q := question(day(b, "day", 10_000))
	q.Slots = 0
	for b.Loop() {
		p := made(b, q)
		b.ReportMetric(float64(p.Max), "replicas")
		b.ReportMetric(float64(p.Played), "requests")
	}
}

// A fleet that is said to be large enough does not fall behind: over a long time at the peak, small or a crowd, it
// keeps the goal, and its slots say so.
func TestEnoughIsEnoughForLong(t *testing.T) {
	for _, peak := range []float64{30, 400} {
		q := question(day(t, "flat", peak))
		p := made(t, q)
		for _, s := range p.Slots {
			if s.Static.Goodput < q.Goal-0.01 {
				t.Errorf("%g requests per second: %d replicas keep %.3f in a slot", peak, p.Max, s.Static.Goodput)
			}
		}
		if f := p.Failures[0]; f.Before < q.Goal-0.01 {
			t.Errorf("%g requests per second: %d replicas keep %.3f before one fails", peak, p.Max, f.Before)
		}
		w := &planner{Question: &q, ctx: context.Background(), alone: 1.3, input: 450, output: 90, longest: 100}
		r, err := w.window(peak, p.Max, min(600, 60_000/peak), nil)
		if err != nil || r.Goodput < q.Goal-0.01 {
			t.Errorf("%g requests per second: %d replicas keep %.3f over a long time, %v", peak, p.Max, r.Goodput, err)
		}
	}
}

// Of a slot of a large crowd as many replicas are played as show what it keeps, as busy as the crowd; what is small, or
// was played already, is played whole.
func TestCrowdsAreSampled(t *testing.T) {
	q := question(day(t, "flat", 30))
	q.Engine = 4
	p := &planner{Question: &q, trim: 1, caps: []float64{10, 21, 44, 90, 180, 360},
		seen: map[[2]float64]traffic.Played{{70_000, 9000}: {}}}
	small, peak := play{2000, Sample / 4, 0.7}, play{70_000, 9000, 0.7}
	if p.sampled(small) != small || p.sampled(peak) != peak {
		t.Errorf("%v and %v change", small, peak)
	}
	x := p.sampled(play{56_250, 10_000, 0.5})
	if busy := x.rate / p.capacity(x.n); x.n != 256 || math.Abs(busy-0.5) > 1e-9 {
		t.Errorf("%d replicas, %.3f busy", x.n, busy)
	}
}

// A failure of a large crowd is played with a sample, of which one is more: no more is left than without. A peak with
// too many requests at a time to be held is sampled too.
func TestLargestCrowds(t *testing.T) {
	q := question(Curve{{0, 1}, {1, 1}})
	p := &planner{Question: &q, ctx: context.Background(), alone: 1.3, input: 450, output: 90, longest: 100, trim: 1}
	for n := 1.; n <= Crowd; n *= 2 {
		p.caps = append(p.caps, 15*n)
	}
	out := &Plan{Max: 3000}
	if err := p.failures(out, 40_000); err != nil {
		t.Fatal(err)
	}
	for _, f := range out.Failures {
		if f.Of != Sample || f.After > f.Before+0.005 || f.Again == 0 || f.Before < q.Goal {
			t.Errorf("%+v", f)
		}
	}
	q.Load.Output = 600
	p = &planner{Question: &q, ctx: context.Background(), alone: 8, input: 450, output: 540, longest: 600, trim: 1}
	for n := 1.; n <= Crowd; n *= 2 {
		p.caps = append(p.caps, 4*n)
	}
	if err := p.verify(240_000); err != nil {
		t.Fatal(err)
	}
	if n := p.needed(240_000); n < 50_000 || p.atWork(play{rate: 240_000, n: n}) < mostAtWork {
		t.Errorf("%d replicas, %.0f requests at a time", n, p.atWork(play{rate: 240_000, n: n}))
	}
	for key := range p.seen {
		if key[1] > Sample {
			t.Errorf("%g replicas were played", key[1])
		}
	}
}
