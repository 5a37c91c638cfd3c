package model

var _ = register(family{types: []string{"mistral"}, read: readMistral})

// readMistral reads Mistral: Llama with a sliding window in its first release.
func readMistral(r *reader, m *Model) {
	readLlama(r, m)
	window := r.wholeOr("sliding_window", 0, 1, maxPositions)
	for i := range m.Layers {
		m.Layers[i].Attention.Window = window
	}
	m.MTPLayer.Attention.Window = window
}
