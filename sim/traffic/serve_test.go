package traffic

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"

	"fathom/sim/prefix"

	"pgregory.net/rapid"
)

// listed is a source of calls that are written down.
type listed struct {
	calls []Call
	at    int
}

func (l *listed) Next(c *Call) (bool, error) {
	if l.at == len(l.calls) {
		return false, nil
	}
	*c = l.calls[l.at]
	l.at++
	return true, nil
}

func served(t testing.TB, src Source, f Fleet) Played {
	t.Helper()
	p, err := Serve(src, f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func stream(t testing.TB, l Load) Source {
	t.Helper()
	src, err := Drawn(l)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func talking(t testing.TB, s Sessions) Source {
	t.Helper()
	src, err := Converse(s)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// One replica fed from a stream does what it does with all requests known beforehand.
func TestStreamIsTheSameLoad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := loads(t)
		l.Arrival = Arrival(rapid.IntRange(1, 2).Draw(t, "open"))
		e := engines(t, l)
		want, err := Simulate(l, e, plain)
		if err != nil {
			t.Fatal(err)
		}
		src, err := Drawn(l)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Serve(src, Fleet{Engine: e, Clock: plain, Replicas: 1})
		if err != nil {
			t.Fatal(err)
		}
		if got.Requests != want.Requests || got.Preemptions != want.Preemptions || got.Steps != want.Steps ||
			math.Abs(got.TTFT.Mean-want.TTFT.Mean) > 1e-6 || math.Abs(got.TPOT.Mean-want.TPOT.Mean) > 1e-6 ||
			math.Abs(got.Seconds-want.Seconds) > 1e-6*want.Seconds {
			t.Fatalf("streamed %+v\nat once  %+v", got.Result, want)
		}
	})
}

// Requests of a load with classes keep their limits and priorities in a stream.
func TestStreamKeepsClasses(t *testing.T) {
	l := Load{Arrival: Poisson, Rate: 8, Requests: 2000, Input: 500, Output: 100, Seed: 5, Classes: []Class{
		{Name: "strict", Share: 1, Input: []Bin{{400, 600, 1}}, Output: []Bin{{80, 120, 1}}, Limits: Limits{TTFT: 0.04}},
		{Name: "lax", Share: 3, Input: []Bin{{400, 600, 1}}, Output: []Bin{{80, 120, 1}}, Priority: 1}}}
	want, err := Simulate(l, usual(), plain)
	if err != nil {
		t.Fatal(err)
	}
	got := served(t, stream(t, l), Fleet{Engine: usual(), Clock: plain, Replicas: 1, Classes: l.Classes})
	if math.Abs(got.Goodput-want.Goodput) > 1e-9 || got.Goodput == 1 || got.Goodput < 0.75 {
		t.Errorf("goodput %.4f in a stream, %.4f at once", got.Goodput, want.Goodput)
	}
}

// Percentiles of a stream are those of the list to a percent.
func TestStreamPercentiles(t *testing.T) {
	l := Load{Arrival: Poisson, Rate: 5, Requests: 4000, Input: 500, Output: 100, Spread: 0.5, Seed: 3}
	want, err := Simulate(l, usual(), plain)
	if err != nil {
		t.Fatal(err)
	}
	got := served(t, stream(t, l), Fleet{Engine: usual(), Clock: plain, Replicas: 1})
	for _, p := range Percents {
		for _, s := range [][2]float64{{*got.TTFT.At(p), *want.TTFT.At(p)}, {*got.TPOT.At(p), *want.TPOT.At(p)},
			{*got.E2E.At(p), *want.E2E.At(p)}} {
			if math.Abs(s[0]/s[1]-1) > 0.01 {
				t.Errorf("p%.0f: %.5f s, want %.5f s", p, s[0], s[1])
			}
		}
	}
}

// A schedule computed by hand. A step takes 1 s, and 1 ms for each prompt token; the cache keeps blocks of 16. The
// second call has 64 of its 80 tokens in common with the first, the third nothing, the fourth all but its last block.
func TestReuseByHand(t *testing.T) {
	clock := ClockFunc(func(s State) float64 {
		seconds := 1.
		for _, p := range s.Prompts {
			seconds += 1e-3 * float64(p.Query)
		}
		return seconds
	})
	a, b := prefix.Span{Key: 1, Tokens: 64}, prefix.Span{Key: 2, Tokens: 16}
	calls := []Call{
		{At: 0, Input: 64, Output: 2, Chain: []prefix.Span{a}},
		{At: 10, Input: 80, Output: 2, Chain: []prefix.Span{a, b}},
		{At: 20, Input: 80, Output: 2},
		{At: 30, Input: 80, Output: 2, Chain: []prefix.Span{a, b}},
	}
	f := Fleet{Engine: Engine{BatchedTokens: 1000, Sequences: 4, KVTokens: 400}, Clock: clock, Replicas: 1, Reuse: true}
	p := served(t, &listed{calls: calls}, f)
	want := (1.064 + 1.016 + 1.080 + 1.016) / 4
	if math.Abs(p.TTFT.Mean-want) > 1e-9 {
		t.Errorf("mean TTFT %.4f s, want %.4f", p.TTFT.Mean, want)
	}
	if p.Reuse.Asked != 224 || p.Reuse.Device != 64+64 {
		t.Errorf("%+v, want 128 of the 224 tokens that may be in common", p.Reuse)
	}
	// In a room of 144 tokens the third call pushes out what it needs: 82 of its own leave 62 of 80.
	f.Engine.KVTokens = 144
	p = served(t, &listed{calls: calls}, f)
	if p.Reuse.Device != 64+48 {
		t.Errorf("%d tokens found, want 64 and then 48", p.Reuse.Device)
	}
	// A host tier that gives 100 tokens a second brings the other 16 up in 0.16 s, and they need not be computed.
	f.Tiers[0] = Tier{Tokens: 1000, Rate: 100}
	p = served(t, &listed{calls: calls}, f)
	if p.Reuse.Device != 64+48 || p.Reuse.Below[0] != 16 {
		t.Errorf("%+v, want 16 tokens from host memory", p.Reuse)
	}
	if want += 0.16 / 4; math.Abs(p.TTFT.Mean-want) > 1e-9 {
		t.Errorf("mean TTFT %.4f s, want %.4f", p.TTFT.Mean, want)
	}
}

func chats(rate float64, seed uint64) Sessions {
	return Sessions{Rate: rate, Count: 400, Turns: 6, Think: 20, Input: 300, Output: 120, Spread: 0.5, System: 800,
		Groups: 8, Longest: 8000, Seed: seed}
}

func chatFleet(replicas int, route Routing) Fleet {
	e := usual()
	e.KVTokens = 40_000
	return Fleet{Engine: e, Clock: plain, Replicas: replicas, Routing: route, Reuse: true, Limits: Limits{TTFT: 0.3}}
}

// The hit rate follows from routing and room: a balancer that knows prefixes finds more, and so does a larger room.
func TestHitRateFollows(t *testing.T) {
	hits := func(f Fleet) float64 { return served(t, talking(t, chats(2, 1)), f).Reuse.Rate() }
	prefixed, least, round := hits(chatFleet(8, PrefixAware)), hits(chatFleet(8, LeastLoaded)),
		hits(chatFleet(8, RoundRobin))
	if prefixed < least+0.1 || prefixed < round+0.1 {
		t.Errorf("hit rates: prefix-aware %.3f, least loaded %.3f, round robin %.3f", prefixed, least, round)
	}
	small, large := chatFleet(8, PrefixAware), chatFleet(8, PrefixAware)
	small.Engine.KVTokens, large.Engine.KVTokens = 12_000, 400_000
	if s, l := hits(small), hits(large); !(s < prefixed && prefixed <= l) {
		t.Errorf("hit rates by room: %.3f, %.3f, %.3f", s, prefixed, l)
	}
	off := chatFleet(8, PrefixAware)
	off.Reuse = false
	if h := hits(off); h != 0 {
		t.Errorf("hit rate %.3f without a cache", h)
	}
}

// What tiers buy: more hits and shorter prefills, where coming up is faster than computing.
func TestTiersBuy(t *testing.T) {
	f := chatFleet(4, PrefixAware)
	f.Engine.KVTokens = 20_000
	without := served(t, talking(t, chats(2, 1)), f)
	f.Tiers[0] = Tier{Tokens: 200_000, Rate: 1e6, Latency: 1e-3}
	with := served(t, talking(t, chats(2, 1)), f)
	if with.Reuse.Rate() < without.Reuse.Rate()+0.05 || with.TTFT.Mean >= without.TTFT.Mean {
		t.Errorf("hit rate %.3f and TTFT %.3f s with host memory, %.3f and %.3f s without", with.Reuse.Rate(),
			with.TTFT.Mean, without.Reuse.Rate(), without.TTFT.Mean)
	}
	f.Tiers[0].Rate = 1e3 // a tier that is slower than computing costs time
	if slow := served(t, talking(t, chats(2, 1)), f); slow.TTFT.Mean <= with.TTFT.Mean {
		t.Errorf("TTFT %.3f s from a slow tier, %.3f s from a fast one", slow.TTFT.Mean, with.TTFT.Mean)
	}
}

// Every call ends or is refused, whatever the routing, the room, the tiers, and however the fleet changes.
func TestFleetConserves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := chats(rapid.Float64Range(0.5, 20).Draw(t, "rate"), rapid.Uint64().Draw(t, "seed"))
		s.Count = rapid.IntRange(1, 60).Draw(t, "count")
		s.Think = rapid.Float64Range(0, 30).Draw(t, "think")
		f := chatFleet(rapid.IntRange(1, 5).Draw(t, "replicas"), Routing(rapid.IntRange(0, 2).Draw(t, "routing")))
		f.Engine.KVTokens = rapid.IntRange(3000, 30_000).Draw(t, "room")
		f.Engine.Reserve = rapid.Bool().Draw(t, "reserve")
		f.Engine.Policy = Policy(rapid.IntRange(0, 2).Draw(t, "policy"))
		f.Slot = 7
		for i := range f.Tiers {
			f.Tiers[i] = Tier{Tokens: rapid.IntRange(0, 20_000).Draw(t, "tier"), Rate: 1e4, Latency: 1e-3}
		}
		at := 0.
		for range rapid.IntRange(0, 6).Draw(t, "changes") {
			at += rapid.Float64Range(0, 20).Draw(t, "after")
			f.Changes = append(f.Changes, Change{At: at, Replicas: rapid.IntRange(0, 6).Draw(t, "to"),
				Fails: rapid.Bool().Draw(t, "fails")})
		}
		src, err := Converse(s)
		if err != nil {
			t.Fatal(err)
		}
		p, err := Serve(src, f)
		if err != nil {
			t.Fatal(err)
		}
		sent, kept := 0, 0
		for _, x := range p.Slots {
			sent, kept = sent+x.Sent, kept+x.Kept
		}
		if p.Requests+p.Refused != sent || kept != p.Kept || p.Kept > p.Requests || len(src.(*conversing).live) > 0 {
			t.Fatalf("%d sent, %d ended, %d refused; kept %d and %d; %d sessions left", sent, p.Requests, p.Refused, kept,
				p.Kept, len(src.(*conversing).live))
		}
		if u := p.Reuse; u.Device+u.Below[0]+u.Below[1] > u.Asked {
			t.Fatalf("more found than asked for: %+v", u)
		}
	})
}

// More replicas never lower goodput under least-loaded routing, beyond noise (2 points of a hundred).
func TestMoreReplicasNeverLowerGoodput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Load{Arrival: Poisson, Rate: rapid.Float64Range(1, 40).Draw(t, "rate"), Requests: 1500,
			Input: rapid.IntRange(50, 1500).Draw(t, "input"), Output: rapid.IntRange(10, 150).Draw(t, "output"), Spread: 0.5,
			Seed: rapid.Uint64().Draw(t, "seed")}
		limits := Limits{TTFT: rapid.Float64Range(0.05, 2).Draw(t, "ttft"),
			TPOT: rapid.Float64Range(0.012, 0.05).Draw(t, "tpot")}
		last := 0.
		for n := 1; n <= 16; n *= 2 {
			src, err := Drawn(l)
			if err != nil {
				t.Fatal(err)
			}
			p, err := Serve(src, Fleet{Engine: usual(), Clock: plain, Replicas: n, Limits: limits})
			if err != nil {
				t.Fatal(err)
			}
			if p.Goodput < last-0.02 {
				t.Fatalf("%d replicas keep %.3f, half of them %.3f", n, p.Goodput, last)
			}
			last = p.Goodput
		}
	})
}

// A replica that fails loses what it has: its requests are sent again and take longer; none is lost.
func TestFailure(t *testing.T) {
	l := Load{Arrival: Poisson, Rate: 10, Requests: 600, Input: 500, Output: 100, Seed: 1}
	f := Fleet{Engine: usual(), Clock: plain, Replicas: 3, Limits: Limits{TTFT: 0.5}}
	whole := served(t, stream(t, l), f)
	f.Changes = []Change{{At: 20, Replicas: 2, Fails: true}, {At: 40, Replicas: 3}}
	broken := served(t, stream(t, l), f)
	if broken.Again == 0 || broken.Requests != 600 || broken.Refused > 0 || broken.TTFT.Mean <= whole.TTFT.Mean {
		t.Errorf("%d sent again, %d ended; TTFT %.3f s, %.3f without the failure", broken.Again, broken.Requests,
			broken.TTFT.Mean, whole.TTFT.Mean)
	}
	if want := whole.ReplicaSeconds - 20; math.Abs(broken.ReplicaSeconds-want) > 0.05*want {
		t.Errorf("%.0f replica-seconds, want about %.0f", broken.ReplicaSeconds, want)
	}
}

func TestEqualSeedsEqualBytes(t *testing.T) {
	text := func(seed uint64) string {
		f := chatFleet(5, PrefixAware)
		f.Slot = 10
		return fmt.Sprintf("%+v", served(t, talking(t, chats(3, seed)), f))
	}
	one := text(1)
	if again := text(1); again != one {
		t.Error("same seed, different result")
	}
	if one == text(2) {
		t.Error("the seed changes nothing")
	}
}

// flood is 10^8 requests, a million a second.
type flood int

func (f *flood) Next(c *Call) (bool, error) {
	*f++
	*c = Call{At: float64(*f) * 1e-6, Input: 100, Output: 100}
	return *f < 1e8, nil
}

func TestBadFleets(t *testing.T) {
	good := Fleet{Engine: usual(), Clock: plain, Replicas: 1}
	for want, change := range map[string]func(*Fleet){
		"of replicas 0":    func(f *Fleet) { f.Replicas = 0 },
		"change 1":         func(f *Fleet) { f.Changes = []Change{{At: -1, Replicas: 1}} },
		"change 2":         func(f *Fleet) { f.Changes = []Change{{At: 5, Replicas: 1}, {At: 4, Replicas: 2}} },
		"KV tier of 5":     func(f *Fleet) { f.Tiers[0] = Tier{Tokens: 5} },
		"token budget":     func(f *Fleet) { f.Engine.BatchedTokens = 0 },
		"not a positive n": func(f *Fleet) { f.Clock = ClockFunc(func(State) float64 { return math.NaN() }) },
	} {
		f := good
		change(&f)
		if _, err := Serve(&listed{calls: []Call{{Input: 1, Output: 1}}}, f); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
	back := []Call{{At: 2, Input: 1, Output: 1}, {At: 1, Input: 1, Output: 1}}
	if _, err := Serve(&listed{calls: back}, good); err == nil {
		t.Error("calls that run backwards in time: no error")
	}
	crowd := flood(0)
	if _, err := Serve(&crowd, good); err == nil || !strings.Contains(err.Error(), "2000000 requests") {
		t.Errorf("a backlog without an end: %v", err)
	}
	var stop atomic.Bool
	stop.Store(true)
	good.Stopped = &stop
	if _, err := Serve(&listed{}, good); !errors.Is(err, ErrStopped) {
		t.Errorf("%v", err)
	}
}

// Half a million requests on a hundred replicas; memory does not grow with their number.
func BenchmarkFleet(b *testing.B) {
	l := Load{Arrival: Poisson, Rate: 300, Requests: 500_000, Input: 500, Output: 200, Spread: 0.5}
	b.ReportAllocs()
	tokens := 0.
	for b.Loop() {
		p := served(b, stream(b, l), Fleet{Engine: usual(), Clock: plain, Replicas: 100})
		tokens += p.Output * p.Seconds
	}
	b.ReportMetric(tokens/b.Elapsed().Seconds(), "tokensteps/s")
}

// What has more tokens than the context or the room is refused and counted, by its row; the others are served.
func TestRefusedByLength(t *testing.T) {
	f := Fleet{Engine: usual(), Clock: plain, Replicas: 1, Context: 1000}
	f.Engine.KVTokens = 900
	p := served(t, &listed{calls: []Call{{Input: 10, Output: 5, Row: 1}, {Input: 995, Output: 5, Row: 2},
		{Input: 2000, Output: 9, Row: 3}, {Input: 996, Output: 5, Row: 4}}}, f)
	if p.Requests != 1 || p.Refused != 3 || p.Long != (Refusal{2, 3, 2009}) || p.Large != (Refusal{1, 2, 1000}) ||
		p.Goodput != 0.25 {
		t.Errorf("%d served, %d refused: %+v, %+v; goodput %g", p.Requests, p.Refused, p.Long, p.Large, p.Goodput)
	}
}

// No turn is longer than the bound of a session, which says how many ended for it.
func TestSessionsEndAtTheirBound(t *testing.T) {
	s := chats(1, 5)
	s.Turns, s.Longest = 1000, 5000
	src, err := Converse(s)
	if err != nil {
		t.Fatal(err)
	}
	f := chatFleet(1, LeastLoaded)
	f.Context = s.Longest
	if p := served(t, src, f); p.Refused != 0 {
		t.Errorf("%d refused", p.Refused)
	}
	if cut, of := src.Cut(); of != s.Count || cut < of*9/10 {
		t.Errorf("%d of %d sessions end at the bound", cut, of)
	}
	s.Longest = s.System + s.Input + s.Output - 1
	if _, err := Converse(s); err == nil {
		t.Error("a first turn beyond the bound: no error")
	}
}
