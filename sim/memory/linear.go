package memory

import (
	"fathom/sim/model"
	"fathom/sim/plan"
)

// fp16 is the size of everything that is not quantised, whatever the checkpoint says (simulation-model 1.4).
const fp16 = 2

// mxfp4Group is the number of elements that share a scale where the user names no other.
const mxfp4Group = 32

// linear is the number format of one group of linear layers.
type linear struct {
	bytes float64 // of an element
	group int     // elements of a column that share a one-byte scale, 0: scales are per tensor and not counted
}

// formats gives the formats of the experts and of all other linear layers under "layers." (simulation-model 3.2).
func formats(q plan.Quant) (experts, others linear) {
	experts = format(q.Linear, q.MXFP4Group)
	others = experts
	if q.NonExpert != plan.LinearDisabled {
		others = format(q.NonExpert, q.MXFP4Group)
	}
	return experts, others
}

func format(a plan.LinearAction, group int) linear {
	switch a {
	case plan.LinearDisabled:
		return linear{bytes: fp16}
	case plan.W4A8Static, plan.W4A8Dynamic:
		return linear{bytes: 0.5}
	case plan.MXFP4:
		if group == 0 {
			group = mxfp4Group
		}
		return linear{bytes: 0.5, group: group}
	default:
		return linear{bytes: 1}
	}
}

// scales gives the bytes of scales per tensor that the reference tool counts for a layer: those of one linear layer,
// however many there are.
func scales(a plan.LinearAction) float64 {
	switch a {
	case plan.LinearDisabled, plan.MXFP4:
		return 0
	case plan.W8A16Static, plan.W8A8Static, plan.W4A8Static:
		return 8
	default:
		return 4
	}
}

// weight gives the bytes of a matrix from in to out columns. Scales per tensor are four bytes and left out.
func (l linear) weight(in, out int) float64 {
	b := float64(in) * float64(out) * l.bytes
	if l.group > 0 {
		b += float64(out) * float64(ceil(in, l.group))
	}
	return b
}

// kvBytes is the size of an element in a paged cache.
func kvBytes(a plan.AttentionAction) float64 {
	if a == plan.AttentionDisabled {
		return fp16
	}
	return 1
}

func ceil(a, b int) int { return (a + b - 1) / b }

// localKV is the number of KV heads on one rank: a head is replicated where there are fewer than ranks.
func localKV(a model.Attention, tp int) int { return max(1, a.KVHeads/tp) }
