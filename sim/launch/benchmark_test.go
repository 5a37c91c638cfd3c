package launch

import (
	"slices"
	"strings"
	"testing"

	"fathom/sim/plan"
)

// benchFlags are the flags of each tool's own reference that we may use: docs.vllm.ai "vllm bench serve",
// docs.sglang.io "Bench Serving Guide", GuideLLM's README, docs.nvidia.com/aiperf "Command Line Options",
// inference-perf's README.
var benchFlags = [NumGenerators]string{
	BenchVLLM: "--backend --base-url --endpoint --model --dataset-name --random-input-len --random-output-len " +
		"--random-prefix-len --random-range-ratio --ignore-eos --num-prompts --max-concurrency --request-rate " +
		"--percentile-metrics --metric-percentiles --goodput --save-result --result-filename",
	BenchSGLang: "--backend --base-url --model --dataset-name --random-input-len --random-output-len " +
		"--random-range-ratio --num-prompts --max-concurrency --request-rate --output-file --gsp-num-groups " +
		"--gsp-prompts-per-group --gsp-system-prompt-len --gsp-question-len --gsp-output-len",
	BenchGuideLLM: "--target --model --request-type --profile --rate --max-requests --data --outputs",
	BenchAIPerf: "--model --url --endpoint-type --streaming --synthetic-input-tokens-mean " +
		"--synthetic-input-tokens-stddev --output-tokens-mean --output-tokens-stddev --extra-inputs --num-prefix-prompts " +
		"--prefix-prompt-length --request-rate --concurrency --request-count --goodput",
	BenchInferencePerf: "--config_file",
}

func TestEveryBenchmarkFlagIsDocumented(t *testing.T) {
	for g := range NumGenerators {
		for _, l := range loads() {
			for _, a := range Bench(g, l, "m", "http://h:1").Args {
				if strings.HasPrefix(a, "--") && !slices.Contains(strings.Fields(benchFlags[g]), a) {
					t.Errorf("%v: undocumented flag %s", g, a)
				}
			}
		}
	}
}

func loads() []Load {
	return []Load{
		{Input: 3500, Output: 1500, Concurrency: 22, Requests: 220, TTFT: 2000, TPOT: 50},
		{Input: 1000, Output: 100, Prefix: 400, Spread: 0.2, Rate: 2.5, Requests: 750},
		{Input: 100, Output: 1, Concurrency: 1, Requests: 10},
	}
}

func TestBenchmarksCarryTheLoad(t *testing.T) {
	for _, c := range []struct {
		g    Generator
		load int
		want string
	}{
		{BenchVLLM, 0, "vllm bench serve --backend openai --base-url http://h:1 --endpoint /v1/completions --model m " +
			"--dataset-name random --random-input-len 3500 --random-output-len 1500 --ignore-eos --num-prompts 220 " +
			"--max-concurrency 22 --percentile-metrics ttft,tpot,itl,e2el --metric-percentiles 50,90,95,99 " +
			"--goodput ttft:2000 tpot:50 --save-result --result-filename fathom-vllm.json"},
		// drawn from 80 to 100% of 600 and 100: means of 540 and 90, a ninth to either side
		{BenchVLLM, 1, "--random-input-len 540 --random-output-len 90 --random-prefix-len 400 --random-range-ratio 0.1111 " +
			"--ignore-eos --num-prompts 750 --request-rate 2.5 "},
		{BenchSGLang, 0, "--dataset-name random-ids --random-input-len 3500 --random-output-len 1500 " +
			"--random-range-ratio 1 --num-prompts 220 --max-concurrency 22"},
		{BenchSGLang, 1, "--gsp-prompts-per-group 750 --gsp-system-prompt-len 400 --gsp-question-len 540 " +
			"--gsp-output-len 90"},
		{BenchGuideLLM, 0, "--profile concurrent --rate 22 --max-requests 220 " +
			"--data prompt_tokens=3500,output_tokens=1500 --outputs json"},
		{BenchGuideLLM, 1, "--profile poisson --rate 2.5"},
		{BenchAIPerf, 0, "--concurrency 22 --request-count 220 --goodput time_to_first_token:2000 inter_token_latency:50"},
	} {
		got := strings.Join(Bench(c.g, loads()[c.load], "m", "http://h:1").Args, " ")
		if !strings.Contains(got+" ", c.want) {
			t.Errorf("%v: %q is missing from\n%s", c.g, c.want, got)
		}
	}
	b := Bench(BenchInferencePerf, loads()[0], "m", "http://h:1")
	for _, want := range []string{"concurrency_level: 22\n      num_requests: 220", "min: 3500\n    max: 3500",
		`base_url: "http://h:1"`, "ignore_eos: true"} {
		if !strings.Contains(b.FileText, want) {
			t.Errorf("%q is missing from\n%s", want, b.FileText)
		}
	}
}

// A prompt instance alone answers with one token, which has no time per output token; a row under Poisson arrivals is
// measured at its rate.
func TestLoadOfARow(t *testing.T) {
	q := request()
	q.TTFTLimit, q.TPOTLimit = 2000, 50
	if l := LoadOf(row(plan.PhaseAggregation), q, 0); l.Concurrency != 96 || l.Requests != 960 || l.Output != 1500 ||
		l.TPOT != 50 {
		t.Errorf("aggregation: %+v", l)
	}
	if l := LoadOf(row(plan.PhasePrefill), q, 0); l.Output != 1 || l.TPOT != 0 || l.TTFT != 2000 {
		t.Errorf("prefill: %+v", l)
	}
	if l := LoadOf(row(plan.PhasePrefill), q, 0).Pair(1500, 4.2, 50); l.Output != 1500 || l.Rate != 4.2 ||
		l.Concurrency != 0 || l.Requests != 1260 {
		t.Errorf("pair: %+v", l)
	}
	q.Traffic, q.QPS = plan.TrafficPoisson, 3
	if l := LoadOf(row(plan.PhaseAggregation), q, 0.2); l.Rate != 3 || l.Requests != 900 || l.Spread != 0.2 {
		t.Errorf("poisson: %+v", l)
	}
}
