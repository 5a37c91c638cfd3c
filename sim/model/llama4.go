package model

var _ = register(family{types: []string{"llama4", "llama4_text"}, read: readLlama4})

// readLlama4 reads the language model of Llama 4: every interleave_moe_layer_step-th layer routes to one expert beside
// a shared one; every fourth layer attends to everything without RoPE, the others within a chunk. The chunk is taken as
// a window of that size, which the tokens late in a chunk come close to.
func readLlama4(r *reader, m *Model) {
	text := r.nested()
	if text == nil {
		return
	}
	layers := m.decoder(text)
	global := text.gqa(m.Hidden)
	global.RotaryDim = 0
	chunked := text.gqa(m.Hidden)
	chunked.Window = text.wholeOr("attention_chunk_size", 0, 1, maxPositions)
	if text.flag("use_qk_norm", false) {
		chunked.QKNorm = PerHeadBare
	}
	m.TableWidth = chunked.HeadDim

	sparse := text.experts("num_local_experts", "intermediate_size")
	sparse.Router = SoftmaxTopK
	sparse.SharedInner = sparse.ExpertInner
	step := text.wholeOr("interleave_moe_layer_step", 1, 1, maxLayers)
	every := text.wholeOr("no_rope_layer_interval", 4, 1, maxLayers)
	dense := FFN{}
	if step > 1 {
		dense.Inner = text.whole("intermediate_size_mlp", 1, maxWidth)
	}
	m.repeat(layers, func(i int) Layer {
		l := Layer{chunked, dense}
		if (i+1)%every == 0 {
			l.Attention = global
		}
		if (i+1)%step == 0 {
			l.FFN = sparse
		}
		return l
	})
	m.MTPLayer = m.Layers[layers-1]
}
