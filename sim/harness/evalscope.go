package harness

// evalscope's perf writes benchmark_summary.json, in seconds; what it was asked for stands in other files. Its first
// versions, which count packages, divide a whole answer by its tokens: their time per token is no TPOT.
func isEvalscope(o object) bool {
	return o.has("Average time to first token (s)", "Average output tokens per request")
}

func readEvalscope(o object) []Run {
	r := Run{
		Input: o.number("Average input tokens per request"), Output: o.number("Average output tokens per request"),
		Concurrency: o.count("Number of concurrency"), Rate: max(0, o.number("Request rate (req/s)")), // -1: none
		Requests: o.count("Succeed requests"), Failed: o.count("Failed requests"),
		TTFT:       Latency{Mean: o.number("Average time to first token (s)")},
		ITL:        Latency{Mean: o.number("Average inter-token latency (s)")},
		Latency:    Latency{Mean: o.number("Average latency (s)")},
		Throughput: o.number("Output token throughput (tok/s)"),
	}
	if !o.has("Average package latency (s)") {
		r.TPOT.Mean = o.number("Average time per output token (s)")
	}
	return []Run{r}
}
