package search

import (
	"math"
	"sync/atomic"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// departure is one row of the design's table of corrections: what the reference tool does, what corrected does instead,
// and the switch.
type departure struct {
	key string // of its texts: correction.KEY.name, .reference and .corrected
	of  func(*plan.Switches) *bool
	// what it changes is seen only over the whole search of a profile
	run     func(*comparison)
	applies func(*plan.Request, plan.Phase) bool // of those with a run: whether it can change anything
}

// departures are in the order of plan.Switches.
var departures = [...]departure{
	{key: "causal-prefill",
		of: func(s *plan.Switches) *bool { return &s.CausalPrefill }},
	{key: "expert-balance",
		of: func(s *plan.Switches) *bool { return &s.ExpertBalance }},
	{key: "rope-and-gather-reads",
		of: func(s *plan.Switches) *bool { return &s.TableReads }},
	{key: "weight-only-quantisation",
		of: func(s *plan.Switches) *bool { return &s.WeightOnly }},
	{key: "fp8-peak",
		of: func(s *plan.Switches) *bool { return &s.FP8Peak }},
	{key: "missing-dtype",
		of: func(s *plan.Switches) *bool { return &s.MissingType }},
	{key: "mtp-attention",
		of: func(s *plan.Switches) *bool { return &s.MTPAttention }},
	{key: "mtp-without-heads",
		of: func(s *plan.Switches) *bool { return &s.MTPHeads }},
	{key: "activation-memory",
		of: func(s *plan.Switches) *bool { return &s.ActivationMemory }},
	{key: "memory-at-the-end",
		of: func(s *plan.Switches) *bool { return &s.MemoryAtEnd }},
	{key: "prefix-cache",
		of: func(s *plan.Switches) *bool { return &s.PrefixAttended }},
	{key: "token-budget",
		of: func(s *plan.Switches) *bool { return &s.EveryBudget }, run: (*comparison).budget,
		applies: func(q *plan.Request, phase plan.Phase) bool {
			return q.MaxBatchedTokens <= 0 && phase != plan.PhaseDecode
		}},
	{key: "chunk-order",
		of: func(s *plan.Switches) *bool { return &s.DepthFirst }},
	{key: "prefill-qps",
		of: func(s *plan.Switches) *bool { return &s.MakespanQPS }},
	{key: "pd-split",
		of: func(s *plan.Switches) *bool { return &s.SplitByRate }, run: (*comparison).split,
		applies: func(q *plan.Request, _ plan.Phase) bool { return q.Mode == plan.PDRatio }},
	{key: "breakdown",
		of: func(s *plan.Switches) *bool { return &s.RightLabels }},
	{key: "several-profiles",
		of: func(s *plan.Switches) *bool { return &s.PriceDirectly }, run: (*comparison).best,
		applies: func(q *plan.Request, _ plan.Phase) bool { return len(q.Profiles) > 1 }},
	{key: "serving-cost",
		of: func(s *plan.Switches) *bool { return &s.CostInMoney }},
	{key: "weights-and-caches",
		of: func(s *plan.Switches) *bool { return &s.ServedMemory }},
	{key: "answers-of-one-token",
		of: func(s *plan.Switches) *bool { return &s.OneToken }},
}

// Corrections lists every departure with what it alone changes at a row's point, against the reference tool's pricing.
// What shows only over a whole search (token budget, P:D split, several profiles) is left to the run that has one.
func Corrections(req *plan.Request, profile *hw.Profile, row *report.Row, price Pricer,
	stopped *atomic.Bool) []report.Correction {
	if stopped == nil {
		stopped = new(atomic.Bool)
	}
	var w worker
	own := *req
	own.MaxBatchedTokens, own.BatchMin, own.BatchMax = row.MaxBatched, row.Batch, row.Batch
	at := func(on plan.Switches) *report.Row {
		j := alone(&own, profile, plan.Reference, row, price, stopped)
		j.passes, j.switches, j.smallest = on, on, true
		rows := w.search(j, 0).rows
		if len(rows) == 0 || rows[len(rows)-1].Throughput == 0 {
			return nil
		}
		return &rows[len(rows)-1]
	}
	base := at(plan.Switches{})
	list := make([]report.Correction, 0, len(departures))
	for _, d := range departures {
		of := "correction." + d.key
		c := report.Correction{Name: message.New(of + ".name"), Phase: row.Phase, Reference: message.New(of + ".reference"),
			Corrected: message.New(of + ".corrected")}
		if base != nil && d.run == nil && !stopped.Load() {
			var on plan.Switches
			*d.of(&on) = true
			if with := at(on); with != nil {
				change(&c, base, with)
				if on.RightLabels {
					c.Note = relabelled(base, with)
				}
				if with.CostPerMTok != nil && base.CostPerMTok == nil {
					c.Note = message.New("correction.cost", *with.CostPerMTok)
				}
			} else {
				c.Refused = true
			}
		}
		list = append(list, c)
	}
	return list
}

// change fills in what a row's figures are with a departure put right, relative to those without: shares, of free
// memory GiB.
func change(c *report.Correction, without, with *report.Row) {
	c.Throughput = relative(&with.Throughput, &without.Throughput)
	c.TTFT, c.TPOT, c.QPS = relative(with.TTFT, without.TTFT), relative(with.TPOT, without.TPOT),
		relative(with.QPS, without.QPS)
	free := with.AvailableGB - without.AvailableGB
	c.FreeGB = &free
}

// relabelled says which phases' shares stand under other names; nothing where none do.
func relabelled(base, with *report.Row) message.Message {
	var list []message.Message
	for _, p := range []struct {
		phase        plan.Phase
		printed, own *report.Shares
	}{{plan.PhasePrefill, base.Prefill, with.Prefill}, {plan.PhaseDecode, base.Decode, with.Decode}} {
		if p.printed == nil || p.own == nil {
			continue
		}
		if a, b := p.printed.Printed(), p.own.Printed(); a.String() != b.String() {
			list = append(list, message.New("correction.relabelled", p.phase, b, a))
		}
	}
	return message.Join(list)
}

// comparison is one profile under the reference tool's search with one switch on, beside the same without it.
type comparison struct {
	phase     plan.Phase
	base, own *report.Device
	out       *report.Correction
}

// best compares the winners.
func (c *comparison) best() {
	p, q := c.base.Phase(c.phase).Best, c.own.Phase(c.phase).Best
	if p == nil || q == nil {
		return
	}
	change(c.out, p, q)
}

func (c *comparison) budget() {
	c.best()
	p, q := c.base.Phase(c.phase).Best, c.own.Phase(c.phase).Best
	if p != nil && q != nil && p.MaxBatched != q.MaxBatched {
		c.out.Note = message.New("correction.budget", q.MaxBatched, p.MaxBatched)
	}
}

// split compares the requests per second of all devices.
func (c *comparison) split() {
	if c.base.PDRatio == nil || c.own.PDRatio == nil || c.base.PDRatio.Best == nil || c.own.PDRatio.Best == nil {
		return
	}
	p, q := c.base.PDRatio.Best, c.own.PDRatio.Best
	if p.SystemQPS == nil || q.SystemQPS == nil {
		return
	}
	c.out.QPS = relative(q.SystemQPS, p.SystemQPS)
	c.out.Note = message.New("correction.split",
		*q.PrefillInstances, *q.DecodeInstances,
		*p.PrefillInstances, *p.DecodeInstances, *q.SystemQPS, *p.SystemQPS)
}

// under is the reference tool's search of this run's question with some switches on; nil where a profile has none of
// its constants, or the run was stopped.
func (r *run) under(on plan.Switches) *report.Report {
	own := *r.req
	own.Fidelity, own.Search, own.Traffic = plan.Reference, plan.SearchReference, plan.TrafficNone
	q := r.again(&own)
	q.only = &on
	if r.stopped.Load() || q.prepare() != nil {
		return nil
	}
	q.searchAll()
	if r.stopped.Load() {
		return nil
	}
	return q.snapshot()
}

// whole fills in what the departures change over the whole search of profile i; those that cannot apply stay without
// figures.
func (r *run) whole(i int, phase plan.Phase, list []report.Correction) {
	for k, d := range departures {
		if d.run == nil || !d.applies(r.req, phase) {
			continue
		}
		if r.bugForBug == nil {
			if r.bugForBug = r.under(plan.Switches{}); r.bugForBug == nil {
				return
			}
			r.alone = make([]*report.Report, len(departures))
		}
		if r.alone[k] == nil {
			var on plan.Switches
			*d.of(&on) = true
			if r.alone[k] = r.under(on); r.alone[k] == nil {
				return
			}
		}
		d.run(&comparison{phase, &r.bugForBug.Devices[i], &r.alone[k].Devices[i], &list[k]})
	}
}

// correct lists the departures for the winners of a device that was priced with them.
func (r *run) correct(i int, d *report.Device) {
	for _, s := range []*report.Section{d.Aggregation, d.Prefill, d.Decode} {
		if s != nil && s.Best != nil && !r.stopped.Load() {
			list := Corrections(r.req, r.jobs[i][0].profile, s.Best, r.price, r.stopped)
			r.whole(i, s.Best.Phase, list)
			d.Corrections = append(d.Corrections, list...)
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
		for _, pair := range [][2]*report.Section{{x.Aggregation, y.Aggregation}, {x.Prefill, y.Prefill},
			{x.Decode, y.Decode}} {
			if pair[0] == nil || pair[1] == nil || pair[0].Best == nil || pair[1].Best == nil {
				continue
			}
			p, q := pair[0].Best, pair[1].Best
			if change := q.Throughput/p.Throughput - 1; math.Abs(change) > disagreement || p.Label != q.Label {
				notes = append(notes, disagrees(x, y, p, q, change))
			}
		}
		notes = append(notes, disagreeOnPairs(x, y)...)
	}
	return notes
}

// disagreeOnPairs compares the requests per second of all devices of two P:D plans.
func disagreeOnPairs(x, y *report.Device) []report.Issue {
	if x.PDRatio == nil || y.PDRatio == nil || x.PDRatio.Best == nil || y.PDRatio.Best == nil {
		return nil
	}
	p, q := x.PDRatio.Best, y.PDRatio.Best
	if p.SystemQPS == nil || q.SystemQPS == nil {
		return nil
	}
	change := *q.SystemQPS / *p.SystemQPS - 1
	if math.Abs(change) <= disagreement {
		return nil
	}
	return []report.Issue{{Severity: report.Note, Field: "fidelity", Message: message.New("note.disagree-pairs", x.Device,
		report.WordOf(y.Fidelity), *q.PrefillInstances, *q.DecodeInstances, *q.SystemQPS, 100*change,
		report.WordOf(x.Fidelity), *p.PrefillInstances, *p.DecodeInstances, *p.SystemQPS)}}
}
