package memory

import (
	"fathom/hw"
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// fp16 is the size of everything that is not quantised, whatever the checkpoint says (simulation-model 1.4).
const fp16 = 2

// Formats are those of a deployment. Gates of experts and embeddings are never quantised.
type Formats struct {
	Projection, Output, State, Dense, Shared, Expert, Head hw.Layout
	KV                                                     float64 // bytes of an element of a cache

	means model.Means // of kinds that a checkpoint does not store alike
}

// FormatsOf are those of what is stored; kv is the format of the cache.
func FormatsOf(s model.Stored, kv hw.Format) Formats {
	return Formats{Projection: s.Projection.Layout(), Output: s.Output.Layout(), State: s.State.Layout(),
		Dense: s.Dense.Layout(), Shared: s.Shared.Layout(), Expert: s.Expert.Layout(), Head: s.Head.Layout(),
		KV: kv.Bytes(), means: s.Mean}
}

// ReferenceFormats are those of the reference tool (simulation-model 3.2).
func ReferenceFormats(q plan.Quant, m *model.Model) Formats {
	f := FormatsOf(q.Stored(m), q.Attention.Format())
	experts, others := q.Parts()
	if group := q.MXFP4Group; group > 0 {
		if experts == plan.MXFP4 {
			f.Expert.Inputs = group
		}
		if others == plan.MXFP4 {
			for _, l := range []*hw.Layout{&f.Projection, &f.Output, &f.State, &f.Dense, &f.Shared} {
				l.Inputs = group
			}
		}
	}
	return f
}

// of is the layout of a matrix.
func (f *Formats) of(m *geometry.Matrix) hw.Layout {
	switch m.Role {
	case geometry.Projection:
		if m.Part == geometry.Output {
			return f.Output
		}
		return f.Projection
	case geometry.State:
		return f.State
	case geometry.Dense:
		return f.Dense
	case geometry.Shared:
		return f.Shared
	case geometry.Expert:
		return f.Expert
	case geometry.Vocabulary:
		if m.Part == geometry.Head {
			return f.Head
		}
	}
	return hw.FormatBF16.Layout()
}

// mean is the bytes of a matrix relative to those in its layout.
func mean(of *model.Means, m *geometry.Matrix) float64 {
	k := 0.0
	switch m.Role {
	case geometry.Projection:
		if k = of.Projection; m.Part == geometry.Output {
			k = of.Output
		}
	case geometry.State:
		k = of.State
	case geometry.Dense:
		k = of.Dense
	case geometry.Shared:
		k = of.Shared
	case geometry.Expert:
		k = of.Expert
	}
	if k == 0 {
		return 1
	}
	return k
}

// ByFormat gives the bytes of all weights that a rank holds in each format; a kind that is not all stored alike counts
// as the format of most of it. What is no matrix has 16 bits.
func ByFormat(g *geometry.Rank, s model.Stored) map[string]float64 {
	out := map[string]float64{}
	add := func(m *geometry.Matrix, times float64) {
		f := hw.FormatBF16
		switch {
		case m.Role == geometry.Projection && m.Part == geometry.Output:
			f = s.Output
		case m.Part == geometry.Head:
			f = s.Head
		default:
			f = map[geometry.Role]hw.Format{geometry.Projection: s.Projection, geometry.State: s.State, geometry.Dense: s.Dense,
				geometry.Shared: s.Shared, geometry.Expert: s.Expert}[m.Role]
		}
		out[f.String()] += times * mean(&s.Mean, m) * f.Layout().Matrix(m.Own.In, m.Own.Out)
	}
	add(&g.Embedding, 1)
	if !g.Model.TiedEmbedding {
		add(&g.Head, 1)
	}
	for _, k := range g.Of {
		l := &g.Kinds[k]
		for i := range l.Attention.Matrices {
			add(&l.Attention.Matrices[i], 1)
		}
		for i := range l.FFN.Matrices {
			add(&l.FFN.Matrices[i], 1)
		}
		for i := range l.FFN.Expert {
			add(&l.FFN.Expert[i], float64(l.FFN.Experts))
		}
	}
	return out
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
