package launch

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/software"
)

// documented are the flags of each engine's own command-line reference that we may use; a flag outside is a typo or an
// invention.
var documented = map[string]string{
	"vLLM": "--tensor-parallel-size --pipeline-parallel-size --data-parallel-size --enable-expert-parallel " +
		"--enable-eplb --eplb-config --enable-dbo --all2all-backend " +
		"--decode-context-parallel-size " +
		"--max-model-len --max-num-seqs --max-num-batched-tokens --quantization --kv-cache-dtype --enable-prefix-caching " +
		"--no-enable-prefix-caching " +
		"--enforce-eager --speculative-config --kv-transfer-config",
	"SGLang": "-m --model-path --tp-size --dp-size --enable-dp-attention --ep-size --pp-size --context-length " +
		"--max-running-requests --chunked-prefill-size " +
		"--quantization --kv-cache-dtype --disable-radix-cache --disable-cuda-graph --speculative-algorithm " +
		"--speculative-num-steps --speculative-draft-model-path " +
		"--speculative-eagle-topk --speculative-num-draft-tokens --disaggregation-mode " +
		"--enable-eplb --ep-num-redundant-experts --enable-two-batch-overlap --moe-a2a-backend " +
		"--device --attention-backend --max-prefill-tokens --disaggregation-transfer-backend",
	// NVIDIA/TensorRT-LLM 00209af1, tensorrt_llm/commands/serve.py
	"TensorRT-LLM": "--config",
}

func row(phase plan.Phase) report.Row {
	return report.Row{Phase: phase, Strategy: plan.Strategy{TP: 4, PP: 1, DP: 8, EP: 32, MoETP: 1, MoEDP: 1, DCP: 2},
		MTP:   2,
		Batch: 12, Concurrency: 96, MaxBatched: 8192}
}

// on finds a launch by its title.
func on(t *testing.T, title string) *software.Launch {
	for _, e := range software.All() {
		for i := range e.Launch {
			if e.Launch[i].Title == title {
				return &e.Launch[i]
			}
		}
	}
	t.Fatalf("%s has no launch", title)
	return nil
}

func request() *plan.Request {
	return &plan.Request{Model: &model.Model{Name: "deepseek-ai/DeepSeek-V3.1", MTPHeads: 1}, InputLength: 3500,
		OutputLength: 1500,
		Quant:        plan.Quant{Linear: plan.LinearFP8, Attention: plan.AttentionFP8}, Options: plan.Options{Compile: true}}
}

// Every engine that may stand for a row, of every model of the catalog in every kind of layout and phase: the command
// has documented flags alone, no place of a template stays open, and its file is one that its engine reads.
func TestEveryCommandOfTheCatalog(t *testing.T) {
	known := map[string]string{"vLLM-Ascend": documented["vLLM"] + " --additional-config", "SGLang on Ascend": documented["SGLang"], "MindIE": "-c"}
	maps.Copy(known, documented)
	layouts := []plan.Strategy{{TP: 1}, {TP: 8}, {TP: 2, DP: 4}, {TP: 4, PP: 2}, {TP: 2, DP: 4, EP: 8}, {TP: 4, DP: 2, EP: 2,
		MoETP: 4}, {TP: 1, DP: 32, EP: 32, RedundantExperts: 32, TwoBatch: true}, {TP: 3, DP: 2, EP: 6}, {TP: 4, DP: 2, EP: 2, MoEDP: 4}}
	commands, refused, turn := 0, 0, 0
	for _, name := range model.Names() {
		m, err := model.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, device := range []string{"H200_SXM", "MI300X", "ATLAS_800_A3_752T_128G_DIE"} {
			h, err := hw.Find(device)
			if err != nil {
				t.Fatal(err)
			}
			req := &plan.Request{Model: m, Profiles: []*hw.Profile{h}, InputLength: 3500, OutputLength: 1500,
				Quant: plan.Quant{Linear: plan.AsPublished}}
			for range 2 { // of each model some: all models have all
				turn++
				i, s := turn, layouts[turn%len(layouts)]
				if s.EP > 0 && !m.MoE() {
					continue
				}
				s.PP, s.DP, s.DCP = max(1, s.PP), max(1, s.DP), 1
				if m.MoE() {
					s.EP, s.MoETP, s.MoEDP = max(1, s.EP), max(1, s.MoETP), max(1, s.MoEDP)
				}
				r := report.Row{Phase: plan.Phase(i % 3), Strategy: s, MTP: m.MTPHeads & 1, Batch: 4, Concurrency: 4 * s.DP,
					MaxBatched: 8192}
				for _, e := range software.Names() {
					req.Serving = plan.Serving(e)
					for _, l := range Engines(req, h.Vendor) {
						commands++
						c := Write(l, r, req, h)
						for _, a := range c.Args {
							if strings.HasPrefix(a, "-") && !slices.Contains(strings.Fields(known[c.Engine]), a) {
								t.Errorf("%s, %s: undocumented flag %s", c.Engine, name, a)
							}
						}
						if text := c.Shell(); strings.Contains(text, "{{") || strings.Contains(text, "<no value>") {
							t.Errorf("%s, %s: %s", c.Engine, name, text)
						}
						why := Refusal(l.Engine, Deployment{req, h, s, r.MTP, r.Phase})
						if why.IsZero() == (len(c.Caveats) > 0 && c.Caveats[0].Key == "launch.refused") {
							t.Errorf("%s, %s, %+v: refused: %q, said: %v", c.Engine, name, s, why, c.Caveats)
						}
						if !why.IsZero() {
							refused++
						}
					}
				}
			}
		}
	}
	if commands < 500 || refused < 50 {
		t.Errorf("%d commands, %d refused", commands, refused)
	}
}

// A named engine is the only one that stands for a row, as its port on the devices of a vendor; where it runs none, the
// others are named.
func TestNamedEngine(t *testing.T) {
	for _, c := range []struct{ engine, vendor, want string }{
		{"trtllm", "NVIDIA", "TensorRT-LLM"}, {"vllm", "Huawei", "vLLM-Ascend"}, {"sglang", "Huawei", "SGLang on Ascend"},
		{"trtllm", "Huawei", ""}, {"mindie", "NVIDIA", ""}, {"vllm-ascend", "NVIDIA", ""}, {"sglang", "AMD", "SGLang"},
		{"", "NVIDIA", "vLLM, SGLang, TensorRT-LLM"},
	} {
		q := request()
		q.Serving = plan.Serving(c.engine)
		var titles []string
		for _, l := range Engines(q, c.vendor) {
			titles = append(titles, l.Title)
		}
		if got := strings.Join(titles, ", "); got != c.want {
			t.Errorf("%s on %s: %q, want %q", c.engine, c.vendor, got, c.want)
		}
	}
	q := request()
	q.Serving = "trtllm"
	if got := NoEngine(q, &hw.Profile{Name: "A3", Vendor: "Huawei"}).String(); got != "TensorRT-LLM does not run on A3; the "+
		"engines that do: vLLM-Ascend, SGLang on Ascend, MindIE" {
		t.Error(got)
	}
}

func TestVLLMCarriesTheRow(t *testing.T) {
	got := strings.Join(Write(on(t, "vLLM"), row(plan.PhaseAggregation), request(), nil).Args, " ")
	want := `vllm serve deepseek-ai/DeepSeek-V3.1 --tensor-parallel-size 4 --data-parallel-size 8 --enable-expert-parallel ` +
		`--decode-context-parallel-size 2 --max-model-len 5000 --max-num-seqs 12 --max-num-batched-tokens 8192 --quantization fp8 ` +
		`--kv-cache-dtype fp8 --no-enable-prefix-caching --speculative-config {"method":"mtp","num_speculative_tokens":2}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSGLangSpreadsExpertsOverAllRanks(t *testing.T) {
	got := strings.Join(Write(on(t, "SGLang"), row(plan.PhaseDecode), request(), nil).Args, " ")
	for _, want := range []string{"--tp-size 32 --dp-size 8 --enable-dp-attention --ep-size 32",
		"--max-running-requests 96", "--disaggregation-mode decode", "--speculative-num-draft-tokens 3"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing from %s", want, got)
		}
	}
}

// Limits are per replica where replicas are servers of their own, and of all where SGLang spreads attention over them.
// A pipeline holds one batch per stage.
func TestLimitsAreThoseOfTheServer(t *testing.T) {
	piped := report.Row{Strategy: plan.Strategy{TP: 4, PP: 2, DP: 2}, Batch: 17, Concurrency: 68, MaxBatched: 3500}
	for _, c := range []struct {
		engine string
		row    report.Row
		want   string
	}{
		{"vLLM", piped, "--max-num-seqs 34 --max-num-batched-tokens 3500"},
		{"SGLang", piped, "--tp-size 4 --dp-size 2 --pp-size 2 --context-length 5000 --max-running-requests 34 " +
			"--chunked-prefill-size 3500 --max-prefill-tokens 3500"},
		{"SGLang", row(plan.PhaseAggregation),
			"--max-running-requests 96 --chunked-prefill-size 65536 --max-prefill-tokens 65536"},
		{"SGLang on Ascend", row(plan.PhaseDecode), "--device npu --attention-backend ascend"},
		{"SGLang on Ascend", row(plan.PhasePrefill),
			"--disaggregation-mode prefill --disaggregation-transfer-backend ascend"},
	} {
		if got := strings.Join(Write(on(t, c.engine), c.row, request(), nil).Args, " "); !strings.Contains(got, c.want) {
			t.Errorf("%v: %q is missing from %s", c.engine, c.want, got)
		}
	}
	small := report.Row{Strategy: plan.Strategy{TP: 1, PP: 1, DP: 1}, Batch: 900, Concurrency: 900, MaxBatched: 400}
	if c := Write(on(t, "vLLM"), small, request(), nil); !strings.Contains(strings.Join(c.Args, " "),
		"--max-num-batched-tokens 900") ||
		!caveat(c, "launch.budget") {
		t.Errorf("vLLM refuses a budget below its requests: %q %v", c.Args, c.Caveats)
	}
	if got := strings.Join(Write(on(t, "SGLang"), row(plan.PhaseDecode), request(), nil).Args, " "); strings.Contains(got,
		"prefill-size") {
		t.Errorf("a decode instance has no prompt budget: %s", got)
	}
}

func TestWhatAnEngineCannotDoIsSaid(t *testing.T) {
	r := row(plan.PhaseAggregation)
	r.Strategy.EP, r.Strategy.MoEDP = 8, 4
	if !caveat(Write(on(t, "vLLM"), r, request(), nil), "launch.ep") {
		t.Error("vLLM: EP smaller than the ranks must be a caveat")
	}
	if !caveat(Write(on(t, "SGLang"), r, request(), nil), "launch.sglang.dcp") {
		t.Error("SGLang: DCP must be a caveat")
	}
}

func caveat(c Command, key string) bool {
	for _, f := range c.Caveats {
		if f.Key == key {
			return true
		}
	}
	return false
}

// Engines find the formats of a quantised checkpoint in its own files: no flag names them, whatever the plan assumes,
// and a plan for another quantisation says so.
func TestPublishedCheckpoints(t *testing.T) {
	req := request()
	req.Model.Quantization = &model.Quantization{Method: "awq"}
	req.Model.Stored = model.Stored{Projection: hw.FormatINT4G128, Output: hw.FormatINT4G128, Dense: hw.FormatINT4G128,
		Shared: hw.FormatINT4G128, Expert: hw.FormatINT4G128}
	for action, said := range map[plan.LinearAction]bool{plan.AsPublished: false, plan.W4A16Static: false,
		plan.LinearFP8: true, plan.W8A8Dynamic: true} {
		req.Quant.Linear = action
		for _, e := range []string{"vLLM", "SGLang"} {
			c := Write(on(t, e), row(plan.PhaseAggregation), req, nil)
			if slices.Contains(c.Args, "--quantization") {
				t.Errorf("%s, %v: %q", e, action, c.Args)
			}
			if got := slices.ContainsFunc(c.Caveats,
				func(m message.Message) bool { return m.Key == "launch.published" }); got != said {
				t.Errorf("%s, %v: says another quantisation %v, want %v", e, action, got, said)
			}
		}
	}
}

// What guesses ahead beside the model stands in the command with its name; where no flag of it is known, a caveat says
// what is missing.
func TestCommandsNameTheDraft(t *testing.T) {
	draft := &model.Model{Name: "org/small draft"}
	for _, c := range []struct {
		engine, method string
		model          *model.Model
		want           string // "": a caveat
	}{
		{"vLLM", "eagle", draft, `{"model":"org/small draft","num_speculative_tokens":3}`},
		{"vLLM", "ngram", nil, `{"method":"ngram","num_speculative_tokens":3,"prompt_lookup_max":3}`},
		{"vLLM", "eagle", nil, ""},
		{"SGLang", "model", draft, "--speculative-algorithm STANDALONE --speculative-draft-model-path org/small draft"},
		{"SGLang", "eagle", draft, "--speculative-algorithm EAGLE3 --speculative-draft-model-path org/small draft"},
		{"SGLang", "ngram", nil, "--speculative-algorithm NGRAM --speculative-num-draft-tokens 4"},
		{"TensorRT-LLM", "eagle", draft, ""},
	} {
		req, r := request(), row(plan.PhaseAggregation)
		r.MTP = 0
		req.Speculation = plan.Speculation{Draft: c.method, Tokens: 3, Length: 2, Model: c.model}
		got := Write(on(t, c.engine), r, req, nil)
		text := strings.Join(got.Args, " ")
		said := slices.ContainsFunc(got.Caveats, func(m message.Message) bool { return m.Key == "launch.draft" })
		if named := c.want != ""; named != strings.Contains(text, "speculative") || !strings.Contains(text, c.want) ||
			said == named {
			t.Errorf("%+v: %s, caveat %t", c, text, said)
		}
		if c.model != nil && c.want != "" && !slices.ContainsFunc(got.Args, func(a string) bool {
			return strings.Contains(a, c.model.Name)
		}) {
			t.Errorf("a name with a space is taken apart: %q", got.Args)
		}
		if text := strings.Join(Write(on(t, c.engine), row(plan.PhasePrefill), req, nil).Args, " "); strings.Contains(text,
			"draft-model-path") {
			t.Errorf("prefill instances guess nothing ahead: %s", text)
		}
	}
}
