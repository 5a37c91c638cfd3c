package pass

import (
	"math"
	"testing"
)

// The reference tool re-prices recorded forwards for later device profiles without their lengths. Direct and replayed
// milliseconds of search-and-serving 7: 16 A3 dies, TP 4, EP 16, one request a rank, eager.
func TestReplayedAttention(t *testing.T) {
	const flags = "--device ATLAS_800_A3_752T_128G_DIE --num-devices 16 --tp-size 4 --ep-size 16 " +
		"--quantize-linear-action W8A8_DYNAMIC" +
		" --quantize-attention-action "
	prompt := func(tokens int) Shape { return Shape{Requests: 4, Query: tokens, Total: tokens} }
	step := func(total int) Shape { return Shape{Decode: true, Requests: 4, Query: 1, Total: total} }
	for _, c := range []struct {
		model, attention string
		shape            Shape
		direct, replayed float64
	}{
		{"deepseek-ai/DeepSeek-V3.1", "DISABLED", prompt(2000), 365.447285, 412.611661},
		{"deepseek-ai/DeepSeek-V3.1", "DISABLED", step(2251), 59.036887, 59.040416},
		{"deepseek-ai/DeepSeek-V3.1", "INT8", prompt(4000), 682.488627, 777.790844},
		{"deepseek-ai/DeepSeek-V3.2", "DISABLED", prompt(4000), 1318.782061, 862.726925},
		{"deepseek-ai/DeepSeek-V3.2", "DISABLED", step(4251), 65.427806, 60.273686},
		{"Qwen/Qwen3-8B", "INT8", prompt(4000), 138.617323, 139.088743},
	} {
		s, _, err := command(c.model, flags+c.attention)
		if err != nil {
			t.Fatal(err)
		}
		p, err := New(s)
		if err != nil {
			t.Fatal(err)
		}
		shape := c.shape
		if got := p.Uniform(shape).Seconds * 1e3; math.Abs(got-c.direct) > 6e-7 {
			t.Errorf("%s %s: direct %.6f ms, want %.6f", c.model, c.attention, got, c.direct)
		}
		shape.Replayed = true
		if got := p.Uniform(shape).Seconds * 1e3; math.Abs(got-c.replayed) > 6e-7 {
			t.Errorf("%s %s: replayed %.6f ms, want %.6f", c.model, c.attention, got, c.replayed)
		}
	}
}
