package model

var (
	_ = register(family{types: []string{"qwen3_vl"}, compared: true, read: visionLanguage(readQwen3)})
	_ = register(family{types: []string{"qwen3_vl_moe"}, compared: true, read: visionLanguage(readQwen3MoE)})
)

// visionLanguage reads a vision tower around a text model (simulation-model 3.5 and 8.3).
func visionLanguage(text func(*reader, *Model)) func(*reader, *Model) {
	return func(r *reader, m *Model) {
		nested := r.nested()
		if nested == nil {
			return
		}
		text(nested, m)
		m.Vision = r.vision()
		m.RopeAxes = 3
		m.TiedEmbedding = m.TiedEmbedding || r.flag("tie_word_embeddings", false)
	}
}
