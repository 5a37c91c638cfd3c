package score

import (
	"math"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/bench"
	"fathom/sim/handover"
	"fathom/sim/kernel"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/traffic"
)

// Prediction is what fathom says of a run.
type Prediction struct {
	Figures
	Traffic traffic.Result
	Room    int // KV tokens of one replica
	// Bars are the intervals that runs of the engine earned in cross-validation; nil for figures that are not calibrated.
	Bars *hw.EngineCosts
	// Reach is how far the run is from those behind the numbers; nil where that is not known.
	Reach *hw.Reach

	budget int // tokens of prompts in one step of all instances
}

// Where the usual shares of memory do not hold one request, the run cannot have used them: these are what people set
// then.
const tightShare, tightReserve = 0.95, 3.5e9

// oracle is what all predictions of a run share.
type oracle struct {
	table   *table
	library library
	find    func(string) (*hw.Profile, error)
	costs   func(*Row, *hw.Profile, *model.Model) Costs
	seed    uint64

	unfitted bool // use no fit, where there is one
}

// Costs are the numbers that a calibration sets.
type Costs = price.Costs

// predict simulates a run. Whatever stands in the way becomes an error that a person can act on.
func (o *oracle) predict(r *Row) (Prediction, error) {
	t := o.table
	if !r.Fault.IsZero() {
		return Prediction{}, &message.Error{Said: r.Fault}
	}
	of := t.pool(r)
	if r.tuned {
		if of == nil {
			return o.tune(r)
		}
		run := *r
		run.guesses(of.draft)
		r = &run
	}
	m, err := o.library.modelOf(t, r)
	if err != nil {
		return Prediction{}, err
	}
	profile, err := t.profileOf(r, o.find)
	if err != nil {
		return Prediction{}, err
	}
	formats, err := t.formatsOf(r, m)
	if err != nil {
		return Prediction{}, err
	}
	costs, bars := o.priced(r, profile, m)
	costs.Kernel = costs.Kernel.Aged(r.age(t))
	study := t.of(r, m.Name)
	study.slow(&costs, r.Side)
	cold, split := 0.0, traffic.Pools{}
	for i := range t.Recipe {
		if c := &t.Recipe[i]; c.fits(t, r, m) {
			if c.MTP && r.Draft == 0 {
				return o.tune(r)
			}
			cold, split.InTurn = max(cold, c.ColdS), split.InTurn || c.InTurn
			c.tune(&costs.Kernel, r.Sequences)
			if bars != nil || o.costs != nil {
				c.scale(&costs)
			}
		}
	}
	deploy := func(s Side) (price.Pricer, traffic.Engine, error) {
		s = r.change.side(s)
		setup := s.Setup(m, profile)
		setup.Given = &price.Given{Formats: formats, Costs: costs}
		p, err := price.New(setup)
		if err != nil {
			return nil, traffic.Engine{}, err
		}
		length := r.Input + r.Output
		room := p.Room(length)
		if room.Tokens(length) < length+2 {
			setup.Given.Reserved = (1-tightShare)*profile.MemoryBytes + tightReserve
			if p, err = price.New(setup); err != nil {
				return nil, traffic.Engine{}, err
			}
			room = p.Room(length)
		}
		tokens := room.Tokens(length)
		if tokens <= 0 {
			return nil, traffic.Engine{}, s.unfit(room.Weights, profile, r.Engine)
		}
		e, h := r.engine(s, tokens, m, t), p.Host()
		e.Arrive, e.ArriveSeq, e.Host, e.HostSeq = h.Arrive, h.ArriveSeq, h.Step, h.Sequence
		bench.FrontEnd(&e, h, r.Engine, setup.Strategy, profile.Grid.Node)
		return p, e, nil
	}
	load := r.traffic(o.seed, m, t)
	whole := shorten(&load)
	var out Prediction
	if r.Disaggregated {
		out, err = r.pools(load, whole, profile, m, formats.KV, deploy, of, split)
	} else {
		out, err = r.aggregated(load, whole, deploy, study)
	}
	if err != nil {
		return Prediction{}, err
	}
	if cold > 0 && (r.Disaggregated || r.Concurrency*r.Input >= out.budget) && r.change.stall == 0 {
		(&change{stall: cold}).figures(&out, r, whole)
	}
	out.Bars, out.Reach = bars.At(CaseOf(r, m))
	return out, nil
}

// unfit says what an instance lacks whose weights leave no room, and what its engine does about it.
func (s Side) unfit(weights float64, p *hw.Profile, engine plan.Serving) error {
	ranks := float64(s.TP * s.DP * max(1, s.PP))
	hold := math.Ceil(weights * ranks / (tightShare*p.MemoryBytes - tightReserve))
	flag := engine.Engine().Offload
	if flag == "" || p.HostBandwidth <= 0 {
		return message.Fault("fault.memory", weights/1e9, p.Name, p.MemoryBytes/1e9, hold)
	}
	over := weights - tightShare*p.MemoryBytes + tightReserve
	return message.Fault("fault.memory-host", weights/1e9, p.Name, p.MemoryBytes/1e9, hold, flag,
		math.Ceil(over/(1<<30)), p.HostBandwidth/1e9, over/p.HostBandwidth)
}

// priced gives the constants of a run: the caller's, those of a fit where the profile has one and it is wanted, or the
// unfitted ones. The bars are those of the fit, nil without one.
func (o *oracle) priced(r *Row, profile *hw.Profile, m *model.Model) (Costs, *hw.EngineCosts) {
	if o.costs != nil {
		return o.costs(r, profile, m), nil
	}
	if !o.unfitted && profile.Calibrated != nil {
		name := r.Engine.Engine().Name
		if k, h, err := kernel.Calibrated(profile, name); err == nil {
			return Costs{Kernel: k, Host: h}, profile.Calibrated.Engine(name)
		}
	}
	return Costs{Kernel: kernel.Unfitted(profile), Host: kernel.UnfittedHost}, nil
}

// deployer makes the step time and the scheduler of one instance.
type deployer func(Side) (price.Pricer, traffic.Engine, error)

// Setup is one instance of a run.
func (s Side) Setup(m *model.Model, p *hw.Profile) price.Setup {
	layout := plan.Strategy{TP: s.TP, DP: s.DP, PP: s.PP}
	if m.MoE() {
		layout.EP, layout.MoETP = s.EP, s.MoETP
	}
	return price.Setup{Setup: pass.Setup{Model: m, Profile: p, Strategy: layout, Fidelity: plan.Calibrated}}
}

// aggregated predicts a run with prompts and decodes on the same devices.
func (r *Row) aggregated(load traffic.Load, whole int, deploy deployer, s *study) (Prediction, error) {
	step, engine, err := deploy(r.Side)
	if err != nil {
		return Prediction{}, err
	}
	if r.Side.Workers*r.Side.DP == 1 { // several ranks have a cache each, and a prompt may come to another one
		load.Held = s.held(r, engine.KVTokens)
	}
	result, err := traffic.Replicated(load, engine, step.Clock(), r.Side.Workers)
	if err != nil {
		return Prediction{}, err
	}
	return r.figures(result, whole, engine.KVTokens, engine.BatchedTokens*r.Side.Workers), nil
}

// engine is the engine's preset with what the row states. Limits of the scheduler are per attention rank.
func (r *Row) engine(s Side, room int, m *model.Model, t *table) traffic.Engine {
	e := bench.Preset(r.Engine)
	for i := range t.Recipe {
		if t.Recipe[i].fits(t, r, m) {
			t.Recipe[i].apply(&e, r)
		}
	}
	if r.BatchedTokens > 0 {
		e.BatchedTokens = r.BatchedTokens
	}
	if r.Sequences > 0 {
		e.Sequences = r.Sequences
	}
	r.guess(&e)
	e.BatchedTokens *= s.DP
	e.Sequences *= s.DP
	e.Ranks = s.DP
	e.KVTokens = room
	r.change.engine(&e, s)
	return e
}

// publicSpread is what public CI runs draw lengths with: 80 to 100% of nominal (serving-dynamics 1, fact 2).
const publicSpread = 0.2

// traffic is the load that the row describes.
func (r *Row) traffic(seed uint64, m *model.Model, t *table) traffic.Load {
	l := traffic.Load{Input: r.Input, Output: r.Output, Spread: publicSpread, Concurrency: r.Concurrency, Seed: seed}
	for i := range t.Recipe {
		if c := &t.Recipe[i]; (c.Spread != nil || c.Waves > 0) && c.fits(t, r, m) {
			if l.Waves = c.Waves; c.Spread != nil {
				l.Spread = *c.Spread
			}
		}
	}
	if r.Spread != nil {
		l.Spread = *r.Spread
	}
	l.Tail = r.Tail
	if r.MeanLengths && !r.Tail { // the largest length whose uniform spread has this mean
		widen := 1 / (1 - l.Spread/2)
		l.Input, l.Output = int(math.Round(float64(r.Input)*widen)), max(1, int(math.Round(float64(r.Output)*widen)))
	}
	switch {
	case r.Rate > 0:
		l.Arrival, l.Rate, l.Requests = traffic.Poisson, r.Rate, r.Requests
		if r.Arrival == traffic.Even {
			l.Arrival = traffic.Even
		}
	case r.Burst:
		l.Concurrency, l.Waves = r.Requests, 1
	case r.Requests > r.Concurrency:
		l.Waves = (r.Requests + r.Concurrency - 1) / r.Concurrency
	}
	r.change.load(&l)
	return l
}

// enough requests make a steady mean whatever their number, so that large runs are played in fewer waves.
const enough = 16_000

// shorten gives the waves that are played of a closed loop.
func shorten(l *traffic.Load) (whole int) {
	whole = max(l.Waves, 1)
	if l.Waves == 0 {
		whole = 10
	}
	if l.Arrival == traffic.Closed {
		l.Waves = min(whole, max(3, enough/max(1, l.Concurrency)))
	}
	return whole
}

// pools predicts a disaggregated run, of a known recipe or none.
func (r *Row) pools(load traffic.Load, whole int, profile *hw.Profile, m *model.Model, kv hw.Format,
	deploy deployer, of *pool, pools traffic.Pools) (Prediction, error) {
	prefill, pe, err := deploy(r.Prefill)
	if err != nil {
		return Prediction{}, message.Fault("csv.prefill", err)
	}
	decode, de, err := deploy(r.Decode)
	if err != nil {
		return Prediction{}, message.Fault("csv.decode", err)
	}
	if of != nil {
		de.Sequences = of.batch * r.Decode.DP
	}
	from, to := r.change.side(r.Prefill).Setup(m, profile).Strategy, r.change.side(r.Decode).Setup(m, profile).Strategy
	moved, err := handover.Of(m, to, kv, 0)
	if err != nil {
		return Prediction{}, err
	}
	pools.Prefill, pools.Decode, pools.PrefillClock, pools.DecodeClock = pe, de, prefill.Clock(), decode.Clock()
	pools.PrefillInstances, pools.DecodeInstances = r.Prefill.Workers, r.Decode.Workers
	pools.HandOver = bench.HandOver(moved, handover.SideOf(profile, from), handover.SideOf(profile, to), plan.KVAuto, 0)
	result, err := traffic.Disaggregated(load, pools)
	if err != nil {
		return Prediction{}, err
	}
	return r.figures(result, whole, de.KVTokens, pe.BatchedTokens*r.Prefill.Workers), nil
}

// figures turns a simulation into what the row measured. A throughput that was derived from latencies is predicted in
// the same way, so that both sides mean the same.
func (r *Row) figures(result traffic.Result, whole, room, budget int) Prediction {
	p := Prediction{Traffic: result, Room: room, budget: budget}
	p.TTFT, p.TPOT = result.TTFT.Mean, result.TPOT.Mean
	if whole > 1 && r.Rate == 0 { // of all waves the first is a burst, played or not
		p.TTFT = result.FirstWave/float64(whole) + result.Steady*(1-1/float64(whole))
	}
	if r.Medians {
		p.TTFT, p.TPOT = result.TTFT.P50, result.TPOT.P50
	}
	if r.Derived {
		p.derive(r.Concurrency, r.Output)
	} else {
		p.Throughput = result.Output
	}
	r.change.figures(&p, r, whole)
	return p
}
