package launch

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"fathom/hw"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// options reads the file beside a command of TensorRT-LLM.
func options(t *testing.T, c Command) map[string]any {
	t.Helper()
	var o map[string]any
	if err := yaml.Unmarshal([]byte(c.FileText), &o); err != nil {
		t.Fatalf("%v in\n%s", err, c.FileText)
	}
	return o
}

// The size of TensorRT-LLM's server counts all ranks of the replicas that share experts, the sequences are those of one
// rank, and what no flag says stands in the file that the command names.
func TestTensorRTLLM(t *testing.T) {
	wide := row(plan.PhaseDecode)
	wide.Strategy = plan.Strategy{TP: 1, PP: 1, DP: 32, EP: 32, MoETP: 1, MoEDP: 1, DCP: 1}
	c := Write(on(t, "TensorRT-LLM"), wide, request(), nil)
	if got, want := strings.Join(c.Args, " "), "trtllm-serve deepseek-ai/DeepSeek-V3.1 --config trtllm-decode.yaml"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	o := options(t, c)
	for key, want := range map[string]any{"tensor_parallel_size": 32, "moe_expert_parallel_size": 32, "max_batch_size": 3,
		"max_seq_len": 5000, "enable_attention_dp": true, "max_num_tokens": nil} {
		if o[key] != want {
			t.Errorf("%s: %v, want %v", key, o[key], want)
		}
	}
	if kv, _ := o["kv_cache_config"].(map[string]any); kv["dtype"] != "fp8" || kv["enable_block_reuse"] != false {
		t.Errorf("cache: %v", kv)
	}
	if s, _ := o["speculative_config"].(map[string]any); s["decoding_type"] != "MTP" || s["max_draft_len"] != 2 {
		t.Errorf("speculation: %v", s)
	}
	if k, _ := o["cache_transceiver_config"].(map[string]any); k["max_tokens_in_buffer"] != 3500 {
		t.Errorf("hand-over: %v", k)
	}
	if o["disable_overlap_scheduler"] != nil {
		t.Error("the overlap scheduler is off in context servers only")
	}
	wide.Phase = plan.PhasePrefill
	if o := options(t, Write(on(t, "TensorRT-LLM"), wide, request(), nil)); o["disable_overlap_scheduler"] != true {
		t.Error("the overlap scheduler is off in context servers")
	}
	for _, c := range []struct {
		what   string
		change func(*report.Row, *plan.Request)
		text   string // in the file
		key    string // of it
		caveat string
	}{
		{"prompts longer than the budget", func(r *report.Row, _ *plan.Request) { r.MaxBatched = 2048 },
			"max_num_tokens: 2048\nenable_chunked_prefill: true\n", "", ""},
		{"eager", func(_ *report.Row, q *plan.Request) { q.Options.Compile = false }, "", "cuda_graph_config", ""},
		{"tensor parallel experts", func(r *report.Row, _ *plan.Request) {
			r.Strategy = plan.Strategy{TP: 8, PP: 1, DP: 1, EP: 2, MoETP: 4, MoEDP: 1, DCP: 1}
		}, "tensor_parallel_size: 8\nmoe_expert_parallel_size: 2\n", "moe_tensor_parallel_size", ""},
		{"replicas", func(r *report.Row, _ *plan.Request) { r.Strategy = plan.Strategy{TP: 2, PP: 1, DP: 4} },
			"tensor_parallel_size: 2\n",
			"", "launch.replicas"},
		{"attention TP", func(*report.Row, *plan.Request) {}, "tensor_parallel_size: 32\n", "", "launch.trtllm.attention"},
		{"DCP", func(*report.Row, *plan.Request) {}, "", "", "launch.trtllm.dcp"},
		{"INT8 cache", func(_ *report.Row, q *plan.Request) { q.Quant.Attention = plan.AttentionINT8 }, "", "",
			"launch.trtllm.kv"},
		{"servers", func(*report.Row, *plan.Request) {}, "", "", "launch.trtllm.nodes"},
	} {
		r, q := row(plan.PhaseAggregation), request()
		c.change(&r, q)
		got := Write(on(t, "TensorRT-LLM"), r, q, &hw.Profile{Grid: hw.Grid{Node: 8}})
		if !strings.Contains(got.FileText, c.text) {
			t.Errorf("%s: %q is missing from %q", c.what, c.text, got.FileText)
		}
		if o := options(t, got); c.key != "" && !slices.Contains(slices.Collect(maps.Keys(o)), c.key) {
			t.Errorf("%s: %s is missing from %v", c.what, c.key, o)
		}
		if c.caveat != "" && !caveat(got, c.caveat) {
			t.Errorf("%s: %s is not among %v", c.what, c.caveat, got.Caveats)
		}
	}
}

// MindIE is told everything in its service config: ranks, limits, plugins and the mode of disaggregated instances.
func TestMindIE(t *testing.T) {
	q := request()
	q.PrefixCacheHitRate = 0.3
	c := Write(on(t, "MindIE"), row(plan.PhasePrefill), q, &hw.Profile{Grid: hw.Grid{Node: 16}})
	var config struct {
		ServerConfig  struct{ InferMode string }
		BackendConfig struct {
			NPUDeviceIds           [][]int
			MultiNodesInferEnabled bool
			ModelDeployConfig      struct {
				MaxSeqLen, MaxInputTokenLen int
				ModelConfig                 []struct {
					ModelName, ModelWeightPath string
					WorldSize, TP, DP          int
					EP                         int    `json:"moe_ep"`
					Plugins                    string `json:"plugin_params"`
				}
			}
			ScheduleConfig struct{ MaxBatchSize, MaxPrefillTokens, MaxIterTimes int }
		}
	}
	if err := json.Unmarshal([]byte(c.FileText), &config); err != nil {
		t.Fatalf("%v in\n%s", err, c.FileText)
	}
	b := &config.BackendConfig
	m := b.ModelDeployConfig.ModelConfig[0]
	if config.ServerConfig.InferMode != "dmi" || m.WorldSize != 16 || m.TP != 4 || m.DP != 8 || m.EP != 32 ||
		m.ModelName != "DeepSeek-V3.1" || m.ModelWeightPath != "/models/DeepSeek-V3.1" {
		t.Errorf("%+v", config)
	}
	if !b.MultiNodesInferEnabled || len(b.NPUDeviceIds[0]) != 16 || !caveat(c, "launch.mindie.nodes") {
		t.Errorf("32 ranks on servers of 16: %+v %v", b, c.Caveats)
	}
	if s := b.ScheduleConfig; s.MaxBatchSize != 12 || s.MaxPrefillTokens != 8192 || s.MaxIterTimes != 1500 ||
		b.ModelDeployConfig.MaxSeqLen != 5000 || b.ModelDeployConfig.MaxInputTokenLen != 3500 {
		t.Errorf("limits: %+v", b)
	}
	if want := `{"plugin_type":"mtp,prefix_cache","num_speculative_tokens":2}`; m.Plugins != want {
		t.Errorf("plugins: %s, want %s", m.Plugins, want)
	}
	if got := c.Args[len(c.Args)-1]; got != "chmod 640 /tmp/mindie-prefill.json && "+
		"MIES_CONFIG_JSON_PATH=/tmp/mindie-prefill.json mindie_llm_server" {
		t.Errorf("started by %q", c.Args)
	}
	if !strings.HasPrefix(c.Shell(), "cat > /tmp/mindie-prefill.json <<'EOF'\n{\n") {
		t.Errorf("the file comes first: %.60s", c.Shell())
	}
	small := row(plan.PhaseAggregation)
	small.MaxBatched = 1000
	if got := Write(on(t, "MindIE"), small, q, nil); !caveat(got, "launch.mindie.budget") ||
		!strings.Contains(got.FileText, `"maxPrefillTokens": 3500`) {
		t.Errorf("no budget below the longest prompt: %v", got.Caveats)
	}
}
