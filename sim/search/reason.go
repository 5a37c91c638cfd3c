package search

import (
	"math"
	"strconv"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// lost is why a point lost. It is said when somebody reads it, as most rows of a search are never read.
type lost struct {
	short   float64 // bytes of memory that are missing; 0: it lost by a limit
	prefill bool    // they are missing in prefill
	over    [3]excess
}

// excess is a latency and its limit, in seconds; a limit of 0 is not exceeded.
type excess struct {
	name         string
	value, limit float64
}

// reason keeps why a point lost: every limit that it is over, or the memory that is missing.
func reason(p *point, j *job) lost {
	if p.status == report.OOM {
		return lost{short: -p.Memory.Available, prefill: p.Short == serve.PrefillShort}
	}
	var l lost
	if over(p.TPOT, j.limits.TPOT) && j.phase != plan.PhasePrefill {
		l.over[0] = excess{"TPOT", p.TPOT, j.limits.TPOT}
	}
	if over(p.TTFT, j.limits.TTFT) && j.phase != plan.PhaseDecode {
		l.over[1] = excess{"TTFT", p.TTFT, j.limits.TTFT}
	}
	if total := j.limits.Total(p.TTFT, p.TPOT); over(total, j.limits.E2E) {
		l.over[2] = excess{"E2E", total, j.limits.E2E}
	}
	return l
}

func over(value, limit float64) bool { return limit > 0 && value > limit }

// Message says every limit with its excess, or the missing GiB rounded up, because less would not do.
func (l *lost) Message() message.Message {
	if l.short != 0 {
		phase := plan.PhaseDecode
		if l.prefill {
			phase = plan.PhasePrefill
		}
		return message.New("reason.memory", phase, math.Ceil(100*l.short/gib)/100)
	}
	var all []message.Message
	for _, x := range l.over {
		if x.limit == 0 {
			continue
		}
		value, limit, share := milliseconds(1000*x.value), milliseconds(1000*x.limit), x.value/x.limit-1
		if share < sayExcess { // many times a limit is no share to speak of
			all = append(all, message.New("reason.overby", x.name, value, limit, 100*share))
		} else {
			all = append(all, message.New("reason.over", x.name, value, limit))
		}
	}
	return message.Join(all)
}

// sayExcess is the excess over a limit below which it is told as a share.
const sayExcess = 100

// milliseconds have as many digits as a reader can use: 2053, 49.87, 0.513.
func milliseconds(ms float64) string {
	digits := 3
	switch {
	case ms > 0 && ms < 0.001:
		return strconv.FormatFloat(ms, 'g', 3, 64)
	case ms == math.Trunc(ms) || ms >= 1000:
		digits = 0
	case ms >= 100:
		digits = 1
	case ms >= 10:
		digits = 2
	}
	return strconv.FormatFloat(ms, 'f', digits, 64)
}

// end tells how the search of a tuple ended. Where nothing is feasible, the smallest batch says why.
func (w *worker) end(rows []report.Row, done bool) (report.End, message.Message) {
	var smallest *report.Row
	for i := range rows {
		if rows[i].Status == report.OK {
			if !done {
				break
			}
			return report.Found, message.Message{}
		}
		if smallest == nil || rows[i].Batch < smallest.Batch {
			smallest = &rows[i]
		}
	}
	switch {
	case !done || smallest == nil:
		return report.Interrupted, message.New("reason.cancelled")
	case smallest.Status == report.OOM && w.shortOf(smallest) == serve.PrefillShort:
		return report.PrefillOOM, atBatch(smallest)
	case smallest.Status == report.OOM:
		return report.DecodeOOM, atBatch(smallest)
	}
	return report.OverLimit, atBatch(smallest)
}

func (w *worker) shortOf(r *report.Row) serve.Short {
	for i := range w.points {
		if p := &w.points[i]; p.Batch == r.Batch && p.budget == r.MaxBatched {
			return p.Short
		}
	}
	return serve.Fits
}

// atBatch outlives the rows of the strategy, which may be thinned.
func atBatch(r *report.Row) message.Message {
	return message.New("reason.batch", r.Reason.Own(), r.Batch)
}
