package search

import (
	"math"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// instances fills in the fleet of prefill and decode instances: each side needs as many as its own rate asks for. A
// target of requests in flight is met by the decode side; prefill then has to feed it.
func (r *run) instances(c *report.Capacity, i int) {
	target, rate := c.QPS, r.decodeRate
	if target == 0 {
		target, rate = float64(c.Concurrency), inFlight
	}
	decodes := r.options(i, r.first(i, plan.PhaseDecode), target, rate)
	d, nd := fewest(decodes, target)
	if d == nil {
		c.Breaks = unreached(plan.PhaseDecode, decodes)
		return
	}
	// Prefill has to keep up with what the decode instances really take, which for a target in flight is their own rate.
	feed := target
	if c.QPS == 0 {
		feed = float64(nd) * r.decodeRate(&d.row)
	}
	prefills := r.options(i, r.first(i, plan.PhasePrefill), feed, requestsPerSecond)
	p, np := fewest(prefills, feed)
	if p == nil {
		c.Breaks = unreached(plan.PhasePrefill, prefills)
		return
	}
	c.Plan = r.pairs(i, p, d, np, nd)
	// One instance less of the smaller kind is the next cheaper fleet.
	switch {
	case nd > 1 && (np == 1 || d.world <= p.world):
		c.Cheaper = r.pairs(i, p, d, np, nd-1)
		got := c.Cheaper.QPS
		if c.QPS == 0 {
			got = float64(c.Cheaper.Concurrency)
		}
		c.Breaks = shortfall(c, got, c.Cheaper.Devices, d.next)
	case np > 1:
		c.Cheaper = r.pairs(i, p, d, np-1, nd)
		c.Breaks = then(message.New("breaks.feed", c.Cheaper.Devices, c.Cheaper.QPS, feed), p.next)
	}
}

// decodeRate is the rate of a decode row as a PD ratio counts it: the first token comes from prefill.
func (r *run) decodeRate(row *report.Row) float64 {
	return 1000 * float64(row.Concurrency) / (*row.TPOT * float64(max(r.req.OutputLength-1, 1)))
}

// fewest picks the instance size whose replicas take the fewest devices for a target, the smallest of equal ones.
func fewest(options []option, target float64) (best *option, n int) {
	for i := range options {
		o := &options[i]
		if !o.fails.IsZero() {
			continue
		}
		if k := replicasFor(target, o.rate); best == nil || k*o.world < n*best.world {
			best, n = o, k
		}
	}
	return best, n
}

// nearestMiss is why the size that comes nearest holds no limits; of equal ones the largest.
func nearestMiss(options []option) (why message.Message) {
	least := math.Inf(1)
	for _, o := range options {
		if o.miss <= least {
			why, least = o.fails, o.miss
		}
	}
	return why
}

// unreached is why no instance size of a phase holds its limit.
func unreached(phase plan.Phase, options []option) message.Message {
	why := nearestMiss(options)
	if why.IsZero() {
		why = message.New("breaks.untried")
	}
	return message.New("reason.of", phase, why)
}

// pairs is a fleet of prefill and decode instances of two options.
func (r *run) pairs(i int, p, d *option, prefills, decodes int) *report.Fleet {
	req := *r.req
	req.PrefillDevices, req.DecodeDevices = p.world, d.world
	req.Devices = prefills*p.world + decodes*d.world
	j := r.jobs[i][0]
	ratio := pair(side{&p.row, value(p.row.QPS)}, side{&d.row, r.decodeRate(&d.row)}, &req, j.profile.Name,
		j.switches.SplitByRate)
	SetInstances(&ratio, prefills, decodes, &req, j.profile.Name)
	return &report.Fleet{Ratio: &ratio, Prefills: prefills, Decodes: decodes, Devices: req.Devices,
		QPS:         math.Min(float64(prefills)*ratio.PrefillQPS, float64(decodes)*ratio.DecodeQPS),
		Concurrency: decodes * d.row.Concurrency, CostPerMonth: r.month(j.profile.Name, req.Devices)}
}
