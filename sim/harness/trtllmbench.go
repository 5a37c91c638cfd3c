package harness

import (
	"math"
	"strings"

	"fathom/hw/message"
)

// trtllm-bench writes a report (--report_json; tensorrt_llm/bench/dataclasses/reporting.py). It repeats neither the
// concurrency nor the rate that it was asked for, only how many requests were in flight on average.
func isTRTLLMBench(o object) bool { return o.has("world_info", "request_info", "performance") }

func readTRTLLMBench(o object) []Run {
	engine, world, asked, done := o.in("engine"), o.in("world_info"), o.in("request_info"), o.in("performance")
	streamed, answers := o.in("streaming_metrics"), o.in("dataset", "osl_stats")
	r := Run{
		Model: engine.text("model", "model_path"), Engine: engineOf("trtllm"), Version: engine.text("version"),
		KV:    strings.ToLower(strings.TrimSuffix(engine.text("kv_cache_dtype"), "auto")),
		Input: asked.number("avg_input_length"), Output: asked.number("avg_output_length"),
		Requests: asked.count("num_requests"), Spread: between(answers.number("minimum"), answers.number("maximum")),
		TTFT:       streamed.in("ttft_percentiles").spread(1e-3),
		TPOT:       streamed.in("tpot_percentiles").spread(1e-3),
		Latency:    done.in("request_latency_percentiles_ms").spread(1e-3),
		Throughput: done.number("system_output_throughput_tok_s"),
		Strategy:   Sizes{TP: world.count("tp_size"), PP: world.count("pp_size"), EP: world.count("ep_size")},
		Devices:    world.count("world_size"), Speculative: o["decoding_stats"] != nil,
	}
	for _, v := range []struct {
		to  *float64
		was float64
	}{{&r.TTFT.Mean, streamed.number("avg_ttft_ms")}, {&r.TPOT.Mean, streamed.number("avg_tpot_ms")},
		{&r.Latency.Mean, done.number("avg_request_latency_ms")}} {
		if *v.to == 0 {
			*v.to = v.was * 1e-3
		}
	}
	r.Precision = strings.ToLower(engine.text("quantization"))
	if name, ok := map[string]string{"fp8_block_scales": "fp8_block", "w4a16_awq": "int4", "w8a16": ""}[r.Precision]; ok {
		r.Precision = name
	}
	plain := strings.HasSuffix(engine.text("dtype"), "float16") && engine["quantization"] == nil
	if plain && r.Precision == "" {
		r.Precision = "bf16"
	}
	held := asked.number("avg_num_concurrent_requests")
	r.Concurrency = int(math.Round(min(max(0, held), 1<<30)))
	if r.Concurrency > 0 && 3*r.Concurrency > r.Requests { // fewer at the end, or all at once: the mean does not tell
		r.Fault = message.New("runs.held", r.Concurrency, r.Requests)
	}
	return []Run{r}
}
