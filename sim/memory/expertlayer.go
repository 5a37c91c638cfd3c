package memory

import (
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// expertPeak is the level inside the first expert layer. Without EP every rank works on the rows of its whole DP group,
// and an expert's input and result are alive together; what the tracker has freed once too often before lowers the
// level. The coefficients follow from reference passes of Qwen3-MoE, MiniMax and DeepSeek-V3 and are exact there, but
// for the gate of DeepSeek-V3, which lowers the level by up to 2 % more. In bytes.
type expertPeak struct {
	perRow      float64 // of a routed row: input and result
	perGathered float64 // of a row of the DP group
	perToken    float64 // of a row of this rank
}

func (p expertPeak) bytes(tokens int, rows plan.Rows) float64 {
	return p.perRow*float64(rows.Total) + p.perGathered*float64(rows.Tokens) + p.perToken*float64(tokens)
}

func newExpertPeak(g *geometry.Rank, l *geometry.Layer, f model.FFN, s *Setting) expertPeak {
	a := &l.Attention.Own
	row := fp16 * float64(g.Model.Hidden)
	p := expertPeak{perRow: row}
	if g.Strategy.EP > 1 || a.OwnsIndexer {
		return p // rows travel, or an indexer moves the level: only the rows themselves are known
	}
	gathers := 0.0
	if g.Strategy.DP > 1 {
		gathers = row
	}
	switch a.Kind { // of other kinds only the rows themselves are known, too
	case model.GQA:
		query := fp16 * float64(a.Heads*a.HeadDim)
		key := fp16 * float64(l.Attention.KVHeads*a.HeadDim)
		switch {
		case s.Compile:
			p.perGathered = 10 * float64(f.TopK) // indexes and weights
			p.perToken = gathers - 2.5*query - 7*key
		case s.Linear == plan.LinearDisabled:
			p.perGathered = 6*float64(f.TopK) - gathers
			p.perToken = -row - 3*query - 7*key
		default:
			p.perGathered = 6*float64(f.TopK) - gathers
			p.perToken = -row - 4*query - 8*key
		}
	case model.MLA:
		latents := float64(a.QRank + a.KVRank)
		out := float64(a.Heads * a.ValueDim)
		if s.Compile {
			p.perGathered = 10 * float64(f.TopK)
			p.perToken = 4*row + gathers - latents - 3.5*out
		} else {
			p.perToken = 2*row - latents - 8*out
		}
	}
	return p
}
