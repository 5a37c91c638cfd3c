package model

import (
	"slices"

	"fathom/hw/message"
)

// towers reads encoders beside the language model: a tower that has operators, or the number of weights of others.
func (b *builder) towers(parents []*reader, architecture string) {
	m, r := b.m, b.r
	if *r.err != nil {
		return
	}
	for _, p := range append(slices.Clone(parents), r) {
		for _, key := range []string{"vision_config", "audio_config"} {
			if _, nested := p.values[key].(map[string]any); !nested {
				continue
			}
			v := p.child(key)
			r.facts.used[key] = true
			if b.f.Vision == "qwen" && key == "vision_config" {
				m.Vision = p.vision()
				continue
			}
			size := v.tower(architecture)
			m.Tower += size
			kind := message.New(map[string]string{"vision_config": "omitted.vision", "audio_config": "omitted.audio"}[key])
			if size > 0 {
				m.LeftOut = append(m.LeftOut, message.New("omitted.work", kind, size/1e9))
			} else {
				m.LeftOut = append(m.LeftOut, message.New("omitted.sizes", kind, key))
			}
		}
	}
	for _, p := range parents {
		for _, key := range []string{"talker_config", "code2wav_config", "token2wav_config"} {
			if p.values[key] != nil {
				m.LeftOut = append(m.LeftOut, message.Literal(key))
			}
		}
	}
}

// tower counts the weights of an encoder from its sizes, whatever they are called; 0 where some are missing.
func (r *reader) tower(architecture string) float64 {
	of := func(names ...string) float64 {
		for _, n := range names {
			if f, ok := r.values[n].(float64); ok {
				return min(f, maxWidth)
			}
			if i, ok := r.values[n].(int64); ok {
				return min(float64(i), maxWidth)
			}
		}
		return 0
	}
	hidden := of("embed_dim", "hidden_size", "vt_hidden_size", "width", "d_model")
	depth := of("num_hidden_layers", "depth", "vt_num_hidden_layers", "layers", "encoder_layers")
	inner := of("intermediate_size", "vt_intermediate_size", "encoder_ffn_dim")
	if ratio := of("mlp_ratio"); inner == 0 {
		inner = ratio * hidden
	}
	kind, _ := r.values["model_type"].(string)
	matrices := 2.0
	if gated := vocabulary().gated; slices.Contains(gated, kind) || slices.Contains(gated, architecture) {
		matrices = 3
	}
	if hidden <= 0 || depth <= 0 || inner <= 0 {
		return 0
	}
	total := min(depth, maxLayers) * (4*hidden*hidden + matrices*hidden*inner)
	out := of("out_hidden_size")
	if own := of("hidden_size"); out == 0 && own != hidden { // Qwen2-VL calls its own width embed_dim
		out = own
	}
	if merge := of("spatial_merge_size"); merge > 0 && out > 0 { // to the width of the text
		merged := hidden * merge * merge
		total += merged*merged + merged*out
	}
	return total
}
