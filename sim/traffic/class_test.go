package traffic

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// exactly is a distribution of one length.
func exactly(tokens int) []Bin { return []Bin{{tokens, tokens + 1, 1}} }

func two() []Class {
	return []Class{
		{Name: "chat", Share: 3, Input: []Bin{{100, 200, 1}, {200, 1000, 1}}, Output: []Bin{{10, 200, 1}},
			Limits: Limits{TTFT: 0.5}},
		{Name: "agent", Share: 1, Input: exactly(2000), Output: exactly(50), Prefix: 1000, Groups: 2, Priority: 1,
			Limits: Limits{E2E: 3}},
	}
}

// Requests fall on classes and bins as the shares say, and stay within the bins.
func TestMixFollowsShares(t *testing.T) {
	l := Load{Arrival: Poisson, Rate: 1, Requests: 40_000, Input: 1, Output: 1, Classes: two(), Seed: 3}
	var chat, short, cached int
	var sum float64
	for _, q := range l.draw() {
		if q.class == 1 {
			if q.input != 2000 || q.output != 50 || q.priority != 1 {
				t.Fatalf("%+v", q)
			}
			if q.cached > 0 {
				cached++
			}
			if q.cached != 0 && q.cached != 1000/Block*Block {
				t.Fatalf("%d tokens of the prefix cached", q.cached)
			}
			continue
		}
		chat++
		sum += float64(q.input)
		if q.input < 100 || q.input >= 1000 || q.output < 10 || q.output >= 200 || q.cached != 0 {
			t.Fatalf("%+v", q)
		}
		if q.input < 200 {
			short++
		}
	}
	agent := 40_000 - chat
	if math.Abs(float64(chat)/40_000-0.75) > 0.01 || math.Abs(float64(short)/float64(chat)-0.5) > 0.015 {
		t.Errorf("%d of 40000 requests are chat, %d of them short", chat, short)
	}
	if cached != agent-2 {
		t.Errorf("%d of %d requests find their prefix, want all but the first of two groups", cached, agent)
	}
	if want := Mean(two()[0].Input); math.Abs(sum/float64(chat)/want-1) > 0.02 {
		t.Errorf("mean input %.1f, want %.1f", sum/float64(chat), want)
	}
}

// Little's law holds in every run: the time integral of the requests at the replicas, kept step by step, is the sum of
// the times that the requests were there.
func TestLittlesLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := loads(t)
		e := engines(t, l)
		e.Interval = 0
		if rapid.Bool().Draw(t, "slowed") {
			e.ArriveSeq = 1e-3
		}
		if rapid.Bool().Draw(t, "classes") {
			l.Classes, e.KVTokens = two(), 0
		}
		var r Result
		var err error
		if rapid.Bool().Draw(t, "pools") {
			e.KVTokens = 0
			r, err = Disaggregated(l, Pools{Prefill: e, Decode: e, PrefillClock: plain, DecodeClock: plain,
				PrefillInstances: rapid.IntRange(1, 3).Draw(t, "prefill"),
				DecodeInstances:  rapid.IntRange(1, 3).Draw(t, "decode"),
				HandOver:         func(tokens int) float64 { return 1e-6 * float64(tokens) }})
		} else {
			r, err = Replicated(l, e, plain, rapid.IntRange(1, 4).Draw(t, "replicas"))
		}
		if err != nil {
			t.Fatal(err)
		}
		if law := r.Rate * r.E2E.Mean; math.Abs(r.InFlight-law) > 1e-6*law {
			t.Fatalf("%.9f in flight, %.9f a second for %.9f s each make %.9f", r.InFlight, r.Rate, r.E2E.Mean, law)
		}
	})
}

// An M/G/1 queue waits as long as Pollaczek and Khinchine say: one place, prompts of two lengths, no decode.
func TestSinglePlaceIsMG1(t *testing.T) {
	seconds := func(tokens float64) float64 { return tokens * 1e-3 }
	clock := ClockFunc(func(s State) float64 { return seconds(float64(s.Prompts[0].Query)) })
	for _, rho := range []float64{0.3, 0.6, 0.8} {
		// 50 ms and 250 ms, one to one: mean 150 ms, second moment 0.0325 s^2.
		l := Load{Arrival: Poisson, Rate: rho / 0.150, Requests: 150_000, Input: 150, Output: 1, Seed: 11,
			Classes: []Class{{Name: "all", Share: 1, Input: []Bin{{50, 51, 1}, {250, 251, 1}}, Output: exactly(1)}}}
		r, err := Simulate(l, Engine{BatchedTokens: 1000, Sequences: 1}, clock)
		if err != nil {
			t.Fatal(err)
		}
		want := l.Rate*0.0325/(2*(1-rho)) + 0.150
		if math.Abs(r.TTFT.Mean/want-1) > 0.05 {
			t.Errorf("load %.1f: %.4f s, want %.4f s", rho, r.TTFT.Mean, want)
		}
	}
}

// k places that do not slow each other down are M/D/k: waits are those of Kiefer and Wolfowitz's recursion over the
// same arrivals, and for one place those of the closed form.
func TestPlacesAreMDk(t *testing.T) {
	const step, tokens = 1e-3, 200
	for _, k := range []int{1, 2, 8} {
		l := Load{Arrival: Poisson, Rate: 0.8 * float64(k) / (step * tokens), Requests: 150_000, Input: 1, Output: tokens,
			Seed: 5}
		r, err := Simulate(l, Engine{BatchedTokens: 1000, Sequences: k}, ClockFunc(func(State) float64 { return step }))
		if err != nil {
			t.Fatal(err)
		}
		free := make([]float64, k)
		var want float64
		for _, q := range l.draw() {
			begin := math.Max(q.arrival, free[0])
			want += begin - q.arrival
			free[0] = begin + step*tokens
			slices.Sort(free)
		}
		want /= float64(l.Requests)
		wait := r.TTFT.Mean - step
		if math.Abs(wait-want) > 0.02*want+2*step { // arrivals wait for the end of a step
			t.Errorf("%d places: waits of %.4f s, want %.4f s", k, wait, want)
		}
		if k == 1 {
			if exact := 0.8 * step * tokens / (2 * (1 - 0.8)); math.Abs(want/exact-1) > 0.06 {
				t.Errorf("M/D/1: %.4f s, want %.4f s", want, exact)
			}
		}
	}
}

// What is urgent goes first, and of the running requests the least urgent is put back first (vLLM's priority policy).
func TestPriority(t *testing.T) {
	urgent, patient := two()[0], two()[0]
	patient.Name, patient.Priority = "batch", 1
	urgent.Share = 1
	l := Load{Arrival: Poisson, Rate: 5, Requests: 3000, Input: 500, Output: 100, Seed: 2,
		Classes: []Class{urgent, patient}}
	e := usual()
	e.Sequences, e.KVTokens = 16, 4000
	r, err := Simulate(l, e, plain)
	if err != nil {
		t.Fatal(err)
	}
	fast, slow := r.Classes[0], r.Classes[1]
	if !(fast.TTFT.Mean < slow.TTFT.Mean/3) || r.Preemptions == 0 {
		t.Errorf("urgent %.3f s, others %.3f s, %d put back", fast.TTFT.Mean, slow.TTFT.Mean, r.Preemptions)
	}
	if fast.Requests+slow.Requests != r.Requests || fast.Goodput <= slow.Goodput {
		t.Errorf("%+v", r.Classes)
	}
}

// Goodput counts requests that keep to every limit: of four prompts of a second each that arrive together, served one
// after the other, two have their first token within 2.5 s, and one of them its last within 2.
func TestGoodputByHand(t *testing.T) {
	clock := ClockFunc(func(s State) float64 { return float64(len(s.Prompts)) + 1e-3*float64(s.Decoding) })
	e := Engine{Policy: PrefillFirst, BatchedTokens: 10, Sequences: 1}
	for _, c := range []struct {
		limits Limits
		want   float64
	}{{Limits{}, 1}, {Limits{TTFT: 2.5}, 0.5}, {Limits{TTFT: 2.5, E2E: 2}, 0.25}, {Limits{TPOT: 0.5e-3}, 0}} {
		r, err := Simulate(Load{Concurrency: 4, Waves: 1, Input: 10, Output: 2, Limits: c.limits}, e, clock)
		if err != nil {
			t.Fatal(err)
		}
		if r.Goodput != c.want {
			t.Errorf("%+v: %g, want %g; first tokens %+v", c.limits, r.Goodput, c.want, r.TTFT)
		}
	}
}

// Percentiles are those of the sorted values, with as many equal ones as there may be.
func TestPercentilesAreOfTheSorted(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		l := latencies{}
		for range 1 + random.IntN(400) {
			l.add(float64(random.IntN(60)), 1, false)
		}
		sorted := slices.Sorted(slices.Values(l.values))
		s := l.stat()
		for _, percent := range Percents {
			at := percent / 100 * float64(len(sorted)-1)
			low := int(at)
			want := sorted[low] + (at-float64(low))*(sorted[min(low+1, len(sorted)-1)]-sorted[low])
			if got := *s.At(percent); got != want {
				t.Fatalf("p%g of %v: %g, want %g", percent, sorted, got, want)
			}
		}
	}
}

// A percentile of weighed values is one of them, and has just its share of the weight up to it, so that a limit on it
// and the goodput against that limit say the same; the weight of a burst makes six turns look like ten.
func TestWeighedLatencies(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		l, all := latencies{}, 0.
		for range 1 + random.IntN(300) {
			w := []float64{1, 3.6}[random.IntN(2)]
			l.add(random.Float64(), w, true)
			all += w
		}
		s := l.stat()
		for _, percent := range Percents {
			p, below, upTo := *s.At(percent), 0., 0.
			for i, v := range l.values {
				if v < p {
					below += l.weights[i]
				}
				if v <= p {
					upTo += l.weights[i]
				}
			}
			if upTo < percent/100*all-1e-9 || below >= percent/100*all {
				t.Fatalf("p%g of %d values: %g below, %g up to it, of %g", percent, len(l.values), below, upTo, all)
			}
		}
	}
	load := Load{Concurrency: 100, Waves: 10, Input: 800, Output: 100, Spread: 0.2, Seed: 6}
	e := usual()
	e.Sequences = 200
	ten, err := Simulate(load, e, plain)
	if err != nil {
		t.Fatal(err)
	}
	load.Waves, load.Burst = 6, 0.1
	six, err := Simulate(load, e, plain)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string][2]float64{"mean": {six.TTFT.Mean, ten.TTFT.Mean}, "p50": {six.TTFT.P50, ten.TTFT.P50},
		"p95": {six.TTFT.P95, ten.TTFT.P95}, "p99": {six.TTFT.P99, ten.TTFT.P99}} {
		if math.Abs(v[0]/v[1]-1) > 0.15 {
			t.Errorf("%s: %.4f s of six turns, %.4f s of ten", name, v[0], v[1])
		}
	}
}

// A timeline has as many moments as asked for at most, in order, and ends where the run does.
func TestTimeline(t *testing.T) {
	l := Load{Arrival: Poisson, Rate: 3, Requests: 2000, Input: 800, Output: 100, Seed: 1, Moments: 64}
	e := usual()
	e.KVTokens = 20_000
	r, err := Simulate(l, e, plain)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.Timeline); n < 16 || n > 64 {
		t.Fatalf("%d moments", n)
	}
	for i, m := range r.Timeline {
		if m.Waiting < 0 || m.Running < 0 || m.Running > e.Sequences || m.KV < 0 || m.KV > 1 ||
			i > 0 && m.At <= r.Timeline[i-1].At {
			t.Fatalf("%+v", m)
		}
	}
	if last := r.Timeline[len(r.Timeline)-1]; last.At < 0.9*r.Seconds {
		t.Errorf("it ends at %.1f of %.1f s", last.At, r.Seconds)
	}
}

func TestBadClasses(t *testing.T) {
	for want, change := range map[string]func(*Class){
		"share 0":          func(c *Class) { c.Share = 0 },
		"input length: th": func(c *Class) { c.Input = nil },
		"output length: t": func(c *Class) { c.Output = nil },
		"length: 5 to 5":   func(c *Class) { c.Output = []Bin{{5, 5, 1}} },
		"weight NaN":       func(c *Class) { c.Input = []Bin{{0, 5, math.NaN()}} },
		"priority 99":      func(c *Class) { c.Priority = 99 },
		"in common -1":     func(c *Class) { c.Prefix = -1 },
	} {
		l := Load{Concurrency: 1, Input: 10, Output: 10, Classes: two()}
		change(&l.Classes[0])
		if _, err := Simulate(l, usual(), plain); err == nil || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), "chat") {
			t.Errorf("want an error with %q and the class, got %v", want, err)
		}
	}
	l := Load{Concurrency: 1, Input: 10, Output: 10, Classes: two()}
	e := usual()
	e.KVTokens = 2040
	if _, err := Simulate(l, e, plain); err == nil || !strings.Contains(err.Error(), "cannot hold one request") {
		t.Errorf("a request larger than the room: %v", err)
	}
}
