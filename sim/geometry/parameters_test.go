package geometry

import (
	"math"
	"testing"

	"fathom/sim/model"
	"fathom/sim/plan"
)

func load1(t testing.TB, name string) *model.Model {
	t.Helper()
	m, err := model.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Counted by hand from the published configurations, term by term.
func TestParametersByHand(t *testing.T) {
	for _, c := range []struct {
		name          string
		total, active float64
		kv            float64 // FP16 bytes per token
	}{
		{
			name: "Qwen/Qwen3-8B",
			// embedding and head, final norm; 36 layers of q, o, k, v, head norms, MLP, two norms
			total: 2*151936*4096 + 4096 + 36*(2*4096*4096+2*4096*1024+2*128+3*4096*12288+2*4096),
			kv:    36 * 2 * 8 * 128 * 2,
		}, {
			name:  "meta-llama/Meta-Llama-3.1-8B",
			total: 2*128256*4096 + 4096 + 32*(2*4096*4096+2*4096*1024+3*4096*14336+2*4096),
			kv:    32 * 2 * 8 * 128 * 2,
		}, {
			name:   "mistralai/Mixtral-8x7B-v0.1",
			total:  2*32000*4096 + 4096 + 32*(2*4096*4096+2*4096*1024+8*4096+8*3*4096*14336+2*4096),
			active: 2*32000*4096 + 4096 + 32*(2*4096*4096+2*4096*1024+8*4096+2*3*4096*14336+2*4096),
			kv:     32 * 2 * 8 * 128 * 2,
		}, {
			name: "openai/gpt-oss-20b",
			// q and o of 4096 columns with biases, k and v of 512, sinks; router and experts with biases
			total: 2*201088*2880 + 2880 + 24*(2*2880*4096+2*2880*512+4096+2*512+2880+64+32*2880+32+
				32*(3*2880*2880+2*2880+2880)+2*2880),
			active: 2*201088*2880 + 2880 + 24*(2*2880*4096+2*2880*512+4096+2*512+2880+64+32*2880+32+
				4*(3*2880*2880+2*2880+2880)+2*2880),
			kv: 24 * 2 * 8 * 64 * 2,
		}, {
			name: "XiaomiMiMo/MiMo-V2-Flash",
			// 9 layers of 4 KV heads, 39 of 8 with 64 sinks, keys of 192 and values of 128; one dense layer
			total: 2*152576*4096 + 4096 + 48*(4096*64*192+64*128*4096+2*4096) + 9*4096*4*(192+128) + 39*(4096*8*(192+128)+64) +
				3*4096*16384 + 47*(256*4096+256+256*3*4096*2048),
			active: 2*152576*4096 + 4096 + 48*(4096*64*192+64*128*4096+2*4096) + 9*4096*4*(192+128) + 39*(4096*8*(192+128)+64) +
				3*4096*16384 + 47*(256*4096+256+8*3*4096*2048),
			kv: 2 * (9*4*(192+128) + 39*8*(192+128)),
		}, {
			name: "meta-llama/Llama-4-Maverick-17B-128E-Instruct",
			// every second of 48 layers routes to one of 128 experts beside a shared one
			total: 2*202048*5120 + 5120 + 48*(2*5120*5120+2*5120*1024+2*5120) + 24*3*5120*16384 +
				24*(128*5120+129*3*5120*8192),
			active: 2*202048*5120 + 5120 + 48*(2*5120*5120+2*5120*1024+2*5120) + 24*3*5120*16384 +
				24*(128*5120+2*3*5120*8192),
			kv: 48 * 2 * 8 * 128 * 2,
		}, {
			name: "deepseek-ai/DeepSeek-V3",
			// latents of 1536 and 512 with norms; 58 layers of 256 experts, one shared, with a bias each
			total: 2*129280*7168 + 7168 + 61*(7168*1536+1536+1536*128*192+7168*576+512+512*128*256+128*128*7168+2*7168) +
				3*3*7168*18432 + 58*(256*7168+256+257*3*7168*2048),
			active: 2*129280*7168 + 7168 + 61*(7168*1536+1536+1536*128*192+7168*576+512+512*128*256+128*128*7168+2*7168) +
				3*3*7168*18432 + 58*(256*7168+256+9*3*7168*2048),
			kv: 61 * 576 * 2,
		}, {
			name: "zai-org/GLM-5.2",
			// 21 of 78 layers have an indexer of 32 heads of 128
			total: 2*154880*6144 + 6144 + 78*(6144*2048+2048+2048*64*256+6144*576+512+512*64*448+64*256*6144+2*6144) +
				21*(2048*32*128+6144*128+6144*32+2*128) + 3*3*6144*12288 + 75*(256*6144+256+257*3*6144*2048),
			active: 2*154880*6144 + 6144 + 78*(6144*2048+2048+2048*64*256+6144*576+512+512*64*448+64*256*6144+2*6144) +
				21*(2048*32*128+6144*128+6144*32+2*128) + 3*3*6144*12288 + 75*(256*6144+256+9*3*6144*2048),
			kv: 2 * (78*576 + 21*128),
		}, {
			name: "Qwen/Qwen3.5-27B",
			// 48 delta-rule layers: qkv of 10240 columns, z, b, a, out, convolution, norm, decay; 16 gated full-attention layers
			total: 2*248320*5120 + 5120 + 64*(3*5120*17408+2*5120) +
				48*(5120*10240+5120*6144+2*5120*48+6144*5120+4*10240+128+2*48) +
				16*(2*5120*6144+2*5120*1024+6144*5120+2*256),
			kv: 16 * 2 * 4 * 256 * 2,
		},
	} {
		m := load1(t, c.name)
		if c.active == 0 {
			c.active = c.total
		}
		total, active, err := Parameters(m)
		if err != nil {
			t.Fatal(err)
		}
		if total != c.total || active != c.active {
			t.Errorf("%s: %.0f parameters, %.0f active, want %.0f and %.0f", c.name, total, active, c.total, c.active)
		}
		if got := 2 * cached(t, m); got != c.kv {
			t.Errorf("%s: %.0f KV bytes per token, want %.0f", c.name, got, c.kv)
		}
	}
}

// What the publishers print, in billions, as precisely as they do; active parameters where the embedding counts among
// them.
func TestPublishedParameters(t *testing.T) {
	for _, c := range []struct {
		name          string
		total, active float64
		digits        float64 // of the total
	}{
		{"Qwen/Qwen3-235B-A22B", 235, 22, 0},
		{"Qwen/Qwen3-Coder-480B-A35B-Instruct", 480, 35, 0},
		{"mistralai/Mixtral-8x22B-v0.1", 141, 39, 0},
		{"openai/gpt-oss-120b", 116.8, 0, 1},
		{"openai/gpt-oss-20b", 20.9, 0, 1},
		{"XiaomiMiMo/MiMo-V2-Flash", 309, 15, 0},
		{"deepseek-ai/DeepSeek-V3", 671, 0, 0},
		{"deepseek-ai/DeepSeek-V2-Lite", 15.7, 0, 1},
		{"deepseek-ai/DeepSeek-V4-Flash", 284, 0, 0},
		{"zai-org/GLM-5", 744, 0, 0},
		{"Qwen/Qwen2.5-7B-Instruct", 7.62, 0, 2}, // 7.61 is printed, rounded down
		{"meta-llama/Llama-2-7b-hf", 6.74, 0, 2},
		{"MiniMaxAI/MiniMax-M2", 229, 0, 0},
	} {
		total, active := counted(t, c.name)
		unit := math.Pow(10, -c.digits)
		if math.Abs(total/1e9-c.total) > unit/2 || c.active > 0 && math.Abs(active/1e9-c.active) > 0.5 {
			t.Errorf("%s: %.2f B parameters, %.2f B active, published %v and %v", c.name, total/1e9, active/1e9, c.total,
				c.active)
		}
	}
}

func counted(t testing.TB, name string) (total, active float64) {
	t.Helper()
	total, active, err := Parameters(load1(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return total, active
}

// cached is the number of elements that the caches keep of a token on a device that holds the whole model.
func cached(t testing.TB, m *model.Model) float64 {
	t.Helper()
	r, err := New(m, plan.Strategy{TP: 1, PP: 1, DP: 1}, true)
	if err != nil {
		t.Fatal(err)
	}
	n := 0.0
	for i := range m.Layers {
		for _, c := range r.Layer(i).Attention.Caches {
			if c.Every > 0 {
				n += float64(c.Elements) / float64(c.Every)
			}
		}
	}
	return n
}
