package calibrate

import (
	"context"
	"errors"
	"math"
	"slices"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/score"
)

// Options of a fit.
type Options struct {
	Profile func(string) (*hw.Profile, error) // finds a device by name; nil: hw.Find
	Seed    uint64
	Fresh   bool // start from measured kernels also where a profile carries an earlier fit
	Rounds  int  // of improvement; 0: 8
}

// Progress is how far a fit is, in simulated runs.
type Progress struct {
	Phase       string
	Done, Total int
}

// step is how far a number is moved to see what it does, as a logarithm; most is how far a round may move it.
const (
	step = 0.1
	most = 0.7
)

// Fit is the outcome: numbers, what the runs say of them, and all that cross-validation needs.
type Fit struct {
	problem *problem
	view    *view       // at the fit
	first   []residuals // before it
	out     []residuals // of each row, left out with its deployment
	left    leftOut     // rows that teach nothing
	posterior
}

// Run fits the numbers to the rows of all devices at once. Rows that are suspect, faulty, disaggregated or faster than
// the device can be, that guess ahead with unknown success, or that cannot be predicted teach nothing and are left out.
// It refuses rows from which nothing can be learnt.
func Run(ctx context.Context, rows []score.Row, o Options, report func(Progress)) (*Fit, error) {
	if o.Profile == nil {
		o.Profile = hw.Find
	}
	rows, left := usable(rows)
	rows, err := possible(rows, o, &left)
	if err != nil {
		return nil, err
	}
	if err := enough(rows, left); err != nil {
		return nil, err
	}
	if o.Rounds == 0 {
		o.Rounds = 8
	}
	f := &Fit{problem: newProblem(rows, o), left: left}
	total, done := len(f.problem.rows), 0
	for _, users := range f.problem.users {
		total += len(users)
	}
	total *= o.Rounds + 1
	tick := func(runs int) {
		done += runs
		if report != nil {
			report(Progress{"fit", done, total})
		}
	}
	if err := f.start(ctx, tick); err != nil {
		return nil, err
	}
	kept, err := f.answered()
	if err != nil {
		return nil, err
	}
	if len(kept) < len(rows) { // the others are no deployments to leave out, and no runs that were used
		f.problem = newProblem(kept, o)
		if err := f.start(ctx, tick); err != nil {
			return nil, err
		}
	}
	f.first = f.view.base
	frame := f.problem.frame(tick)
	for round := 0; ; round++ {
		f.problem.soften(f.view.base)
		// An earlier fit holds numbers where they were, and residuals that are large because of that would say that runs do
		// not agree: how well they do shows once the numbers were free to go where the runs want them.
		if f.problem.trust = f.problem.mostTrust(); o.Fresh || round >= o.Rounds/2 {
			f.problem.rely(f.view.base, f.effectiveParameters())
		}
		f.solved, f.noise = frame.equations(f.view.x, f.view, nil, nil)
		if round == o.Rounds {
			return f, nil
		}
		if f.view, err = frame.look(ctx, frame.improve(f.view.x, f.view, nil), nil); err != nil {
			return nil, err
		}
	}
}

// start looks at the rows before the fit.
func (f *Fit) start(ctx context.Context, tick func(runs int)) (err error) {
	f.sd = f.problem.sd
	f.view, err = f.problem.frame(tick).look(ctx, make([]float64, len(f.sd)), nil)
	return err
}

// frame is the fit to serving runs. Its numbers keep to their ranges by themselves.
func (p *problem) frame(tick func(runs int)) *frame {
	return &frame{sd: p.sd, users: p.users, step: step, most: most, total: len(p.rows),
		unknowns: func(row, n int) []int { return p.of[row][n] },
		weight:   func(t int, r float64) float64 { return p.trust * p.weight(t, r) },
		predict: func(ctx context.Context, rows []int, x []float64, moved int, by float64) ([]residuals, error) {
			got, err := p.predict(ctx, rows, func(row, n int) float64 {
				if n == moved {
					return p.sum(x, row, n) + by
				}
				return p.sum(x, row, n)
			})
			if tick != nil && err == nil {
				tick(len(rows))
			}
			return got, err
		}}
}

// refusal is why runs cannot be fitted.
type refusal struct{ said message.Message }

func (r *refusal) Error() string { return r.said.String() }

// Message is what the error says.
func (r *refusal) Message() message.Message { return r.said }

func refuse(said message.Message) error { return &refusal{said} }

// IsRefusal reports whether an error says that the runs cannot be fitted, and why.
func IsRefusal(err error) bool {
	var r *refusal
	return errors.As(err, &r)
}

// enough refuses rows from which nothing can be learnt, and says why the others do not count.
func enough(rows []score.Row, left leftOut) error {
	const least = 6
	if len(rows) < least {
		if len(left) == 0 {
			return refuse(message.New("refit.few", len(rows), least))
		}
		return refuse(message.New("refit.few-left", len(rows), least, left))
	}
	type load struct{ input, output, concurrency int }
	loads := map[load]bool{}
	for i := range rows {
		loads[load{rows[i].Input, rows[i].Output, rows[i].Concurrency}] = true
	}
	if len(loads) < 3 {
		return refuse(message.New("refit.loads", len(loads)))
	}
	return nil
}

// answered keeps the rows that can be predicted, and refuses where those are too few to learn from.
func (f *Fit) answered() ([]score.Row, error) {
	rows := f.problem.rows
	var kept []score.Row
	for i, b := range f.view.base {
		if slices.ContainsFunc(b[:], func(r float64) bool { return !math.IsNaN(r) }) {
			kept = append(kept, rows[i])
			continue
		}
		why := f.problem.why[i]
		if !why.IsZero() {
			why = message.New("refit.at", where(&rows[i]), why)
		}
		f.left.add(unpredicted, why)
	}
	if len(kept) < 6 {
		return nil, refuse(message.New("refit.unpredicted", len(kept), len(rows), f.left))
	}
	return kept, enough(kept, f.left)
}
