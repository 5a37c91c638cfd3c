package model

import "fmt"

var _ = register(family{types: []string{"mimo_v2_flash"}, read: readMiMoV2Flash})

// readMiMoV2Flash reads MiMo-V2-Flash: hybrid_layer_pattern marks the layers with a sliding window (1), which have
// heads of their own and sinks; keys are wider than values; moe_layer_freq marks the layers with experts, whose gate is
// that of DeepSeek-V3.2 with one group.
func readMiMoV2Flash(r *reader, m *Model) {
	layers := m.decoder(r)
	full := r.gqa(m.Hidden)
	full.ValueDim = r.wholeOr("v_head_dim", full.HeadDim, 1, maxWidth)
	full.RotaryDim = r.rotary(full.HeadDim, 1)
	full.JoinedRotary = full.RotaryDim < full.HeadDim
	full.Sinks = r.flag("add_full_attention_sink_bias", false)
	m.TableWidth = full.RotaryDim

	sliding := full
	sliding.Heads = r.wholeOr("swa_num_attention_heads", full.Heads, 1, maxHeads)
	sliding.KVHeads = r.wholeOr("swa_num_key_value_heads", full.KVHeads, 1, maxHeads)
	r.divides("swa_num_key_value_heads", sliding.KVHeads, "swa_num_attention_heads", sliding.Heads)
	sliding.HeadDim = r.wholeOr("swa_head_dim", full.HeadDim, 1, maxWidth)
	sliding.ValueDim = r.wholeOr("swa_v_head_dim", full.ValueDim, 1, maxWidth)
	sliding.RotaryDim = r.rotary(sliding.HeadDim, 1)
	sliding.Sinks = r.flag("add_swa_attention_sink_bias", false)
	sliding.Window = r.whole(r.first("sliding_window", "sliding_window_size"), 1, maxPositions)

	sparse := r.deepseekExperts(GroupedSigmoid)
	sparse.BiasBytes = 2
	slides := r.marks("hybrid_layer_pattern", layers)
	routes := r.marks("moe_layer_freq", layers)
	if slides == nil || routes == nil {
		return
	}
	m.repeat(layers, func(i int) Layer {
		l := Layer{full, sparse}
		if slides[i] == 1 {
			l.Attention = sliding
		}
		if routes[i] == 0 {
			l.FFN = r.dense()
		}
		return l
	})
	m.MTPHeads = r.wholeOr("num_nextn_predict_layers", 0, 0, maxLayers)
	m.MTPLayer = m.Layers[layers-1]
}

// marks reads a list of 0 and 1, one for each layer.
func (r *reader) marks(key string, layers int) []int {
	list := r.wholes(key, 0, 1)
	if len(list) != layers {
		r.fail(key, fmt.Sprintf("has %d entries for %d layers: write 0 or 1 for each layer", len(list), layers))
		return nil
	}
	return list
}
