package launch

import (
	"fmt"
	"strconv"

	"fathom/sim/plan"
	"fathom/sim/report"
)

func (c *Command) vllm(row report.Row, req *plan.Request) {
	s := row.Strategy
	c.add("vllm", "serve", req.Model.Name, "--tensor-parallel-size", strconv.Itoa(s.TP))
	c.size("--pipeline-parallel-size", s.PP)
	c.size("--data-parallel-size", s.DP)
	c.vllmExperts(s)
	if row.Phase != plan.PhasePrefill {
		c.size("--decode-context-parallel-size", s.DCP)
	}
	seqs := perReplica(row.Concurrency, max(1, s.DP))
	c.add("--max-model-len", strconv.Itoa(longest(req)), "--max-num-seqs", strconv.Itoa(seqs))
	if row.MaxBatched > 0 && row.Phase != plan.PhaseDecode {
		c.add("--max-num-batched-tokens", strconv.Itoa(max(row.MaxBatched, seqs)))
		if row.MaxBatched < seqs {
			c.warn("budget", row.MaxBatched, seqs)
		}
	}
	c.vllmQuant(req.Quant)
	if req.PrefixCacheHitRate > 0 {
		c.add("--enable-prefix-caching")
	} else {
		c.add("--no-enable-prefix-caching")
	}
	if !req.Options.Compile {
		c.add("--enforce-eager")
	}
	if row.MTP > 0 {
		c.add("--speculative-config", fmt.Sprintf(`{"method":"mtp","num_speculative_tokens":%d}`, row.MTP))
	}
	c.vllmRole(row.Phase)
}

// vllmExperts: vLLM knows expert parallelism over the whole TP x DP group or none; anything between cannot be said.
func (c *Command) vllmExperts(s plan.Strategy) {
	switch world := s.TP * s.DP; {
	case s.EP == 0:
	case s.EP > 1 && s.EP == world:
		c.add("--enable-expert-parallel")
	case s.EP > 1:
		c.add("--enable-expert-parallel")
		c.warn("ep", s.EP, world)
	case s.MoEDP > 1:
		c.warn("moedp", s.MoEDP)
	}
	if s.RedundantExperts {
		c.add("--enable-eplb")
	}
	if s.ExternalShared {
		c.warn("external")
	}
}

func (c *Command) vllmQuant(q plan.Quant) {
	if c.Engine == VLLMAscend && q.Linear != plan.LinearDisabled {
		c.add("--quantization", "ascend")
	} else if q.Linear == plan.LinearFP8 {
		c.add("--quantization", "fp8")
	}
	switch {
	case q.Attention == plan.AttentionFP8 && c.Engine == VLLM:
		c.add("--kv-cache-dtype", "fp8")
	case q.Attention != plan.AttentionDisabled:
		c.warn("kv", q.Attention)
	}
}

// vllmRole adds the KV transfer of a disaggregated instance. NIXL serves both roles; the Ascend connector names its
// own.
func (c *Command) vllmRole(phase plan.Phase) {
	if phase == plan.PhaseAggregation {
		return
	}
	if c.Engine == VLLM {
		c.add("--kv-transfer-config", `{"kv_connector":"NixlConnector","kv_role":"kv_both"}`)
	} else {
		role := map[plan.Phase]string{plan.PhasePrefill: "kv_producer", plan.PhaseDecode: "kv_consumer"}[phase]
		c.add("--kv-transfer-config", fmt.Sprintf(`{"kv_connector":"MooncakeConnectorV1","kv_role":%q}`, role))
	}
	c.proxy()
}
