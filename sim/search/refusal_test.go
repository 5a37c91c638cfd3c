package search

import (
	"slices"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/software"
)

func deployment(t *testing.T, engine, name, device string, s plan.Strategy, mtp int, phase plan.Phase) (*job, *tuple) {
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
	return &job{req: req, profile: p, phase: phase}, &tuple{strategy: s, mtp: mtp}
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
	redundant := func(s plan.Strategy) plan.Strategy { s.RedundantExperts = true; return s }
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
		j, tu := deployment(t, c.engine, c.model, c.device, c.strategy, c.mtp, c.phase)
		got := j.refusal(tu).String()
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
			j, tu := deployment(t, "vllm", name, "H200", s, 0, 0)
			j.req.Model, j.req.Quant = &published, plan.Quant{Linear: plan.AsPublished}
			if got := j.refusal(tu).String(); got != "" {
				t.Errorf("%s, TP %d: %q", name, tp, got)
			}
			d := deployed{job: j, tuple: tu}
			if block := d.block(geometry.Projection); len(block) != 1 || block[0] != 128 {
				t.Errorf("%s: blocks of %v, want 128", name, block)
			}
			if widths, _ := d.widths("projection_share"); !slices.Contains(widths, 2048/tp) {
				t.Errorf("%s, TP %d: widths %v without the keys of the recurrent blocks", name, tp, widths)
			}
		}
	}
}

// Every number that a rule names is one that deployments have.
func TestRulesNameNumbers(t *testing.T) {
	j, tu := deployment(t, "", "deepseek-ai/DeepSeek-R1", "H200", plan.Strategy{TP: 8, PP: 1, DP: 1, EP: 8, MoETP: 1,
		MoEDP: 1}, 1, 0)
	d := deployed{job: j, tuple: tu}
	n := 0
	for _, e := range software.All() {
		for _, r := range e.Refuses {
			for _, name := range r.Names() {
				n++
				if _, known := d.number(name); !known {
					t.Errorf("%s: %s is no number of a deployment", e.Name, name)
				}
			}
		}
	}
	if n < 20 {
		t.Errorf("%d numbers", n)
	}
}

// What the engine does not start is in all points with its figures and never best, under corrected figures; asked for,
// it is; under the reference tool's it stays and says so.
func TestRefusedIsNotBest(t *testing.T) {
	ask := func(f plan.Fidelity, allow bool) *report.Device {
		req := question()
		req.Devices, req.TP, req.Fidelity, req.AllowRefused, req.BatchMax = 24, sizes(3, 8), f, allow, 8
		req.PP = sizes(1)
		return &answer(t, req, pricer(64)).Devices[0]
	}
	labels := func(d *report.Device) (out []string) {
		for _, c := range d.Aggregation.Candidates {
			out = append(out, c.Label[:4])
		}
		return out
	}
	d := ask(plan.Corrected, false)
	if got := labels(d); len(got) != 1 || got[0] != "TP=8" {
		t.Errorf("candidates %v", got)
	}
	n := 0
	for _, r := range d.Points {
		if r.Strategy.TP != 3 {
			continue
		}
		n++
		if r.Status != report.Engine || r.Throughput <= 0 || r.Pareto ||
			!strings.HasPrefix(r.Reason.String(), "vLLM refuses: TP 3 does not divide 64 query heads") {
			t.Fatalf("%+v", r)
		}
	}
	if n == 0 || d.Counts.Engine != n || len(d.Notes) == 0 ||
		!strings.HasPrefix(d.Notes[0].String(), "strategies that vLLM does not start: 1 of 2; none of them is best") {
		t.Errorf("%d points, counts %+v, notes %q", n, d.Counts, d.Notes)
	}
	for _, o := range d.Outcomes {
		if refused := strings.HasPrefix(o.Label, "TP=3"); refused != (o.End == report.Refused) {
			t.Errorf("%+v", o)
		}
	}
	for name, d := range map[string]*report.Device{"asked for": ask(plan.Corrected, true),
		"reference": ask(plan.Reference, false)} {
		if got := labels(d); len(got) != 2 {
			t.Errorf("%s: candidates %v", name, got)
		}
		for _, c := range d.Aggregation.Candidates {
			if refused := c.Strategy.TP == 3; c.Status != report.OK ||
				refused != strings.Contains(c.Reason.String(), "refuses") {
				t.Errorf("%s: %s: %s %q", name, c.Label, c.Status, c.Reason)
			}
		}
		if d.Counts.Engine != 0 {
			t.Errorf("%s: counts %+v", name, d.Counts)
		}
	}
}

// Where only refused layouts meet the limits, the answer is none, and says what would admit them.
func TestNothingButRefused(t *testing.T) {
	req := question()
	req.Devices, req.TP, req.PP, req.Fidelity, req.BatchMax = 3, sizes(3), sizes(1), plan.Corrected, 4
	d := answer(t, req, pricer(64)).Devices[0]
	if d.Aggregation.Best != nil || len(d.Nearest) == 0 ||
		d.Nearest[len(d.Nearest)-1].Relax.String() != "--allow-refused" {
		t.Errorf("best %v, nearest %+v", d.Aggregation.Best, d.Nearest)
	}
}
