package report

import (
	"fmt"
	"strconv"

	"fathom/hw/message"
	"fathom/sim/plan"
)

// Interval is where eight of ten measurements of a figure fall, in the unit of the figure.
type Interval struct{ Low, High float64 }

// Apart reports that two figures differ by more than their intervals leave open: only then one row is better than the
// other. A figure without an interval claims nothing, so nothing can be said.
func Apart(a, b *Interval) bool {
	return a != nil && b != nil && (a.Low > b.High || b.Low > a.High)
}

// Stat is the distribution of a latency over requests, in milliseconds.
type Stat struct{ Mean, P50, P90, P95, P99 float64 }

// Traffic is what a load generator would report of a row, and what it cannot see.
type Traffic struct {
	Kind plan.Traffic
	Rate float64 // requests per second that are sent; 0 in a closed loop

	TTFT, TPOT        Stat
	FirstWave, Steady float64 // mean TTFT in milliseconds: of the starting burst, and after it
	Throughput        float64 // output tokens per second
	QPS               float64 // requests per second that end
	KVPeak            float64 // largest share of the KV room that was taken
	Preemptions       int
	Bind              string // what keeps it from being faster: decode, prefill, kv_room, sequences or load

	TTFTLimit, TPOTLimit float64 // milliseconds, of the request; 0: none

	E2E      Stat
	Classes  []Met    // of a mix
	Goodput  *float64 // share of requests within all limits; nil where it was not held against any
	Timeline []Moment // of the run, where it was followed

	Asked    bool     // somebody asked for the benchmark; a search plays closed loops for its own ends too
	Capacity *float64 // requests per second at which open arrivals saturate; nil where it was not looked for
}

// Moment is the state of a service at a time of a run.
type Moment struct {
	At               float64 // seconds
	Waiting, Running int     // requests
	KV               float64 // share of the KV room that is taken
}

// Knee is the highest rate of a load curve up to which a share of the requests keeps to all limits, between two points
// by a straight line; 0 where the first point has less, or nobody asked.
func Knee(curve []LoadPoint, share float64) (rate float64) {
	for i := range curve {
		g := curve[i].Goodput
		switch {
		case g == nil:
			return 0
		case *g >= share:
			rate = curve[i].Rate
			continue
		case i == 0:
			return 0
		}
		before := curve[i-1]
		return before.Rate + (curve[i].Rate-before.Rate)*(*before.Goodput-share)/(*before.Goodput-*g)
	}
	return rate
}

// LoadPoint is one rate of a load curve.
type LoadPoint struct {
	Traffic
	Saturated bool // fewer requests end than are sent
}

// reach writes an interval: "1510 – 1822".
func reach(b *Interval) string {
	if b == nil {
		return "-"
	}
	return figure(b.Low) + " – " + figure(b.High)
}

// figure keeps three digits of a number of which no more is known.
func figure(v float64) string {
	switch {
	case v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

func ranged(rows []Row, of func(*Row) *Interval) bool {
	return anyRow(rows, func(r *Row) bool { return of(r) != nil })
}

// Ties names the candidates that the intervals do not tell from the best: their throughput may be the higher one.
func (s *Section) Ties() (labels []string) {
	if s.Best == nil || s.Best.ThroughputRange == nil {
		return nil
	}
	for i := range s.Candidates[1:] {
		if c := &s.Candidates[1+i]; !Apart(c.ThroughputRange, s.Best.ThroughputRange) {
			labels = append(labels, c.Label)
		}
	}
	return labels
}

// trafficTable is what a benchmark of the candidates would show; nil where none was played.
func trafficTable(q *plan.Request, rows []Row) *grid {
	g := trafficGrid()
	for i := range rows {
		if r := &rows[i]; r.Traffic != nil && r.Traffic.Asked {
			g.add(trafficCells(q, r.Label, r.Concurrency, r.Traffic)...)
		}
	}
	return g.filled()
}

// pairTraffic is the same of pairs of prefill and decode instances.
func pairTraffic(q *plan.Request, list []Ratio) *grid {
	g := trafficGrid()
	for i := range list {
		x := &list[i]
		if x.Traffic == nil || x.PrefillInstances == nil || x.DecodeInstances == nil {
			continue
		}
		label := fmt.Sprintf("%dP %s / %dD %s", *x.PrefillInstances, x.Prefill.Label, *x.DecodeInstances, x.Decode.Label)
		g.add(trafficCells(q, label, x.Decode.Concurrency**x.DecodeInstances, x.Traffic)...)
	}
	return g.filled()
}

func trafficGrid() *grid {
	g := &grid{}
	g.column("strategy", false)
	for _, h := range []string{"conc", "sent-req-s", "req-s", "tok-s", "ttft-mean", "first-wave", "after-it", "p50", "p90",
		"p99", "tpot-mean", "tpot-p99",
		"saturates-at", "kv-peak", "preempted"} {
		g.column(h, true)
	}
	g.column("bound-by", false)
	return g
}

// Beyond marks a figure of a benchmark that exceeds a limit, 0 being none: a limit binds the mean, and what a share of
// the requests sees may lie beyond it.
func (t *Traffic) Beyond(v, limit float64) string {
	if limit > 0 && v > limit {
		return "!"
	}
	return ""
}

func trafficCells(q *plan.Request, label string, concurrency int, t *Traffic) []any {
	var ttft, tpot float64
	if q != nil {
		ttft, tpot = q.TTFTLimit, q.TPOTLimit
	}
	of := func(v, limit float64, text string) string { return text + t.Beyond(v, limit) }
	sent, wave := "-", figure(t.FirstWave)
	if t.Rate > 0 { // open arrivals have no burst
		sent, wave = two(t.Rate), "-"
	}
	return []any{label, strconv.Itoa(concurrency), sent, two(t.QPS), two(t.Throughput),
		of(t.TTFT.Mean, ttft, figure(t.TTFT.Mean)), wave, figure(t.Steady), of(t.TTFT.P50, ttft, figure(t.TTFT.P50)),
		of(t.TTFT.P90, ttft, figure(t.TTFT.P90)), of(t.TTFT.P99, ttft, figure(t.TTFT.P99)),
		of(t.TPOT.Mean, tpot, two(t.TPOT.Mean)), of(t.TPOT.P99, tpot, two(t.TPOT.P99)), optionalTwo(t.Capacity),
		fmt.Sprintf("%.0f%%", 100*t.KVPeak),
		strconv.Itoa(t.Preemptions), message.New("bind." + t.Bind)}
}

// filled is nil for a table without rows.
func (g *grid) filled() *grid {
	if len(g.rows) == 0 {
		return nil
	}
	return g
}
