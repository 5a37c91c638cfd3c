package decision

import (
	"context"
	"sync"
	"sync/atomic"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"
)

// job is a search for crossings at work.
type job struct {
	ctx   context.Context
	req   *plan.Request
	watch func(int)

	mu   sync.Mutex // guards done
	done int
}

// cells answers a request.
func (j *job) cells(q *plan.Request, a sweep.Answer) (*report.Report, []sweep.Cell, error) {
	rep, err := a(j.ctx, q)
	cells, err := sweep.Answered(nil, q, rep, err)
	if err != nil {
		return nil, nil, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.done++; j.watch != nil {
		j.watch(j.done)
	}
	return rep, cells, nil
}

// all shares n pieces of work among workers; each piece writes its own place. The first error ends it.
func (j *job) all(workers []sweep.Answer, n int, do func(int, sweep.Answer) error) error {
	var next atomic.Int64
	var group sync.WaitGroup
	ctx, end := context.WithCancelCause(j.ctx)
	defer end(nil)
	for _, a := range workers {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := do(i, a); err != nil {
					end(err)
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// lever looks at a range from end to end and finds the crossings between its places, for every decision.
func (j *job) lever(x Range, decisions []*Decision, a sweep.Answer) ([]Lever, error) {
	kept := map[float64][]Answer{}
	at := func(v float64) ([]Answer, error) {
		if list, ok := kept[v]; ok {
			return list, nil
		}
		q := x.Knob.At(*j.req, v)
		rep, cells, err := j.cells(&q, a)
		if err != nil {
			return nil, err
		}
		list := make([]Answer, len(decisions))
		for n, d := range decisions {
			list[n] = d.of(rep, cells)
		}
		kept[v] = list
		return list, nil
	}
	now, _ := x.Knob.Now(j.req)
	var places []float64
	for i := range looks {
		v := x.Knob.Near(x.From + (x.To-x.From)*float64(i)/(looks-1))
		if i == 0 {
			v = x.From
		}
		if n := len(places); n == 0 || v > places[n-1] {
			places = append(places, v)
		}
	}
	levers := make([]Lever, len(decisions))
	for n := range decisions {
		levers[n] = Lever{Knob: x.Knob, From: x.From, To: places[len(places)-1], At: now}
	}
	for i, v := range places {
		here, err := at(v)
		if err != nil {
			return nil, err
		}
		for n := range decisions {
			l := &levers[n]
			if w := here[n].Winner; w != "" && w == decisions[n].Now.Winner &&
				(l.Close.Winner == "" || here[n].lead() < l.Close.lead()) {
				l.Close, l.CloseAt = here[n], v
			}
			if l.High = here[n]; i == 0 {
				l.Low = here[n]
				continue
			}
			before, err := at(places[i-1])
			if err != nil {
				return nil, err
			}
			if before[n].Winner != here[n].Winner {
				c, err := cross(x, n, places[i-1], v, at)
				if err != nil {
					return nil, err
				}
				l.Crossings = append(l.Crossings, c...)
			}
		}
	}
	return levers, nil
}

// cross halves the distance between two places with different winners until it is as small as the knob allows. A third
// winner between them makes two crossings.
func cross(x Range, n int, low, high float64, at func(float64) ([]Answer, error)) ([]Crossing, error) {
	a, err := at(low)
	if err != nil {
		return nil, err
	}
	b, err := at(high)
	if err != nil {
		return nil, err
	}
	for {
		m, ok := between(x.Knob, low, high, x.To-x.From)
		if !ok {
			c := Crossing{At: x.Knob.Near(high), Below: a[n].Winner, Above: b[n].Winner, Why: b[n].Why}
			if c.Below == "" {
				c.Why = a[n].Why
			}
			return []Crossing{c}, nil
		}
		mid, err := at(m)
		if err != nil {
			return nil, err
		}
		switch mid[n].Winner {
		case a[n].Winner:
			low = m
		case b[n].Winner:
			high = m
		default:
			first, err := cross(x, n, low, m, at)
			if err != nil {
				return nil, err
			}
			second, err := cross(x, n, m, high, at)
			return append(first, second...), err
		}
	}
}
