package search

import (
	"cmp"
	"slices"

	"fathom/hw/message"
	"fathom/sim/bench"
	"fathom/sim/handover"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// mostHeld is how many pairs that differ are played for the load that they hold: the best by their rates.
const mostHeld = 24

// shorter is how many more requests than the closed forms say a pair may serve that is played: half the spread of the
// lengths, and the noise of a run.
const shorter = 1.25

// pairJudged reports whether pairs of a request are held against limits on what requests meet: of two phases these are
// known only where they are played together.
func pairJudged(req *plan.Request) bool {
	return req.Mode == plan.PDRatio && (req.Played() || req.E2ELimit > 0)
}

// pair is the deployment of a pair with all its instances; nil where no split fits the devices.
func (r *run) pair(i int, x *report.Ratio) (*bench.Pair, error) {
	if x.PrefillInstances == nil || x.DecodeInstances == nil || *x.PrefillInstances < 1 || *x.DecodeInstances < 1 {
		return nil, nil
	}
	return pairOf(r.req, r.job(i, plan.PhasePrefill), r.job(i, plan.PhaseDecode), x)
}

// pairOf is the deployment of a pair whose instances its jobs price.
func pairOf(req *plan.Request, prefill, decode *job, x *report.Ratio) (*bench.Pair, error) {
	p, err := prefill.bench(&x.Prefill)
	if err != nil {
		return nil, err
	}
	d, err := decode.bench(&x.Decode)
	if err != nil {
		return nil, err
	}
	load, err := handover.Of(req.Model, x.Decode.Strategy, req.Quant.Attention.Format(), x.Decode.MTP)
	if err != nil {
		return nil, err
	}
	return &bench.Pair{Prefill: p, Decode: d, Prefills: *x.PrefillInstances, Decodes: *x.DecodeInstances,
		HandOver: bench.HandOver(load, handover.SideOf(prefill.profile, x.Prefill.Strategy),
			handover.SideOf(decode.profile, x.Decode.Strategy), req.KVPath, req.ServingCostMS/1000)}, nil
}

// machine is what of a pair decides what it does: pairs that are the same engines, as many of them, are one.
type machine struct {
	prefillDevice, decodeDevice string
	prefill, decode             plan.Strategy
	prefills, decodes           int // engines
	budget, batch, places       int
	handOver                    float64
}

func machineOf(p *bench.Pair, x *report.Ratio, input int) machine {
	one := func(s plan.Strategy, engines int) plan.Strategy {
		if engines > 1 {
			s.DP = 1
		}
		return s
	}
	return machine{x.PrefillDevice, x.DecodeDevice, one(x.Prefill.Strategy, p.Prefill.Engines()),
		one(x.Decode.Strategy, p.Decode.Engines()), p.Prefills * p.Prefill.Engines(), p.Decodes * p.Decode.Engines(),
		p.Prefill.Budget(), x.Prefill.Batch, x.Decode.Batch, p.HandOver(input)}
}

// holdPairs keeps the pairs that hold the limits when all their instances are played together, the one that serves most
// first. Those whose phases alone serve less than the best of the others holds need not be played.
func (r *run) holdPairs(i int, d *report.Device) {
	j := &judge{single: limitsOf(r.req)}
	j.of(r.req)
	type outcome struct {
		held    *report.Held
		traffic *report.Traffic
		why     message.Message
	}
	known := map[machine]outcome{}
	var kept []report.Ratio
	best, lesser, unplayed := 0., 0, 0
	for n := range d.PDRatio.Candidates {
		if r.stopped.Load() {
			break
		}
		x := d.PDRatio.Candidates[n]
		p, err := r.pair(i, &x)
		var o outcome
		switch {
		case err != nil:
			o.why = message.Of(err)
		case p == nil:
			o.why = message.New("report.nosplit")
		case shorter**x.SystemQPS <= best:
			lesser++
			continue
		default:
			m := machineOf(p, &x, r.req.InputLength)
			var ok bool
			if o, ok = known[m]; ok {
				x.Held, x.Traffic = o.held, o.traffic
				break
			}
			if len(known) == mostHeld {
				unplayed++
				continue
			}
			if o.why, err = r.holdPair(p, j, &x); err != nil {
				o.why = message.Of(err)
			}
			o.held, o.traffic = x.Held, x.Traffic
			known[m] = o
		}
		if o.why.IsZero() {
			r.serving(&x, d.Device)
			best, kept = max(best, *x.SystemQPS), append(kept, x)
		} else if len(d.Notes) < mostNotes {
			d.Notes = append(d.Notes, message.New("issue.line", x.Prefill.Label+" / "+x.Decode.Label, o.why))
		}
	}
	if lesser > 0 {
		d.Notes = append(d.Notes, message.New("note.pairs-lesser", lesser))
	}
	if unplayed > 0 {
		d.Notes = append(d.Notes, message.New("note.pairs-unplayed", mostHeld, unplayed))
	}
	slices.SortStableFunc(kept, func(a, b report.Ratio) int { return cmp.Compare(b.Held.QPS, a.Held.QPS) })
	own := *d.PDRatio
	if own.Candidates, own.Best = kept, nil; len(kept) > 0 {
		own.Best = &kept[0]
	}
	d.PDRatio = &own
}

// serving makes what a pair holds what it serves, and what it costs.
func (r *run) serving(x *report.Ratio, device string) {
	was, now := *x.SystemQPS, x.Held.QPS
	x.SystemQPS = &now
	if x.CostPerMTok != nil {
		cost := *x.CostPerMTok * was / now
		x.CostPerMTok = &cost
	}
	x.Power = power(x, r.req, device)
}

// holdPair searches the most load under which a pair holds the limits under two seeds: requests in flight up to the
// decode instances' places, or the rate up to what these places serve. why says what even the least load breaks.
func (r *run) holdPair(p *bench.Pair, j *judge, x *report.Ratio) (why message.Message, err error) {
	open := r.req.Traffic == plan.TrafficPoisson
	most := x.Decode.Concurrency * *x.DecodeInstances
	lo, hi, unit := 1, most, 0.
	if open {
		full, err := p.By(j.on(p.Prefill, 0)).Play(plan.TrafficClosed, 0, most)
		if err != nil {
			return why, err
		}
		lo, hi, unit = 1, steps, 1.1*full.Rate/steps
		if r.req.QPS > 0 {
			lo, hi, unit = steps, max(steps, int(min(1e6, 1.1*full.Rate/r.req.QPS*steps))), r.req.QPS/steps
		}
	}
	play := func(load int, seed uint64) (*report.Held, error) {
		got, err := p.By(j.on(p.Prefill, seed)).Play(r.req.Traffic, unit*float64(load), load)
		if err != nil {
			return nil, err
		}
		h := j.held(&got, unit*float64(load))
		if h.Concurrency = load; open {
			h.Concurrency = min(got.Running, most)
		}
		if seed == 0 { // the latest is the answer's
			x.Held, x.Traffic = h, trafficOf(&got, r.req.Traffic, unit*float64(load), r.req)
			x.Traffic.Asked = true
		}
		return h, nil
	}
	good, bad := lo-1, hi+1
	for probe := lo; good+1 < bad; probe = (good + bad) / 2 {
		h, err := play(probe, 0)
		switch {
		case err != nil:
			return why, err
		case statusOf(h) == report.OK:
			good = probe
		case probe == lo:
			return broken(h), nil
		default:
			bad = probe
		}
	}
	for ; good >= lo; good -= max(1, good/32) {
		for _, seed := range []uint64{0, secondSeed} {
			h, err := play(good, seed)
			if err != nil {
				return why, err
			}
			if why = broken(h); !why.IsZero() {
				break
			}
		}
		if why.IsZero() {
			return why, nil
		}
	}
	return why, nil
}
