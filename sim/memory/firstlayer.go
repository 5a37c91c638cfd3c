package memory

import (
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// peaks gives the bytes of a token in the fullest moment of a layer, by kind of attention (simulation-model 6.4). The
// odd factors are the views that the reference tool's tracker frees once more each.
var peaks = [model.NumAttentionKinds]func(g *geometry.Rank, l *geometry.Layer, s *Setting) float64{
	model.GQA:      peakGrouped,
	model.MLA:      peakLatent,
	model.SharedKV: peakStreams,
	model.Linear:   peakGrouped,

	model.NoAttention: peakGrouped,
}

// firstLayer gives the bytes of a token in the fullest moment of the first layer.
func firstLayer(g *geometry.Rank, l *geometry.Layer, s *Setting) (float64, error) {
	k := l.Facts.Attention.Kind
	if k >= model.NumAttentionKinds || peaks[k] == nil {
		return 0, geometry.Unknown{Room: "memory of activations", Kind: k}
	}
	peak := peaks[k](g, l, s)
	if !s.Compile && k != model.SharedKV {
		peak = max(peak, 10*float64(g.Model.Hidden)+tableRows(g)) // a norm in FP32: residual, copy, square and result
	}
	return peak, nil
}

// tableRows are the cosines and sines of a token.
func tableRows(g *geometry.Rank) float64 { return 2 * fp16 * float64(g.Model.TableWidth) }

// peakStreams are the streams of hyper-connections and their FP32 copy: exact in the one prefill that was compared.
func peakStreams(g *geometry.Rank, _ *geometry.Layer, _ *Setting) float64 {
	streams := 1
	if g.Model.Hyper != nil {
		streams = g.Model.Hyper.Streams
	}
	return (fp16+fp32)*float64(streams)*float64(g.Model.Hidden) + tableRows(g)
}

func peakLatent(g *geometry.Rank, l *geometry.Layer, _ *Setting) float64 {
	a := &l.Attention.Own
	residual, tables := fp16*float64(g.Model.Hidden), tableRows(g)
	latents := fp16 * float64(a.Heads*a.HeadDim+a.KVRank+a.RopeDim+a.QRank)
	after := residual + tables + fp16*float64(a.QRank) - float64(a.Heads*a.ValueDim)
	return max(2*residual+tables, residual+tables+latents, after, after+gateAndUp(l))
}

func peakGrouped(g *geometry.Rank, l *geometry.Layer, s *Setting) float64 {
	a := &l.Attention.Own
	residual, tables := fp16*float64(g.Model.Hidden), tableRows(g)
	q := fp16 * float64(a.Heads*a.HeadDim)
	k := fp16 * float64(l.Attention.KVHeads*a.HeadDim)
	peak := max(1.5*residual+tables, residual+tables+q+2*k, 2*residual-2.5*q-7*k)
	if !l.FFN.Own.MoE() {
		peak = max(peak, residual-2.5*q-7*k+gateAndUp(l))
	}
	if !s.Compile && a.QKNorm != model.NoNorm {
		// The norm of the queries in FP32; a quantised projection has freed its input by then.
		copies := 3.0
		if s.Linear == plan.LinearDisabled {
			copies = 4
		}
		peak = max(peak, residual+tables+copies*q)
	}
	return peak
}

// gateAndUp is the output of both projections of a dense block.
func gateAndUp(l *geometry.Layer) float64 {
	if l.FFN.Own.MoE() {
		return 0
	}
	return 2 * fp16 * float64(l.FFN.Own.Inner)
}
