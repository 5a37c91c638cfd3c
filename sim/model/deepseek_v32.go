package model

var _ = register(family{types: []string{"deepseek_v32"}, compared: true, read: readDeepSeekV32})

// readDeepSeekV32 reads DeepSeek-V3.2: latent attention to the tokens that an indexer of each layer selects, and a gate
// that selects in many small operators (simulation-model 3.5).
func readDeepSeekV32(r *reader, m *Model) {
	a := r.indexed(m)
	a.OwnsIndexer = true
	sparse := r.deepseekExperts(GroupedSigmoid)
	sparse.BiasBytes = 4
	m.deepseek(r, a, sparse)
}

// indexed reads sparse latent attention and its indexer.
func (r *reader) indexed(m *Model) Attention {
	a := r.mla(m)
	a.TopK = r.whole("index_topk", 1, maxPositions)
	a.IndexHeads = r.whole("index_n_heads", 1, maxHeads)
	a.IndexDim = r.whole("index_head_dim", 1, maxWidth)
	return a
}
