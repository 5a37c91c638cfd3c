package calibrate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"fathom/hw"
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
	x       []float64      // logarithms of the factors
	base    []prediction   // at x
	first   []prediction   // before the fit
	slope   [][]prediction // of the terms in each number, at x: number, row
	solved  *system        // factored, at x
	left    leftOut        // rows that teach nothing
	noise   float64        // variance of a residual of weight 1
	without [][]float64    // solutions with one deployment left out, from cross-validation
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
	f.x = make([]float64, len(f.problem.keys))
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
	for round := 0; ; round++ {
		if err := f.look(ctx, tick); err != nil {
			return nil, err
		}
		if round == 0 {
			kept, err := f.answered()
			if err != nil {
				return nil, err
			}
			if len(kept) < len(rows) { // the others are no deployments to leave out, and no runs that were used
				rows = kept
				f.problem = newProblem(rows, o)
				f.x = make([]float64, len(f.problem.keys))
				if err := f.look(ctx, tick); err != nil {
					return nil, err
				}
			}
		}
		f.problem.soften(f.base)
		// An earlier fit holds numbers where they were, and residuals that are large because of that would say that runs do
		// not agree: how well they do shows once the numbers were free to go where the runs want them.
		if f.problem.trust = f.problem.mostTrust(); o.Fresh || round >= o.Rounds/2 {
			f.problem.rely(f.base, f.known())
		}
		if round == 0 {
			f.first = f.base
		}
		if round == o.Rounds {
			break
		}
		f.x, f.solved = f.problem.improve(f.x, f.x, f.base, f.slope, nil)
	}
	_, f.solved = f.problem.improve(f.x, f.x, f.base, f.slope, nil)
	f.noise = f.residualVariance()
	return f, nil
}

// look simulates the rows at x, and with each number moved a little.
func (f *Fit) look(ctx context.Context, tick func(runs int)) error {
	p := f.problem
	at := func(row, n int) float64 { return p.sum(f.x, row, n) }
	var err error
	if f.base, err = p.predict(ctx, p.every(), at); err != nil {
		return err
	}
	tick(len(p.rows))
	f.slope = make([][]prediction, len(p.all))
	for moved := range p.all {
		f.slope[moved] = make([]prediction, len(p.rows))
		got, err := p.predict(ctx, p.users[moved], func(row, n int) float64 {
			if n == moved {
				return at(row, n) + step
			}
			return at(row, n)
		})
		if err != nil {
			return err
		}
		for i, row := range p.users[moved] {
			for t := range terms {
				f.slope[moved][row][t] = (got[i][t] - f.base[row][t]) / step
			}
		}
		tick(len(got))
	}
	return nil
}

// improve makes one Gauss-Newton step of the robust, regularised least squares, from x, with the derivatives of a point
// near it. skip leaves rows out; nil: none.
func (p *problem) improve(x, near []float64, base []prediction, slope [][]prediction,
	skip func(row int) bool) ([]float64, *system) {
	s := newSystem(len(p.keys))
	for i, sd := range p.sd {
		s.a[i][i] = 1 / (sd * sd)
		s.b[i] = -x[i] / (sd * sd)
	}
	for row := range p.rows {
		if skip != nil && skip(row) {
			continue
		}
		p.add(s, row, x, near, base, slope)
	}
	s.cholesky()
	next := append([]float64(nil), x...)
	for i, d := range s.solve(s.b) {
		next[i] += clamp(d, -most, most)
	}
	return next, s
}

// add puts one row into the equations.
func (p *problem) add(s *system, row int, x, near []float64, base []prediction, slope [][]prediction) {
	for t := range terms {
		r := base[row][t]
		if math.IsNaN(r) {
			continue
		}
		for n := range p.all {
			if d := slope[n][row][t]; !math.IsNaN(d) {
				r += d * (p.sum(x, row, n) - p.sum(near, row, n))
			}
		}
		w := p.trust * p.weight(t, r)
		if w == 0 {
			continue
		}
		for n := range p.all {
			d := slope[n][row][t]
			if d == 0 || math.IsNaN(d) {
				continue
			}
			for _, i := range p.of[row][n] {
				s.b[i] -= w * d * r
				for m := range p.all {
					if e := slope[m][row][t]; e != 0 && !math.IsNaN(e) {
						for _, j := range p.of[row][m] {
							s.a[i][j] += w * d * e
						}
					}
				}
			}
		}
	}
}

// residualVariance is that of a residual of weight 1: how wrong the equations are beyond what priors allow.
func (f *Fit) residualVariance() float64 {
	var sum, n float64
	for row := range f.problem.rows {
		for t := range terms {
			if r := f.base[row][t]; !math.IsNaN(r) {
				sum += f.problem.trust * f.problem.weight(t, r) * r * r
				n++
			}
		}
	}
	if n < 2 {
		return 1
	}
	return sum / n
}

// known is how many unknowns the runs have told so far: the trace of what is known after them (Moody 1992).
func (f *Fit) known() float64 {
	if f.solved == nil {
		return 0
	}
	var sum float64
	for i, sd := range f.problem.sd {
		unit := make([]float64, len(f.x))
		unit[i] = 1
		sum += 1 - clamp(f.solved.variance(unit)/(sd*sd), 0, 1)
	}
	return sum
}

// refusal is why runs cannot be fitted.
type refusal struct{ text string }

func (r *refusal) Error() string { return r.text }

func refuse(format string, args ...any) error { return &refusal{fmt.Sprintf(format, args...)} }

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
			return refuse("%d usable runs: a fit needs at least %d; add rows", len(rows), least)
		}
		return refuse("%d usable runs: a fit needs at least %d. Left out: %s", len(rows), least, left)
	}
	type load struct{ input, output, concurrency int }
	loads := map[load]bool{}
	for i := range rows {
		loads[load{rows[i].Input, rows[i].Output, rows[i].Concurrency}] = true
	}
	if len(loads) < 3 {
		return refuse("the runs have %d different loads: with fewer than 3 concurrencies or lengths, fixed times and "+
			"rates cannot be told apart; vary concurrency, isl or osl", len(loads))
	}
	return nil
}

// answered keeps the rows that can be predicted, and refuses where those are too few to learn from.
func (f *Fit) answered() ([]score.Row, error) {
	rows := f.problem.rows
	var kept []score.Row
	for i, b := range f.base {
		if slices.ContainsFunc(b[:], func(r float64) bool { return !math.IsNaN(r) }) {
			kept = append(kept, rows[i])
			continue
		}
		why := f.problem.why[i]
		if why != "" {
			why = where(&rows[i]) + ": " + why
		}
		f.left.add(unpredicted, why)
	}
	if len(kept) < 6 {
		return nil, refuse("only %d of %d runs can be predicted. Left out: %s", len(kept), len(rows), f.left)
	}
	return kept, enough(kept, f.left)
}
