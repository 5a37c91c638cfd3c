package model

var _ = register(family{types: []string{"qwen3_moe"}, compared: true, read: readQwen3MoE})

// readQwen3MoE reads Qwen3 with routed experts (simulation-model 3.5). A layer is dense where mlp_only_layers names it
// or decoder_sparse_step skips it.
func readQwen3MoE(r *reader, m *Model) {
	layers := m.decoder(r)
	a := r.gqa(m.Hidden)
	a.QKNorm = PerHead
	m.TableWidth = a.HeadDim
	sparse, isDense := r.qwenExperts(), r.denseLayers(layers)
	m.repeat(layers, func(i int) Layer {
		if isDense[i] {
			return Layer{a, r.dense()}
		}
		return Layer{a, sparse}
	})
	m.MTPLayer = m.Layers[layers-1]
}

// qwenExperts reads the expert block of the Qwen families; a shared expert has a gate of its own.
func (r *reader) qwenExperts() FFN {
	f := r.experts(r.first("num_experts", "num_local_experts"), "moe_intermediate_size")
	f.Router = SoftmaxTopK
	f.SharedInner = r.wholeOr("shared_expert_intermediate_size", 0, 0, maxWidth)
	f.SharedGate = f.SharedInner > 0
	return f
}

// denseLayers marks the layers of a Qwen expert model that have a dense feed-forward block.
func (r *reader) denseLayers(layers int) []bool {
	step := r.wholeOr("decoder_sparse_step", 1, 1, maxLayers)
	dense := make([]bool, layers)
	for i := range dense {
		dense[i] = (i+1)%step != 0
	}
	for _, i := range r.wholes("mlp_only_layers", 0, maxLayers) {
		if i < layers {
			dense[i] = true
		}
	}
	return dense
}
