package explain

import (
	"fathom/hw/message"
	"fathom/sim/report"
)

// Limit says what keeps a row's strategy from a larger batch: the first losing point above it. points are all points of
// the row's device; without them (or where no larger batch was tried) the second result is false.
func Limit(row report.Row, points []report.Row) (message.Message, bool) {
	var next *report.Row
	for i := range points {
		p := &points[i]
		if p.Label != row.Label || p.Phase != row.Phase || p.MaxBatched != row.MaxBatched || p.Batch <= row.Batch ||
			p.Status == report.OK {
			continue
		}
		if next == nil || p.Batch < next.Batch {
			next = p
		}
	}
	if next == nil {
		return message.Message{}, false
	}
	switch {
	case len(next.Held.Broken()) > 0:
		return message.New("explain.limit.other", next.Batch, next.Reason), true
	case next.Status == report.OverTTFT && next.TTFT != nil:
		return message.New("explain.limit.ttft", next.Batch, *next.TTFT), true
	case next.Status == report.OverTPOT && next.TPOT != nil:
		return message.New("explain.limit.tpot", next.Batch, *next.TPOT), true
	case next.Status == report.OOM:
		return message.New("explain.limit.memory", next.Batch, next.Reason), true
	}
	return message.New("explain.limit.other", next.Batch, next.Reason), true
}
