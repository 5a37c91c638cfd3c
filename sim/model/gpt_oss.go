package model

var _ = register(family{types: []string{"gpt_oss"}, read: readGPTOSS})

// readGPTOSS reads gpt-oss: sliding and full attention by turns, a sink logit per head, biases everywhere, experts in
// every layer (OpenAI, gpt-oss model card, 2025).
func readGPTOSS(r *reader, m *Model) {
	layers := m.decoder(r)
	full := r.gqa(m.Hidden)
	full.Bias, full.OutputBias, full.Sinks = r.flag("attention_bias", true), r.flag("attention_bias", true), true
	sliding := full
	sliding.Window = r.whole("sliding_window", 1, maxPositions)
	m.TableWidth = full.HeadDim
	f := r.experts("num_local_experts", "intermediate_size")
	f.Router = SoftmaxTopK
	f.Bias = true
	kinds := r.kinds("layer_types", layers, "sliding_attention", "full_attention")
	m.repeat(layers, func(i int) Layer {
		slides := i%2 == 0
		if kinds != nil {
			slides = kinds[i] == "sliding_attention"
		}
		if slides {
			return Layer{sliding, f}
		}
		return Layer{full, f}
	})
	m.MTPLayer = m.Layers[layers-1]
}
