package report

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"fathom/hw/message"
	"fathom/sim/plan"
)

// Held is a played row against limits on what requests meet: percentiles, time to the last token, goodput.
type Held struct {
	Rate            float64 // requests per second that are sent; 0 in a closed loop
	QPS             float64 // requests per second that end
	Throughput      float64 // output tokens per second
	Concurrency     int     // requests in flight; with open arrivals the places that the scheduler needs
	TTFT, TPOT, E2E Stat
	Goodput         float64   // share of the requests within all limits
	Promises        []Promise // every limit with what the requests met
	Classes         []Met     // of a mix
}

// Met is what the requests of one class met.
type Met struct {
	Name            string
	Requests        int
	Throughput      float64 // output tokens per second
	TTFT, TPOT, E2E Stat
	Goodput         float64
}

// Metric is what a bound is about.
type Metric uint8

// Latencies in ms; goodput as a share; the rate that a service keeps up with, in requests per second.
const (
	MetricTPOT Metric = iota
	MetricTTFT
	MetricE2E
	MetricGoodput
	MetricRate
)

var metricNames = [...]string{"tpot", "ttft", "e2e", "goodput", "rate"}

func (m Metric) String() string { return metricNames[m] }

// Promise is one limit and the figure that it binds.
type Promise struct {
	Metric       Metric
	At           plan.Percentile
	Class        string // "": all requests
	Value, Limit float64
	Noise        float64 // half the width of the interval that holds Value 95 times of 100; 0: not known
}

// AtLeast reports a bound from below.
func (p *Promise) AtLeast() bool { return p.Metric >= MetricGoodput }

// Broken reports a figure beyond its bound.
func (p *Promise) Broken() bool {
	if p.AtLeast() {
		return p.Value < p.Limit
	}
	return p.Value > p.Limit
}

// Excess is by which share a figure lies beyond its bound; 0 within it.
func (p *Promise) Excess() float64 {
	switch {
	case !p.Broken():
		return 0
	case p.AtLeast():
		return (p.Limit - p.Value) / p.Limit
	}
	return p.Value/p.Limit - 1
}

// Used is how much of a bound is used up, 1 being all of it.
func (p *Promise) Used() float64 {
	switch {
	case !p.AtLeast():
		return p.Value / p.Limit
	case p.Metric == MetricGoodput && p.Limit < 1: // of the requests that may miss
		return (1 - p.Value) / (1 - p.Limit)
	case p.Value <= 0:
		return 2
	}
	return p.Limit / p.Value
}

// Status is what a row is that breaks the bound.
func (p *Promise) Status() Status {
	return [...]Status{OverTPOT, OverTTFT, OverE2E, Short, OverTTFT}[p.Metric]
}

// Name says what is bound: "TTFT p99", "chat TTFT", "goodput".
func (p *Promise) Name() message.Message {
	name := message.New("bound." + p.Metric.String())
	if p.At != plan.Mean {
		name = message.New("bound.at", name, p.At.String())
	}
	if p.Class != "" {
		name = message.New("bound.of", p.Class, name)
	}
	return name
}

// Missed says by how much a bound is broken.
func (p *Promise) Missed() message.Message {
	value, limit := p.Figures()
	switch {
	case p.Metric == MetricRate:
		return message.New("reason.behind", value, limit)
	case p.AtLeast():
		return message.New("reason.below", p.Name(), value, limit)
	case p.Excess() < 100: // many times a limit is no share to speak of
		return message.New("reason.overby", p.Name(), value, limit, 100*p.Excess())
	}
	return message.New("reason.over", p.Name(), value, limit)
}

// Relaxed says which bound would let the figure pass.
func (p *Promise) Relaxed() message.Message {
	_, limit := p.Figures()
	switch p.Metric {
	case MetricRate:
		return message.New("relax.load")
	case MetricGoodput:
		return message.New("relax.goodput", limit, Share(p.Value))
	}
	most := math.Ceil(p.Value)
	if most < 100 {
		most = math.Ceil(p.Value*1000) / 1000
	}
	return message.New("relax.limit", p.Name(), limit, strconv.FormatFloat(most, 'f', -1, 64))
}

// Figures are value and limit as a reader has them: milliseconds, per cent, requests per second.
func (p *Promise) Figures() (value, limit string) {
	switch p.Metric {
	case MetricGoodput:
		if value, limit = Share(p.Value), Share(p.Limit); p.Noise >= 0.001 {
			value += " ± " + Share(p.Noise)
		}
	case MetricRate:
		value, limit = two(p.Value), two(p.Limit)
	default:
		if value, limit = figure(p.Value), strconv.FormatFloat(p.Limit, 'f', -1, 64); p.Noise > 0 {
			value += " ± " + figure(p.Noise)
		}
	}
	return value, limit
}

// Share writes a share in per cent, cut and not rounded, so that what is missing to a bound shows.
func Share(v float64) string {
	return strconv.FormatFloat(math.Floor(v*1000+1e-9)/10, 'f', -1, 64) + "%"
}

// Broken are the bounds that are not held, in the order in which they are tested.
func (h *Held) Broken() (list []Promise) {
	if h == nil {
		return nil
	}
	for _, b := range h.Promises {
		if b.Broken() {
			list = append(list, b)
		}
	}
	return list
}

// Tightest is the bound that is nearest to being broken; nil without any.
func (h *Held) Tightest() (tight *Promise) {
	if h == nil {
		return nil
	}
	for i := range h.Promises {
		if b := &h.Promises[i]; tight == nil || b.Used() > tight.Used() {
			tight = b
		}
	}
	return tight
}

// ByUse are the bounds, the most used first.
func (h *Held) ByUse() []*Promise {
	list := make([]*Promise, len(h.Promises))
	for i := range list {
		list[i] = &h.Promises[i]
	}
	slices.SortStableFunc(list, func(a, b *Promise) int { return cmp.Compare(b.Used(), a.Used()) })
	return list
}

// Binding is the bound of a metric over all requests that is nearest to being broken; nil where it has none.
func (h *Held) Binding(m Metric) (tight *Promise) {
	if h == nil {
		return nil
	}
	for i := range h.Promises {
		if b := &h.Promises[i]; b.Metric == m && b.Class == "" && (tight == nil || b.Used() > tight.Used()) {
			tight = b
		}
	}
	return tight
}
