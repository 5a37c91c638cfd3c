package search

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fathom/hw"
	"fathom/hw/unraced"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// counting counts the forwards that a search asks for.
type counting struct {
	synthetic
	n *atomic.Int64
}

func (c counting) Uniform(s pass.Shape) pass.Result {
	c.n.Add(1)
	return c.synthetic.Uniform(s)
}

func counted(n *atomic.Int64) Pricer {
	return func(s pass.Setup) (serve.Forward, error) {
		return counting{synthetic{s.Strategy.TP, max(1, s.Strategy.DP), 64}, n}, nil
	}
}

// Where one request alone is over a limit, no number of devices helps: that is found out by the smallest batch of each
// layout, not by searching every size.
func TestOneRequestDecidesATarget(t *testing.T) {
	req := question()
	req.InputLength, req.TTFTLimit, req.TPOTLimit, req.Search = 100_000, 1, 50, plan.SearchExhaustive
	p := device("A")
	p.Grid.Shape = []int{1024}
	req.Profiles = []*hw.Profile{p}
	var without, with atomic.Int64
	answer(t, req, counted(&without))
	req.TargetQPS = 10
	c := answer(t, req, counted(&with)).Devices[0].Capacity
	if c.Plan != nil || !strings.Contains(c.Breaks.String(), "TTFT") || !strings.Contains(c.Breaks.String(), "batch 1") {
		t.Errorf("%+v", c)
	}
	tuples := 0
	for n := 1; n <= 1024; n *= 2 {
		tuples += len(space(req, plan.PhaseAggregation, n, true, true))
	}
	// Budgets, chunks of a prompt, and the two contexts of an answer.
	if most := int64(tuples * 4 * (13 + 4)); with.Load()-without.Load() > most {
		t.Errorf("%d forwards for the target, want at most %d", with.Load()-without.Load(), most)
	}
}

// sleepy takes a while for a pass and no processor.
type sleepy struct{ serve.Forward }

func (s sleepy) Uniform(shape pass.Shape) pass.Result {
	time.Sleep(20 * time.Millisecond)
	return s.Forward.Uniform(shape)
}

// A strategy that takes long does not keep a watcher waiting, and can be stopped in its middle.
func TestProgressWithinAStrategy(t *testing.T) {
	req := question()
	req.Devices, req.Search, req.TP, req.PP = 1, plan.SearchExhaustive, sizes(1), sizes(1)
	why := errors.New("seen enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	var seen []int
	_, err := Run(ctx, req, func(s pass.Setup) (serve.Forward, error) {
		return sleepy{synthetic{1, 1, 64}}, nil
	}, 0, func(s Step) {
		if s.Strategies > 0 && len(seen) < 3 {
			t.Errorf("the strategy has ended and the watcher was told %d times", len(seen))
		}
		if seen = append(seen, s.Points); len(seen) == 3 {
			cancel(why)
		}
	})
	if !errors.Is(err, why) || len(seen) < 3 || !slices.IsSorted(seen[:3]) || seen[2] == 0 {
		t.Errorf("%v, points %v", err, seen)
	}
}

// Lists whose combinations no run would come to the end of are refused before they fill the memory.
func TestTooManyCombinations(t *testing.T) {
	var many []int
	for n := 1; n <= 100; n++ {
		many = append(many, n)
	}
	req := question()
	req.Model = experts()
	req.TP, req.EP, req.MoEDP = sizes(many...), sizes(many...), sizes(many...)
	_, err := Run(t.Context(), req, pricer(64), 0, nil)
	var f *report.Failure
	if !errors.As(err, &f) || f.Class != report.InvalidParameters ||
		!strings.Contains(f.Message.String(), "combinations") {
		t.Errorf("%v", err)
	}
}

// What a worker remembers of a strategy is bounded, however many chunks a prompt has.
func TestMemoryOfForwardsIsBounded(t *testing.T) {
	unraced.Skip(t)
	var n atomic.Int64
	var m remembered
	m.reset(counting{synthetic{1, 1, 64}, &n}, 1)
	for total := range 3 * mostRemembered {
		m.Uniform(pass.Shape{Requests: 1, Query: 1, Total: total + 1})
	}
	if len(m.results) > mostRemembered {
		t.Errorf("%d forwards are kept", len(m.results))
	}
}

// A watcher that waits holds the run up, also in the middle of a strategy: a server gives turns to its guests so.
func TestWaitingWatcherHoldsTheRunUp(t *testing.T) {
	req := question()
	req.Devices, req.Search, req.TP, req.PP = 1, plan.SearchExhaustive, sizes(1), sizes(1)
	var n atomic.Int64
	why := errors.New("seen enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	told := false
	_, err := Run(ctx, req, func(s pass.Setup) (serve.Forward, error) {
		return sleepy{counting{synthetic{1, 1, 64}, &n}}, nil
	}, 0, func(Step) {
		if told {
			return
		}
		told = true
		was := n.Load()
		time.Sleep(400 * time.Millisecond) // twenty forwards of each worker; who was in one comes out of it
		if more := n.Load() - was; more > int64(runtime.GOMAXPROCS(0)) {
			t.Errorf("%d forwards while the watcher waits", more)
		}
		cancel(why)
	})
	if !errors.Is(err, why) || !told {
		t.Errorf("%v", err)
	}
}

// A bound of steps ends a run, and takes nothing away from one that needs fewer.
func TestBoundOfSteps(t *testing.T) {
	req := question()
	if rep, err := Run(t.Context(), req, pricer(64), 10, nil); rep != nil || !errors.Is(err, report.ErrTooMuch) {
		t.Errorf("%v, %v", rep, err)
	}
	free, err := Run(t.Context(), req, pricer(64), 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	bounded, err := Run(t.Context(), req, pricer(64), 1e9, nil)
	if err != nil || !reflect.DeepEqual(free, bounded) {
		t.Errorf("another answer within the bound: %v", err)
	}
}
