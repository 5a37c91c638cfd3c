package model

// Families that the catalog lists but whose layers have no operator list here yet. Each says what is missing.
var (
	_ = unsupported("its Mamba-2 layers have no operator model", "nemotron_h")
	_ = unsupported("its layers differ one by one and the configuration does not hold them (block_configs)",
		"nemotron-nas")
	_ = unsupported("its layers of two head sizes with shared keys and values have no operator model", "gemma4")
	_ = unsupported("its Kimi delta attention and latent experts have no operator model", "kimi_k3", "kimi_linear")
	_ = unsupported("its block-sparse attention has no operator model", "minimax_m3", "minimax_m3_vl")
	_ = unsupported("its head-wise gated attention has no operator model", "step3p7")
)

// unsupported registers families that are known by name. Only the sizes around the layers are read.
func unsupported(reason string, types ...string) family {
	return register(family{types: types, unsupported: reason, read: func(r *reader, m *Model) {
		if r.has("text_config") {
			if r = r.child("text_config"); r == nil {
				return
			}
		}
		m.Hidden = r.wholeOr("hidden_size", 0, 1, maxWidth)
		m.Vocab = r.wholeOr("vocab_size", 0, 1, maxVocab)
		m.MaxPositions = r.wholeOr("max_position_embeddings", 0, 1, maxPositions)
	}})
}
