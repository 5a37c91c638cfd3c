package serve

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// At most n work at a time, everybody gets a turn, and runs on a screen go before quiet ones.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1)
		var order []string
		var mu sync.Mutex
		var inside, most atomic.Int32
		run := func(name string, quiet, turns int) {
			if err := g.enter(t.Context(), quiet); err != nil {
				t.Error(err)
			}
			for range turns {
				most.Store(max(most.Load(), inside.Add(1)))
				mu.Lock()
				order = append(order, name)
				mu.Unlock()
				time.Sleep(time.Second)
				inside.Add(-1)
				if err := g.yield(t.Context(), quiet); err != nil {
					t.Error(err)
				}
			}
			g.leave()
		}
		var wg sync.WaitGroup
		for _, c := range []struct {
			name         string
			quiet, turns int
		}{{"q", 1, 2}, {"p", 1, 1}, {"a", 0, 2}, {"b", 0, 1}} {
			wg.Go(func() { run(c.name, c.quiet, c.turns) })
			synctest.Wait()
		}
		wg.Wait()
		got := ""
		for _, s := range order {
			got += s
		}
		if got != "qabaqp" || most.Load() != 1 { // q had begun and goes on before p; a and b take turns
			t.Errorf("order %s, %d at once", got, most.Load())
		}
		if g.free != 1 {
			t.Errorf("%d free at the end", g.free)
		}
	})
}

// Who stops waiting takes no turn along.
func TestGateForgetsWhoLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1)
		if err := g.enter(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		gone := errors.New("gone")
		var ends [20]context.CancelCauseFunc
		var wg sync.WaitGroup
		for i := range ends {
			var ctx context.Context
			ctx, ends[i] = context.WithCancelCause(t.Context())
			wg.Go(func() {
				if err := g.enter(ctx, i%2); err == nil {
					g.leave()
				} else if err != gone {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		for i, end := range ends { // some leave before their turn comes, some at the same moment
			if i == 10 {
				g.leave()
			}
			end(gone)
		}
		wg.Wait()
		if g.free != 1 || len(g.wait[0])+len(g.wait[1]) != 0 {
			t.Errorf("%d free, %d and %d wait", g.free, len(g.wait[0]), len(g.wait[1]))
		}
	})
}
