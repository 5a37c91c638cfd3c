package cli

import (
	"errors"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan/file"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/ui/library"
	"fathom/ui/number"

	"github.com/spf13/cobra"
)

// scenarioSchema names the JSON forms of the library. Fields are only ever added to them.
const scenarioSchema = "fathom.scenarios/1"

type scenarioJSON struct {
	Name     string       `json:"name"`
	Models   []string     `json:"model"`
	Devices  []string     `json:"device"`
	KeptAt   *string      `json:"kept_at"` // null: it has not been run
	Program  *string      `json:"program"`
	Fidelity *string      `json:"fidelity"`
	Search   *string      `json:"search"`
	Results  []resultJSON `json:"results"`
	Best     *resultJSON  `json:"best"`
}

type resultJSON struct {
	Device     string      `json:"device"`
	Profile    string      `json:"profile"`
	Phase      string      `json:"phase"`
	Strategy   *string     `json:"label"`
	Throughput *float64    `json:"throughput_tok_s"`
	Interval   *[2]float64 `json:"interval"`
	PerDevice  *float64    `json:"throughput_tok_s_device"`
	TTFT       *float64    `json:"ttft_ms"`
	TPOT       *float64    `json:"tpot_ms"`
	InFlight   *int        `json:"concurrency"`
	Cost       *float64    `json:"cost_per_mtok"`
	Reason     string      `json:"reason"`
}

type savedJSON struct {
	Schema string `json:"schema"`
	scenarioJSON
}

// known is a value, or null where it is the zero that stands for none.
func known[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func resultOf(r *file.Result) *resultJSON {
	if r == nil {
		return nil
	}
	out := &resultJSON{Device: hw.Clean(r.Device), Profile: hw.Clean(r.Profile), Phase: hw.Clean(r.Phase),
		Strategy: known(hw.Clean(r.Strategy)), Throughput: known(r.Throughput), PerDevice: known(r.PerDevice),
		TTFT: known(r.TTFT), TPOT: known(r.TPOT), InFlight: known(r.Concurrency), Cost: known(r.Cost),
		Reason: hw.Clean(r.Reason)}
	if r.High > 0 {
		out.Interval = &[2]float64{r.Low, r.High}
	}
	return out
}

func scenarioOf(name string, models, devices []string, k *file.Kept) scenarioJSON {
	clean := func(list []string) []string {
		out := []string{}
		for _, s := range list {
			out = append(out, hw.Clean(s))
		}
		return out
	}
	out := scenarioJSON{Name: name, Models: clean(models), Devices: clean(devices), Results: []resultJSON{},
		Best: resultOf(k.Best())}
	if k != nil {
		out.KeptAt, out.Program = known(hw.Clean(k.At)), known(hw.Clean(k.Program))
		out.Fidelity, out.Search = known(hw.Clean(k.Fidelity)), known(hw.Clean(k.Search))
		for i := range k.Results {
			out.Results = append(out.Results, *resultOf(&k.Results[i]))
		}
	}
	return out
}

func digits(v float64) string {
	if v == 0 {
		return number.None
	}
	return number.Digits(v, 4)
}

// reachOf is an interval of a kept figure.
func reachOf(r *file.Result) string {
	if r.High == 0 {
		return number.None
	}
	return number.Digits(r.Low, 4) + "-" + number.Digits(r.High, 4)
}

func (p *Program) listScenarios(f *format) error {
	heads, damaged, err := p.library().List()
	if err != nil {
		return err
	}
	p.setAside(damaged)
	s := titled(p.voice, "scenario.col", "name", "model", "device", ">tok-s", ">range", ">ttft", ">tpot", "strategy",
		"kept")
	values := struct {
		Schema    string         `json:"schema"`
		Scenarios []scenarioJSON `json:"scenarios"`
		Damaged   []asideJSON    `json:"set_aside"`
	}{scenarioSchema, []scenarioJSON{}, []asideJSON{}}
	for _, a := range damaged {
		values.Damaged = append(values.Damaged, asideJSON{a.File, known(a.To), hw.Clean(a.Why.Error())})
	}
	for _, h := range heads {
		values.Scenarios = append(values.Scenarios, scenarioOf(h.Name, h.Models, h.Devices, h.Kept))
		cells := []string{h.Name, strings.Join(h.Models, " "), strings.Join(h.Devices, " "), number.None, number.None,
			number.None, number.None, p.voice.T("scenario.not-run"), ""}
		if h.Kept != nil {
			cells[8], cells[7] = strings.TrimSuffix(strings.Replace(h.Kept.At, "T", " ", 1), "Z"), p.voice.T("scenario.none")
			if b := h.Kept.Best(); b != nil {
				cells[2], cells[3], cells[4], cells[5], cells[6], cells[7] = b.Device, digits(b.Throughput), reachOf(b),
					digits(b.TTFT), digits(b.TPOT), report.Brief(b.Strategy)
			}
		}
		for i := range cells {
			cells[i] = hw.Clean(cells[i])
		}
		s.add(cells...)
	}
	if len(heads) == 0 && f.name == "table" {
		p.tell("scenario.no-scenarios", p.library().Dir)
		return p.emit(f.path, nil)
	}
	data, err := s.show(f.name, values)
	if err != nil {
		return err
	}
	if f.name == "csv" {
		data = listCSV(heads)
	}
	return p.emit(f.path, data)
}

type asideJSON struct {
	File string  `json:"file"`
	To   *string `json:"moved_to"`
	Why  string  `json:"reason"`
}

func (p *Program) showScenario(_ *cobra.Command, args []string, f *format) error {
	text, err := p.library().Read(args[0])
	if err != nil {
		return err
	}
	if f.name != "json" { // the file is made for reading
		return p.emit(f.path, []byte(hw.Strip(text)))
	}
	h, err := file.DecodeHead(text)
	if err != nil {
		return err
	}
	parsed := field.FromTOML(text, args[0])
	inputs := map[string]string{}
	for id := range field.NumIDs {
		if parsed.Answers.Given(id) {
			inputs[id.String()] = parsed.Answers[id].Text
		}
	}
	data, err := toJSON(struct {
		Schema string `json:"schema"`
		scenarioJSON
		Inputs map[string]string `json:"inputs"`
	}{scenarioSchema, scenarioOf(args[0], file.Words(h.Model), file.Words(h.Device), h.Kept), inputs})
	if err != nil {
		return err
	}
	return p.emit(f.path, data)
}

// didScenarios tells what was done to which scenarios.
func (p *Program) didScenarios(f *format, what string, err error, names []string) error {
	var taken *library.Taken
	if errors.As(err, &taken) {
		return taken
	}
	if err != nil {
		return err
	}
	if f.name == "json" {
		data, err := toJSON(struct {
			Schema string   `json:"schema"`
			Did    string   `json:"did"`
			Names  []string `json:"names"`
		}{scenarioSchema, what, append([]string{}, slices.Clone(names)...)})
		if err != nil {
			return err
		}
		return p.emit(f.path, data)
	}
	return p.emit(f.path, []byte(p.voice.Tell(message.New("scenario.did."+what, strings.Join(names, ", ")))+"\n"))
}
