package hw

import (
	"math"
	"strings"
	"testing"
)

// Distances by hand: half an octave of each length is free, loads count beyond their range, another class or layout is
// a factor of two, and a single run is further away than eight.
func TestDistanceFromWhatWasSeen(t *testing.T) {
	k := Kind{"experts", "ep", 8192, 1024, 0.5, 16, 100}
	inside := Case{Class: "experts", Layout: "ep", Input: 8000, Output: 1000, Load: 4}
	with := func(change func(*Case)) Case { c := inside; change(&c); return c }
	for name, c := range map[string]struct {
		at   Case
		want float64
	}{
		"inside":             {inside, 0},
		"prompts four times": {with(func(c *Case) { c.Input = 32768 }), math.Log(4) - math.Ln2/2},
		"answers an eighth":  {with(func(c *Case) { c.Output = 128 }), math.Log(8) - math.Ln2/2},
		"half the load":      {with(func(c *Case) { c.Load = 0.25 }), math.Ln2},
		"four times as much": {with(func(c *Case) { c.Load = 64 }), math.Log(4)},
		"load not known":     {with(func(c *Case) { c.Load = 0 }), 0},
		"lengths not known":  {with(func(c *Case) { c.Input, c.Output = 0, 0 }), 0},
		"another layout":     {with(func(c *Case) { c.Layout = "dp" }), math.Ln2},
		"another class too":  {with(func(c *Case) { c.Layout, c.Class = "tp", "dense" }), 2 * math.Ln2},
	} {
		if got := k.Distance(c.at); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %.4f, want %.4f", name, got, c.want)
		}
	}
	k.Runs = 1
	if got, want := k.Distance(inside), math.Log(4/1.375); math.Abs(got-want) > 1e-12 {
		t.Errorf("one run is %.4f away, want %.4f", got, want)
	}
	if k.Runs = 8; k.Distance(inside) != 0 {
		t.Errorf("eight runs are %.4f away", k.Distance(inside))
	}
}

// What lies between two kinds that differ in one length is inside, with the loads that both have.
func TestBetweenIsInside(t *testing.T) {
	k := Knowledge{Kinds: []Kind{{"dense", "tp", 1024, 1024, 0.5, 64, 20}, {"dense", "tp", 8192, 1024, 1, 16, 20},
		{"dense", "tp", 1024, 8192, 1, 16, 20}}}
	for at, want := range map[Case]float64{
		{Class: "dense", Layout: "tp", Input: 3000, Output: 1024, Load: 8}:  0,
		{Class: "dense", Layout: "tp", Input: 3000, Output: 1024, Load: 32}: math.Ln2,
		{Class: "dense", Layout: "tp", Input: 1000, Output: 3000, Load: 8}:  0,
		{Class: "dense", Layout: "tp", Input: 4096, Output: 4096, Load: 8}:  math.Log(4) - math.Ln2/2,
	} {
		if r, _ := k.Reach(at); math.Abs(r.Distance-want) > 1e-12 {
			t.Errorf("%+v: %.4f, want %.4f", at, r.Distance, want)
		}
	}
}

// Instances of more devices than any that was measured are further away by the factor, and the reach says so.
func TestWiderThanAnyInstance(t *testing.T) {
	k := Knowledge{Kinds: []Kind{{"experts", "ep", 4096, 1024, 1, 64, 20}}, Widest: 16}
	for ranks, want := range map[int]float64{0: 0, 16: 0, 256: math.Log(16)} {
		r, _ := k.Reach(Case{Class: "experts", Layout: "ep", Input: 4096, Output: 1024, Load: 8, Ranks: ranks})
		if math.Abs(r.Distance-want) > 1e-12 || (r.Widest == 16) != (ranks > 16) {
			t.Errorf("%d devices: %+v, want a distance of %.4f", ranks, r, want)
		}
	}
}

// Bars of what was seen are those of the fit to the last digit; away from it both ends move by the growths of the kinds
// of distance. Where no run is like a case the widest bar of all engines stands, and grows from there.
func TestBarsWidenAway(t *testing.T) {
	e := &calibrated().Engines[1]
	near, reach := e.At(Case{Class: "experts", Layout: "ep", Input: 8192, Output: 1024, Load: 1})
	if near.TTFT != e.TTFT || near.TPOT != e.TPOT || reach.Distance != 0 || reach.Unlike() {
		t.Errorf("inside: %+v, %+v", near.TTFT, reach)
	}
	away, reach := e.At(Case{Class: "experts", Layout: "ep", Input: 32768, Output: 1024, Load: 1, Version: "0.5.11"})
	d := math.Log(4) - math.Ln2/2 + math.Ln2 // an engine newer than all runs
	if math.Abs(reach.Distance-d) > 1e-12 || !reach.Unlike() || reach.Newer == "" || reach.Nearest.Input != 8192 {
		t.Errorf("away: %+v, want a distance of %.4f", reach, d)
	}
	same := func(b Bar, low, high, by float64) {
		if math.Abs(b.Low-low*math.Exp(-by)) > 1e-12 || math.Abs(b.High-high*math.Exp(by)) > 1e-12 {
			t.Errorf("%+v, want %g to %g moved by %.4f", b, low, high, by)
		}
	}
	same(away.TPOT, 0.8, 1.1, 0.5*d)
	same(away.TTFT, 0.7, 1.5, 0.9*(math.Log(4)-math.Ln2/2))
	who, _ := e.At(Case{Class: "experts", Layout: "ep", Input: 32768, Output: 1024, Load: 1, Unsaid: true})
	same(who.TTFT, 0.7, 1.5, 2*(math.Log(4)-math.Ln2/2)) // nobody says how it was made
	less, reach := e.At(Case{Class: "experts", Layout: "ep", Input: 8192, Output: 1024, Load: 32})
	if reach.Unlike() || reach.Load != math.Ln2 || reach.Lengths != 0 || reach.Other != 0 {
		t.Errorf("twice the load: %+v", reach)
	}
	same(less.TTFT, 0.75, 1.5, 0.1*math.Ln2)
	same(less.TPOT, 0.9, 1.1, 0.5*math.Ln2)
	if away.Throughput != (Bar{}) {
		t.Errorf("a bar that nobody earned: %+v", away.Throughput)
	}
	if old, none := (&EngineCosts{TPOT: Bar{0.9, 1.1}}).At(Case{Input: 1}); none != nil || old.TPOT.High != 1.1 {
		t.Errorf("a profile that does not say what it has seen: %+v, %+v", old.TPOT, none)
	}
	if far := (Bar{0.5, 2}).widen(1e3); far != (Bar{lowest, highest}) {
		t.Errorf("%+v", far)
	}
}

func TestVersionsInOrder(t *testing.T) {
	order := []string{"0.5.9", "v0.5.10", "1.0.0rc3", "1.2.0", "2"}
	for i, a := range order {
		for k, b := range order {
			if got := CompareVersions(a, b); got != compare(i, k) {
				t.Errorf("%s against %s: %d", a, b, got)
			}
		}
	}
}

func compare(a, b int) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Files spell a model with capitals or without: it is one.
func TestModelsHaveOneSpelling(t *testing.T) {
	k := Knowledge{Models: []string{"GPT-OSS-120B", "Qwen3-32B", "gpt-oss-120b", "Qwen3-14B", "Qwen3-32B"}}
	k.Sort()
	if got := strings.Join(k.Models, " "); got != "gpt-oss-120b Qwen3-14B Qwen3-32B" {
		t.Error(got)
	}
}
