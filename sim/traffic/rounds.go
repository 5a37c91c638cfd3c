package traffic

import (
	"cmp"
	"math"
	"slices"
)

// Rounds are decode steps of all micro-batches of a pipeline in turn, during which none of them changes. A lane leads
// if no stage keeps it waiting; a lane follows if it waits at every stage for the one ahead, which follows the same
// leader or leads itself. In round k a leader, which takes e(k) of each of S stages and h before, begins at
//
//	b(k) = b(k-1) + h + S e(k-1)
//
// and is out of stage i at b(k) + h + i e(k); those behind it are so by what they and all between take of one stage.
// That stays so as long as no follower takes longer than its leader, and no leader runs into the lane ahead of it,
// which is a quadratic in k, as e is linear in it.

// lane is a micro-batch in a run of rounds.
type lane struct {
	*replica
	here        int
	leads       bool
	lead        int     // place of the leader, its own if it leads
	each, slope float64 // seconds of a stage: each + slope k
	gap, drift  float64 // of the lanes from the one behind the leader to this one, likewise
	host        float64
}

// poly is a quadratic in the number of a round, its lowest power first.
type poly [3]float64

func (p poly) at(k int) float64 { return p[0] + float64(k)*(p[1]+float64(k)*p[2]) }

func (p poly) minus(q poly) poly { return poly{p[0] - q[0], p[1] - q[1], p[2] - q[2]} }

// later is the quadratic of the round after.
func (p poly) later() poly { return poly{p[0] + p[1] + p[2], p[1] + 2*p[2], p[2]} }

// holds is in how many rounds from the first on, up to most, the quadratic is at least -slack.
func (p poly) holds(slack float64, most int) int {
	a, b, c := p[0]+slack, p[1], p[2]
	if a < 0 {
		return 0
	}
	least := math.Inf(1)
	if root := b*b - 4*a*c; root >= 0 {
		q := -(b + math.Copysign(math.Sqrt(root), b)) / 2
		for _, x := range [...]float64{q / c, a / q} {
			if x >= 0 && x < least {
				least = x
			}
		}
	}
	return int(min(least, float64(most-1))) + 1
}

// begins is when the steps of a leader begin.
func (l *lane) begins(stages float64) poly {
	return poly{l.now, l.host + stages*(l.each-l.slope/2), stages * l.slope / 2}
}

// out is when a lane leaves a stage, numbered from 1; list are the lanes.
func (l *lane) out(list []lane, stages float64, stage int) poly {
	of := &list[l.lead]
	p, i := of.begins(stages), float64(stage)
	return poly{p[0] + of.host + i*of.each + l.gap, p[1] + i*of.slope + l.drift, p[2]}
}

// comes is when a leader comes to a stage.
func (l *lane) comes(stages float64, stage int) poly {
	p, i := l.begins(stages), float64(stage-1)
	return poly{p[0] + l.host + i*l.each, p[1] + i*l.slope, p[2]}
}

// nearly is what times may lie on the wrong side of each other, as a share of a stage's step.
const nearly = 1e-9

// rounds makes as many rounds as nothing can interrupt, up to those whose steps begin before limit; false: fewer than
// two, so that steps have to be made one by one.
func (r *replica) rounds(limit float64) bool {
	p := r.pipe
	list, rounds, limit := p.steady(r, limit)
	if rounds < 2 || !p.ranked(list) {
		return false
	}
	n, stages := len(p.free), float64(len(p.free))
	slack := nearly * list[0].each
	for i := range list {
		l, of := &list[i], &list[list[i].lead]
		if !l.leads {
			more := of.each - l.each
			rounds = min(rounds, poly{more, of.slope - l.slope}.holds(slack, rounds),
				poly{more + of.host - l.host, of.slope - l.slope}.holds(slack, rounds))
			continue
		}
		ahead, now := &list[len(list)-1], l.begins(stages).later()
		if i > 0 {
			ahead, now = &list[i-1], l.begins(stages)
		}
		rounds = min(rounds, now.minus(ahead.begins(stages)).holds(slack, rounds))
		for _, stage := range [...]int{1, n} {
			comes := l.comes(stages, stage)
			if i == 0 {
				comes = comes.later()
			}
			rounds = min(rounds, comes.minus(ahead.out(list, stages, stage)).holds(slack, rounds))
		}
	}
	if last := &list[len(list)-1]; rounds >= 2 && last.starts(list, stages, rounds-1) >= limit {
		low, high := 0, rounds-1 // the steps of round high do not begin before limit
		for low < high {
			if mid := (low + high) / 2; last.starts(list, stages, mid) < limit {
				low = mid + 1
			} else {
				high = mid
			}
		}
		rounds = low
	}
	if rounds < 2 {
		return false
	}
	p.make(list, rounds)
	return true
}

// starts is when a lane begins its step of a round.
func (l *lane) starts(list []lane, stages float64, round int) float64 {
	if round == 0 {
		return l.now
	}
	at := list[l.lead].begins(stages).at(round)
	if !l.leads {
		at += l.gap + l.drift*float64(round-1)
	}
	return at
}

// ranked finds leaders and followers in the first round, from the stages as they are; false: a lane is neither.
func (p *pipe) ranked(list []lane) bool {
	before := append(p.times[:0], p.free...) // when the lane ahead leaves each stage
	p.times = before
	for k := range list {
		l := &list[k]
		slack := nearly * l.each
		at := l.now + l.host
		l.leads, l.lead = true, k
		follows := k > 0
		for i, free := range before {
			l.leads = l.leads && at >= free-slack
			follows = follows && at <= free+slack
			at = max(at, free) + l.each
			before[i] = at
		}
		switch {
		case l.leads:
			l.gap, l.drift = 0, 0
		case follows:
			l.lead = list[k-1].lead
			l.gap, l.drift = list[k-1].gap+l.each, list[k-1].drift+l.slope
		default:
			return false
		}
	}
	return true
}

// make books rounds of all lanes.
func (p *pipe) make(list []lane, rounds int) {
	stages := float64(len(p.free))
	last := &list[len(list)-1]
	for i := range p.free {
		p.free[i] = last.out(list, stages, i+1).at(rounds - 1)
	}
	p.ends = p.ends[:0] // of every lane, before the first of them moves: when its first and its last two steps end
	for i := range list {
		l := &list[i]
		p.ends = append(p.ends, [3]float64{l.starts(list, stages, 1), l.starts(list, stages, rounds-1),
			l.starts(list, stages, rounds)})
	}
	for i := range list {
		l, end := &list[i], p.ends[i]
		was := l.now
		l.shown(l.decoding, rounds, end[0], end[2])
		l.now, l.last = end[2], end[2]-end[1]
		l.use.steps += rounds
		if poll := l.engine.Poll; poll > 1 {
			l.unseen = (l.unseen+rounds-1)%poll + 1
		}
		l.decoded(int64(rounds))
		if i > 0 { // the first one is booked by its advance
			l.book(was, l.here, l.why)
		}
	}
}

// steady are the lanes that are at work, the first to step being r and the others in the order of their steps, with the
// rounds up to the first ending or lack of room, and the time up to which nothing comes to any of them. Where one of
// them may do anything but decode, there is no round.
func (p *pipe) steady(r *replica, limit float64) (list []lane, rounds int, until float64) {
	if limit <= r.now {
		return nil, 0, limit
	}
	list, rounds = p.list[:0], math.MaxInt32
	for _, x := range p.lanes {
		limit = min(limit, x.due())
		if x.idle() {
			continue
		}
		if !x.settled && x != r || x.decoding == 0 || len(x.started) > 0 || x.why == held || x.now < r.now {
			return nil, 0, limit
		}
		x.drop()
		rounds = min(rounds, int(x.ends[0].key-x.tick)-1)
		if room := x.engine.KVTokens; room > 0 && !x.engine.Reserve {
			rounds = min(rounds, (room*grain-x.used)/(x.decoding*x.gain))
		}
		if rounds < 2 {
			return nil, 0, limit
		}
		list = append(list, lane{replica: x, here: x.present()})
	}
	p.list = list
	slices.SortStableFunc(list, func(a, b lane) int {
		switch {
		case a.replica == r:
			return -1
		case b.replica == r:
			return 1
		}
		return cmp.Compare(a.now, b.now)
	})
	stages := float64(len(p.free))
	for i := range list {
		l := &list[i]
		now, then := l.state(0), l.state(rounds-1)
		l.host = l.engine.host(now)
		l.each = l.ramp.seconds(l.replica, now) / stages
		l.slope = (l.ramp.seconds(l.replica, then)/stages - l.each) / float64(rounds-1)
	}
	return list, rounds, limit
}
