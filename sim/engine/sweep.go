package engine

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"fathom/hw/message"
	"fathom/sim/bench"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/search"
	"fathom/sim/serve"
	"fathom/sim/sweep"
)

// Sweep answers a request over the values of knobs, as the embedded engine would one plan after the other, on as many
// workers as there are processors. See sweep.Run.
func Sweep(ctx context.Context, req *plan.Request, axes []sweep.Axis,
	watch func(sweep.Progress)) (*sweep.Result, error) {
	begin := time.Now()
	out, err := sweep.Run(ctx, req, axes, workers(false), watch)
	if out != nil {
		out.ElapsedMS = float64(time.Since(begin).Microseconds()) / 1000
	}
	return out, err
}

// workers are as many as there are processors. They share prices and benchmarks, and answer aggregation beside every
// searched split; with rivals the second best strategy, too.
func workers(rivals bool) []sweep.Answer {
	shared, runs := &prices{of: map[pass.Setup]serve.Forward{}}, bench.NewRuns()
	list := make([]sweep.Answer, runtime.GOMAXPROCS(0))
	for i := range list {
		cells := search.NewCells(shared.price, runs)
		cells.Aggregated, cells.Rivals = true, rivals
		list[i] = guarded(cells.Answer)
	}
	return list
}

// guarded makes an error of a panic, which would end the program on a worker's goroutine.
func guarded(answer sweep.Answer) sweep.Answer {
	return func(ctx context.Context, req *plan.Request) (out *report.Report, err error) {
		defer func() {
			if v := recover(); v != nil {
				out, err = nil, internal(v)
			}
		}()
		return answer(ctx, req)
	}
}

// internal is the failure that a panic of ours stands for.
func internal(v any) *report.Failure {
	return &report.Failure{Class: report.Environment,
		Message: message.New("failure.internal-error", firstLine(fmt.Sprint(v))),
		Lines:   []string{string(debug.Stack())}, Advice: message.New("failure.please-report-plan")}
}

// prices keeps the forward models of strategies, which most plans of a sweep have in common: they are immutable. The
// zero value of of is not ready.
type prices struct {
	mu sync.RWMutex
	of map[pass.Setup]serve.Forward
}

// mostPrices bounds what is kept: a sweep of device counts has other strategies at every place.
const mostPrices = 4096

func (p *prices) price(s pass.Setup) (serve.Forward, error) {
	p.mu.RLock()
	f, ok := p.of[s]
	p.mu.RUnlock()
	if ok {
		return f, nil
	}
	f, err := Price(s)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.of) >= mostPrices {
		clear(p.of)
	}
	p.of[s] = f
	return f, nil
}
