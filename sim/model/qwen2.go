package model

var (
	_ = register(family{types: []string{"qwen2"}, read: readQwen2})
	_ = register(family{types: []string{"mimo"}, read: readMiMo})
)

// readQwen2 reads Qwen2 and Qwen2.5: as Llama with biases on queries, keys and values only. Its sliding window is off
// in every published configuration (use_sliding_window).
func readQwen2(r *reader, m *Model) {
	layers := m.decoder(r)
	a := r.gqa(m.Hidden)
	a.Bias, a.OutputBias = true, false
	if r.flag("use_sliding_window", false) {
		r.fail("use_sliding_window", "= true: fathom does not know which layers of this family slide; set it to false")
	}
	m.TableWidth = a.HeadDim
	block := Layer{a, r.dense()}
	m.repeat(layers, func(int) Layer { return block })
	m.MTPLayer = block
}

// readMiMo reads MiMo-7B, a Qwen2 with next-token-prediction layers.
func readMiMo(r *reader, m *Model) {
	readQwen2(r, m)
	m.MTPHeads = r.wholeOr("num_nextn_predict_layers", 0, 0, maxLayers)
}
