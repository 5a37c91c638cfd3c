package memory

import (
	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// fp16 is the size of everything that is not quantised, whatever the checkpoint says (simulation-model 1.4).
const fp16 = 2

// formats gives the layouts of the experts and of all other linear layers under "layers." (simulation-model 3.2).
func formats(q plan.Quant) (experts, others hw.Layout) {
	e, o := q.Parts()
	return layout(e, q.MXFP4Group), layout(o, q.MXFP4Group)
}

// layout is that of an action; group is the size of its blocks where it has any, 0 for the format's own.
func layout(a plan.LinearAction, group int) hw.Layout {
	l := a.Format().Layout()
	if l.Inputs > 0 && group > 0 {
		l.Inputs = group
	}
	return l
}

// scales gives the bytes of scales per tensor that the reference tool counts for a layer: those of one linear layer,
// however many there are.
func scales(a plan.LinearAction) float64 {
	switch l := a.Format().Layout(); {
	case l.Bits == 16, l.Inputs > 0:
		return 0
	case a.Static():
		return 8
	}
	return 4
}

// kvBytes is the size of an element in a paged cache.
func kvBytes(a plan.AttentionAction) float64 { return a.Format().Bytes() }

func ceil(a, b int) int { return (a + b - 1) / b }

// localKV is the number of KV heads on one rank: a head is replicated where there are fewer than ranks.
func localKV(a model.Attention, tp int) int { return max(1, a.KVHeads/tp) }
