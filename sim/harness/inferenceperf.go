package harness

// inference-perf writes a summary and one file a stage (summary_lifecycle_metrics.json,
// stage_N_lifecycle_metrics.json), in seconds. Its time per output token leaves the first token out.
func isInferencePerf(o object) bool { return o.has("successes", "load_summary") }

func readInferencePerf(o object) []Run {
	load, done := o.in("load_summary"), o.in("successes")
	lat := done.in("latency")
	input, output := done.in("prompt_len"), done.in("output_len")
	r := Run{
		TTFT: lat.in("time_to_first_token").spread(1), TPOT: lat.in("time_per_output_token").spread(1),
		ITL: lat.in("inter_token_latency").spread(1), Latency: lat.in("request_latency").spread(1),
		Throughput: done.in("throughput").number("output_tokens_per_sec"),
		Input:      input.number("mean"), Output: output.number("mean"),
		Spread:   between(output.number("min"), output.number("max")),
		Requests: done.count("count"), Failed: o.in("failures").count("count"),
		Concurrency: load.count("concurrency", "concurrency_level", "num_workers"),
	}
	r.Model = o.text("model", "model_name")
	if r.Concurrency == 0 {
		r.Rate = load.number("requested_rate", "achieved_rate")
	}
	if r.Concurrency == 0 && r.Rate == 0 { // the summary of all stages: the rate that was served
		r.Rate = done.in("throughput").number("requests_per_sec")
	}
	return []Run{r}
}
