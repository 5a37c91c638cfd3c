package model

var _ = register(family{types: []string{"glm4_moe"}, read: readGLM4})

// readGLM4 reads GLM-4.5 and 4.6: grouped queries of which half the columns rotate, the gate and the shared expert of
// DeepSeek-V3 (simulation-model 3.5 names its gate).
func readGLM4(r *reader, m *Model) {
	a := r.gqa(r.whole("hidden_size", 1, maxWidth))
	a.OutputBias = false
	a.RotaryDim = r.rotary(a.HeadDim, 0.5)
	a.JoinedRotary = true
	if r.flag("use_qk_norm", false) {
		a.QKNorm = PerHead
	}
	m.TableWidth = a.RotaryDim
	sparse := r.deepseekExperts(RawLogits)
	sparse.BiasBytes = 4
	m.deepseek(r, a, sparse)
}
