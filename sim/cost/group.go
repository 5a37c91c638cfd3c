package cost

import (
	"math"

	"fathom/hw"
	"fathom/sim/op"
)

// Group is a set of ranks that communicate, with everything about its link precomputed.
type Group struct {
	Ranks   int
	Size    float64 // Ranks
	log     float64 // log2 of the size, not rounded
	steps   float64 // of an all-gather: the cheaper of ring and tree
	latency float64 // seconds
	perByte float64 // seconds
}

// NewGroup gives the group of the ranks 0, stride, 2*stride, … on a grid.
func NewGroup(g hw.Grid, size, stride int) Group {
	size = max(1, size)
	l := g.Link(size, stride)
	n := float64(size)
	return Group{Ranks: size, Size: n, log: math.Log2(n), steps: min(n-1, math.Log2(n)), latency: l.Latency,
		perByte: inverse(l.Bandwidth)}
}

// Wire is the network time of a collective, the cheaper of two algorithms (simulation-model 5.1). message is the input
// of an all-reduce, reduce-scatter or all-gather, the larger of sent and received bytes of an all-to-all.
func (g *Group) Wire(k op.Kind, message float64) float64 {
	switch k {
	case op.AllReduce:
		ring := 2*(g.Size-1)*g.latency + 2*message*(g.Size-1)/g.Size*g.perByte
		tree := 2*g.log*g.latency + 2*message*g.perByte
		return min(ring, tree)
	case op.AllGather:
		return g.steps*g.latency + (g.Size-1)*message*g.perByte
	case op.ReduceScatter:
		return g.steps*g.latency + message*(g.Size-1)/g.Size*g.perByte
	}
	return g.steps*g.latency + message*g.perByte
}
