package launch

import (
	"slices"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/software"
)

func deployment(t *testing.T, engine, name, device string, s plan.Strategy, mtp int, phase plan.Phase) Deployment {
	t.Helper()
	m, err := model.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := hw.Find(device)
	if err != nil {
		t.Fatal(err)
	}
	quant := plan.Quant{}
	if m.Published == hw.FormatFP8Block {
		quant.Linear = plan.LinearFP8
	}
	req := &plan.Request{Model: m, Profiles: []*hw.Profile{p}, Serving: plan.ParseServing(engine), Quant: quant}
	return Deployment{req, p, s, mtp, phase}
}

func refusal(d Deployment) string {
	return Refusal(d.Request.Serving.On(d.OnProfile).Engine(), d).String()
}

// Each rule refuses what its source names, and lets the next layout pass that is known to run.
func TestRulesOfEngines(t *testing.T) {
	const (
		qwen235 = "Qwen/Qwen3-235B-A22B-FP8"
		qwen30  = "Qwen/Qwen3-30B-A3B-FP8"
		r1      = "deepseek-ai/DeepSeek-R1"
	)
	moe := func(tp, dp, ep, moeTP int) plan.Strategy {
		return plan.Strategy{TP: tp, PP: 1, DP: dp, EP: ep, MoETP: moeTP, MoEDP: 1}
	}
	staged := func(s plan.Strategy, pp int) plan.Strategy { s.PP = pp; return s }
	doubled := func(s plan.Strategy) plan.Strategy { s.MoEDP = 2; return s }
	redundant := func(s plan.Strategy) plan.Strategy { s.RedundantExperts = s.EP; return s }
	for _, c := range []struct {
		engine, model, device string
		strategy              plan.Strategy
		mtp                   int
		phase                 plan.Phase
		want                  string // part of the refusal; "" where it starts
	}{
		// vllm-project/vllm#17569 and #25292: 1536/8 and 768/4 columns of an expert.
		{"vllm", qwen235, "H200", moe(8, 1, 1, 8), 0, 0, "192 columns of each expert, no multiple of the block of 128"},
		{"sglang", qwen235, "H200", moe(8, 1, 1, 8), 0, 0, "192 columns of each expert"},
		{"vllm", qwen30, "H200", moe(4, 1, 1, 4), 0, 0, "192 columns"},
		{"vllm", qwen235, "H200", moe(8, 1, 8, 1), 0, 0, ""},
		{"vllm", qwen235, "H200", moe(4, 1, 1, 4), 0, 0, ""},
		{"vllm", "Qwen/Qwen3-235B-A22B", "H200", moe(8, 1, 1, 8), 0, 0, ""}, // no blocks
		// vllm-project/vllm#14044: 18432/32 columns of the dense layers.
		{"vllm", r1, "H200", moe(32, 1, 32, 1), 0, 0, "576 columns of the MLP"},
		{"vllm", r1, "H200", moe(16, 1, 16, 1), 0, 0, ""},
		{"vllm", "Qwen/Qwen3-8B", "H100", plan.Strategy{TP: 3, PP: 1, DP: 1}, 0, 0, "TP 3 does not divide 32 query heads"},
		{"sglang", "Qwen/Qwen3-8B", "H100", plan.Strategy{TP: 3, PP: 1, DP: 1}, 0, 0, "SGLang refuses: TP 3"},
		{"vllm", "Qwen/Qwen3-8B", "H100", plan.Strategy{TP: 16, PP: 1, DP: 1}, 0, 0, ""}, // 8 KV heads are copied
		{"", "Qwen/Qwen3-8B", "A2_376T_64G", plan.Strategy{TP: 6, PP: 1, DP: 1}, 0, 0, "vLLM-Ascend refuses: TP 6"},
		{"trtllm", "Qwen/Qwen3-8B", "H100", plan.Strategy{TP: 3, PP: 1, DP: 1}, 0, 0, ""}, // no rules are known
		{"vllm", "Qwen/Qwen3.5-27B", "H200", plan.Strategy{TP: 8, PP: 1, DP: 1}, 0, 0, ""},
		{"vllm", qwen235, "H200", moe(8, 1, 2, 4), 0, 0, "all 8 ranks of a pipeline stage or not at all, not over EP 2"},
		{"sglang", qwen235, "H200", moe(8, 1, 2, 4), 0, 0, ""},
		{"vllm", "Qwen/Qwen3-235B-A22B", "H200", doubled(moe(8, 1, 1, 4)), 0, 0, "MoE-DP 2"},
		{"sglang", "Qwen/Qwen3-235B-A22B", "H200", moe(4, 6, 24, 1), 0, 0, "128 experts do not divide over EP 24"},
		{"vllm", "Qwen/Qwen3-235B-A22B", "H200", moe(4, 6, 24, 1), 0, 0, "128 experts do not divide over EP 24"},
		{"sglang", "Qwen/Qwen3-235B-A22B", "H200", redundant(moe(4, 6, 24, 1)), 0, 0, ""},
		// vllm-project/vllm#49355: drafts on pipeline stages.
		{"vllm", r1, "H200", staged(moe(8, 1, 8, 1), 2), 1, 0, "up to 0.29: vllm-project/vllm#49355"},
		{"vllm", r1, "H200", staged(moe(8, 1, 8, 1), 2), 0, 0, ""},
		{"sglang", r1, "H200", staged(moe(8, 1, 8, 1), 2), 1, plan.PhaseDecode, "MTP 1 does not run on 2 pipeline stages"},
		{"sglang", r1, "H200", staged(moe(8, 1, 8, 1), 2), 1, plan.PhasePrefill, ""},
	} {
		d := deployment(t, c.engine, c.model, c.device, c.strategy, c.mtp, c.phase)
		got := refusal(d)
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s, %s, %+v, MTP %d: %q, want %q", c.engine, c.model, c.strategy, c.mtp, got, c.want)
		}
	}
}

// Blocks of scales cut the wide projections of a recurrent block, not its gates of one output per head.
func TestBlocksOfRecurrentLayers(t *testing.T) {
	for _, name := range []string{"Qwen/Qwen3.5-27B", "Qwen/Qwen3.5-397B-A17B"} {
		m, err := model.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		published := *m
		block := hw.FormatFP8Block
		published.Stored = model.Stored{Projection: block, Output: block, State: block, Dense: block, Shared: block,
			Expert: block}
		published.Quantization = &model.Quantization{Method: "fp8"}
		for _, tp := range []int{1, 2, 8} {
			s := plan.Strategy{TP: tp, PP: 1, DP: 1}
			if m.MoE() {
				s.EP, s.MoETP, s.MoEDP = tp, 1, 1
			}
			d := deployment(t, "vllm", name, "H200", s, 0, 0)
			d.Request.Model, d.Request.Quant = &published, plan.Quant{Linear: plan.AsPublished}
			if got := refusal(d); got != "" {
				t.Errorf("%s, TP %d: %q", name, tp, got)
			}
			seen := deployed{Deployment: d}
			if block := seen.block(geometry.Projection); len(block) != 1 || block[0] != 128 {
				t.Errorf("%s: blocks of %v, want 128", name, block)
			}
			if widths, _ := seen.widths("projection_share"); !slices.Contains(widths, 2048/tp) {
				t.Errorf("%s, TP %d: widths %v without the keys of the recurrent blocks", name, tp, widths)
			}
		}
	}
}

// Every number that a rule names is one that deployments have.
func TestRulesNameNumbers(t *testing.T) {
	d := deployment(t, "", "deepseek-ai/DeepSeek-R1", "H200", plan.Strategy{TP: 8, PP: 1, DP: 1, EP: 8, MoETP: 1,
		MoEDP: 1}, 1, 0)
	seen := deployed{Deployment: d}
	n := 0
	for _, e := range software.All() {
		for _, r := range e.Refuses {
			for _, name := range r.Names() {
				n++
				if _, known := seen.number(name); !known {
					t.Errorf("%s: %s is no number of a deployment", e.Name, name)
				}
			}
		}
	}
	if n < 20 {
		t.Errorf("%d numbers", n)
	}
}
