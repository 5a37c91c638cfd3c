package sweep

import (
	"context"
	"sync"
	"sync/atomic"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// Answer answers one request, on the goroutine that asks. Its error is a *report.Failure where the request itself is at
// fault.
type Answer func(context.Context, *plan.Request) (*report.Report, error)

// Result is a sweep with its cells, ordered by place (the first knob's values slowest), then by device and phase.
type Result struct {
	Request          *plan.Request
	Axes             []Axis
	Cells            []Cell
	Fidelity, Search string // common values of the devices; a fidelity may be "mixed"
	Partial          bool   // ended before its last cell
	ElapsedMS        float64
	Command          string // of the plan that is swept, as a shell takes it
}

// Progress says how many plans of how many are answered. Cells are read-only and valid during the call only.
type Progress struct {
	Done, Of int
	partial  func() []Cell
}

// Partial are the cells so far, in their order.
func (p Progress) Partial() []Cell { return p.partial() }

// grid is a sweep at work.
type grid struct {
	req   *plan.Request
	axes  []Axis
	watch func(Progress)

	mu    sync.Mutex // guards what follows
	cells [][]Cell   // by place
	done  int
	out   *Result
}

// Run answers a request at every place of the grid. Each of the workers calls its own Answer, so that an Answer may
// keep scratch space. watch, which may be nil, hears of every plan, one call at a time, and must be quick. The cells
// are the same for any number of workers.
//
// A place whose request cannot be run has cells that say why; another error ends the sweep. When ctx ends, Run returns
// soon the cells so far, marked partial, with the context's cause.
func Run(ctx context.Context, req *plan.Request, axes []Axis, workers []Answer, watch func(Progress)) (*Result, error) {
	n := 1
	for _, a := range axes {
		n *= len(a.Values)
	}
	g := &grid{req: req, axes: axes, watch: watch, cells: make([][]Cell, n), out: &Result{Request: req, Axes: axes}}
	var next atomic.Int64
	var group sync.WaitGroup
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	for _, answer := range workers {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := g.answer(ctx, i, answer); err != nil {
					end(err)
					return
				}
			}
		})
	}
	group.Wait()
	g.out.Cells = g.flat()
	if g.done < n {
		g.out.Partial = true
		return g.out, context.Cause(ctx)
	}
	return g.out, nil
}

// at gives the values of the knobs at a place: the first knob is the slowest.
func (g *grid) at(i int) []float64 {
	values := make([]float64, len(g.axes))
	for k := len(g.axes) - 1; k >= 0; k-- {
		n := len(g.axes[k].Values)
		values[k] = g.axes[k].Values[i%n]
		i /= n
	}
	return values
}

// answer fills one place.
func (g *grid) answer(ctx context.Context, i int, answer Answer) error {
	at, req := g.at(i), *g.req
	for k, a := range g.axes {
		req = a.Knob.At(req, at[k])
	}
	rep, err := answer(ctx, &req)
	cells, err := Answered(at, &req, rep, err)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cells[i] = cells
	g.done++
	if rep != nil && g.out.Fidelity == "" {
		g.out.Fidelity, g.out.Search = rep.Fidelity, rep.Search.String()
	}
	if g.watch != nil {
		g.watch(Progress{Done: g.done, Of: len(g.cells), partial: g.flat})
	}
	return nil
}

// flat are the cells so far in their order.
func (g *grid) flat() []Cell {
	list := make([]Cell, 0, g.done*max(1, len(g.req.Profiles)))
	for _, c := range g.cells {
		list = append(list, c...)
	}
	return list
}
