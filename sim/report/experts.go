package report

import (
	"strconv"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
)

// Experts is what loads of experts, their copies and half batches do to a best row, at its layout, batch and budget.
type Experts struct {
	Phase  plan.Phase
	Label  string
	Moved  float64 // of the mean on the fullest rank if placed by their loads without copies; 0: loads not known
	StepMS float64 // of a decode step, or of the first forward of a prefill
	// ExchangeMS is what of the step rows are on the way between attention and expert ranks, over so many Layers.
	ExchangeMS float64
	Layers     int
	Points     []ExpertPoint // the row's own first
}

// ExpertPoint is one number of copies, with or without half batches.
type ExpertPoint struct {
	Copies          int // over all ranks of a layer
	TwoBatch        bool
	Expected, Worst float64 // of the mean, on the fullest rank; 0: loads are not known
	CopiesGB        float64 // that the copies take of every rank
	AvailableGB     float64
	Throughput      float64 // 0: it does not fit
	TTFT, TPOT      *float64
	Reason          message.Message
}

// EachUS is the exchange of one layer, there and back, in microseconds.
func (e *Experts) EachUS() float64 { return 1000 * e.ExchangeMS / float64(max(1, e.Layers)) }

// Says names the row and its exchange.
func (e *Experts) Says() message.Message {
	return message.New("report.exchange", e.Label, e.ExchangeMS, e.StepMS, e.EachUS(), e.Layers)
}

type expertsJSON struct {
	Phase      string            `json:"phase"`
	Label      string            `json:"label"`
	StepMS     float64           `json:"step_ms"`
	ExchangeMS float64           `json:"exchange_ms"`
	EachUS     float64           `json:"exchange_us_per_layer"`
	Moved      *float64          `json:"rank_load_moved"` // null: loads are not known
	Points     []expertPointJSON `json:"points"`
}

type expertPointJSON struct {
	Copies      int      `json:"redundant_experts"`
	TwoBatch    bool     `json:"two_batch_overlap"`
	Expected    *float64 `json:"rank_load"`
	Worst       *float64 `json:"rank_load_worst"`
	CopiesGB    float64  `json:"redundant_gb"`
	AvailableGB float64  `json:"available_gb"`
	Throughput  *float64 `json:"throughput_tok_s"`
	TTFT        *float64 `json:"ttft_ms"`
	TPOT        *float64 `json:"tpot_ms"`
	Reason      string   `json:"reason"`
}

func expertsOf(list []Experts) (out []expertsJSON) {
	for i := range list {
		e := &list[i]
		j := expertsJSON{Phase: e.Phase.String(), Label: hw.Clean(e.Label), StepMS: Six(e.StepMS),
			ExchangeMS: Six(e.ExchangeMS), EachUS: Six(e.EachUS()), Moved: unlessZero(Six(e.Moved))}
		for _, p := range e.Points {
			j.Points = append(j.Points, expertPointJSON{p.Copies, p.TwoBatch, unlessZero(Six(p.Expected)),
				unlessZero(Six(p.Worst)), Six(p.CopiesGB), Six(p.AvailableGB), unlessZero(Six(p.Throughput)), Maybe(p.TTFT),
				Maybe(p.TPOT), hw.Clean(p.Reason.String())})
		}
		out = append(out, j)
	}
	return out
}

// expertParts are the tables of a device, one for each best row.
func expertParts(list []Experts) (parts []part) {
	for i := range list {
		e := &list[i]
		p := part{level: 3, heading: message.New("report.h-experts", e.Phase.Message()), role: roleTable,
			lines: []message.Message{e.Says()}}
		if e.Moved > 0 {
			p.lines = append(p.lines, message.New("report.experts-moved", e.Moved))
		}
		var g grid
		for _, name := range []string{"copies", "halves", "rank-load", "rank-load-worst", "copies-gib", "free-gib", "tok-s",
			"ttft-ms", "tpot-ms"} {
			g.column(name, name != "halves")
		}
		for _, x := range e.Points {
			load, worst := "-", "-"
			if x.Expected > 0 {
				load, worst = two(x.Expected), two(x.Worst)
			}
			halves := message.New("col.off")
			if x.TwoBatch {
				halves = message.New("col.on")
			}
			rate := "-"
			if x.Throughput > 0 {
				rate = two(x.Throughput)
			}
			g.add(strconv.Itoa(x.Copies), halves, load, worst, two(x.CopiesGB), two(x.AvailableGB), rate, optionalTwo(x.TTFT),
				optionalTwo(x.TPOT))
		}
		p.table = &g
		parts = append(parts, p)
	}
	return parts
}
