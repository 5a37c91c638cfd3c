package score

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/model"
)

// Options of a run; the zero value scores everything with the built-in profiles.
type Options struct {
	// Profile finds a device by name; nil: hw.Find.
	Profile func(string) (*hw.Profile, error)
	// Unfitted leaves out the fits that profiles carry.
	Unfitted bool
	// Costs gives other constants than the profiles; nil: those of the profiles.
	Costs func(*Row, *hw.Profile, *model.Model) Costs
	// Diagnose looks for causes where a prediction is off, in files of so many runs at the most; each takes a tenth of a
	// second or so.
	Diagnose int
	Seed     uint64
	Workers  int // 0: one per processor
}

// Progress is how far a run is.
type Progress struct{ Done, Total int }

// Scored is one row with its prediction. Predicted is nil where Reason says why.
type Scored struct {
	Row       *Row
	Predicted *Prediction
	Reason    message.Message
	Diagnosis *Diagnosis // nil where none was asked for, or found
}

// Run predicts every row and sums up. Rows are independent; each worker writes its own slots, so that the same rows
// give the same result with any number of workers. report may be nil; it is called now and then from the calling
// goroutine's workers, one at a time. A cancelled run returns the context's error.
func Run(ctx context.Context, rows []Row, o Options, report func(Progress)) (*Result, error) {
	t, err := names()
	if err != nil {
		return nil, err
	}
	find := o.Profile
	if find == nil {
		find = hw.Find
	}
	oracle := &oracle{table: t, find: find, costs: o.Costs, unfitted: o.Unfitted, seed: o.Seed}
	scored := make([]Scored, len(rows))
	err = each(ctx, len(rows), o.Workers, report, func(i int) {
		s := &scored[i]
		s.Row = &rows[i]
		p, err := oracle.predict(s.Row)
		if err != nil {
			s.Reason = message.Of(err)
			return
		}
		s.Predicted = &p
		if s.Reason = s.likely(); s.Row.Suspect == "" {
			s.Row.units(&p)
		}
		if len(rows) <= o.Diagnose {
			s.Diagnosis = oracle.diagnose(ctx, s)
		}
	})
	if err != nil {
		return nil, err
	}
	return summarise(scored), nil
}

// each calls do for 0..n-1 on several workers.
func each(ctx context.Context, n, workers int, report func(Progress), do func(int)) error {
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next, done atomic.Int64
	var talk sync.Mutex
	var group sync.WaitGroup
	if report != nil && n > 0 {
		report(Progress{Total: n})
	}
	for range min(workers, n) {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
				if d := done.Add(1); report != nil && (d%16 == 0 || int(d) == n) {
					talk.Lock()
					report(Progress{Done: int(d), Total: n})
					talk.Unlock()
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}
