package model

var _ = register(family{types: []string{"mixtral"}, read: readMixtral})

// readMixtral reads Mixtral: attention as Llama, experts with a softmax gate in every layer. A checkpoint may have a
// sliding window; the published ones have none.
func readMixtral(r *reader, m *Model) {
	layers := m.decoder(r)
	a := r.gqa(m.Hidden)
	a.Window = r.wholeOr("sliding_window", 0, 1, maxPositions)
	m.TableWidth = a.HeadDim
	f := r.experts("num_local_experts", "intermediate_size")
	f.Router = SoftmaxTopK
	block := Layer{a, f}
	m.repeat(layers, func(int) Layer { return block })
	m.MTPLayer = block
}
