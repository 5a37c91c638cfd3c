// Package launch writes the serving command that a row stands for: vLLM, vLLM-Ascend and SGLang. What a row assumes and
// an engine cannot do is said beside the command instead of being dropped.
//
// Flags follow the engines' own documentation (docs.vllm.ai "Engine Arguments", vllm-ascend "Configuration",
// docs.sglang.io "Server Arguments" and "Support Features on Ascend NPU").
package launch

import (
	"strconv"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Engine is a serving engine that we write commands for.
type Engine uint8

// The engines.
const (
	VLLM Engine = iota
	VLLMAscend
	SGLang
	SGLangAscend
)

var engineNames = [...]string{"vLLM", "vLLM-Ascend", "SGLang", "SGLang on Ascend"}

func (e Engine) String() string { return engineNames[e] }

// Engines lists what serves on a vendor's devices, the usual choice first.
func Engines(vendor string) []Engine {
	if vendor == "NVIDIA" {
		return []Engine{VLLM, SGLang}
	}
	return []Engine{VLLMAscend, SGLangAscend}
}

// Command is one server process of a deployment. Args is an argument vector: quote it for a shell before showing it.
type Command struct {
	Engine  Engine
	Phase   plan.Phase // aggregation: one server for both phases
	Args    []string
	Caveats []message.Message
}

// Write gives the command of one row. The row's phase decides the role; a PD-ratio plan calls it once for each side.
func Write(e Engine, row report.Row, req *plan.Request) Command {
	c := Command{Engine: e, Phase: row.Phase}
	if e == SGLang || e == SGLangAscend {
		c.sglang(row, req)
	} else {
		c.vllm(row, req)
	}
	c.common(row, req)
	return c
}

// size appends a flag with a number where it says something (n > 1).
func (c *Command) size(flag string, n int) {
	if n > 1 {
		c.Args = append(c.Args, flag, strconv.Itoa(n))
	}
}

func (c *Command) add(args ...string) { c.Args = append(c.Args, args...) }

func (c *Command) warn(key string, args ...any) {
	c.Caveats = append(c.Caveats, message.New("launch."+key, args...))
}

// perReplica is each replica's share of the requests in flight: pipeline stages hold a batch each.
func perReplica(concurrency, replicas int) int { return (concurrency + replicas - 1) / replicas }

// proxy is what no command of one instance sets up.
func (c *Command) proxy() {
	c.warn("proxy")
}

// longest is the context that a request can reach, in tokens.
func longest(req *plan.Request) int {
	in := req.InputLength
	for _, b := range req.Distribution {
		in = max(in, b.Max)
	}
	return in + req.OutputLength
}

// common are the assumptions that no engine flag carries.
func (c *Command) common(row report.Row, req *plan.Request) {
	if req.PrefixCacheHitRate > 0 {
		c.warn("hitrate",
			req.PrefixCacheHitRate)
	}
	if req.Quant.Linear != plan.LinearDisabled {
		c.warn("checkpoint", req.Quant.Linear)
	}
	if row.MTP > 0 && req.Model.MTPHeads == 0 {
		c.warn("mtp", row.MTP)
	}
	if row.Phase == plan.PhaseAggregation {
		c.warn("waves")
	}
	if req.Options.MatmulAllReduce || req.Options.DispatchFFNCombine || req.Options.Multistream {
		c.warn("fusions")
	}
}
