package report

import (
	"strconv"

	"fathom/hw/message"
)

// heldParts say what single requests of the candidates meet, and of the first of them what each class does.
func heldParts(rows []Row) []part {
	var held []*Held
	var labels []string
	for i := range rows {
		if h := rows[i].Held; h != nil {
			held, labels = append(held, h), append(labels, rows[i].Label)
		}
	}
	return heldPart(labels, held)
}

func heldPart(labels []string, held []*Held) []part {
	if len(held) == 0 {
		return nil
	}
	g := heldGrid("strategy")
	for i, h := range held {
		sent := "-"
		if h.Rate > 0 {
			sent = two(h.Rate)
		}
		g.add(append([]any{labels[i], strconv.Itoa(h.Concurrency), sent, two(h.QPS)},
			metCells(h.TTFT, h.TPOT, h.E2E, h.Goodput, h.Tightest())...)...)
	}
	parts := []part{{level: 3, heading: message.New("report.h-held"), role: roleTable, table: g,
		lines: []message.Message{message.New("report.held-load")}}}
	if len(held[0].Classes) == 0 {
		return parts
	}
	c := &grid{}
	c.column("class", false)
	c.column("requests", true)
	metColumns(c)
	for i := range held[0].Classes {
		x := &held[0].Classes[i]
		c.add(append([]any{x.Name, strconv.Itoa(x.Requests)},
			metCells(x.TTFT, x.TPOT, x.E2E, x.Goodput, held[0].TightestOf(x.Name))...)...)
	}
	return append(parts, part{level: 3, heading: message.New("report.h-classes", labels[0]), role: roleTable, table: c})
}

func heldGrid(first string) *grid {
	g := &grid{}
	g.column(first, false)
	for _, h := range []string{"conc", "sent-req-s", "req-s"} {
		g.column(h, true)
	}
	metColumns(g)
	return g
}

func metColumns(g *grid) {
	for _, h := range []string{"ttft-p50", "p90", "p95", "p99", "tpot-p50", "p95", "p99", "e2e-p50", "p95", "p99",
		"goodput"} {
		g.column(h, true)
	}
	g.column("tightest", false)
}

func metCells(ttft, tpot, e2e Stat, goodput float64, tight *Promise) []any {
	var cells []any
	for _, v := range []float64{ttft.P50, ttft.P90, ttft.P95, ttft.P99, tpot.P50, tpot.P95, tpot.P99, e2e.P50, e2e.P95,
		e2e.P99} {
		cells = append(cells, figure(v))
	}
	var last any = "-"
	if tight != nil {
		last = tight.Against()
	}
	return append(cells, Share(goodput), last)
}

// Against says a figure and its bound: "TTFT p99 1,961 of 2000 ms".
func (p *Promise) Against() message.Message {
	value, limit := p.Figures()
	if p.AtLeast() {
		return message.New("bound.least", p.Name(), value, limit)
	}
	return message.New("bound.most", p.Name(), value, limit)
}

// TightestOf is Tightest of the bounds of one class.
func (h *Held) TightestOf(class string) (tight *Promise) {
	for i := range h.Promises {
		if b := &h.Promises[i]; b.Class == class && (tight == nil || b.Used() > tight.Used()) {
			tight = b
		}
	}
	return tight
}

// heldPairs are heldParts of pairs of prefill and decode instances.
func heldPairs(list []Ratio) []part {
	var held []*Held
	var labels []string
	for i := range list {
		if x := &list[i]; x.Held != nil {
			held, labels = append(held, x.Held), append(labels, x.Prefill.Label+" / "+x.Decode.Label)
		}
	}
	return heldPart(labels, held)
}
