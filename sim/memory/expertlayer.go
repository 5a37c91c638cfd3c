package memory

import (
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

func (sh rankShape) expertPeak(l model.Layer, f model.FFN, q plan.Quant, o plan.Options) expertPeak {
	a := l.Attention
	row := fp16 * float64(sh.m.Hidden)
	p := expertPeak{perRow: row}
	if sh.s.EP > 1 || a.OwnsIndexer {
		return p // rows travel, or an indexer moves the level: only the rows themselves are known
	}
	gathers := 0.0
	if sh.s.DP > 1 {
		gathers = row
	}
	switch a.Kind {
	case model.GQA:
		query := fp16 * float64(a.Heads/sh.tp*a.HeadDim)
		key := fp16 * float64(localKV(a, sh.tp)*a.HeadDim)
		switch {
		case o.Compile:
			p.perGathered = 10 * float64(f.TopK) // indexes and weights
			p.perToken = gathers - 2.5*query - 7*key
		case q.Linear == plan.LinearDisabled:
			p.perGathered = 6*float64(f.TopK) - gathers
			p.perToken = -row - 3*query - 7*key
		default:
			p.perGathered = 6*float64(f.TopK) - gathers
			p.perToken = -row - 4*query - 8*key
		}
	case model.MLA:
		latents := float64(a.QRank + a.KVRank)
		out := float64(a.Heads / sh.tp * a.ValueDim)
		if o.Compile {
			p.perGathered = 10 * float64(f.TopK)
			p.perToken = 4*row + gathers - latents - 3.5*out
		} else {
			p.perToken = 2*row - latents - 8*out
		}
	}
	return p
}
