package model

var _ = register(family{types: []string{"llama"}, compared: true, read: readLlama})

// readLlama reads Llama 2 and 3: grouped queries without query and key norms (simulation-model 3.4).
func readLlama(r *reader, m *Model) {
	layers := m.decoder(r)
	a := r.gqa(m.Hidden)
	m.TableWidth = a.HeadDim
	ffn := r.dense()
	ffn.Bias = r.flag("mlp_bias", false)
	block := Layer{a, ffn}
	m.repeat(layers, func(int) Layer { return block })
	m.MTPLayer = block
}
