package cli

import (
	"context"
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

type ranJSON struct {
	Name    string         `json:"name"`
	Was     *scenarioJSON  `json:"was"` // null: nothing was kept
	Now     *scenarioJSON  `json:"now"` // null: it cannot be run
	Changed []string       `json:"changed"`
	Error   *string        `json:"error"`
	Inputs  map[string]any `json:"inputs,omitempty"`
}

func ranOf(r *library.Ran) ranJSON {
	out := ranJSON{Name: r.Name, Changed: []string{}}
	var models, devices []string
	if h, err := file.DecodeHead(r.Text); err == nil {
		models, devices = file.Words(h.Model), file.Words(h.Device)
	}
	if r.Was != nil {
		v := scenarioOf(r.Name, models, devices, r.Was)
		out.Was = &v
	}
	if r.Now != nil {
		v := scenarioOf(r.Name, models, devices, r.Now)
		out.Now = &v
	}
	for _, m := range r.Changed {
		out.Changed = append(out.Changed, hw.Clean(m.String()))
	}
	if r.Err != nil {
		out.Error = known(hw.Clean(r.Err.Error()))
	}
	return out
}

func (p *Program) runScenarios(ctx context.Context, names []string, keep bool, f *format) error {
	list, err := p.library().ReadAll(names)
	if err != nil {
		return err
	}
	if err := p.checkOutput("scenarios run", f.path); err != nil {
		return err
	}
	ran, err := p.runAll(ctx, list)
	if err != nil {
		return err
	}
	s := titled(p.voice, "scenario.col", "name", ">was", ">now", ">change", ">range", "strategy", "since")
	values := struct {
		Schema    string    `json:"schema"`
		Scenarios []ranJSON `json:"scenarios"`
	}{scenarioSchema, []ranJSON{}}
	for _, r := range ran {
		values.Scenarios = append(values.Scenarios, ranOf(r))
		s.add(p.ranLine(r)...)
	}
	data, err := s.show(f.name, values)
	if err != nil {
		return err
	}
	if f.name == "csv" {
		data = ranCSV(ran, nil, nil)
	}
	if err := p.emit(f.path, data); err != nil {
		return err
	}
	if keep {
		for _, r := range ran {
			if r.Now == nil {
				continue
			}
			if err := p.library().Keep(r.Name, r.Text, r.Now); err != nil {
				return err
			}
		}
	}
	return p.end(ran)
}

// ranLine is a scenario that was run again: kept and new figure of its best, and what is different.
func (p *Program) ranLine(r *library.Ran) []string {
	was, now := r.Was.Best(), r.Now.Best()
	cells := []string{r.Name, number.None, number.None, "", number.None, p.voice.T("scenario.none"), ""}
	if was != nil {
		cells[1] = digits(was.Throughput)
	}
	if now != nil {
		cells[2], cells[4], cells[5] = digits(now.Throughput), reachOf(now), report.Brief(now.Strategy)
	}
	if was != nil && now != nil {
		if d, ok := library.Moved(was.Throughput, now.Throughput); ok && d != 0 {
			cells[3] = number.Signed(100*d, 1) + "%"
		}
	}
	var since []string
	for _, m := range r.Changed {
		since = append(since, p.voice.Tell(m))
	}
	cells[6] = strings.Join(since, "; ")
	switch {
	case r.Err != nil:
		cells[5], cells[6] = p.voice.T("scenario.failed"), p.voice.Tell(message.Of(r.Err))
	case r.Was == nil:
		cells[6] = p.voice.T("scenario.first")
	case len(r.Changed) == 0:
		cells[6] = p.voice.T("scenario.nothing")
	}
	return cells
}

// compareScenarios sets scenarios side by side as they are today; what cannot be run says why and keeps its place.
func (p *Program) compareScenarios(c *cobra.Command, names []string, f *format) error {
	list, err := p.library().ReadAll(names)
	if err != nil {
		return err
	}
	ran, err := p.runAll(c.Context(), list)
	if err != nil {
		return err
	}
	var plans []field.Answers
	for _, r := range ran {
		plans = append(plans, field.FillDefaults(field.Derive(r.Answers)))
	}
	differ := field.Differing(plans)
	s := titled(p.voice, "scenario.col", "figure")
	values := struct {
		Schema    string    `json:"schema"`
		Differ    []string  `json:"inputs_that_differ"`
		Scenarios []ranJSON `json:"scenarios"`
		Says      []string  `json:"says"`
	}{scenarioSchema, []string{}, []ranJSON{}, []string{}}
	for i, r := range ran {
		s.titles = append(s.titles, ">"+r.Name)
		v := ranOf(r)
		v.Inputs = map[string]any{}
		for _, id := range differ {
			v.Inputs[id.String()] = plans[i][id].Text
		}
		values.Scenarios = append(values.Scenarios, v)
	}
	for _, id := range differ {
		values.Differ = append(values.Differ, id.String())
		cells := []string{p.voice.T(field.Table[id].Text() + ".label")}
		for i := range plans {
			cells = append(cells, hw.Clean(plans[i][id].Text))
		}
		s.add(cells...)
	}
	says := report.Compared("", p.compareResults(s, ran))
	for _, m := range says {
		values.Says = append(values.Says, hw.Clean(m.String()))
	}
	data, err := s.show(f.name, values)
	if err != nil {
		return err
	}
	if f.name == "csv" {
		data = ranCSV(ran, plans, differ)
	}
	for _, m := range says {
		if f.name == "table" || f.name == "md" {
			data = append(data, "\n"+p.voice.Tell(m)+"\n"...)
		}
	}
	if err := p.emit(f.path, data); err != nil {
		return err
	}
	for _, r := range ran {
		if r.Err != nil {
			p.warn(message.New("bad.at", r.Name, r.Err))
		}
	}
	return p.end(ran)
}

// compareResults adds a line a figure: the best row of each scenario, and how it stands to the first one.
func (p *Program) compareResults(s *sheet, ran []*library.Ran) (named []report.Named) {
	var first *file.Result
	for _, r := range ran {
		b := r.Now.Best()
		if b == nil {
			continue
		}
		if first == nil {
			first = b
		}
		x := report.Named{Name: r.Name, Value: b.Throughput}
		if b.High > 0 {
			x.Range = &report.Interval{Low: b.Low, High: b.High}
		}
		named = append(named, x)
	}
	line := func(key string, of func(*file.Result) string) {
		cells, some := []string{p.voice.T("scenario.col." + key)}, false
		for _, r := range ran {
			text := number.None
			if b := r.Now.Best(); b != nil {
				text = of(b)
			}
			some = some || text != number.None && text != ""
			cells = append(cells, hw.Clean(text))
		}
		if some {
			s.add(cells...)
		}
	}
	against := func(of func(*file.Result) float64) func(*file.Result) string {
		return func(b *file.Result) string {
			if first == nil || b == first {
				return ""
			}
			return number.Change(of(first), of(b))
		}
	}
	line("device", func(b *file.Result) string { return b.Device })
	line("strategy", func(b *file.Result) string { return report.Brief(b.Strategy) })
	for _, x := range []struct {
		key string
		of  func(*file.Result) float64
	}{{"tok-s", func(b *file.Result) float64 { return b.Throughput }},
		{"per-device", func(b *file.Result) float64 { return b.PerDevice }},
		{"ttft", func(b *file.Result) float64 { return b.TTFT }},
		{"tpot", func(b *file.Result) float64 { return b.TPOT }},
		{"conc", func(b *file.Result) float64 { return float64(b.Concurrency) }},
		{"cost", func(b *file.Result) float64 { return b.Cost }}} {
		line(x.key, func(b *file.Result) string {
			if v := x.of(b); x.key == "conc" && v > 0 {
				return number.Int(int(v))
			}
			return digits(x.of(b))
		})
		if x.key == "tok-s" {
			line("range", reachOf)
		}
		if x.key != "conc" {
			line("delta", against(x.of))
		}
	}
	return named
}
