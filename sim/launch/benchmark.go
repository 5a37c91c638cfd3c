package launch

import (
	"fmt"
	"math"
	"strconv"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Generator is a load generator that we write commands for.
type Generator uint8

// The load generators, in the order of menus.
const (
	BenchVLLM Generator = iota
	BenchSGLang
	BenchGuideLLM
	BenchAIPerf
	BenchInferencePerf
	NumGenerators
)

var generatorNames = [NumGenerators]string{"vllm bench serve", "sglang.bench_serving", "GuideLLM", "AIPerf",
	"inference-perf"}

var generatorKinds = [NumGenerators]string{"bench-vllm", "bench-sglang", "bench-guidellm", "bench-aiperf",
	"bench-inference-perf"}

func (g Generator) String() string { return generatorNames[g] }

// Kind is the generator's word in --copy.
func (g Generator) Kind() string { return generatorKinds[g] }

// Load is what a benchmark of a row sends: requests of Input and Output tokens at the most, both drawn from 1-Spread to
// 1 of that, and all alike where Spread is 0.
type Load struct {
	Input, Output int
	Prefix        int     // tokens of every prompt that all share
	Spread        float64 // of Input and Output
	Concurrency   int     // in flight at the most; 0: not limited
	Rate          float64 // requests per second, at random; 0: as fast as the concurrency allows
	Requests      int
	TTFT, TPOT    float64 // limits in ms that a request is to keep; 0: none
}

// Server is where the load is sent: the serving command's own port, or that of the router in front of a pair.
const Server = "http://localhost:8000"

// waves is how many times the requests in flight are sent: enough for the first burst to be a tenth of the mean.
const waves = 10

// openSeconds is how long requests of an open load are sent.
const openSeconds = 300

// LoadOf is the load that a row stands for; spread is how widely the plan draws lengths (0 where it takes them all
// alike).
func LoadOf(row report.Row, req *plan.Request, spread float64) Load {
	l := Load{Input: req.InputLength, Output: req.OutputLength, Spread: spread, Concurrency: row.Concurrency,
		TTFT: req.TTFTLimit, TPOT: req.TPOTLimit}
	if len(req.Distribution) > 0 {
		var mean, weight float64
		for _, b := range req.Distribution {
			mean += b.Weight * float64(b.Min+b.Max) / 2
			weight += b.Weight
		}
		l.Input = int(math.Round(mean / weight))
	}
	if row.Phase == plan.PhasePrefill {
		l.Output, l.TPOT = 1, 0
	}
	l.Prefix = int(math.Round(float64(l.Input) * req.PrefixCacheHitRate))
	l.Requests = max(1, waves*l.Concurrency)
	if req.Traffic == plan.TrafficPoisson && req.QPS > 0 {
		l.open(req.QPS)
	}
	return l
}

// Pair makes the load that of both sides of a P:D plan together: requests come at the rate that it serves.
func (l Load) Pair(output int, qps, tpot float64) Load {
	l.Output, l.TPOT = output, tpot
	l.open(qps)
	return l
}

func (l *Load) open(qps float64) {
	l.Rate, l.Concurrency = qps, 0
	l.Requests = max(1, int(math.Ceil(qps*openSeconds)))
}

// Benchmark is one run of a load generator. Args is an argument vector; File is a file that it needs first, "" for
// none.
type Benchmark struct {
	Generator      Generator
	Args           []string
	File, FileText string
	Caveats        []message.Message
}

// Bench writes the benchmark of a load against a server that speaks OpenAI's protocol at url: the server itself, or the
// router in front of prefill and decode instances. model is the name that the server answers to.
func Bench(g Generator, l Load, model, url string) Benchmark {
	b := Benchmark{Generator: g}
	switch g {
	case BenchVLLM:
		b.vllm(&l, model, url)
	case BenchSGLang:
		b.sglang(&l, model, url)
	case BenchGuideLLM:
		b.guidellm(&l, model, url)
	case BenchAIPerf:
		b.aiperf(&l, model, url)
	case BenchInferencePerf:
		b.inferencePerf(&l, model, url)
	}
	if l.Prefix > 0 {
		b.warn("benchprefix", l.Prefix)
	}
	return b
}

func (b *Benchmark) add(args ...string) { b.Args = append(b.Args, args...) }

func (b *Benchmark) warn(key string, args ...any) {
	b.Caveats = append(b.Caveats, message.New("launch."+key, args...))
}

func whole(n int) string { return strconv.Itoa(n) }

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// mean is the mean of a length over its spread.
func (l *Load) mean(n int) int { return max(1, int(math.Round(float64(n)*(1-l.Spread/2)))) }

// shortest is the shortest length that is drawn.
func (l *Load) shortest(n int) int { return max(1, int(math.Round(float64(n)*(1-l.Spread)))) }

// vllm: docs.vllm.ai, "vllm bench serve". Its range ratio r draws from 1-r to 1+r of the length that is named.
func (b *Benchmark) vllm(l *Load, model, url string) {
	b.add("vllm", "bench", "serve", "--backend", "openai", "--base-url", url, "--endpoint", "/v1/completions",
		"--model", model, "--dataset-name", "random",
		"--random-input-len", whole(max(1, l.mean(l.Input-l.Prefix))), "--random-output-len", whole(l.mean(l.Output)))
	if l.Prefix > 0 {
		b.add("--random-prefix-len", whole(l.Prefix))
	}
	if l.Spread > 0 {
		b.add("--random-range-ratio", decimal(math.Round(1e4*l.Spread/(2-l.Spread))/1e4))
	}
	b.add("--ignore-eos", "--num-prompts", whole(l.Requests))
	if l.Concurrency > 0 {
		b.add("--max-concurrency", whole(l.Concurrency))
	}
	if l.Rate > 0 {
		b.add("--request-rate", decimal(l.Rate))
	}
	b.add("--percentile-metrics", "ttft,tpot,itl,e2el", "--metric-percentiles", "50,90,95,99")
	if l.TTFT > 0 || l.TPOT > 0 {
		b.add("--goodput")
		b.goals(l, "ttft:", "tpot:")
	}
	b.add("--save-result", "--result-filename", "fathom-vllm.json")
}

// goals adds the limits in ms.
func (b *Benchmark) goals(l *Load, ttft, tpot string) {
	if l.TTFT > 0 {
		b.add(ttft + decimal(l.TTFT))
	}
	if l.TPOT > 0 {
		b.add(tpot + decimal(l.TPOT))
	}
}

// sglang: docs.sglang.io, "Bench Serving Guide". Its range ratio r draws from r to 1 of the length that is named;
// shared prefixes are a dataset of their own, with one length.
func (b *Benchmark) sglang(l *Load, model, url string) {
	b.add("python3", "-m", "sglang.bench_serving", "--backend", "sglang-oai", "--base-url", url, "--model", model)
	if l.Prefix > 0 {
		b.add("--dataset-name", "generated-shared-prefix", "--gsp-num-groups", "1", "--gsp-prompts-per-group",
			whole(l.Requests), "--gsp-system-prompt-len", whole(l.Prefix), "--gsp-question-len",
			whole(max(1, l.mean(l.Input-l.Prefix))), "--gsp-output-len", whole(l.mean(l.Output)))
	} else {
		b.add("--dataset-name", "random-ids", "--random-input-len", whole(l.Input), "--random-output-len", whole(l.Output),
			"--random-range-ratio", decimal(1-l.Spread))
	}
	b.add("--num-prompts", whole(l.Requests))
	if l.Concurrency > 0 {
		b.add("--max-concurrency", whole(l.Concurrency))
	}
	if l.Rate > 0 {
		b.add("--request-rate", decimal(l.Rate))
	}
	b.add("--output-file", "fathom-sglang.jsonl")
	b.unjudged(l)
}

// unjudged says that a tool does not count the requests within the limits.
func (b *Benchmark) unjudged(l *Load) {
	if l.TTFT > 0 || l.TPOT > 0 {
		b.warn("benchslo", b.Generator.String())
	}
}

// guidellm: docs of github.com/vllm-project/guidellm, "benchmark run" and synthetic data.
func (b *Benchmark) guidellm(l *Load, model, url string) {
	data := fmt.Sprintf("prompt_tokens=%d,output_tokens=%d", max(1, l.mean(l.Input-l.Prefix)), l.mean(l.Output))
	if l.Prefix > 0 {
		data += fmt.Sprintf(",prefix_tokens=%d", l.Prefix)
	}
	if l.Spread > 0 {
		data += fmt.Sprintf(",prompt_tokens_stdev=%d,prompt_tokens_min=%d,prompt_tokens_max=%d", l.deviation(l.Input),
			l.shortest(l.Input), l.Input)
		data += fmt.Sprintf(",output_tokens_stdev=%d,output_tokens_min=%d,output_tokens_max=%d", l.deviation(l.Output),
			l.shortest(l.Output), l.Output)
	}
	b.add("guidellm", "benchmark", "run", "--target", url, "--model", model, "--request-type", "text_completions")
	if l.Rate > 0 {
		b.add("--profile", "poisson", "--rate", decimal(l.Rate))
	} else {
		b.add("--profile", "concurrent", "--rate", whole(l.Concurrency))
	}
	b.add("--max-requests", whole(l.Requests), "--data", data, "--outputs", "json")
	b.unjudged(l)
}

// deviation is the standard deviation of lengths that are drawn evenly over the spread.
func (l *Load) deviation(n int) int { return int(math.Round(float64(n) * l.Spread / math.Sqrt(12))) }

// aiperf: docs.nvidia.com/aiperf, "Command Line Options".
func (b *Benchmark) aiperf(l *Load, model, url string) {
	b.add("aiperf", "profile", "--model", model, "--url", url, "--endpoint-type", "completions", "--streaming",
		"--synthetic-input-tokens-mean", whole(max(1, l.mean(l.Input-l.Prefix))),
		"--synthetic-input-tokens-stddev", whole(l.deviation(l.Input)),
		"--output-tokens-mean", whole(l.mean(l.Output)), "--output-tokens-stddev", whole(l.deviation(l.Output)),
		"--extra-inputs", "ignore_eos:true")
	if l.Prefix > 0 {
		b.add("--num-prefix-prompts", "1", "--prefix-prompt-length", whole(l.Prefix))
	}
	if l.Rate > 0 {
		b.add("--request-rate", decimal(l.Rate))
	} else {
		b.add("--concurrency", whole(l.Concurrency))
	}
	b.add("--request-count", whole(l.Requests))
	if l.TTFT > 0 || l.TPOT > 0 {
		goals := Benchmark{}
		goals.goals(l, "time_to_first_token:", "inter_token_latency:")
		text := goals.Args[0]
		for _, g := range goals.Args[1:] {
			text += " " + g
		}
		b.add("--goodput", text)
	}
}

// inferencePerf: github.com/kubernetes-sigs/inference-perf, docs/config.md and docs/loadgen.md. It takes a file.
func (b *Benchmark) inferencePerf(l *Load, model, url string) {
	b.File = "inference-perf.yml"
	load := fmt.Sprintf("  type: concurrent\n  stages:\n    - concurrency_level: %d\n      num_requests: %d\n",
		l.Concurrency,
		l.Requests)
	if l.Rate > 0 {
		load = fmt.Sprintf("  type: poisson\n  stages:\n    - rate: %s\n      duration: %d\n", decimal(l.Rate), openSeconds)
	}
	lengths := func(n int) string {
		return fmt.Sprintf("    min: %d\n    max: %d\n    mean: %d\n    std: %d\n    total_count: %d\n", l.shortest(n), n,
			l.mean(n), l.deviation(n), l.Requests)
	}
	data := "  type: random\n  input_distribution:\n" + lengths(l.Input) + "  output_distribution:\n" + lengths(l.Output)
	if l.Prefix > 0 {
		data = fmt.Sprintf("  type: shared_prefix\n  shared_prefix:\n    num_groups: 1\n    num_prompts_per_group: %d\n"+
			"    system_prompt_len: %d\n    question_len: %d\n    output_len: %d\n", l.Requests, l.Prefix,
			max(1, l.mean(l.Input-l.Prefix)), l.mean(l.Output))
	}
	b.FileText = fmt.Sprintf("api:\n  type: completion\n  streaming: true\nload:\n%sdata:\n%sserver:\n  type: vllm\n"+
		"  model_name: %q\n  base_url: %q\n  ignore_eos: true\ntokenizer:\n  pretrained_model_name_or_path: %q\n"+
		"report:\n  request_lifecycle:\n    summary: true\n    per_stage: true\n", load, data, model, url, model)
	b.add("inference-perf", "--config_file", b.File)
	b.unjudged(l)
}
