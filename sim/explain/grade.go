package explain

import (
	"fathom/hw"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Grade is a verdict with its reasons and the smallest next check.
type Grade struct {
	Verdict Verdict
	Reasons []Finding
}

func (g *Grade) add(v Verdict, f Finding) {
	g.Verdict = max(g.Verdict, v)
	g.Reasons = append(g.Reasons, f)
}

// tightGiB and tightShare: a plan that leaves less than this is within the error of any memory estimate (search-and-serving 3.9).
const (
	tightGiB   = 1.0
	tightShare = 0.02
)

// Judge grades one row of a device by itself.
func Judge(row report.Row, req *plan.Request) Grade {
	var g Grade
	if row.Prefill == nil && row.Decode == nil {
		g.add(Insufficient, say("explain.grade.nobreakdown", "no phase breakdown: only totals are known"))
		return g
	}
	if d := row.Decode; d != nil && row.Batch <= 8 && d.Cube > 0.5 {
		g.add(Suspicious, say("explain.grade.decodecube", "decode of %d requests is matrix-bound (%.0f%%): small batches are normally bound by memory", row.Batch, 100*d.Cube))
	}
	if p := row.Prefill; p != nil && req.InputLength >= 1024 && p.Mem > 0.6 {
		g.add(Partly, say("explain.grade.prefillmem", "a prefill of %d tokens is memory-bound (%.0f%%): long prompts are normally bound by compute", req.InputLength, 100*p.Mem))
	}
	if d := row.Decode; d != nil && d.Static >= launchBound {
		g.add(Partly, say("explain.grade.static", "%.0f%% of a decode step is fixed cost per operator, an assumption of the profile rather than a measurement", 100*d.Static))
	}
	if row.MTP > 0 && req.Model.MTPHeads == 0 {
		g.add(Suspicious, say("explain.grade.mtp", "MTP %d is counted, but the checkpoint has no MTP heads", row.MTP))
	}
	if row.AvailableGB < tightGiB && row.Status == report.OK {
		g.add(Partly, say("explain.grade.tight", "only %.2f GiB are left beside the reserve: within the error of the estimate", row.AvailableGB))
	}
	if !req.Model.Compared {
		g.add(Partly, say("explain.grade.uncompared", "the operator model of this family was not compared with the reference"))
	}
	if len(g.Reasons) == 0 {
		g.add(Reasonable, say("explain.grade.fine", "breakdown, limits and memory fit together"))
	}
	return g
}

// Compare grades the ratio of two rows on two profiles: no ratio of their hardware figures may be exceeded without a change of strategy.
func Compare(a, b report.Row, pa, pb *hw.Profile) Grade {
	var g Grade
	if a.Throughput <= 0 || b.Throughput <= 0 {
		g.add(Insufficient, say("explain.grade.noratio", "one of the profiles has no row to compare"))
		return g
	}
	ratio := b.Throughput / a.Throughput
	lo, hi := hardwareRatios(pa, pb)
	slack := 1.25
	switch {
	case ratio <= hi*slack && ratio >= lo/slack:
		g.add(Reasonable, say("explain.grade.ratio", "%.2f times the throughput lies within the hardware ratios %.2f to %.2f", ratio, lo, hi))
	case a.Label != b.Label || a.Batch != b.Batch:
		g.add(Partly, say("explain.grade.ratiostrategy", "%.2f times the throughput is outside the hardware ratios %.2f to %.2f; the rows differ in strategy or batch", ratio, lo, hi))
	default:
		g.add(Suspicious, say("explain.grade.ratiosame", "%.2f times the throughput with the same strategy and batch, outside the hardware ratios %.2f to %.2f", ratio, lo, hi))
	}
	return g
}

// hardwareRatios is the smallest and largest ratio of pb to pa over effective peaks, bandwidth, capacity, links and static costs.
func hardwareRatios(pa, pb *hw.Profile) (lo, hi float64) {
	lo, hi = 1, 1
	see := func(a, b float64) {
		if a > 0 && b > 0 {
			lo, hi = min(lo, b/a), max(hi, b/a)
		}
	}
	for d := range hw.NumDTypes {
		see(pa.Cube[d]*pa.ComputeEff, pb.Cube[d]*pb.ComputeEff)
		see(pa.Vec[d]*pa.ComputeEff, pb.Vec[d]*pb.ComputeEff)
	}
	see(pa.MemoryBandwidth*pa.MemoryEff, pb.MemoryBandwidth*pb.MemoryEff)
	see(pa.MemoryBytes, pb.MemoryBytes)
	see(1/max(pa.Static.Comm, 1e-9), 1/max(pb.Static.Comm, 1e-9))
	for i := range min(len(pa.Grid.Levels), len(pb.Grid.Levels)) {
		a, b := pa.Grid.Levels[len(pa.Grid.Levels)-1-i], pb.Grid.Levels[len(pb.Grid.Levels)-1-i]
		see(a.Bandwidth*a.Efficiency, b.Bandwidth*b.Efficiency)
	}
	return lo, hi
}
