package memory

import "fathom/sim/model"

// fp32 is the size of the weights of hyper-connections.
const fp32 = 4

// mix is the number of coefficients that a hyper-connection computes for each token.
func mix(h *model.Hyper) float64 { return float64((2 + h.Streams) * h.Streams) }

// hyperLayer counts the two hyper-connections of a layer: projection, base and three scales (simulation-model A.3).
func hyperLayer(m *model.Model) float64 {
	width := float64(m.Hyper.Streams) * float64(m.Hidden)
	return 2 * fp32 * (mix(m.Hyper)*width + mix(m.Hyper) + 3)
}

// hyperHead counts the hyper-connection that joins the streams before the final norm.
func hyperHead(m *model.Model) float64 {
	s := float64(m.Hyper.Streams)
	return fp32 * (s*s*float64(m.Hidden) + 1 + s)
}

// sharedKV counts the attention of DeepSeek-V4. Compressors store no weights in the reference tool.
func (sh rankShape) sharedKV(a model.Attention) float64 {
	h := sh.m.Hidden
	heads, groups := a.Heads/sh.tp, a.OutputGroups/sh.tp
	w := sh.others.Matrix
	total := w(h, a.QRank) + w(a.QRank, heads*a.HeadDim) + w(h, a.HeadDim) +
		w(heads*a.HeadDim, a.OutRank) + w(groups*a.OutRank, h)
	total += fp16*float64(a.QRank+a.HeadDim) + fp32*float64(a.Heads)
	if a.OwnsIndexer {
		heads := a.IndexHeads / sh.tp
		total += w(a.QRank, heads*a.IndexDim) + w(h, heads)
	}
	return total
}
