package report

import (
	"fmt"
	"strconv"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
)

// AFD is attention and experts on ranks of their own (attention-FFN disaggregation), for the decode phase, beside the
// ordinary layout on the same devices.
type AFD struct {
	Devices  int
	Ordinary *Row       // the best of the decode phase; nil: nothing holds the limits
	Points   []AFDPoint // the best of each number of expert ranks that holds the limits, best first
	Reason   message.Message
}

// AFDPoint is one division of the ranks. Times are those of one micro-batch in one layer.
type AFDPoint struct {
	Attention, TP, Experts, Copies, Micro int
	Domains, MTP                          int // groups of attention ranks that take turns, 1 or more; tokens guessed ahead
	Concurrency                           int
	Throughput, TPOT                      float64
	AttentionUS, SendUS, ExpertsUS        float64
	Bound                                 string // attention, experts, transfer or latency
	RankLoad                              float64
	AttentionGB, KVGB, AttentionFreeGB    float64 // of an attention rank
	ExpertsGB, ExpertsFreeGB              float64 // of an expert rank
}

// Label names a division.
func (p *AFDPoint) Label() string {
	s := fmt.Sprintf("%d:%d | TP=%d | EP=%d", p.Attention, p.Experts, p.TP, p.Experts)
	if p.Copies > 0 {
		s += fmt.Sprintf(" | RED=%d", p.Copies)
	}
	s += fmt.Sprintf(" | micro-batches=%d", p.Micro)
	if p.Domains > 1 {
		s += fmt.Sprintf(" | domains=%d", p.Domains)
	}
	if p.MTP > 0 {
		s += fmt.Sprintf(" | MTP=%d", p.MTP)
	}
	return s
}

// Lead is what the best division serves beyond the ordinary layout, as a share; nil where one of them is missing.
func (a *AFD) Lead() *float64 {
	if len(a.Points) == 0 || a.Ordinary == nil || a.Ordinary.Throughput == 0 {
		return nil
	}
	lead := a.Points[0].Throughput/a.Ordinary.Throughput - 1
	return &lead
}

// Row is the best division as a row of the decode phase: TP and EP are those of its roles, memory that of neither. nil
// where none holds the limits.
func (a *AFD) Row() *Row {
	if len(a.Points) == 0 {
		return nil
	}
	p := &a.Points[0]
	tpot := p.TPOT
	return &Row{Phase: plan.PhaseDecode, Label: p.Label(), MTP: p.MTP, Concurrency: p.Concurrency,
		Strategy:   plan.Strategy{TP: p.TP, PP: 1, DP: p.Attention / p.TP, EP: p.Experts, RedundantExperts: p.Copies},
		Throughput: p.Throughput, PerDevice: p.Throughput / float64(a.Devices), TPOT: &tpot, Status: OK, NoMemory: true}
}

type afdJSON struct {
	Devices  int            `json:"devices"`
	Ordinary *rowJSON       `json:"ordinary"`
	Lead     *float64       `json:"lead"` // of the best division over the ordinary layout
	Interval *[2]float64    `json:"interval"`
	Reason   string         `json:"reason"`
	Points   []afdPointJSON `json:"candidates"`
}

type afdPointJSON struct {
	Label           string  `json:"label"`
	Attention       int     `json:"attention_ranks"`
	TP              int     `json:"tp"`
	Experts         int     `json:"expert_ranks"`
	Copies          int     `json:"redundant_experts"`
	Micro           int     `json:"micro_batches"`
	Domains         int     `json:"domains"`
	MTP             int     `json:"mtp_tokens"`
	Concurrency     int     `json:"concurrency"`
	Throughput      float64 `json:"throughput_tok_s"`
	TPOT            float64 `json:"tpot_ms"`
	AttentionUS     float64 `json:"attention_us"`
	SendUS          float64 `json:"transfer_us"`
	ExpertsUS       float64 `json:"experts_us"`
	Bound           string  `json:"bound"`
	RankLoad        float64 `json:"rank_load"`
	AttentionGB     float64 `json:"attention_weight_gb"`
	KVGB            float64 `json:"attention_kv_cache_gb"`
	AttentionFreeGB float64 `json:"attention_available_gb"`
	ExpertsGB       float64 `json:"experts_weight_gb"`
	ExpertsFreeGB   float64 `json:"experts_available_gb"`
}

func afdOf(a *AFD) *afdJSON {
	if a == nil {
		return nil
	}
	out := &afdJSON{Devices: a.Devices, Lead: Maybe(a.Lead()), Reason: hw.Clean(a.Reason.String()),
		Points: []afdPointJSON{}}
	if a.Ordinary != nil {
		out.Ordinary = ptr(row(a.Ordinary))
	}
	for i := range a.Points {
		p := &a.Points[i]
		out.Points = append(out.Points, afdPointJSON{p.Label(), p.Attention, p.TP, p.Experts, p.Copies, p.Micro,
			p.Domains, p.MTP, p.Concurrency, Six(p.Throughput), Six(p.TPOT), Six(p.AttentionUS), Six(p.SendUS),
			Six(p.ExpertsUS), p.Bound,
			Six(p.RankLoad), Six(p.AttentionGB), Six(p.KVGB), Six(p.AttentionFreeGB), Six(p.ExpertsGB), Six(p.ExpertsFreeGB)})
	}
	return out
}

// Says puts the comparison into sentences.
func (a *AFD) Says() (list []message.Message) {
	if len(a.Points) == 0 {
		return []message.Message{message.New("note.afd-none", a.Devices, a.Reason)}
	}
	p := &a.Points[0]
	list = append(list, message.New("note.afd-best", p.Label(), p.Throughput, p.TPOT, p.AttentionUS, p.SendUS, p.ExpertsUS,
		message.New("afd.bound."+p.Bound)))
	switch lead := a.Lead(); {
	case lead == nil:
		list = append(list, message.New("note.afd-only"))
	case *lead > 0:
		list = append(list, message.New("note.afd-more", 100**lead, a.Ordinary.Label))
	default:
		list = append(list, message.New("note.afd-less", -100**lead, a.Ordinary.Label))
	}
	return append(list, message.New("note.afd-unmeasured"))
}

func afdParts(a *AFD) []part {
	if a == nil {
		return nil
	}
	p := part{level: 3, heading: message.New("report.h-afd"), splits: true, lines: a.Says()}
	if len(a.Points) > 0 {
		var g grid
		g.column("strategy", false)
		for _, name := range []string{"tok-s", "tpot-ms", "conc", "attention-us", "send-us", "experts-us"} {
			g.column(name, true)
		}
		g.column("bound-by", false)
		for _, name := range []string{"attention-gib", "kv-gib", "free-gib", "experts-gib", "free-gib"} {
			g.column(name, true)
		}
		for i := range a.Points {
			x := &a.Points[i]
			g.add(x.Label(), two(x.Throughput), two(x.TPOT), strconv.Itoa(x.Concurrency), two(x.AttentionUS), two(x.SendUS),
				two(x.ExpertsUS), message.New("afd.bound."+x.Bound), two(x.AttentionGB), two(x.KVGB), two(x.AttentionFreeGB),
				two(x.ExpertsGB), two(x.ExpertsFreeGB))
		}
		p.table = &g
	}
	return []part{p}
}
