package model

import "slices"

// scaledAlready are the kinds of RoPE scaling whose configurations state the scaled number of positions.
var scaledAlready = []string{"", "default", "mrope", "su", "longrope", "llama3"}

// context is the longest request that engines serve: the positions of the configuration, times the factor of RoPE
// scaling where that is not in them yet; YaRN scales the number that it names itself (vllm/config/model.py,
// _get_and_verify_max_len).
func (b *builder) context() int {
	tokens := float64(b.m.MaxPositions)
	for _, key := range []string{"rope_scaling", "rope_parameters"} {
		if _, ok := b.r.value(key).(map[string]any); !ok {
			continue
		}
		rope := b.r.child(key)
		kind := rope.text("rope_type", rope.text("type", ""))
		factor, ok := rope.number("factor")
		if !ok || factor < 1 || factor > 1e4 || slices.Contains(scaledAlready, kind) || b.f.ScaledPositions {
			continue
		}
		if own, ok := rope.number("original_max_position_embeddings"); kind == "yarn" && ok && own >= 1 {
			tokens = own
		}
		return int(min(tokens*factor, maxPositions))
	}
	return int(tokens)
}
