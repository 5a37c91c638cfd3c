package launch

import (
	"strconv"

	"fathom/sim/plan"
	"fathom/sim/report"
)

func (c *Command) sglang(row report.Row, req *plan.Request) {
	s := row.Strategy
	world := s.TP * s.DP
	c.add("python", "-m", "sglang.launch_server", "--model-path", req.Model.Name)
	// With attention data parallelism SGLang's TP size is the whole group that the experts are spread over.
	if s.EP > 1 && s.DP > 1 {
		c.add("--tp-size", strconv.Itoa(world), "--dp-size", strconv.Itoa(s.DP), "--enable-dp-attention")
	} else {
		c.add("--tp-size", strconv.Itoa(s.TP))
		c.size("--dp-size", s.DP)
	}
	c.size("--ep-size", s.EP)
	c.size("--pp-size", s.PP)
	if s.EP > 0 && s.MoEDP > 1 {
		c.warn("sglang.moedp", "MOE-DP=%d cannot be set in SGLang", s.MoEDP)
	}
	if s.DCP > 1 {
		c.warn("sglang.dcp", "DCP=%d cannot be set in SGLang", s.DCP)
	}
	c.add("--context-length", strconv.Itoa(longest(req)), "--max-running-requests", strconv.Itoa(row.Concurrency))
	if row.MaxBatched > 0 {
		c.add("--chunked-prefill-size", strconv.Itoa(row.MaxBatched))
	}
	c.sglangQuant(req.Quant)
	if req.PrefixCacheHitRate == 0 {
		c.add("--disable-radix-cache")
	}
	if !req.Options.Compile {
		c.add("--disable-cuda-graph")
	}
	if row.MTP > 0 {
		c.add("--speculative-algorithm", "NEXTN", "--speculative-num-steps", strconv.Itoa(row.MTP),
			"--speculative-eagle-topk", "1", "--speculative-num-draft-tokens", strconv.Itoa(row.MTP+1))
	}
	switch row.Phase {
	case plan.PhasePrefill:
		c.add("--disaggregation-mode", "prefill")
	case plan.PhaseDecode:
		c.add("--disaggregation-mode", "decode")
	}
}

func (c *Command) sglangQuant(q plan.Quant) {
	switch q.Linear {
	case plan.LinearDisabled:
	case plan.W8A8Static, plan.W8A8Dynamic:
		c.add("--quantization", "w8a8_int8")
	case plan.LinearFP8:
		c.add("--quantization", "fp8")
	case plan.MXFP4:
		c.add("--quantization", "mxfp4")
	default:
		c.warn("sglang.linear", "%s has no SGLang flag: the quantised checkpoint decides", q.Linear)
	}
	switch q.Attention {
	case plan.AttentionFP8:
		c.add("--kv-cache-dtype", "fp8_e4m3")
	case plan.AttentionINT8:
		c.warn("sglang.kv", "SGLang has no INT8 KV cache")
	}
}
