package memory

import (
	"fathom/sim/model"
	"fathom/sim/plan"
)

// firstLayer gives the bytes of a token in the fullest moment of the first layer (simulation-model 6.4). The odd
// factors are the views that the reference tool's tracker frees once more each.
func (sh rankShape) firstLayer(l model.Layer, q plan.Quant, o plan.Options) float64 {
	hidden := float64(sh.m.Hidden)
	tables := 2 * fp16 * float64(sh.m.TableWidth)
	var peak float64
	switch l.Attention.Kind {
	case model.SharedKV:
		// The streams and their FP32 copy: exact in the one prefill that was compared.
		return (fp16+fp32)*float64(sh.m.Hyper.Streams)*hidden + tables
	case model.MLA:
		peak = sh.firstMLA(l, fp16*hidden, tables)
	default:
		peak = sh.firstGQA(l, fp16*hidden, tables, q, o)
	}
	if !o.Compile {
		peak = max(peak, 10*hidden+tables) // a norm in FP32: residual, copy, square and result
	}
	return peak
}

func (sh rankShape) firstMLA(l model.Layer, residual, tables float64) float64 {
	a := l.Attention
	heads := a.Heads / sh.tp
	latents := fp16 * float64(heads*a.HeadDim+a.KVRank+a.RopeDim+a.QRank)
	after := residual + tables + fp16*float64(a.QRank) - float64(heads*a.ValueDim)
	return max(2*residual+tables, residual+tables+latents, after, after+sh.gateAndUp(l.FFN))
}

func (sh rankShape) firstGQA(l model.Layer, residual, tables float64, quant plan.Quant, o plan.Options) float64 {
	a := l.Attention
	q := fp16 * float64(a.Heads/sh.tp*a.HeadDim)
	k := fp16 * float64(localKV(a, sh.tp)*a.HeadDim)
	peak := max(1.5*residual+tables, residual+tables+q+2*k, 2*residual-2.5*q-7*k)
	if !l.FFN.MoE() {
		peak = max(peak, residual-2.5*q-7*k+sh.gateAndUp(l.FFN))
	}
	if !o.Compile && a.QKNorm != model.NoNorm {
		// The norm of the queries in FP32; a quantised projection has freed its input by then.
		copies := 3.0
		if quant.Linear == plan.LinearDisabled {
			copies = 4
		}
		peak = max(peak, residual+tables+copies*q)
	}
	return peak
}

// gateAndUp is the output of both projections of a dense block.
func (sh rankShape) gateAndUp(f model.FFN) float64 {
	if f.MoE() {
		return 0
	}
	return 2 * fp16 * float64(ceil(f.Inner, sh.mlpTP))
}
