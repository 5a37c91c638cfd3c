package model

var _ = register(family{types: []string{"minimax_m2"}, compared: true, read: readMiniMaxM2})

// readMiniMaxM2 reads MiniMax-M2: query and key norms over the whole projected width, experts in every layer. The
// reference tool prices RoPE on all columns of a head, with tables of that width, whatever rotary_dim says
// (simulation-model 3.5).
func readMiniMaxM2(r *reader, m *Model) {
	layers := m.decoder(r)
	a := r.gqa(m.Hidden)
	a.JoinedRotary = true
	if r.flag("use_qk_norm", true) {
		a.QKNorm = FullWidth
		if r.text("qk_norm_type", "per_layer") == "per_head" {
			a.QKNorm = PerHead
		}
	}
	m.TableWidth = a.HeadDim
	f := r.experts("num_local_experts", "intermediate_size")
	f.Router = BiasedSigmoid
	f.SharedInner = r.wholeOr("shared_intermediate_size", 0, 0, maxWidth)
	block := Layer{a, f}
	m.repeat(layers, func(int) Layer { return block })
	if heads := r.wholeOr("num_mtp_modules", 0, 0, maxLayers); r.flag("use_mtp", true) {
		m.MTPHeads = heads
	}
	m.MTPLayer = block
}
