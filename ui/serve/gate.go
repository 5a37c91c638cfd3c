package serve

import (
	"context"
	"slices"
	"sync"
)

// gate lets so many runs work at a time, and the others wait in turn. A run uses every processor as long as it works:
// fifty of them at once would make each guest's keys wait for all of them. Runs that nobody looks at come last, and one
// of them is finished before the next begins: each that stands still in the middle keeps its memory.
type gate struct {
	mu   sync.Mutex
	free int
	all  int
	idle func()             // nobody works any more; nil: nobody wants to know
	wait [2][]chan struct{} // for a run on the screen, for a quiet one
}

func newGate(n int) *gate { return &gate{free: max(1, n), all: max(1, n)} }

// enter waits for a turn; an error is the cause of ctx, and there is no turn to leave then.
func (g *gate) enter(ctx context.Context, quiet int) error { return g.queue(ctx, quiet, false) }

// queue waits behind the others of its kind, or in front of them.
func (g *gate) queue(ctx context.Context, quiet int, first bool) error {
	g.mu.Lock()
	if g.free > 0 {
		g.free--
		g.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	if first {
		g.wait[quiet] = slices.Insert(g.wait[quiet], 0, mine)
	} else {
		g.wait[quiet] = append(g.wait[quiet], mine)
	}
	g.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	i := slices.Index(g.wait[quiet], mine)
	if i >= 0 {
		g.wait[quiet] = slices.Delete(g.wait[quiet], i, i+1)
	}
	g.mu.Unlock()
	if i < 0 { // the turn came at the same moment
		g.leave()
	}
	return context.Cause(ctx)
}

// leave gives the turn to the next.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range g.wait {
		if len(g.wait[i]) > 0 {
			close(g.wait[i][0])
			g.wait[i] = slices.Delete(g.wait[i], 0, 1)
			return
		}
	}
	if g.free++; g.free == g.all && g.idle != nil {
		g.idle()
	}
}

// yield lets others go first, if any wait whose run is on a screen, and comes back for another turn.
func (g *gate) yield(ctx context.Context, quiet int) error {
	g.mu.Lock()
	others := len(g.wait[0]) > 0
	g.mu.Unlock()
	if !others {
		return nil
	}
	g.leave()
	return g.queue(ctx, quiet, quiet == 1)
}
