package search

import (
	"math"
	"strconv"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// reason says in words why a point lost: every limit that it is over and by how much, or the memory that is missing. It
// is called for every losing point, hence the byte slices.
func reason(p *point, j *job) string {
	var text [96]byte
	b := text[:0]
	switch p.status {
	case report.OK:
		return ""
	case report.OOM:
		phase := "decode"
		if p.Short == serve.PrefillShort {
			phase = "prefill"
		}
		b = append(b, phase...)
		b = append(b, " needs "...)
		b = appendGiB(b, -p.Memory.Available)
		b = append(b, " more"...)
		return string(b)
	}
	if over(p.TPOT, j.limits.TPOT) && j.phase != plan.PhasePrefill {
		b = appendOver(b, "TPOT", p.TPOT, j.limits.TPOT)
	}
	if over(p.TTFT, j.limits.TTFT) && j.phase != plan.PhaseDecode {
		if len(b) > 0 {
			b = append(b, "; "...)
		}
		b = appendOver(b, "TTFT", p.TTFT, j.limits.TTFT)
	}
	return string(b)
}

func over(value, limit float64) bool { return limit > 0 && value > limit }

func appendOver(b []byte, name string, value, limit float64) []byte {
	b = append(b, name...)
	b = append(b, ' ')
	b = appendMS(b, 1000*value)
	b = append(b, " > "...)
	b = appendMS(b, 1000*limit)
	b = append(b, " ms"...)
	if excess := value/limit - 1; excess < sayExcess { // many times a limit is no share to speak of
		b = append(b, " (+"...)
		b = strconv.AppendFloat(b, 100*excess, 'f', 1, 64)
		b = append(b, "%)"...)
	}
	return b
}

// sayExcess is the excess over a limit below which it is told as a share.
const sayExcess = 100

// appendMS writes milliseconds with as many digits as a reader can use: 2053, 49.87, 0.513.
func appendMS(b []byte, ms float64) []byte {
	digits := 3
	switch {
	case ms > 0 && ms < 0.001:
		return strconv.AppendFloat(b, ms, 'g', 3, 64)
	case ms == math.Trunc(ms) || ms >= 1000:
		digits = 0
	case ms >= 100:
		digits = 1
	case ms >= 10:
		digits = 2
	}
	return strconv.AppendFloat(b, ms, 'f', digits, 64)
}

// appendGiB rounds up, because less would not do.
func appendGiB(b []byte, bytes float64) []byte {
	v := math.Ceil(100*bytes/gib) / 100
	return append(strconv.AppendFloat(b, v, 'f', 2, 64), " GiB"...)
}

// end tells how the search of a tuple ended. Where nothing is feasible, the smallest batch says why.
func (w *worker) end(rows []report.Row, done bool) (report.End, string) {
	var smallest *report.Row
	for i := range rows {
		if rows[i].Status == report.OK {
			if !done {
				break
			}
			return report.Found, ""
		}
		if smallest == nil || rows[i].Batch < smallest.Batch {
			smallest = &rows[i]
		}
	}
	switch {
	case !done || smallest == nil:
		return report.Interrupted, "the run was cancelled"
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

func atBatch(r *report.Row) string { return r.Reason + " at batch " + strconv.Itoa(r.Batch) }
