package memory

import (
	"fathom/hw"
	"fathom/sim/geometry"
	"fathom/sim/plan"
)

// fp16 is the size of everything that is not quantised, whatever the checkpoint says (simulation-model 1.4).
const fp16 = 2

// Formats are those of a deployment. Gates of experts are never quantised.
type Formats struct {
	Projection, Dense, Expert, Vocabulary hw.Layout
	KV                                    float64 // bytes of an element of a cache
}

// ReferenceFormats are those of the reference tool (simulation-model 3.2).
func ReferenceFormats(q plan.Quant) Formats {
	experts, others := q.Parts()
	f := Formats{Expert: layout(experts, q.MXFP4Group), Dense: layout(others, q.MXFP4Group),
		Vocabulary: hw.FormatBF16.Layout(), KV: q.Attention.Format().Bytes()}
	f.Projection = f.Dense
	return f
}

// layout is that of an action; group is the size of its blocks where it has any, 0 for the format's own.
func layout(a plan.LinearAction, group int) hw.Layout {
	l := a.Format().Layout()
	if l.Inputs > 0 && group > 0 {
		l.Inputs = group
	}
	return l
}

// of is the layout of a matrix.
func (f *Formats) of(r geometry.Role) hw.Layout {
	switch r {
	case geometry.Projection:
		return f.Projection
	case geometry.Dense:
		return f.Dense
	case geometry.Expert:
		return f.Expert
	case geometry.Vocabulary:
		return f.Vocabulary
	}
	return hw.FormatBF16.Layout() // a gate
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

func ceil(a, b int) int { return (a + b - 1) / b }
