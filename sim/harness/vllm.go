package harness

import (
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/software"
)

// vLLM's "bench serve" writes one object a run (vllm/benchmarks/serve.py; --append-result adds further ones):
// mean_ttft_ms, p99_tpot_ms …; percentiles as --metric-percentiles asks. --metadata KEY=VALUE adds keys of the user's.
func isVLLM(o object) bool {
	return o.has("total_output_tokens") && (o.has("mean_ttft_ms") || o.has("output_throughput") || o.has("median_ttft_ms"))
}

func readVLLM(o object) []Run {
	r := serving(o)
	r.Model = o.text("model_id", "model", "tokenizer_id")
	r.Engine = engineOf(o.text("backend", "endpoint_type"))
	r.Acceptance = o.number("spec_decode_acceptance_length")
	r.Latency = o.flat("e2el", "_ms", 1e-3)
	r.deployed(o)
	return []Run{r}
}

// SGLang's bench_serving appends a line a run (sglang/bench_serving.py); server_info is what the server answers.
func isSGLang(o object) bool {
	return o.has("total_output_tokens") && (o.has("total_output_tokens_retokenized") || o.has("mean_e2e_latency_ms") ||
		o.has("server_info"))
}

func readSGLang(o object) []Run {
	r := serving(o)
	server := o.in("server_info")
	prefill, decode := server.in("prefill").answer(), server.in("decode").answer()
	split := prefill != nil && decode != nil // a router answers with what its instances say
	if server = server.answer(); decode != nil {
		server = decode
	}
	r.Model = server.text("model_path", "served_model_name")
	if r.Model == "" {
		r.Model = o.text("model", "model_id")
	}
	r.Engine = engineOf(o.text("backend"))
	r.Acceptance = o.number("accept_length")
	r.Latency = o.flat("e2e_latency", "_ms", 1e-3)
	r.deployed(o)
	r.deployed(server)
	r.Strategy.attended(server)
	if split {
		p := Run{}
		p.deployed(prefill)
		p.Strategy.attended(prefill)
		r.Disaggregated, r.Prefill, r.Decode, r.Strategy = true, p.Strategy, r.Strategy, Sizes{}
		r.Prefill.Workers, r.Decode.Workers = o.in("server_info").many("prefill"), o.in("server_info").many("decode")
	}
	if ratio, ok := o["random_range_ratio"].(float64); ok && ratio >= 0 && ratio <= 1 &&
		strings.HasPrefix(o.text("dataset_name"), "random") {
		s := 1 - ratio // lengths are drawn from ratio to 1 of the nominal one
		r.Spread = &s
	}
	return []Run{r}
}

// attended splits the ranks among groups: SGLang's tp_size counts all of them, also with attention data parallelism.
func (s *Sizes) attended(server object) {
	if server.yes("enable_dp_attention") && s.DP > 1 && s.TP%s.DP == 0 {
		s.TP /= s.DP
	}
}

// answer is what a server of SGLang says of itself: its arguments lie in the answer to get_server_info, or, by version,
// in server_args or in the state of the first scheduler within it.
func (o object) answer() object {
	for _, at := range []object{o, o.in("server_args"), o.in("internal_states"), o.in("internal_states", "server_args")} {
		if at.has("tp_size") || at.has("model_path") {
			return at
		}
	}
	return nil
}

// many is the length of a list; an object alone counts once.
func (o object) many(key string) int {
	if list, ok := o[key].([]any); ok {
		return len(list)
	}
	return 1
}

// serving are the keys that vLLM's and SGLang's benchmarks share; one began as a copy of the other.
func serving(o object) Run {
	r := Run{
		Concurrency: o.count("max_concurrency"), Rate: o.number("request_rate"),
		Requests: o.count("completed"), Failed: o.count("failed"),
		TTFT: o.flat("ttft", "_ms", 1e-3), TPOT: o.flat("tpot", "_ms", 1e-3), ITL: o.flat("itl", "_ms", 1e-3),
		Throughput: o.number("output_throughput"),
	}
	if n := float64(r.Requests); n > 0 {
		r.Input, r.Output = o.number("total_input_tokens")/n, o.number("total_output_tokens")/n
	}
	if d := o.number("duration"); r.Throughput == 0 && d > 0 {
		r.Throughput = o.number("total_output_tokens") / d
	}
	r.paced(o)
	r.burst(o.count("num_prompts"))
	if lens, ok := o["output_lens"].([]any); ok {
		r.Spread = spreadOf(lens)
	}
	return r
}

// paced reads how requests came. A rate in words is that of a recorded trace or of a ramp, and a burstiness other than
// 1 (gaps of a gamma distribution, vllm/benchmarks/serve.py) is neither random nor even: no prediction has such a load.
func (r *Run) paced(o object) {
	switch rate := strings.ToLower(o.text("request_rate")); rate {
	case "", "inf", "+inf", "infinity", "none", "null", "nan":
	default:
		if _, ok := figure(rate); !ok {
			r.Fault = message.New("runs.rate", hw.Clean(rate))
		}
	}
	if ramp := o.text("ramp_up_strategy"); ramp != "" && !strings.EqualFold(ramp, "none") {
		r.Fault = message.New("runs.rate", hw.Clean(ramp))
	}
	if most := o.text("max_concurrency"); most != "" && !strings.EqualFold(most, "none") {
		if _, ok := figure(most); !ok {
			r.Fault = message.New("runs.want", "max_concurrency", hw.Clean(most), "a number")
		}
	}
	if b := o.number("burstiness"); r.Rate > 0 && b > 0 && b != 1 {
		r.Fault = message.New("runs.burstiness", b)
	}
}

// burst makes all requests be in flight at once where neither rate nor concurrency holds them back.
func (r *Run) burst(requests int) {
	if r.Rate == 0 && r.Concurrency == 0 {
		r.Concurrency = max(r.Requests, requests)
	}
}

// spreadOf is the spread of lengths that are listed one by one.
func spreadOf(lens []any) *float64 {
	low, high := 0.0, 0.0
	for _, v := range lens {
		f, ok := v.(float64)
		if !ok || f <= 0 {
			continue
		}
		if low == 0 || f < low {
			low = f
		}
		high = max(high, f)
	}
	return between(low, high)
}

// deployed reads what an object says of the deployment, under the names of engines' flags.
func (r *Run) deployed(o object) {
	first := func(to *int, keys ...string) {
		if v := o.count(keys...); v > 0 {
			*to = v
		}
	}
	first(&r.Strategy.TP, "tp_size", "tensor_parallel_size", "tp")
	first(&r.Strategy.PP, "pp_size", "pipeline_parallel_size", "pp")
	first(&r.Strategy.DP, "dp_size", "data_parallel_size", "dp")
	first(&r.Strategy.EP, "ep_size", "expert_parallel_size", "ep")
	text := func(to *string, keys ...string) {
		if v := o.text(keys...); v != "" {
			*to = v
		}
	}
	text(&r.Device, "gpu", "gpu_type", "device_name", "hw", "hardware", "accelerator")
	text(&r.Precision, "precision", "quantization")
	text(&r.Version, "vllm_version", "sglang_version", "version", "engine_version")
	if kv := o.text("kv_cache_dtype"); kv != "" && kv != "auto" {
		r.KV = kv
	}
	if o.text("speculative_algorithm") != "" || r.Acceptance > 1 {
		r.Speculative = true
	}
}

// engineOf is the engine that a client's protocol names; "" for protocols that many engines speak.
func engineOf(backend string) string {
	if e := software.In(backend); e != nil {
		return e.Name
	}
	return ""
}
