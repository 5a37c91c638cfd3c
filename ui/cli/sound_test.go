package cli

import (
	"math"
	"slices"
	"testing"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// sound: the best is within its limits and the memory, and no figure is none; an interval holds its value.
func sound(t *testing.T, where string, q *plan.Request, rep *report.Report) {
	t.Helper()
	finite := func(v *float64) bool { return v == nil || !math.IsNaN(*v) && !math.IsInf(*v, 0) }
	for i := range rep.Devices {
		d := &rep.Devices[i]
		for name, row := range winners(d) {
			if name == "pair" {
				soundPair(t, where, q, d.PDRatio.Best)
			} else if !keeps(q, &row) {
				t.Errorf("%s\n%s: the best %s is %s, TTFT %v, TPOT %v, %g GiB free", where, d.Device, name, row.Status, row.TTFT,
					row.TPOT, row.AvailableGB)
			}
		}
		for k := range d.Points {
			r := &d.Points[k]
			if !finite(&r.Throughput) || !finite(r.TTFT) || !finite(r.TPOT) || !finite(r.QPS) || !finite(&r.AvailableGB) {
				t.Errorf("%s\n%s batch %d: a figure is no number: %+v", where, r.Label, r.Batch, *r)
			}
			for _, x := range []struct {
				v *float64
				b *report.Interval
			}{{&r.Throughput, r.ThroughputRange}, {r.TTFT, r.TTFTRange}, {r.TPOT, r.TPOTRange}} {
				if x.b != nil && (x.v == nil || *x.v <= x.b.Low || *x.v >= x.b.High) {
					t.Errorf("%s\n%s batch %d: %v is not inside %v", where, r.Label, r.Batch, x.v, *x.b)
				}
			}
		}
	}
}

// keeps: a row that is a best is held by its limits, on the statistic that each of them binds, and by its memory.
func keeps(q *plan.Request, r *report.Row) bool {
	if r.AvailableGB < 0 || r.Status != report.OK ||
		r.TTFT != nil && q.TTFTLimit > 0 && q.TTFTAt == plan.Mean && *r.TTFT > q.TTFTLimit+5e-4 ||
		r.TPOT != nil && q.TPOTLimit > 0 && q.TPOTAt == plan.Mean && *r.TPOT > q.TPOTLimit+5e-4 {
		return false
	}
	return r.Held == nil || !slices.ContainsFunc(r.Held.Promises, func(p report.Promise) bool { return p.Broken() })
}

// soundPair: both instances of a pair are within their limits, their rate is that of the slower one, and its split fits
// the devices.
func soundPair(t *testing.T, where string, q *plan.Request, b *report.Ratio) {
	t.Helper()
	if !keeps(q, &b.Prefill) || !keeps(q, &b.Decode) || b.Balanced > min(b.PrefillQPS, b.DecodeQPS)*(1+1e-9) {
		t.Errorf("%s\nthe best pair is %s / %s, %s and %s, %g req/s of %g and %g", where, b.Prefill.Label, b.Decode.Label,
			b.Prefill.Status, b.Decode.Status, b.Balanced, b.PrefillQPS, b.DecodeQPS)
	}
	switch {
	case b.TotalDevices == nil:
	case *b.TotalDevices > q.Devices:
		t.Errorf("%s\nthe best split takes %d of %d devices", where, *b.TotalDevices, q.Devices)
	case b.SystemQPS != nil && *b.SystemQPS > min(float64(*b.PrefillInstances)*b.PrefillQPS,
		float64(*b.DecodeInstances)*b.DecodeQPS)*(1+1e-9):
		t.Errorf("%s\n%d and %d instances of %g and %g req/s serve %g", where, *b.PrefillInstances, *b.DecodeInstances,
			b.PrefillQPS, b.DecodeQPS, *b.SystemQPS)
	}
}
