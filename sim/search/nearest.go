package search

import (
	"math"
	"slices"
	"strconv"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// nearest lists, for every phase of a device without an answer, the points that missed least and what would admit them:
// a looser limit, more memory, a smaller batch, a smaller data type, more devices.
func (r *run) nearest(i int) (list []report.Near) { return r.nearby(i, true) }

// missed is nearest without the changes of the request that would have to be searched.
func (r *run) missed(i int) (list []report.Near) { return r.nearby(i, false) }

func (r *run) nearby(i int, changes bool) (list []report.Near) {
	var rows []report.Row
	answered := false // by a job of the phase
	for k, j := range r.jobs[i] {
		if j.split && r.feasible(i, j.phase) {
			continue
		}
		if k == 0 || r.jobs[i][k-1].phase != j.phase {
			rows, answered = nil, false
		}
		answered = answered || slices.ContainsFunc(r.found[i][k], func(f found) bool { return answers(f.rows, j) })
		for t := range r.found[i][k] {
			if !answered {
				rows = append(rows, r.found[i][k][t].rows...)
			}
		}
		if answered || k+1 < len(r.jobs[i]) && r.jobs[i][k+1].phase == j.phase {
			continue // instance sizes of one phase are judged together, at the largest
		}
		before := len(list)
		list = append(list, j.byLimit(rows)...)
		if changes {
			list = append(list, r.byChange(j)...)
		}
		if near, ok := j.byWatts(rows); ok {
			list = append(list, near)
		}
		if near, ok := j.byMemory(rows, len(list) > before); ok {
			list = append(list, near)
		}
		if near, ok := j.byEngine(rows); ok {
			list = append(list, near)
		}
	}
	return list
}

// answers tells whether any row may be the answer of a job.
func answers(rows []report.Row, j *job) bool {
	return slices.ContainsFunc(rows, func(r report.Row) bool {
		return r.Status == report.OK && (r.Listed || !j.listedOnly()) && passes(&r, j.limits)
	})
}

// byLimit finds the points that exceed one limit least; points over both only where there are no others.
func (j *job) byLimit(rows []report.Row) (list []report.Near) {
	if j.judge != nil {
		return byHeld(rows)
	}
	type miss struct {
		row    *report.Row
		excess float64
	}
	var least [4]miss // by the limits that are exceeded: 1 TTFT, 2 TPOT, 3 both
	for i := range rows {
		row := &rows[i]
		if row.Status != report.OverTTFT && row.Status != report.OverTPOT {
			continue
		}
		kind, excess := 0, 0.0
		if x := beyond(row.TTFT, j.limits.TTFT); x > 0 {
			kind, excess = 1, x
		}
		if x := beyond(row.TPOT, j.limits.TPOT); x > 0 {
			kind, excess = kind|2, max(excess, x)
		}
		if kind > 0 && (least[kind].row == nil || excess < least[kind].excess) {
			least[kind] = miss{row, excess}
		}
	}
	// Loosening one limit is a smaller step than loosening both.
	if least[1].row != nil || least[2].row != nil {
		least[3].row = nil
	}
	for kind := 1; kind <= 3; kind++ {
		if row := least[kind].row; row != nil {
			list = append(list, near(row, j.loosened(row)...))
		}
	}
	return list
}

// byHeld finds the played point that exceeds its bounds least, and says what it needs of each.
func byHeld(rows []report.Row) []report.Near {
	var near *report.Row
	least := math.Inf(1)
	for i := range rows {
		excess := 0.
		for _, b := range rows[i].Held.Broken() {
			excess = max(excess, b.Excess())
		}
		if excess > 0 && excess < least && rows[i].Status != report.OOM {
			near, least = &rows[i], excess
		}
	}
	if near == nil {
		return nil
	}
	var parts []message.Message
	for _, b := range near.Held.Broken() {
		parts = append(parts, b.Relaxed())
	}
	return []report.Near{{Row: *near, Relax: message.Join(parts)}}
}

// beyond is by which share a latency in ms exceeds a limit in seconds.
func beyond(ms *float64, limit float64) float64 {
	if ms == nil || limit <= 0 {
		return 0
	}
	return *ms/(1000*limit) - 1
}

// step is one change of a request, in words and as an answer.
type step struct {
	say message.Message
	fix report.Fix
}

// near is a point with the changes that would admit it. Where one of them is no answer, the others alone would not.
func near(row *report.Row, steps ...step) report.Near {
	n := report.Near{Row: *row}
	var said []message.Message
	for _, s := range steps {
		said = append(said, s.say)
		if s.fix.Field != "" {
			n.Fixes = append(n.Fixes, s.fix)
		}
	}
	if len(n.Fixes) < len(steps) {
		n.Fixes = nil
	}
	n.Relax = both(said)
	return n
}

// loosened are the limits that would let the latencies of a point pass.
func (j *job) loosened(row *report.Row) (steps []step) {
	if beyond(row.TTFT, j.limits.TTFT) > 0 {
		steps = append(steps, looser("TTFT", "ttft_limit", j.limits.TTFT, *row.TTFT))
	}
	if beyond(row.TPOT, j.limits.TPOT) > 0 {
		steps = append(steps, looser("TPOT", "tpot_limit", j.limits.TPOT, *row.TPOT))
	}
	return steps
}

// looser names a limit that would let a latency pass, rounded up so that it really would.
func looser(name, field string, limit, ms float64) step {
	digits, unit := 3, 1000.0
	if ms >= 100 {
		digits, unit = 0, 1
	}
	was := strconv.FormatFloat(round3(1000*limit), 'f', -1, 64)
	if limit < 1e-6 {
		was = strconv.FormatFloat(1000*limit, 'g', 3, 64)
	}
	will := strconv.FormatFloat(math.Ceil(ms*unit)/unit, 'f', digits, 64)
	return step{message.New("relax.limit", name, was, will), report.Fix{Field: field, Text: will}}
}

// byEngine finds the best point that only the serving engine stands against.
func (j *job) byEngine(rows []report.Row) (_ report.Near, ok bool) {
	var best *report.Row
	for i := range rows {
		r := &rows[i]
		if r.Status == report.Engine && r.AvailableGB >= 0 && passes(r, j.limits) && (best == nil || better(r, best) < 0) {
			best = r
		}
	}
	if best == nil {
		return report.Near{}, false
	}
	return report.Near{Row: *best, Relax: message.Literal("--allow-refused")}, true
}

// byMemory finds the point that lacks least memory. One that is beyond a limit too needs more than memory: it counts
// where nothing else is near (alone: something is).
func (j *job) byMemory(rows []report.Row, alone bool) (_ report.Near, ok bool) {
	var least *report.Row
	for i := range rows {
		if rows[i].Status == report.OOM && (!alone || len(j.loosened(&rows[i])) == 0) &&
			(least == nil || rows[i].AvailableGB > least.AvailableGB) {
			least = &rows[i]
		}
	}
	if least == nil {
		return report.Near{}, false
	}
	missing := math.Ceil(-least.AvailableGB*100) / 100
	relax := step{say: message.New("relax.memory", missing)}
	if left := j.req.ReservedGB - missing; left >= 0 {
		relax = step{message.New("relax.reserve", missing, j.req.ReservedGB, left),
			report.Fix{Field: "reserved_memory_gb", Text: strconv.FormatFloat(math.Floor(left*100)/100, 'f', -1, 64)}}
	} else if flag, link := j.req.Serving.On(j.profile).Engine().Offload, j.profile.HostBandwidth; flag != "" &&
		link > 0 &&
		j.fidelity == plan.Calibrated && least.WeightGB > missing {
		whole := math.Ceil(missing) // engines take whole GiB
		relax.say = message.New("relax.offload", missing, flag, int(whole), link/1e9, whole*gib/link*1e3)
	}
	return near(least, append([]step{relax}, j.loosened(least)...)...), true
}

// byChange tries the smallest changes of the request that make any batch feasible, one kind after the other.
func (r *run) byChange(j *job) (list []report.Near) {
	try := func(change func(*plan.Request, *job), steps ...step) bool {
		if r.stopped.Load() {
			return true
		}
		row, ok := j.tried(change)
		if ok {
			list = append(list, near(&row, steps...))
		}
		return ok
	}
	if j.req.BatchMin > 1 {
		try(func(q *plan.Request, _ *job) { q.BatchMin = 1 },
			step{message.New("relax.batch", j.req.BatchMin, j.req.BatchMax),
				report.Fix{Field: "batch_range", Text: "1 " + strconv.Itoa(j.req.BatchMax)}})
	}
	for _, q := range smaller(j.req.Quant) {
		if try(func(req *plan.Request, _ *job) { req.Quant = q }, quantSteps(j.req.Quant, q)...) {
			break
		}
	}
	// Doubling stops at the first count that helps, or at the edge of the grid.
	for n := 2 * j.world; j.profile.Fits(n) == nil; n *= 2 {
		devices := step{say: message.New("relax.devices", j.world, n)}
		if j.req.Mode != plan.PDRatio { // there the count is the budget, of all instances
			devices.fix = report.Fix{Field: "num_devices", Text: strconv.Itoa(n)}
		}
		if try(func(_ *plan.Request, more *job) { more.world = n }, devices) {
			break
		}
	}
	return list
}

// smaller are quantisation choices with fewer bytes than a given one, the mildest first.
func smaller(q plan.Quant) (list []plan.Quant) {
	add := func(linear plan.LinearAction, attention plan.AttentionAction) {
		n := q
		n.Linear, n.Attention = linear, attention
		if n != q {
			list = append(list, n)
		}
	}
	bits := q.Linear.Format().Layout().Bits
	wide := bits == 16
	if wide {
		add(plan.W8A8Dynamic, q.Attention)
	}
	if q.Attention == plan.AttentionDisabled {
		add(q.Linear, plan.AttentionINT8)
		if wide {
			add(plan.W8A8Dynamic, plan.AttentionINT8)
		}
	}
	if bits > 4 {
		add(plan.W4A8Dynamic, q.Attention)
		if q.Attention == plan.AttentionDisabled {
			add(plan.W4A8Dynamic, plan.AttentionINT8)
		}
	}
	return list
}

// quantSteps are the changes between two choices.
func quantSteps(from, to plan.Quant) (steps []step) {
	if from.Linear != to.Linear {
		steps = append(steps, step{message.New("relax.linear", from.Linear, to.Linear),
			report.Fix{Field: "quantize_linear_action", Text: to.Linear.String()}})
	}
	if from.Attention != to.Attention {
		steps = append(steps, step{message.New("relax.attention", from.Attention, to.Attention),
			report.Fix{Field: "quantize_attention_action", Text: to.Attention.String()}})
	}
	return steps
}

// both is one change, or one and another.
func both(parts []message.Message) message.Message {
	if len(parts) == 2 {
		return message.New("relax.both", parts[0], parts[1])
	}
	return parts[0]
}

// tried evaluates the smallest batch of every tuple of a changed job and gives the best feasible row.
func (j *job) tried(change func(*plan.Request, *job)) (report.Row, bool) {
	req, more := *j.req, *j
	more.req, more.record, more.smallest, more.live = &req, nil, true, nil
	change(&req, &more)
	// The smallest batch decides: where it is not feasible, no larger one is (search-and-serving 3.3).
	more.tuples = space(&req, more.phase, more.world, more.switches.MTPHeads, false)
	var w worker
	var rows []report.Row
	for i := range more.tuples {
		if j.stopped.Load() {
			return report.Row{}, false
		}
		rows = append(rows, w.search(&more, i).rows...)
	}
	s := section(rows, more.limits, false)
	if s.Best == nil {
		return report.Row{}, false
	}
	return *s.Best, true
}
