package model

var _ = register(family{types: []string{"qwen3_5", "qwen3_5_moe", "qwen3_5_text", "qwen3_5_moe_text"}, compared: true,
	read: readQwen35})

// readQwen35 reads Qwen3.5: three gated delta-rule layers to one layer of gated full attention, dense or with experts,
// under a vision tower (simulation-model 3.5).
func readQwen35(r *reader, m *Model) {
	text := r.nested()
	if text == nil {
		return
	}
	m.Vision = r.vision()
	m.OnePlusNorm = true
	m.RopeAxes = 3
	layers := m.decoder(text)

	full := text.gqa(m.Hidden)
	full.QKNorm = PerHead
	full.Gated = text.flag("attn_output_gate", true)
	full.JoinedRotary = true
	full.RotaryDim = text.rotary(full.HeadDim, 0.25)
	m.TableWidth = full.RotaryDim
	linear := Attention{
		Kind:       Linear,
		KeyHeads:   text.whole("linear_num_key_heads", 1, maxHeads),
		ValueHeads: text.whole("linear_num_value_heads", 1, maxHeads),
		KeyDim:     text.whole("linear_key_head_dim", 1, maxWidth),
		ValueDim:   text.whole("linear_value_head_dim", 1, maxWidth),
		ConvKernel: text.whole("linear_conv_kernel_dim", 1, maxWidth),
	}
	text.divides("linear_num_key_heads", linear.KeyHeads, "linear_num_value_heads", linear.ValueHeads)

	kinds := text.kinds("layer_types", layers, "linear_attention", "full_attention")
	interval := text.wholeOr("full_attention_interval", 4, 1, maxLayers)
	var ffn FFN
	isDense := make([]bool, layers)
	if text.has("num_experts") {
		ffn, isDense = text.qwenExperts(), text.denseLayers(layers)
	} else {
		ffn = text.dense()
	}
	m.repeat(layers, func(i int) Layer {
		f := ffn
		if isDense[i] {
			f = text.dense()
		}
		isFull := (i+1)%interval == 0
		if kinds != nil {
			isFull = kinds[i] == "full_attention"
		}
		if isFull {
			return Layer{full, f}
		}
		return Layer{linear, f}
	})
	m.MTPHeads = text.wholeOr("mtp_num_hidden_layers", 0, 0, maxLayers)
	m.MTPLayer = Layer{full, ffn}
}
