package sweep

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"fathom/hw"
	"fathom/sim/report"
)

// Schema names the JSON form of a sweep. Fields are only ever added to it.
const Schema = "fathom.sweep/1"

type resultJSON struct {
	Schema    string         `json:"schema"`
	Command   string         `json:"fathom_command"` // of the plan that is swept
	Engine    string         `json:"engine"`
	Fidelity  string         `json:"fidelity"`
	Search    string         `json:"search"`
	Mode      string         `json:"mode"`
	ElapsedMS float64        `json:"elapsed_ms"`
	Partial   bool           `json:"partial"`
	Knobs     []knobJSON     `json:"knobs"`
	Cells     []cellJSON     `json:"cells"`
	Changes   []changeJSON   `json:"changes"`
	Contrasts []contrastJSON `json:"contrasts,omitempty"` // of a searched split with the same devices aggregated
	Best      string         `json:"best_by"`             // throughput or cost: what wins is by
	Contests  []changeJSON   `json:"device_changes"`      // where another of several devices wins
}

type knobJSON struct {
	Name   string    `json:"name"`
	Values []float64 `json:"values"`
}

type cellJSON struct {
	At         []float64     `json:"at"`
	Device     string        `json:"device"`
	Phase      string        `json:"phase"`
	Label      *string       `json:"label"`
	Throughput *float64      `json:"throughput_tok_s"`
	PerDevice  *float64      `json:"throughput_tok_s_device"`
	Interval   *[2]float64   `json:"interval"` // of throughput_tok_s
	Cost       *float64      `json:"cost_per_mtok"`
	TTFT       *float64      `json:"ttft_ms"`
	TPOT       *float64      `json:"tpot_ms"`
	InFlight   *int          `json:"concurrency"`
	Status     report.Status `json:"status"`
	Reason     string        `json:"reason"`
	Wins       *bool         `json:"wins"` // is the best of several devices by best_by; null where there is one
}

type changeJSON struct {
	Device string    `json:"device"` // "" in device_changes
	Phase  string    `json:"phase"`
	Along  string    `json:"along"`
	Beside []float64 `json:"beside"` // values of the other knob, if there is one
	From   float64   `json:"from"`
	To     float64   `json:"to"`
	Was    *string   `json:"was"` // null where nothing meets limits and memory
	Now    *string   `json:"now"`
}

type contrastJSON struct {
	Device string      `json:"device"`
	Along  string      `json:"along"`
	Beside []float64   `json:"beside"`
	From   float64     `json:"from"`
	To     float64     `json:"to"`
	Winner *string     `json:"winner"` // pd_ratio or aggregation; null where neither is shown to serve more
	Alone  bool        `json:"alone"`  // the other one has no answer
	Lead   [2]float64  `json:"lead"`   // of pd_ratio, least and most, as a share
	Range  *[2]float64 `json:"lead_interval"`
}

// JSON writes a sweep for scripts: a value that does not apply is null, figures have at most six decimals.
func (r *Result) JSON() ([]byte, error) {
	out := resultJSON{Schema: Schema, Command: hw.Clean(r.Command), Engine: "embedded", Fidelity: r.Fidelity,
		Search: r.Search, Mode: r.Request.Mode.String(), ElapsedMS: r.ElapsedMS, Partial: r.Partial,
		Cells: make([]cellJSON, 0, len(r.Cells)), Changes: []changeJSON{}, Best: "throughput", Contests: []changeJSON{}}
	if r.ByCost() {
		out.Best = "cost"
	}
	for _, a := range r.Axes {
		out.Knobs = append(out.Knobs, knobJSON{a.Knob.Name, a.Values})
	}
	several := len(r.Request.Profiles) > 1
	for i := range r.Cells {
		c := &r.Cells[i]
		o := cellJSON{At: c.At, Device: hw.Clean(c.Device), Phase: c.Phase, Label: report.Word(c.Label),
			Cost: report.Maybe(c.Cost),
			TTFT: report.Maybe(c.TTFT), TPOT: report.Maybe(c.TPOT), Status: c.Status, Reason: hw.Clean(c.Reason.String())}
		if c.Throughput > 0 {
			o.Throughput = report.Maybe(&c.Throughput)
		}
		if c.PerDevice > 0 {
			o.PerDevice = report.Maybe(&c.PerDevice)
		}
		if c.InFlight > 0 {
			o.InFlight = &c.InFlight
		}
		if c.Interval != nil {
			o.Interval = &[2]float64{*report.Maybe(&c.Interval.Low), *report.Maybe(&c.Interval.High)}
		}
		if several {
			o.Wins = &c.Wins
		}
		out.Cells = append(out.Cells, o)
	}
	for _, c := range r.Changes() {
		out.Changes = append(out.Changes, c.json())
	}
	for _, c := range r.Contests() {
		out.Contests = append(out.Contests, c.json())
	}
	for _, c := range r.Contrasts() {
		o := contrastJSON{Device: hw.Clean(c.Device), Along: r.Axes[0].Knob.Name, Beside: append([]float64{}, c.Beside...),
			From: c.From, To: c.To, Winner: report.Word(c.Winner), Alone: c.Alone,
			Lead: [2]float64{report.Six(c.Lead.Low), report.Six(c.Lead.High)}}
		if c.Range != nil {
			o.Range = &[2]float64{report.Six(c.Range.Low), report.Six(c.Range.High)}
		}
		out.Contrasts = append(out.Contrasts, o)
	}
	return report.Encode(out, " ")
}

func (c Change) json() changeJSON {
	return changeJSON{c.Device, c.Phase, c.Along, append([]float64{}, c.Beside...), c.From, c.To, report.Word(c.Was),
		report.Word(c.Now)}
}

// CSV writes a line for every cell: a column of each knob by its name, then the fields of JSON.
func (r *Result) CSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	var head []string
	for _, a := range r.Axes {
		head = append(head, a.Knob.Name)
	}
	w.Write(append(head, "device", "phase", "label", "throughput_tok_s", "throughput_tok_s_device", "interval_low",
		"interval_high", "cost_per_mtok", "ttft_ms", "tpot_ms", "concurrency", "status", "reason", "wins"))
	for i := range r.Cells {
		c := &r.Cells[i]
		var line []string
		for k, v := range c.At {
			line = append(line, r.Axes[k].Knob.Print(v))
		}
		line = append(line, c.Device, c.Phase, c.Label, figure(&c.Throughput), figure(&c.PerDevice))
		if c.Interval != nil {
			line = append(line, figure(&c.Interval.Low), figure(&c.Interval.High))
		} else {
			line = append(line, "", "")
		}
		line = append(line, figure(c.Cost), figure(c.TTFT), figure(c.TPOT), "", string(c.Status), hw.Clean(c.Reason.String()),
			"")
		if c.InFlight > 0 {
			line[len(line)-4] = strconv.Itoa(c.InFlight)
		}
		if len(r.Request.Profiles) > 1 {
			line[len(line)-1] = strconv.FormatBool(c.Wins)
		}
		w.Write(line)
	}
	w.Flush()
	return b.Bytes()
}

// figure prints one for CSV; an absent one, and a rate of 0, is empty.
func figure(v *float64) string {
	if r := report.Maybe(v); r != nil && *r != 0 {
		return report.Decimal(*r)
	}
	return ""
}
