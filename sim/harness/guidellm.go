package harness

import (
	"fmt"
	"strings"
)

// GuideLLM writes a report with a list of benchmarks (guidellm/benchmark/schemas); the strategy stands under args in
// older versions and under config in newer ones. Its time per output token counts the first token; what is TPOT
// elsewhere is its inter-token latency.
func isGuideLLM(o object) bool {
	_, ok := o["benchmarks"].([]any)
	return ok
}

func readGuideLLM(o object) []Run {
	list := o["benchmarks"].([]any)
	model := ""
	for _, at := range []object{o.in("args"), o.in("metadata"), o} {
		if model == "" {
			model = at.text("model", "model_name")
		}
	}
	var runs []Run
	for i, v := range list {
		m, ok := v.(map[string]any)
		if !ok {
			continue
		}
		b := object(m)
		r := Run{Model: model}
		if len(list) > 1 {
			r.At = fmt.Sprintf("benchmark %d", i+1)
		}
		if own := b.in("worker", "backend").text("model"); own != "" {
			r.Model = own
		}
		if own := b.in("config", "backend").text("model"); own != "" {
			r.Model = own
		}
		metrics := b.in("metrics")
		done := func(name string) object { return metrics.in(name, "successful") }
		r.TTFT = done("time_to_first_token_ms").spread(1e-3)
		r.TPOT = done("inter_token_latency_ms").spread(1e-3)
		r.Latency = done("request_latency").spread(1)
		r.Throughput = done("output_tokens_per_second").number("mean")
		input, output := done("prompt_token_count"), done("output_token_count")
		r.Input, r.Output = input.number("mean"), output.number("mean")
		r.Spread = between(output.number("min"), output.number("max"))
		r.Requests = metrics.in("request_totals").count("successful")
		r.Failed = metrics.in("request_totals").count("errored")
		r.strategy(b)
		if r.Concurrency == 0 && r.Rate == 0 {
			r.Concurrency = done("request_concurrency").count("mean")
		}
		runs = append(runs, r)
	}
	return runs
}

// strategy reads how the load came.
func (r *Run) strategy(b object) {
	for _, at := range []string{"args", "config", "scheduler"} {
		s := b.in(at, "strategy")
		if s == nil {
			continue
		}
		switch kind := strings.ToLower(s.text("type_", "kind", "type")); kind {
		case "synchronous":
			r.Concurrency = 1
		case "concurrent":
			r.Concurrency = s.count("streams", "max_concurrency")
		case "throughput":
			r.Concurrency = s.count("max_concurrency")
		case "constant", "poisson", "async":
			r.Rate, r.Even = s.number("rate"), kind != "poisson"
		}
		return
	}
}
