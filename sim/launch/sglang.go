package launch

import (
	"strconv"

	"fathom/sim/plan"
	"fathom/sim/report"
)

func (c *Command) sglang(row report.Row, req *plan.Request) {
	s := row.Strategy
	dp := max(1, s.DP)
	c.add("python", "-m", "sglang.launch_server", "--model-path", req.Model.Name)
	if c.Engine == SGLangAscend {
		c.add("--device", "npu", "--attention-backend", "ascend")
	}
	// Experts that are spread over all replicas need attention data parallelism, where SGLang's TP size is the whole group
	// and its limits are those of all replicas together. Without it every replica is a server of its own with its own
	// limits.
	replicas := dp
	if s.EP > 0 && s.MoEDP < dp && dp > 1 {
		c.add("--tp-size", strconv.Itoa(s.TP*dp), "--dp-size", strconv.Itoa(dp), "--enable-dp-attention")
		replicas = 1
	} else {
		c.add("--tp-size", strconv.Itoa(s.TP))
		c.size("--dp-size", dp)
	}
	c.size("--ep-size", s.EP)
	c.size("--pp-size", s.PP)
	if s.EP > 0 && s.MoEDP > 1 && replicas == 1 {
		c.warn("sglang.moedp", s.MoEDP)
	}
	if s.DCP > 1 {
		c.warn("sglang.dcp", s.DCP)
	}
	c.add("--context-length", strconv.Itoa(longest(req)), "--max-running-requests",
		strconv.Itoa(perReplica(row.Concurrency, replicas)))
	if row.MaxBatched > 0 && row.Phase != plan.PhaseDecode {
		budget := strconv.Itoa(row.MaxBatched * dp / replicas)
		c.add("--chunked-prefill-size", budget, "--max-prefill-tokens", budget)
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
	if row.Phase == plan.PhaseAggregation {
		return
	}
	c.add("--disaggregation-mode", row.Phase.String())
	if c.Engine == SGLangAscend {
		c.add("--disaggregation-transfer-backend", "ascend")
	}
	c.proxy()
}

func (c *Command) sglangQuant(q plan.Quant) {
	switch {
	case q.Linear == plan.LinearDisabled:
	case c.Engine == SGLangAscend:
		c.add("--quantization", "modelslim") // the checkpoint's own description says which scheme
	case q.Linear == plan.W8A8Static, q.Linear == plan.W8A8Dynamic:
		c.add("--quantization", "w8a8_int8")
	case q.Linear == plan.LinearFP8:
		c.add("--quantization", "fp8")
	case q.Linear == plan.MXFP4:
		c.add("--quantization", "mxfp4")
	default:
		c.warn("sglang.linear", q.Linear)
	}
	switch {
	case q.Attention == plan.AttentionINT8:
		c.warn("sglang.kv")
	case q.Attention == plan.AttentionFP8:
		c.add("--kv-cache-dtype", "fp8_e4m3")
	}
}
