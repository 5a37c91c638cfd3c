package memory

import (
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// fp32 is the size of frequencies of RoPE tables.
const fp32 = 4

// stage gives the bytes of the weights of one pipeline stage (simulation-model 6.2). from is the number of its first
// layer.
func (w *weigher) stage(st plan.Stage, from, mtp int) float64 {
	m := w.g.Model
	total := 0.0
	for i := range st.Layers {
		total += w.kinds[w.g.Of[from+i]]
	}
	if !w.served {
		total += fp16 * 2 * float64(m.MaxPositions) * float64(m.TableWidth)
	}
	if st.Embedding {
		// Encoders without operators are resident whether they work or not, split like the rest.
		total += w.matrix(&w.g.Embedding) + fp16*m.Tower/float64(max(1, w.g.Strategy.TP))
		total += fp16 * float64(m.PerLayer.Width) * float64(len(m.Layers)) * float64(m.PerLayer.Rows+m.Hidden)
	}
	if !st.Head {
		return total
	}
	// Engines keep one table for a tied head; the reference tool never does.
	if !w.served || !m.TiedEmbedding || !st.Embedding {
		total += w.matrix(&w.g.Head)
	}
	total += fp16*float64(m.Hidden) + w.vectors(w.g.Hyper)
	if mtp > 0 {
		total += w.drafts(mtp)
	}
	return total
}

// drafts gives the bytes of MTP layers with the projection and the two norms before their blocks. In the reference tool
// they share one embedding and one head of their own, apart from the model's; engines use those of the model.
func (w *weigher) drafts(mtp int) float64 {
	m := w.g.Model
	total := float64(mtp) * (w.layer(&w.draft) + w.formats.Projection.Matrix(2*m.Hidden, m.Hidden) +
		fp16*2*float64(m.Hidden))
	if !w.served {
		total += fp16*float64(m.Vocab)*float64(m.Hidden) + w.matrix(&w.g.Head) + fp32*float64(m.TableWidth)
	}
	return total
}

// weigher gives bytes of weights.
type weigher struct {
	g       *geometry.Rank
	formats Formats
	served  bool      // as engines hold them, not as the reference tool does
	scales  float64   // of a layer, in the reference tool
	kinds   []float64 // bytes of each kind of layer
	draft   geometry.Layer
}

func newWeigher(g *geometry.Rank, s *Setting) (w weigher, err error) {
	w = weigher{g: g, formats: s.Formats, served: s.Served, kinds: make([]float64, len(g.Kinds))}
	if !s.Served {
		w.scales = scales(s.Linear)
	}
	for i := range g.Kinds {
		w.kinds[i] = w.layer(&g.Kinds[i])
	}
	if s.MTP > 0 {
		w.draft, err = g.Draft()
	}
	return w, err
}

// layer gives the bytes of one decoder layer.
func (w *weigher) layer(l *geometry.Layer) float64 {
	total := w.scales + w.vectors(l.Vectors) + w.vectors(l.Attention.Vectors) + w.vectors(l.FFN.Vectors)
	for i := range l.Attention.Matrices {
		total += w.matrix(&l.Attention.Matrices[i])
	}
	for i := range l.FFN.Matrices {
		total += w.matrix(&l.FFN.Matrices[i])
	}
	return total + float64(l.FFN.Experts)*w.expert(l)
}

// expert gives the bytes of one routed expert.
func (w *weigher) expert(l *geometry.Layer) float64 {
	total := 0.0
	for i := range l.FFN.Expert {
		total += w.matrix(&l.FFN.Expert[i])
	}
	return total
}

func (w *weigher) matrix(m *geometry.Matrix) float64 {
	if m.Unstored && !w.served {
		return 0
	}
	total := mean(&w.formats.means, m) * w.formats.of(m).Matrix(m.Own.In, m.Own.Out)
	if m.Bias {
		total += fp16 * float64(m.Own.Out)
	}
	return total
}

func (w *weigher) vectors(list []geometry.Vector) float64 {
	total := 0.0
	for _, v := range list {
		switch {
		case w.served:
			total += v.Bytes * float64(v.Own)
		case v.Kept:
			total += v.Bytes * float64(v.All)
		case !v.Unstored:
			total += v.Bytes * float64(v.Own)
		}
	}
	return total
}

// vision gives the bytes of the vision tower on one rank, always FP16 (simulation-model 6.2). It is resident only while
// images are served.
func vision(v *model.Vision, tp int) float64 {
	hidden, inner := float64(v.Hidden), float64(v.Inner)
	share := 1 / float64(max(1, tp))
	patch := hidden*float64(v.Channels*v.TemporalPatch*v.Patch*v.Patch) + hidden
	block := share*(4*hidden*hidden+2*hidden*inner+inner+3*hidden) + 6*hidden
	merged := hidden * float64(v.Merge*v.Merge)
	merger := share*(merged*merged+merged+merged*float64(v.OutHidden)) + float64(v.OutHidden)
	mergers := merger + 2*hidden + float64(v.DeepStack)*(merger+2*merged)
	frequencies := fp32 * hidden / float64(v.Heads) / 4
	return fp16*(patch+float64(v.Positions)*hidden+float64(v.Depth)*block+mergers) + frequencies
}

// visionPeak gives the bytes of a patch in the fullest moment of the tower, pixels included. Simulation-model 6.4 has
// no form for it; 31 FP16-widths meet three reference passes within 4 % of the whole: a block with queries, keys and
// RoPE in FP32.
func visionPeak(v *model.Vision) float64 {
	pixels := v.Channels * v.TemporalPatch * v.Patch * v.Patch
	return 31*float64(v.Hidden) + fp16*float64(pixels)
}
