package model

var _ = register(family{types: []string{"glm_moe_dsa"}, compared: true, read: readGLM})

// readGLM reads GLM-5: sparse latent attention as DeepSeek-V3.2 with the gate of V3. In GLM-5.2 indexer_types marks the
// layers that reuse the selection of an earlier one; such a model is never reused layer by layer (simulation-model
// 3.1).
func readGLM(r *reader, m *Model) {
	a := r.indexed(m)
	a.OwnsIndexer = true
	sparse := r.deepseekExperts(RawLogits)
	sparse.BiasBytes = 4
	m.deepseek(r, a, sparse)

	layers := len(m.Layers)
	for i, kind := range r.kinds("mlp_layer_types", layers, "dense", "sparse") {
		m.Layers[i].FFN = sparse
		if kind == "dense" {
			m.Layers[i].FFN = r.dense()
		}
	}
	indexers := r.kinds("indexer_types", layers, "full", "shared")
	for i, kind := range indexers {
		m.Layers[i].Attention.OwnsIndexer = kind == "full"
	}
	if len(indexers) > 0 && !m.Layers[0].Attention.OwnsIndexer {
		r.fail("indexer_types", `starts with "shared": the first layer needs an indexer of its own, write "full"`)
	}
	m.Reused = len(indexers) == 0
	m.MTPLayer = Layer{a, m.Layers[layers-1].FFN}
}
