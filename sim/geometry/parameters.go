package geometry

import (
	"fathom/sim/model"
	"fathom/sim/plan"
)

// Parameters counts the language model as its checkpoint holds it: one embedding, a head of its own unless it is tied,
// MTP layers and vision tower left out. Active are those that one token uses: all but the experts that it is not routed
// to. Both are 0 for a family that has no layers here. The error names a kind of layer that is not known.
func Parameters(m *model.Model) (total, active float64, err error) {
	if len(m.Layers) == 0 {
		return 0, 0, nil
	}
	r, err := New(m, plan.Strategy{TP: 1, PP: 1, DP: 1}, true)
	if err != nil {
		return 0, 0, err
	}
	total, active = inLayers(r, m)
	around := r.Embedding.All.Elements() + float64(m.Hidden) + count(nil, r.Hyper)
	if !m.TiedEmbedding {
		around += r.Head.All.Elements()
	}
	if w := m.PerLayer.Width; w > 0 { // a table for all layers, and a projection of the token's own embedding
		around += float64(w) * float64(len(m.Layers)) * float64(m.PerLayer.Rows+m.Hidden)
	}
	return total + around, active + around, nil
}

// Worked counts the parameters of the layers that every token is multiplied by: those of Parameters that are active,
// embeddings and head left out. It is 0 for a family that has no layers here.
func Worked(m *model.Model) (float64, error) {
	if len(m.Layers) == 0 {
		return 0, nil
	}
	r, err := New(m, plan.Strategy{TP: 1, PP: 1, DP: 1}, true)
	if err != nil {
		return 0, err
	}
	_, active := inLayers(r, m)
	return active, nil
}

// inLayers counts the parameters between embedding and head.
func inLayers(r *Rank, m *model.Model) (total, active float64) {
	for i := range m.Layers {
		l := r.Layer(i)
		every := count(l.Attention.Matrices, l.Attention.Vectors) + count(l.FFN.Matrices, l.FFN.Vectors) +
			count(nil, l.Vectors)
		expert := count(l.FFN.Expert, nil)
		total += every + float64(l.Facts.FFN.Experts)*expert
		active += every + float64(l.Facts.FFN.TopK)*expert
	}
	return total, active
}

// count adds parameters of the whole layer up.
func count(matrices []Matrix, vectors []Vector) float64 {
	n := 0.0
	for i := range matrices {
		m := &matrices[i]
		n += m.All.Elements()
		if m.Bias {
			n += float64(m.All.Out)
		}
	}
	for _, v := range vectors {
		if !v.Table {
			n += float64(v.All)
		}
	}
	return n
}

// Held gives what a rank keeps of one token in the layers that keep any, in bytes of 16-bit elements before a window is
// full, and of a sequence whatever its length.
func Held(r *Rank) (token, sequence float64) {
	for i := range r.Of {
		a := &r.Layer(i).Attention
		for _, c := range a.Caches {
			if c.Every > 0 {
				token += narrow * float64(c.Elements) / float64(c.Every)
			}
		}
		sequence += a.StateBytes()
	}
	return token, sequence
}
