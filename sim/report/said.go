package report

import (
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
)

func headline(b *Row) message.Message {
	best := message.New("report.best", two(b.Throughput), two(b.PerDevice), b.Label, b.Batch, b.Concurrency)
	add := func(key string, figure float64) {
		best = message.New("report.also", best, message.New(key, two(figure)))
	}
	if b.TTFT != nil {
		add("report.ttft", *b.TTFT)
	}
	if b.TPOT != nil {
		add("report.tpot", *b.TPOT)
	}
	if !b.NoMemory {
		add("report.free", b.AvailableGB)
	}
	if b.Held == nil {
		return best
	}
	if b.Held.Rate > 0 {
		add("report.sent", b.Held.Rate)
	}
	for i := range b.Held.Promises {
		if p := &b.Held.Promises[i]; p.At != plan.Mean || p.Metric >= MetricE2E {
			best = message.New("report.also", best, p.Against())
		}
	}
	if b.Held.Binding(MetricGoodput) == nil {
		best = message.New("report.also", best, message.New("report.goodput", Share(b.Held.Goodput)))
	}
	return best
}

func ratioHeadline(b *Ratio) message.Message {
	best := message.New("report.bestpair", two(b.PDRatio), two(b.PrefillQPS), b.Prefill.Label, optionalTwo(b.TTFT()),
		two(b.DecodeQPS), b.Decode.Label, optionalTwo(b.Decode.TPOT))
	if b.PrefillInstances == nil {
		return best
	}
	h := b.Held
	if h == nil {
		return message.New("report.split", best, *b.PrefillInstances, *b.DecodeInstances, *b.TotalDevices,
			optionalTwo(b.SystemQPS), message.New("word."+b.Bottleneck))
	}
	best = message.New("report.split-held", best, *b.PrefillInstances, *b.DecodeInstances, *b.TotalDevices, two(h.QPS),
		h.Concurrency)
	for i := range h.Promises {
		best = message.New("report.also", best, h.Promises[i].Against())
	}
	return best
}

// Moves says what the KV cache of a pair takes on its way, where that counts, and what left over devices could do.
func (x *Ratio) Moves() (list []message.Message) {
	if t := x.Transfer; t != nil && t.Counted {
		share := 0.0
		if total := x.TTFT(); total != nil && *total > 0 {
			share = 100 * t.Exposed / *total
		}
		how := message.New("report.transfer-done")
		if t.ByLayer {
			how = message.New("report.transfer-layer")
		}
		if t.Path == hw.Host.String() {
			how = message.New("report.transfer-host", how)
		}
		list = append(list, message.New("report.transfer", x.PrefillDevice, x.DecodeDevice, t.Bytes/1e6, t.Link, t.GBs, t.MS,
			t.Exposed, share, how))
	}
	if l := x.Left; l != nil {
		what := message.New("report.left-nothing")
		switch {
		case l.Instance > 0:
			what = message.New("report.left-instance", l.Phase.Message(), l.Instance, l.Label, l.QPS)
		case l.Needs > 0:
			what = message.New("report.left-needs", l.Needs)
		case l.Short && l.Room == 0:
			what = message.New("report.left-used", l.Phase.Message())
		case l.Short:
			what = message.New("report.left-short", l.Phase.Message(), l.Room)
		}
		list = append(list, message.New("report.left", l.Devices, what))
	}
	return list
}

// few names the first of a list and counts the others.
func few(list []string) message.Message {
	const most = 3
	if len(list) <= most {
		return message.Literal(strings.Join(list, "; "))
	}
	return message.New("report.few", strings.Join(list[:most], "; "), len(list)-most)
}

// mixed tells whether profiles that are compared were priced with different fidelities.
func (r *Report) mixed() bool { return r.Fidelity == "mixed" && len(r.Cross) > 1 }

// MixedFidelity is the warning about profiles that are priced differently.
var MixedFidelity = message.New("report.mixed")

// certainty says what stands behind the figures of a device.
func certainty(r *Report, d *Device) []message.Message {
	s, bare := r.Standing(d)
	out := []message.Message{message.New(map[Standing]string{Calibrated: "report.calibrated",
		TakenOver:    "report.takenover",
		Uncalibrated: "report.uncalibrated"}[s])}
	if row := d.Example(); row != nil {
		if m, ok := row.Unlike(); ok {
			out = append(out, m)
		}
	}
	if m, ok := r.Unfitted(d); ok {
		out = append(out, m)
	}
	if len(bare) > 0 {
		out = append(out, message.New("report.bare", bare))
	}
	return out
}

func capacityLines(c *Capacity) (lines []message.Message) {
	target := message.New("report.rate", two(c.QPS))
	if c.QPS == 0 {
		target = message.New("report.inflight", c.Concurrency)
	}
	if c.Plan == nil {
		return []message.Message{message.New("report.impossible", target, c.Breaks)}
	}
	lines = append(lines, message.New("report.for", target, fleetText(c.Plan)))
	if !c.Breaks.IsZero() {
		lines = append(lines, message.New("report.cheaper", c.Breaks))
	}
	return lines
}

func fleetText(f *Fleet) message.Message {
	var fleet message.Message
	if f.Ratio != nil {
		fleet = message.New("report.pairs", f.Prefills, f.Decodes, f.Devices, two(f.QPS), f.Concurrency)
	} else {
		fleet = message.New("report.replicas", f.Replicas, f.Row.Label, f.Row.Batch, f.Devices, two(f.QPS), f.Concurrency)
	}
	if f.CostPerMonth != nil {
		return message.New("report.month", fleet, two(*f.CostPerMonth))
	}
	return fleet
}
