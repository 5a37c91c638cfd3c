package decision

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/report"
)

// Schema names the JSON form. Fields are only ever added to it.
const Schema = "fathom.sensitivity/1"

type resultJSON struct {
	Schema    string         `json:"schema"`
	Command   string         `json:"fathom_command"`
	Fidelity  string         `json:"fidelity"`
	Search    string         `json:"search"`
	Plans     int            `json:"plans"`
	Decisions []decisionJSON `json:"decisions"`
}

type decisionJSON struct {
	Phase   string      `json:"phase"`
	Figure  string      `json:"figure"`  // throughput (tokens per second) or cost (per million tokens)
	Winners string      `json:"winners"` // devices, strategies, or modes
	Now     answerJSON  `json:"now"`
	Levers  []leverJSON `json:"levers"`
	Says    []string    `json:"says"`
}

type answerJSON struct {
	Winner *string     `json:"winner"` // null: nothing meets limits and memory
	Label  *string     `json:"label"`
	Value  *float64    `json:"value"`
	Rival  *string     `json:"rival"`
	Next   *float64    `json:"rival_value"`
	Other  *[2]float64 `json:"rival_interval,omitempty"`
	Band   *[2]float64 `json:"interval,omitempty"` // of value; absent: uncalibrated
}

type leverJSON struct {
	Knob      *string        `json:"knob"` // null: the measured uncertainty of the winner, as shares of its figure
	From      float64        `json:"from"`
	To        float64        `json:"to"`
	At        float64        `json:"at"`
	Low       answerJSON     `json:"at_from"`
	High      answerJSON     `json:"at_to"`
	Spread    float64        `json:"spread"` // of the figure over the range, as a share of what it is now
	Crossings []crossingJSON `json:"crossings"`
}

type crossingJSON struct {
	At    float64 `json:"at"`
	Below *string `json:"below"`
	Above *string `json:"above"`
}

// JSON writes the decisions for scripts; label as in Says.
func (r *Result) JSON(label func(string) message.Message) ([]byte, error) {
	out := resultJSON{Schema: Schema, Command: hw.Clean(r.Command), Fidelity: r.Fidelity, Search: r.Search,
		Plans: r.Plans, Decisions: []decisionJSON{}}
	for _, d := range r.Decisions {
		one := decisionJSON{Phase: d.Phase, Figure: d.Figure.String(), Winners: "strategies", Now: d.Now.json(),
			Levers: []leverJSON{}}
		if d.Hardware {
			one.Winners = "devices"
		}
		if d.Phase == Deployment {
			one.Winners = "modes"
		}
		for i := range d.Levers {
			l := &d.Levers[i]
			o := leverJSON{From: report.Six(l.From), To: report.Six(l.To), At: report.Six(l.At), Low: l.Low.json(),
				High:   l.High.json(),
				Spread: report.Six(l.Spread(d.Now.Value)), Crossings: []crossingJSON{}}
			if l.Knob != nil {
				o.Knob = &l.Knob.Name
			}
			for _, c := range l.Crossings {
				o.Crossings = append(o.Crossings, crossingJSON{report.Six(c.At), report.Word(c.Below), report.Word(c.Above)})
			}
			one.Levers = append(one.Levers, o)
		}
		for _, m := range d.Says(label, func(s string) string { return s }) {
			one.Says = append(one.Says, hw.Clean(m.String()))
		}
		out.Decisions = append(out.Decisions, one)
	}
	return report.Encode(out, " ")
}

func (a Answer) json() answerJSON {
	out := answerJSON{Winner: report.Word(a.Winner), Label: report.Word(a.Label), Rival: report.Word(a.Rival)}
	if a.Winner != "" {
		v := report.Six(a.Value)
		out.Value = &v
	}
	if a.Band != nil {
		out.Band = &[2]float64{report.Six(a.Band.Low), report.Six(a.Band.High)}
	}
	if a.Rival != "" {
		v := report.Six(a.Next)
		out.Next = &v
		if a.Other != nil {
			out.Other = &[2]float64{report.Six(a.Other.Low), report.Six(a.Other.High)}
		}
	}
	return out
}
