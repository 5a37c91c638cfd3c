package search

import (
	"iter"
	"math"
	"slices"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// option is what one instance of some size gives: its best row under the limits and the rate that counts for the
// target.
type option struct {
	world int
	row   report.Row
	rate  float64         // requests per second, or requests in flight
	fails message.Message // why no batch is feasible, of the layout that misses least; nothing where there is a row
	miss  float64         // by which share that one is over a limit; +Inf where it lacks memory
	next  message.Message // what a larger batch of the row breaks; nothing where none was tried
}

// capacity finds the fewest devices that reach the target on a profile within the limits: which instance size, and how
// many replicas of it. Sizes are powers of two and the size that was asked for; in PD ratio they are given.
func (r *run) capacity(i int) *report.Capacity {
	c := &report.Capacity{QPS: r.req.TargetQPS, Concurrency: r.req.TargetConcurrency}
	r.fill(c, i)
	if c.Plan != nil && c.Plan.Devices > mostFleet {
		c.Plan, c.Cheaper = nil, nil
		c.Breaks = message.New("breaks.most", mostFleet)
	}
	return c
}

// mostFleet is the largest fleet that is called a plan: nobody has more devices of one kind.
const mostFleet = 1_000_000

// fill finds the fleet, or what keeps any from reaching the target.
func (r *run) fill(c *report.Capacity, i int) {
	if r.req.Mode == plan.Aggregation || len(r.jobs[i]) == 1 {
		j := r.jobs[i][0]
		target, rate := c.QPS, requestsPerSecond
		if target == 0 {
			target, rate = float64(c.Concurrency), inFlight
		}
		r.replicas(c, j, r.options(i, 0, target, rate))
		return
	}
	r.instances(c, i)
}

// options evaluates instance sizes upwards, as long as one more could still need fewer devices than the best so far.
func (r *run) options(i, k int, target float64, rate func(*report.Row) float64) (list []option) {
	fewest := math.MaxInt
	for k, n := range r.upwards(i, k) {
		if r.stopped.Load() || n >= fewest {
			break
		}
		o := r.option(i, k, n, rate)
		list = append(list, o)
		if o.fails.IsZero() {
			fewest = min(fewest, n*replicasFor(target, o.rate))
		}
	}
	return list
}

// upwards are the instance sizes that a job may have, smallest first, each with the job that tries it.
func (r *run) upwards(i, k int) iter.Seq2[int, int] {
	j := r.jobs[i][k]
	if j.split {
		return r.sizes(i, k)
	}
	sizes := []int{j.world}
	if r.req.Mode != plan.PDRatio {
		for n := 1; j.profile.Fits(n) == nil; n *= 2 {
			sizes = append(sizes, n)
		}
		slices.Sort(sizes)
		sizes = slices.Compact(sizes)
	}
	return func(yield func(k, n int) bool) {
		for _, n := range sizes {
			if !yield(k, n) {
				return
			}
		}
	}
}

// replicasFor is the number of instances that reach a target together.
func replicasFor(target, rate float64) int {
	n := math.Ceil(target / rate * (1 - 1e-12)) // a target that is an exact multiple takes no extra replica
	return int(min(max(1, n), 1e9))
}

// option searches one instance size.
func (r *run) option(i, k, world int, rate func(*report.Row) float64) option {
	j := r.jobs[i][k]
	list := r.found[i][k]
	// The size that was asked for has been searched already; the others are searched here, alone and without a record.
	if world != j.world {
		list = r.besides(j, world)
	}
	o := option{world: world, fails: message.New("breaks.layout")}
	for t := range list {
		for x := range list[t].rows {
			row := &list[t].rows[x]
			if row.Status != report.OK || j.listedOnly() && !row.Listed || !passes(row, j.limits) {
				continue
			}
			// Ties go to the row that the candidate table would put first.
			if v := rate(row); !o.fails.IsZero() || v > o.rate || v == o.rate && better(row, &o.row) < 0 {
				o.row, o.rate, o.fails = *row, v, message.Message{}
			}
		}
	}
	if o.fails.IsZero() {
		if o.next = larger(list, &o.row); o.next.IsZero() && world != j.world && j.plays() {
			o.next = larger(r.entirely(j, world, o.row.Label), &o.row)
		}
	}
	if !o.fails.IsZero() {
		o.miss = math.Inf(1)
		named := false
		for t := range list {
			e := &list[t].outcome
			if e.End == report.Skipped || e.Reason.IsZero() {
				continue
			}
			if miss := list[t].miss(j); !named || miss < o.miss {
				o.fails, o.miss, named = message.New("reason.of", e.Label, e.Reason), miss, true
			}
		}
	}
	return o
}

// miss is by which share the smallest batch of a layout is over a limit; +Inf where something else is in its way.
func (f *found) miss(j *job) float64 {
	var smallest *report.Row
	for i := range f.rows {
		if r := &f.rows[i]; smallest == nil || r.Batch < smallest.Batch {
			smallest = r
		}
	}
	if smallest != nil && len(smallest.Held.Broken()) > 0 {
		most := 0.
		for _, b := range smallest.Held.Broken() {
			most = max(most, b.Excess())
		}
		return most
	}
	if smallest == nil || smallest.Status != report.OverTTFT && smallest.Status != report.OverTPOT {
		return math.Inf(1)
	}
	return max(beyond(smallest.TTFT, j.limits.TTFT), beyond(smallest.TPOT, j.limits.TPOT))
}

// besides searches another instance size. The smallest batch decides: a layout where it breaks a limit holds no larger
// one either (search-and-serving 3.3), so most sizes are done with at once.
func (r *run) besides(j *job, world int) []found {
	small := *j
	small.world, small.record, small.smallest = world, nil, true
	if fewEnough(&small, 0) != nil {
		return nil
	}
	small.tuples = space(r.req, small.phase, world, small.switches.MTPHeads, small.exhaustive)
	first := r.sideSearch(&small)
	whole := small
	whole.smallest, whole.tuples = false, nil
	for i := range first {
		if first[i].counts.OK > 0 {
			whole.tuples = append(whole.tuples, small.tuples[i])
		}
	}
	if len(whole.tuples) == 0 {
		return first
	}
	whole.onlyBest = whole.plays()
	return r.sideSearch(&whole)
}

// sideSearch searches the tuples of a job that is no part of the report.
func (r *run) sideSearch(j *job) []found {
	list := make([]found, len(j.tuples))
	r.more(len(list))
	r.each(j, func(i int, f found) {
		list[i] = f
		r.aside(f.counted)
	})
	return list
}

// entirely searches one strategy of another instance size to its end: where only the best was wanted, the batch that
// breaks a limit was not looked at.
func (r *run) entirely(j *job, world int, label string) []found {
	one := *j
	one.world, one.record = world, nil
	one.tuples = slices.DeleteFunc(space(r.req, one.phase, world, one.switches.MTPHeads, one.exhaustive),
		func(t tuple) bool { return t.label != label })
	return r.sideSearch(&one)
}

// larger says what the smallest batch above a row that was tried and lost breaks.
func larger(list []found, row *report.Row) message.Message {
	var next *report.Row
	for t := range list {
		for x := range list[t].rows {
			r := &list[t].rows[x]
			if r.Label == row.Label && r.MaxBatched == row.MaxBatched && r.Batch > row.Batch && r.Status != report.OK &&
				(next == nil || r.Batch < next.Batch) {
				next = r
			}
		}
	}
	if next == nil {
		return message.Message{}
	}
	return message.New("breaks.next", next.Batch, next.Reason)
}

func requestsPerSecond(row *report.Row) float64 { return value(row.QPS) }

func inFlight(row *report.Row) float64 { return float64(row.Concurrency) }

// replicas fills in the fleet of equal instances.
func (r *run) replicas(c *report.Capacity, j *job, options []option) {
	target := max(c.QPS, float64(c.Concurrency)) // one of them is 0
	best := -1
	for i, o := range options {
		if !o.fails.IsZero() {
			continue
		}
		n := replicasFor(target, o.rate)
		if best < 0 || n*o.world < options[best].world*replicasFor(target, options[best].rate) {
			best = i
		}
	}
	if best < 0 {
		c.Breaks = message.New("breaks.none")
		if why := nearestMiss(options); !why.IsZero() {
			c.Breaks = message.New("breaks.why", why)
		}
		return
	}
	c.Plan = r.fleet(j, &options[best], replicasFor(target, options[best].rate))
	r.cheaper(c, j, options)
}

// cheaper finds the fleet below the plan that comes nearest to the target, or what keeps any from running at all.
func (r *run) cheaper(c *report.Capacity, j *job, options []option) {
	var near *option
	replicas := 0
	for i := range options {
		o := &options[i]
		n := (c.Plan.Devices - 1) / o.world // as many replicas as fit below the plan
		if n < 1 {
			continue
		}
		if !o.fails.IsZero() {
			if near == nil {
				c.Breaks = message.New("breaks.size", o.world, o.fails)
			}
			continue
		}
		if near == nil || float64(n)*o.rate > float64(replicas)*near.rate {
			near, replicas = o, n
		}
	}
	if near == nil {
		return
	}
	c.Cheaper = r.fleet(j, near, replicas)
	c.Breaks = shortfall(c, float64(replicas)*near.rate, c.Cheaper.Devices, near.next)
}

// shortfall says by how much a cheaper fleet misses the target, and what keeps it from taking more.
func shortfall(c *report.Capacity, rate float64, devices int, next message.Message) message.Message {
	text := message.New("breaks.hold", devices, rate, c.Concurrency)
	if c.QPS > 0 {
		text = message.New("breaks.serve", devices, rate, c.QPS)
	}
	return then(text, next)
}

// then says one thing after another, where there is another.
func then(m, next message.Message) message.Message {
	if next.IsZero() {
		return m
	}
	return message.Join([]message.Message{m, next})
}

// fleet is a number of replicas of an option. Concurrency and rate simply add up: replicas share nothing.
func (r *run) fleet(j *job, o *option, replicas int) *report.Fleet {
	row := o.row
	f := &report.Fleet{Row: &row, Replicas: replicas, Devices: replicas * o.world, QPS: float64(replicas) * value(row.QPS),
		Concurrency: replicas * row.Concurrency}
	f.CostPerMonth = r.month(j.profile.Name, f.Devices)
	return f
}

// month is what devices cost in 730 hours; nil without a price.
func (r *run) month(device string, devices int) *float64 {
	price := r.req.PriceOf(device)
	if price <= 0 {
		return nil
	}
	v := price * float64(devices) * hoursPerMonth
	return &v
}
