package search

import (
	"math"
	"sync/atomic"

	"fathom/hw"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// departure is one row of corrected.md: what the reference tool does, what corrected does instead, and the switch. Rows that
// have no switch are always so here, or do not bear on a single point.
type departure struct {
	name, reference, corrected string
	pass                       func(*pass.Switches) *bool
	serve                      func(*serve.Switches) *bool
}

// departures are in the order of corrected.md.
var departures = [...]departure{
	{name: "causal prefill", reference: "every new token attends to the whole sequence", corrected: "causal attention",
		pass: func(s *pass.Switches) *bool { return &s.CausalPrefill }},
	{name: "expert balance", reference: "remainder rows go to the lowest experts and rank 0 is priced", corrected: "routed rows split evenly over ranks",
		pass: func(s *pass.Switches) *bool { return &s.ExpertBalance }},
	{name: "rope and gather reads", reference: "a compiled lookup reads the whole table", corrected: "the rows that are used",
		pass: func(s *pass.Switches) *bool { return &s.TableReads }},
	{name: "weight-only quantisation", reference: "W8A16 priced as W8A8", corrected: "weights of 1 byte, arithmetic at the FP16 peak",
		pass: func(s *pass.Switches) *bool { return &s.WeightOnly }},
	{name: "FP8 peak", reference: "FP8 linears use the int8 peak", corrected: "the profile's FP8 peak, or a refusal",
		pass: func(s *pass.Switches) *bool { return &s.FP8Peak }},
	{name: "missing dtype", reference: "a dtype without a peak computes for free", corrected: "an error that names profile and dtype",
		pass: func(s *pass.Switches) *bool { return &s.MissingType }},
	{name: "MTP attention", reference: "not sharded for GQA", corrected: "sharded by TP like every other layer",
		pass: func(s *pass.Switches) *bool { return &s.MTPAttention }},
	{name: "MTP without heads", reference: "accepted, and ranked best", corrected: "refused",
		pass: func(s *pass.Switches) *bool { return &s.MTPHeads }, serve: func(s *serve.Switches) *bool { return &s.MTPNeedsHeads }},
	{name: "activation memory", reference: "history of a process-wide table", corrected: "live sets only",
		pass: func(s *pass.Switches) *bool { return &s.ActivationMemory }},
	{name: "memory at the end", reference: "checked in the middle of the answer", corrected: "checked at input + output tokens",
		serve: func(s *serve.Switches) *bool { return &s.MemoryAtEnd }},
	{name: "prefix cache", reference: "cached tokens vanish from attention and KV", corrected: "they are attended to and occupy KV",
		serve: func(s *serve.Switches) *bool { return &s.PrefixAttended }},
	{name: "token budget", reference: "4, 2 or 1 prompts, lowered only if the first probe fails", corrected: "each of I, 2I, 4I and 8192 is tried"},
	{name: "chunk order", reference: "breadth-first over requests, other requests' KV ignored", corrected: "depth-first, KV of all admitted requests counted",
		serve: func(s *serve.Switches) *bool { return &s.DepthFirst }},
	{name: "prefill QPS", reference: "requests over mean TTFT", corrected: "requests over makespan",
		serve: func(s *serve.Switches) *bool { return &s.MakespanQPS }},
	{name: "PD split", reference: "least rounding error, leaves devices idle", corrected: "most requests per second of all devices"},
	{name: "breakdown", reference: "labels shift when a class is zero", corrected: "labels right, static cost apart"},
	{name: "several profiles", reference: "later profiles re-priced from the first one's record", corrected: "each priced directly"},
	{name: "serving cost", reference: "milliseconds under a money name, ignored in aggregation", corrected: "money per device and hour, cost per million tokens"},
}

// Corrections lists every departure with what it alone changes at a row's point, against the reference tool's pricing.
func Corrections(req *plan.Request, profile *hw.Profile, row *report.Row, price Pricer, stopped *atomic.Bool) []report.Correction {
	if stopped == nil {
		stopped = new(atomic.Bool)
	}
	var w worker
	own := *req
	own.MaxBatchedTokens, own.BatchMin, own.BatchMax = row.MaxBatched, row.Batch, row.Batch
	at := func(p pass.Switches, s serve.Switches) *report.Row {
		j := alone(&own, profile, plan.Reference, row, price, stopped)
		j.passes, j.switches, j.smallest = p, s, true
		rows := w.search(j, 0).rows
		if len(rows) == 0 || rows[len(rows)-1].Throughput == 0 {
			return nil
		}
		return &rows[len(rows)-1]
	}
	base := at(pass.Switches{}, serve.Switches{})
	list := make([]report.Correction, 0, len(departures))
	for _, d := range departures {
		c := report.Correction{Name: d.name, Phase: row.Phase, Reference: d.reference, Corrected: d.corrected}
		if base != nil && (d.pass != nil || d.serve != nil) && !stopped.Load() {
			var p pass.Switches
			var s serve.Switches
			if d.pass != nil {
				*d.pass(&p) = true
			}
			if d.serve != nil {
				*d.serve(&s) = true
			}
			if with := at(p, s); with != nil {
				c.Throughput = relative(&with.Throughput, &base.Throughput)
				c.TTFT, c.TPOT, c.QPS = relative(with.TTFT, base.TTFT), relative(with.TPOT, base.TPOT), relative(with.QPS, base.QPS)
				free := with.AvailableGB - base.AvailableGB
				c.FreeGB = &free
			} else {
				c.Refused = true
			}
		}
		list = append(list, c)
	}
	return list
}

// correct lists the departures for the winners of a device that was priced with them.
func (r *run) correct(i int, d *report.Device) {
	for _, s := range []*report.Section{d.Aggregation, d.Prefill, d.Decode} {
		if s != nil && s.Best != nil && !r.stopped.Load() {
			d.Corrections = append(d.Corrections, Corrections(r.req, r.jobs[i][0].profile, s.Best, r.price, &r.stopped)...)
		}
	}
}

// disagreement is the share from which two fidelities are said to disagree about a winner.
const disagreement = 0.05

// Disagree compares the winners of two reports of the same question, profile by profile, and says where the second has
// another best strategy or a throughput that differs by more than five per cent (product.md 1.5).
func Disagree(a, b *report.Report) (notes []report.Issue) {
	for i := range a.Devices {
		if i >= len(b.Devices) {
			break
		}
		x, y := &a.Devices[i], &b.Devices[i]
		for _, pair := range [][2]*report.Section{{x.Aggregation, y.Aggregation}, {x.Prefill, y.Prefill}, {x.Decode, y.Decode}} {
			if pair[0] == nil || pair[1] == nil || pair[0].Best == nil || pair[1].Best == nil {
				continue
			}
			p, q := pair[0].Best, pair[1].Best
			if change := q.Throughput/p.Throughput - 1; math.Abs(change) > disagreement || p.Label != q.Label {
				notes = append(notes, disagrees(x, y, p, q, change))
			}
		}
	}
	return notes
}
