package pass

import "testing"

// The reference tool re-prices recorded forwards for later device profiles without their lengths. Direct and replayed
// milliseconds of search-and-serving 7: 16 A3 dies, TP 4, EP 16, one request a rank, eager.
func TestReplayedAttention(t *testing.T) {
	const flags = "--device ATLAS_800_A3_752T_128G_DIE --num-devices 16 --tp-size 4 --ep-size 16 --quantize-linear-action W8A8_DYNAMIC" +
		" --quantize-attention-action "
	for _, c := range []struct {
		model, attention string
		prompt           int
		direct, replayed float64
	}{
		{"deepseek-ai/DeepSeek-V3.1", "DISABLED", 2000, 365.447285, 412.611661},
		{"deepseek-ai/DeepSeek-V3.1", "INT8", 4000, 682.488627, 777.790844},
		{"deepseek-ai/DeepSeek-V3.2", "DISABLED", 4000, 1318.782061, 862.726925},
		{"Qwen/Qwen3-8B", "INT8", 4000, 138.617323, 139.088743},
	} {
		s, _, err := command(c.model, flags+c.attention)
		if err != nil {
			t.Fatal(err)
		}
		p, err := New(s)
		if err != nil {
			t.Fatal(err)
		}
		shape := Shape{Requests: 4, Query: c.prompt, Total: c.prompt}
		if got := p.Uniform(shape).Seconds * 1e3; !within(got, c.direct, 5e-9) {
			t.Errorf("%s %s: direct %.6f ms, want %.6f", c.model, c.attention, got, c.direct)
		}
		shape.Replayed = true
		if got := p.Uniform(shape).Seconds * 1e3; !within(got, c.replayed, 5e-9) {
			t.Errorf("%s %s: replayed %.6f ms, want %.6f", c.model, c.attention, got, c.replayed)
		}
	}
}
