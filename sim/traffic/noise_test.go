package traffic

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// wide is a closed loop of a few requests whose lengths differ by a hundred times, judged by so many starts.
func wide(starts int, seed uint64) Load {
	bins := func(short, long int) []Bin {
		return []Bin{{short, 2 * short, 0.9}, {long, 2 * long, 0.1}}
	}
	return Load{Concurrency: 12, Waves: 170, Input: 550, Output: 240, Burst: 0.1, Starts: starts, Noise: true, Seed: seed,
		Classes: []Class{{Name: "a", Share: 1, Input: bins(100, 4000), Output: bins(20, 800), Limits: Limits{TTFT: 0.4}}}}
}

// The 99th percentile of the first token rests on the starting bursts. With one it moves from seed to seed; with many
// little, by no more than is stated: the mean of many seeds lies in about as many intervals as is claimed.
func TestManyStartsSettlePercentiles(t *testing.T) {
	const seeds = 40
	play := func(starts int) (mean, deviation float64, all []Result) {
		for seed := range uint64(seeds) {
			r, err := Simulate(wide(starts, seed), usual(), Tabled(plain))
			if err != nil {
				t.Fatal(err)
			}
			mean, all = mean+r.TTFT.P99/seeds, append(all, r)
		}
		for i := range all {
			deviation += (all[i].TTFT.P99 - mean) * (all[i].TTFT.P99 - mean) / (seeds - 1)
		}
		return mean, math.Sqrt(deviation) / mean, all
	}
	_, one, alone := play(1)
	mean, many, all := play(50)
	t.Logf("one start: %.1f%%, many: %.1f%%", 100*one, 100*many)
	if one < 0.25 || many > 0.1 {
		t.Errorf("seeds move the percentile by %.1f%% with one start, %.1f%% with many", 100*one, 100*many)
	}
	inside, within, goodput := 0, 0, 0.
	for i := range all {
		goodput += all[i].Goodput / seeds
	}
	for i := range all {
		if alone[i].Noise != (Noise{}) {
			t.Fatal("one start knows nothing of others")
		}
		if math.Abs(all[i].TTFT.P99-mean) <= all[i].Noise.TTFT.P99 {
			inside++
		}
		if math.Abs(all[i].Goodput-goodput) <= all[i].Noise.Goodput {
			within++
		}
		if c := &all[i].Classes[0]; c.TTFT != all[i].TTFT || c.Noise != all[i].Noise || c.Requests != 12*170 {
			t.Fatalf("the only class is not the whole: %+v", c)
		}
	}
	t.Logf("%d and %d of %d intervals hold the mean", inside, within, seeds)
	if inside < seeds*8/10 || within < seeds*8/10 {
		t.Errorf("%d and %d of %d intervals hold the mean of all", inside, within, seeds)
	}
}

// Starts of requests that are all alike are one burst again and again: they change no figure but the noise, of which
// there is none in the burst.
func TestStartsOfEqualRequests(t *testing.T) {
	l := Load{Concurrency: 5, Waves: 20, Input: 300, Output: 40, Burst: 0.1}
	one, err := Simulate(l, usual(), plain)
	if err != nil {
		t.Fatal(err)
	}
	l.Starts, l.Noise = 9, true
	many, err := Simulate(l, usual(), plain)
	if err != nil {
		t.Fatal(err)
	}
	if many.TTFT.P99 != one.TTFT.P99 || many.TTFT.P50 != one.TTFT.P50 || many.E2E.P95 != one.E2E.P95 ||
		math.Abs(many.TTFT.Mean/one.TTFT.Mean-1) > 1e-12 || many.Output != one.Output || many.Requests != one.Requests ||
		math.Abs(many.FirstWave/one.FirstWave-1) > 1e-12 {
		t.Errorf("one start %+v, nine %+v", one, many)
	}
	if many.Noise.TTFT.P99 != 0 {
		t.Errorf("noise %+v of requests that are alike", many.Noise)
	}
}

// The interval by hand: of four parts with the weights and values below, leaving out one gives the medians 3, 3, 1 and
// 1, whose mean is 2: t(3) x sqrt(3/4 x 4) = 3.182 x sqrt 3.
func TestNoiseByHand(t *testing.T) {
	l := latencies{values: []float64{1, 1, 3, 3}, parts: []uint8{0, 1, 2, 3}}
	if got, want := l.noise(4).P50, 3.182*math.Sqrt(3); math.Abs(got-want) > 1e-12 {
		t.Errorf("%g, want %g", got, want)
	}
}

// Steps that are looked up take what they take, wherever they are linear in the context.
func TestTabled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Tabled(plain)
		for range 20 {
			s := State{Decoding: rapid.IntRange(0, 40).Draw(t, "decoding"), Width: rapid.IntRange(1, 3).Draw(t, "width")}
			s.Context = float64(s.Decoding) * rapid.Float64Range(1, 1e6).Draw(t, "context")
			if rapid.Bool().Draw(t, "prompt") {
				s.Prompts = []Piece{{Query: 100, Done: rapid.IntRange(0, 2).Draw(t, "done"), Last: rapid.Bool().Draw(t, "last")}}
			}
			if got, want := c.Seconds(s), plain.Seconds(s); math.Abs(got/want-1) > 1e-9 {
				t.Fatalf("%g, want %g", got, want)
			}
		}
	})
	l := wide(4, 3)
	a, err := Simulate(l, usual(), plain)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Simulate(l, usual(), Tabled(plain))
	if err != nil || math.Abs(a.TTFT.P99/b.TTFT.P99-1) > 1e-9 || a.Steps != b.Steps {
		t.Errorf("%s\n%s, %v", fmt.Sprint(a), fmt.Sprint(b), err)
	}
}
