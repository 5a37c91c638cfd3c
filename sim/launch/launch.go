package launch

import (
	"slices"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/software"
)

// Command is one server process of a deployment. Args is an argument vector: quote it for a shell before showing it.
type Command struct {
	Engine         string     // as its makers write it
	Phase          plan.Phase // aggregation: one server for both phases
	Label          string     // of the row
	Args           []string
	File, FileText string // a file that it needs first; "" for none
	Caveats        []message.Message
}

// Engines are the launches that may stand for a row on devices of a vendor: that of the engine which the request names,
// else all, the usual one first. None are known where the named engine does not run there.
func Engines(req *plan.Request, vendor string) []*software.Launch {
	if req.Serving == plan.AnyServing {
		return software.Launches(vendor)
	}
	if l := req.Serving.Engine().LaunchOn(vendor); l != nil {
		return []*software.Launch{l}
	}
	return nil
}

// NoEngine says that the engine which a request names does not run on a profile, and which do.
func NoEngine(req *plan.Request, on *hw.Profile) message.Message {
	var titles []string
	for _, l := range software.Launches(on.Vendor) {
		titles = append(titles, l.Title)
	}
	return message.New("launch.no-engine", req.Serving.Engine().Title, on.Name, strings.Join(titles, ", "))
}

// Write gives the command of one row on devices of a profile, nil where it is not known. The row's phase decides the
// role; a PD-ratio plan calls it once for each side.
func Write(l *software.Launch, row report.Row, req *plan.Request, on *hw.Profile) Command {
	c := Command{Engine: l.Title, Phase: row.Phase, Label: row.Label}
	s, q := row.Strategy, req.Quant
	prompt, context := longest(req)
	o := software.Order{Model: req.Model.Name, TP: s.TP, PP: max(1, s.PP), DP: max(1, s.DP), EP: s.EP, MoETP: s.MoETP,
		MoEDP: s.MoEDP, DCP: s.DCP, RedundantExperts: s.RedundantExperts, TwoBatch: s.TwoBatch,
		ExternalShared: s.ExternalShared,
		Role:           row.Phase.String(), Context: context, Prompt: prompt,
		Concurrency: row.Concurrency, LinearAction: q.Linear.String(),
		LinearFormat: q.Linear.Format().String(), CacheAction: q.Attention.String(),
		CacheFormat: q.Attention.Format().String(), PrefixCache: req.PrefixCacheHitRate > 0, Compile: req.Options.Compile,
		MTP: row.MTP}
	if d := req.Speculation; d.Beside() && row.Phase != plan.PhasePrefill {
		if o.Guess, o.Draft = d.Tokens, d.Draft; d.Model != nil {
			o.DraftModel = d.Model.Name
		}
	}
	if req.Model.Quantization != nil { // engines read the formats of a checkpoint themselves
		o.LinearFormat = hw.FormatBF16.String()
	}
	if row.Phase != plan.PhaseDecode {
		o.Budget = max(0, row.MaxBatched)
	}
	if on != nil && on.Grid.Node > 0 {
		o.Node = on.Grid.Node
		if servers, each, _, ok := Spread(on.Grid.Node, s); ok {
			o.Servers, o.Each = servers, each
		}
	}
	t := l.Write(o)
	c.Args, c.File, c.FileText = t.Args, t.File, t.FileText
	d := Deployment{Request: req, OnProfile: on, Strategy: s, MTP: row.MTP, Phase: row.Phase}
	if why := Refusal(l.Engine, d); !why.IsZero() {
		c.warn("refused", why)
	}
	c.Caveats = append(c.Caveats, t.Warnings...)
	if row.Phase != plan.PhaseAggregation {
		c.proxy()
	}
	c.common(row, req)
	return c
}

// alike reports whether two ways to store a model have weights of the same size for each kind of module.
func alike(a, b model.Stored) bool {
	for _, pair := range [][2]hw.Format{{a.Projection, b.Projection}, {a.Dense, b.Dense}, {a.Shared, b.Shared},
		{a.Expert, b.Expert}} {
		if pair[0].Row().Weight != pair[1].Row().Weight {
			return false
		}
	}
	return true
}

func (c *Command) warn(key string, args ...any) {
	c.Caveats = append(c.Caveats, message.New("launch."+key, args...))
}

// proxy is what no command of one instance sets up.
func (c *Command) proxy() {
	c.warn("proxy")
}

// longest are the longest prompt that a request can have, and the most tokens of a prompt with its answer.
func longest(req *plan.Request) (prompt, context int) {
	if req.Workload != nil {
		prompt, _, context = req.Workload.Longest()
		return prompt, context
	}
	prompt = req.InputLength
	for _, b := range req.Distribution {
		prompt = max(prompt, b.Max)
	}
	return prompt, prompt + req.OutputLength
}

// Shell is the command for a shell: the file first, where there is one.
func (c *Command) Shell() string { return report.Script(c.File, c.FileText, c.Args) }

// Shell is the benchmark for a shell, as Command.Shell.
func (b *Benchmark) Shell() string { return report.Script(b.File, b.FileText, b.Args) }

// common are the assumptions that no engine flag carries.
func (c *Command) common(row report.Row, req *plan.Request) {
	if req.PrefixCacheHitRate > 0 {
		c.warn("hitrate",
			req.PrefixCacheHitRate)
	}
	switch q := req.Model.Quantization; {
	case req.Quant.Linear == plan.AsPublished, req.Quant.Linear == plan.LinearDisabled && q == nil:
	case q == nil:
		c.warn("checkpoint", req.Quant.Linear)
	case !alike(req.Quant.Stored(req.Model), req.Model.Stored):
		c.warn("published", q.Method, req.Quant.Linear)
	}
	if row.MTP > 0 && req.Model.MTPHeads == 0 {
		c.warn("mtp", row.MTP)
	}
	named := slices.ContainsFunc(c.Args, func(a string) bool { return strings.HasPrefix(a, "--speculative-") })
	if d := req.Speculation; d.Beside() && row.Phase != plan.PhasePrefill && !named {
		c.warn("draft", d.Draft, d.Tokens)
	}
	if row.Phase == plan.PhaseAggregation {
		c.warn("waves")
	}
	if req.Options.MatmulAllReduce || req.Options.DispatchFFNCombine || req.Options.Multistream {
		c.warn("fusions")
	}
}
