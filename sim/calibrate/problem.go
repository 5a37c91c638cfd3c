package calibrate

import (
	"context"
	"fmt"
	"math"
	"slices"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/score"
)

// key is one unknown: the logarithm of a factor on a number, for all runs ("", ""), an engine, or an engine on a
// device.
type key struct {
	number         int
	engine, device string
}

// problem is a fit in the making.
type problem struct {
	all     []number
	rows    []score.Row
	cases   []hw.Case // of the rows
	options Options
	keys    []key
	index   map[key]int
	sd      []float64 // of each unknown before any run
	of      [][][]int // unknowns of each row's numbers: row, number, factors
	users   [][]int   // rows that use a number
	soft    [terms]float64
	trust   float64                 // factor on all weights
	why     map[int]message.Message // rows that cannot be predicted
	tables  bool                    // kernels of one of the devices were measured one by one
}

// terms of a row that a fit compares: logarithms of predicted / measured.
const (
	ttft = iota
	tpot
	throughput
	terms
)

// Weights of the terms, and the size beyond which a residual counts less and less: rows hold things that no model of an
// engine predicts (serving-dynamics 7).
var (
	weightOf = [terms]float64{1.5, 2.5, 1.5}
	softOf   = [terms]float64{0.35, 0.15, 0.25}
)

// hopeless is the residual from which a term says nothing of the numbers.
const hopeless = 1.5

// earlier is the share of the prior's width that is left after an earlier fit.
const earlier = 0.4

func newProblem(rows []score.Row, o Options) *problem {
	p := &problem{all: numbers(), rows: rows, cases: cased(rows), options: o, index: map[key]int{},
		why: map[int]message.Message{}}
	p.trust, p.tables = 1, measured(rows, o.Profile)
	same := sameLoads(p.all, rows)
	p.of, p.users = make([][][]int, len(rows)), make([][]int, len(p.all))
	for i := range rows {
		p.of[i] = make([][]int, len(p.all))
		uses := useOf(&rows[i])
		for n := range p.all {
			if used := p.all[n].used; (used == nil || used(uses)) && !same[loadKey{n, engineOf(&rows[i])}] {
				p.users[n] = append(p.users[n], i)
			}
			for _, k := range p.factors(n, engineOf(&rows[i]), rows[i].Device) {
				p.of[i][n] = append(p.of[i][n], p.unknown(k))
			}
		}
	}
	return p
}

// loadKey is a number and an engine.
type loadKey struct {
	number int
	engine string
}

// sameLoads says which numbers an engine's runs cannot tell because all of them have one load.
func sameLoads(all []number, rows []score.Row) map[loadKey]bool {
	first, same := map[loadKey]float64{}, map[loadKey]bool{}
	for i := range rows {
		for n := range all {
			k, load := loadKey{n, engineOf(&rows[i])}, all[n].load(&rows[i])
			before, seen := first[k]
			switch {
			case load == 0:
			case !seen:
				first[k], same[k] = load, true
			case before != load:
				same[k] = false
			}
		}
	}
	return same
}

// unmeasured is how much wider the fixed time of routed experts is open where no table of kernels says what it is: by
// an order of magnitude.
const unmeasured = 4

// measured tells whether a device of the rows has kernel sums.
func measured(rows []score.Row, find func(string) (*hw.Profile, error)) bool {
	return slices.ContainsFunc(rows, func(r score.Row) bool {
		d, err := score.DeviceOf(r.Device, find)
		return err == nil && d.Kernel != nil && d.Kernel.Sum.Measured()
	})
}

// engineOf is the name under which a profile keeps an engine's numbers.
func engineOf(r *score.Row) string {
	return r.Engine.Engine().Name
}

// factors lists the unknowns of a number for an engine on a device.
func (p *problem) factors(n int, engine, device string) []key {
	out := []key{{n, "", ""}}
	if p.all[n].engine > 0 {
		out = append(out, key{n, engine, ""})
	}
	if p.all[n].pair > 0 && device != "" {
		out = append(out, key{n, engine, device})
	}
	return out
}

func (p *problem) unknown(k key) int {
	i, ok := p.index[k]
	if !ok {
		i = len(p.keys)
		p.index[k] = i
		p.keys = append(p.keys, k)
		n := p.all[k.number]
		switch {
		case k.device != "":
			p.sd = append(p.sd, n.pair)
		case k.engine != "":
			p.sd = append(p.sd, n.engine)
		default:
			p.sd = append(p.sd, n.all)
		}
		if !p.tables && n.experts() {
			p.sd[i] *= unmeasured
		}
		if !p.options.Fresh { // what an earlier fit says of other runs is known better than what nothing was fitted to
			p.sd[i] *= earlier
		}
	}
	return i
}

// sum is the logarithm of the whole factor on a row's number.
func (p *problem) sum(x []float64, row, n int) float64 {
	var s float64
	for _, i := range p.of[row][n] {
		s += x[i]
	}
	return s
}

// predict simulates rows, with the logarithms of factors that at gives for a row and a number.
func (p *problem) predict(ctx context.Context, rows []int, at func(row, n int) float64) ([]residuals, error) {
	some := make([]score.Row, len(rows))
	place := make(map[*score.Row]int, len(rows))
	for i, row := range rows {
		some[i] = p.rows[row]
		place[&some[i]] = row
	}
	res, err := score.Run(ctx, some, score.Options{Seed: p.options.Seed, Profile: p.options.Profile,
		Costs: func(r *score.Row, profile *hw.Profile, _ *model.Model) score.Costs {
			row := place[r]
			c := before(profile, engineOf(r), p.all, p.options.Fresh)
			for n := range p.all {
				scale(&c, &p.all[n], at(row, n), 0)
			}
			return c
		}}, nil)
	if err != nil {
		return nil, err
	}
	out := make([]residuals, len(rows))
	for i := range res.Rows {
		out[i] = compare(&res.Rows[i])
		if s := &res.Rows[i]; s.Predicted == nil {
			p.why[rows[i]] = s.Reason
		}
	}
	return out, nil
}

// every lists all rows.
func (p *problem) every() []int {
	out := make([]int, len(p.rows))
	for i := range out {
		out[i] = i
	}
	return out
}

// compare takes the terms of a scored row. A throughput that was derived from the latencies says nothing beside them.
func compare(s *score.Scored) residuals {
	nan := math.NaN()
	out := residuals{nan, nan, nan}
	if s.Predicted == nil {
		return out
	}
	m, f := s.Row.Measured, s.Predicted.Figures
	for term, v := range [terms][2]float64{{m.TTFT, f.TTFT}, {m.TPOT, f.TPOT}, {m.Throughput, f.Throughput}} {
		if v[0] > 0 && v[1] > 0 && (term != throughput || !s.Row.Derived) {
			out[term] = math.Log(v[1] / v[0])
		}
	}
	return out
}

// soften sets the size from which residuals count less: that of the table, or the median residual where all are larger,
// so that a fit which starts far off sees most of its rows.
func (p *problem) soften(base []residuals) {
	for t := range terms {
		var sizes []float64
		for row := range base {
			if r := math.Abs(base[row][t]); r <= hopeless {
				sizes = append(sizes, r)
			}
		}
		_, middle := meanMedian(sizes)
		p.soft[t] = math.Max(softOf[t], middle)
	}
}

// rely sets how much runs count against what is known before them. The weights are those of many runs whose errors go
// together within a deployment; few runs that agree better than that tell more each. known is how many unknowns the
// runs have told: so many residuals are small because of them.
func (p *problem) rely(base []residuals, known float64) {
	var sizes []float64
	for row := range base {
		for t := range terms {
			if r := base[row][t]; math.Abs(r) <= hopeless {
				sizes = append(sizes, p.weight(t, r)*r*r)
			}
		}
	}
	n := float64(len(sizes))
	p.trust = 1
	_, middle := meanMedian(sizes)
	if middle == 0 {
		return
	}
	groups := map[string]bool{}
	for _, g := range p.groups() {
		groups[g] = true
	}
	p.trust = clamp(float64(len(groups))/float64(len(p.rows))*middleOfSquare/middle*math.Max(0, n-known)/n, 1,
		p.mostTrust())
}

// mostTrust is the largest factor on the weights. What an earlier fit said is held more tightly, and runs that agree
// must be able to override it all the same.
func (p *problem) mostTrust() float64 {
	const most = 10
	if p.options.Fresh {
		return most
	}
	return most / (earlier * earlier)
}

// middleOfSquare is the median of the square of a standard normal variable.
const middleOfSquare = 0.4549

// weight of a residual: quadratic while small, then less and less (Cauchy), nothing where hopeless.
func (p *problem) weight(term int, r float64) float64 {
	if math.IsNaN(r) || math.Abs(r) > hopeless {
		return 0
	}
	a := r / p.soft[term]
	return weightOf[term] * weightOf[term] / (1 + a*a)
}

// group is the deployment that a row belongs to: rows of one are never split over folds.
func group(r *score.Row) string {
	return fmt.Sprintf("%s|%s|%s|%s", r.Model, r.Device, engineOf(r), r.Precision)
}

func layout(r *score.Row) string {
	return fmt.Sprintf("tp%d dp%d ep%d", r.Side.TP, r.Side.DP, r.Side.EP)
}

func lengths(r *score.Row) string { return fmt.Sprintf("%d/%d", r.Input, r.Output) }
