package explain

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/report"
)

// slackRatio is how far a ratio of throughputs may lie beyond those of the hardware before it wants a reason: batches
// and sizes are whole numbers.
const slackRatio = 1.25

// Compare grades the throughput of row b on profile pb against row a on pa: without a change of strategy it should not
// leave the ratios of the hardware figures (search-and-serving 9.2). Both rows must be of one fidelity.
func Compare(a, b report.Row, pa, pb *hw.Profile) Grade {
	var g Grade
	if a.Throughput <= 0 || b.Throughput <= 0 {
		g.add(Insufficient, message.New("explain.grade.noratio"))
		return g
	}
	ratio := b.Throughput / a.Throughput
	lo, hi := hardwareRatios(pa, pb)
	switch {
	case ratio <= hi*slackRatio && ratio >= lo/slackRatio:
		g.add(Reasonable,
			message.New("explain.grade.ratio",
				ratio, lo, hi))
	case a.Label != b.Label || a.Batch != b.Batch:
		g.add(Partly, message.New("explain.grade.ratiostrategy", ratio, lo, hi))
	default:
		g.add(Suspicious, message.New("explain.grade.ratiosame", ratio, lo, hi))
	}
	return g
}

// With joins the reasons of another grade; the graver verdict stands.
func (g Grade) With(other Grade) Grade {
	g.Verdict = max(g.Verdict, other.Verdict)
	g.Reasons = append(append([]message.Message(nil), g.Reasons...), other.Reasons...)
	return g
}

// hardwareRatios is the smallest and largest ratio of pb to pa over effective peaks, bandwidth, capacity, links and
// static costs.
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
	for i := range min(len(pa.Grid.Levels), len(pb.Grid.Levels)) { // innermost first
		a, b := pa.Grid.Levels[len(pa.Grid.Levels)-1-i], pb.Grid.Levels[len(pb.Grid.Levels)-1-i]
		see(a.Bandwidth*a.Efficiency, b.Bandwidth*b.Efficiency)
	}
	return lo, hi
}
