package model

var _ = register(family{types: []string{"qwen3"}, compared: true, read: readQwen3})

// readQwen3 reads dense Qwen3: grouped queries with a norm per head (simulation-model 3.4).
func readQwen3(r *reader, m *Model) {
	layers := m.decoder(r)
	a := r.gqa(m.Hidden)
	a.QKNorm = PerHead
	m.TableWidth = a.HeadDim
	block := Layer{a, r.dense()}
	m.repeat(layers, func(int) Layer { return block })
	m.MTPLayer = block
}
