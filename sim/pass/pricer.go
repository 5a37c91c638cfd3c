package pass

import (
	"fathom/hw"
	"fathom/sim/cost"
	"fathom/sim/memory"
	"fathom/sim/op"
)

// Pricer prices passes of one setup. It holds everything that does not depend on the batch; it is read-only after New
// and may be used by several goroutines at once.
type Pricer struct {
	setup    Setup
	switches Switches
	rates    cost.Rates
	groups   groups

	compile     bool
	exactEps    bool      // norm and quantisation fuse: the fused patterns know one epsilon only (simulation-model 3.1)
	onePlus     bool      // norms multiply by 1 + weight and never fuse
	across      bool      // residual adds fuse with the next layer's norm
	sequence    bool      // norms and adds work on a share of the rows
	fuseReduce  bool      // a row-parallel linear and its all-reduce are one operator
	fuseExperts bool      // dispatch, experts and combine are one operator
	norms       int       // of a layer
	perLayer    float64   // columns of the embeddings of each layer
	projection  op.Scheme // of attention
	output      op.Scheme // of its results
	recurrent   op.Scheme // of blocks with a recurrent state
	shared      op.Scheme // of shared experts
	linear      op.Scheme // of dense blocks and shared experts
	expert      op.Scheme
	cache       op.Cache
	hidden      float64
	vocab       float64
	positions   float64
	table       float64    // columns of a RoPE table
	axes        float64    // of positions
	streams     op.Streams // of hyper-connections; Count 0: none
	tp          float64
	mtp         int // MTP layers that run

	layers []layer // the distinct ones
	draft  layer   // the block of an MTP layer
	stages []stage
	ranks  []memory.Rank // of every stage
}

// stage is one pipeline stage: a run of layers, with what the first and the last stage have beside.
type stage struct {
	first, last bool
	runs        []repeat
	order       []int16 // the run of every layer
	next        hw.Link // to the next stage
}

// repeat is a layer that is priced once and counted several times.
type repeat struct {
	layer *layer
	times float64
	fused bool // its input norm takes the residual add of the layer before
}

// Uniform prices a batch of equal requests: the G1 generator of simulation-model 2.2. It does not allocate.
func (p *Pricer) Uniform(s Shape) Result {
	one := [1]Piece{p.piece(s)}
	r := run{p: p, times: 1, shape: s}
	r.b = op.NewBatch(one[:], p.switches.CausalPrefill && !s.Decode, s.Replayed)
	r.pass()
	return r.result()
}

// Mixed prices a batch of different requests on this rank: the G2 generator. It does not allocate.
func (p *Pricer) Mixed(pieces []Piece) Result { return p.mixed(pieces, false) }

// MixedReplayed is Mixed as the reference tool re-prices a recorded forward (search-and-serving 7).
func (p *Pricer) MixedReplayed(pieces []Piece) Result { return p.mixed(pieces, true) }

func (p *Pricer) mixed(pieces []Piece, replayed bool) Result {
	if len(pieces) == 0 {
		return Result{}
	}
	r := run{p: p, times: 1, listed: true}
	r.b = op.NewBatch(pieces, p.switches.CausalPrefill, replayed)
	r.pass()
	return r.result()
}

// piece is the batch of the fullest rank. Images lengthen the prompt; in decode they are part of the context.
func (p *Pricer) piece(s Shape) Piece {
	dp := max(1, p.setup.Strategy.DP)
	if v := p.setup.Model.Vision; v != nil && s.Images > 0 {
		n := v.Tokens(s.Images, s.ImageHeight, s.ImageWidth)
		s.Total += n
		if !s.Decode {
			s.Query += n
		}
	}
	return Piece{Query: s.Query, Total: s.Total, Count: max(1, (s.Requests+dp-1)/dp), Decode: s.Decode}
}
