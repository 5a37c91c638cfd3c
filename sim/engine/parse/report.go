package parse

import (
	"math"
	"slices"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Report is what the text has said so far, as values that later text does not change. It is partial until the tool has
// said that it is done, or has ended with status 0.
func (r *Reader) Report() *report.Report {
	out := &report.Report{Command: r.command.text, Engine: "msmodeling", Fidelity: plan.Reference.String(),
		Search:    plan.SearchReference,
		ElapsedMS: math.Round(r.elapsed * 1000), Partial: !r.finished(), Mode: r.mode()}
	for _, d := range r.devices {
		out.Devices = append(out.Devices, r.deviceReport(d))
	}
	if r.finished() {
		out.Devices = append(out.Devices, r.absent()...)
		for i := range out.Devices {
			r.complete(&out.Devices[i])
		}
	}
	out.Inputs = r.inputs()
	out.Cross = r.crossReport(out.Devices)
	out.Issues = r.issues()
	return out
}

func (r *Reader) finished() bool { return r.ended || r.exit != nil && *r.exit == 0 }

// mode follows from the tables, and from the command where there are none.
func (r *Reader) mode() plan.Mode {
	mode := plan.Aggregation
	switch {
	case r.command.has("enable-optimize-prefill-decode-ratio"):
		mode = plan.PDRatio
	case r.command.has("disagg"):
		mode = plan.Disaggregation
	}
	for _, d := range r.devices {
		switch {
		case d.ratioRun:
			return plan.PDRatio
		case d.printed[plan.PhasePrefill], d.printed[plan.PhaseDecode]:
			return plan.Disaggregation
		case d.printed[plan.PhaseAggregation]:
			return plan.Aggregation
		}
	}
	return mode
}

func (r *Reader) deviceReport(d *device) report.Device {
	out := report.Device{Device: d.name, Fidelity: plan.Reference, Search: plan.SearchReference}
	for phase, rows := range d.sections {
		if !d.printed[phase] {
			continue
		}
		if len(d.points[phase]) > 0 {
			rows = bestOfEach(d.points[phase])
		}
		s := &report.Section{Candidates: slices.Clone(rows)}
		if len(s.Candidates) > 0 {
			s.Best = &s.Candidates[0]
		}
		*section(&out, plan.Phase(phase)) = s
		for i := range s.Candidates {
			s.Candidates[i].Samples = slices.Clone(s.Candidates[i].Samples)
			out.Outcomes = append(out.Outcomes, report.Outcome{Phase: plan.Phase(phase), Label: s.Candidates[i].Label,
				End: report.Found})
		}
		points := s.Candidates
		out.Counts.Unsaid = out.Counts.Unsaid || len(d.points[phase]) == 0
		if len(d.points[phase]) > 0 {
			points = slices.Clone(d.points[phase])
		}
		for i := range points {
			switch points[i].Status {
			case report.OverTTFT:
				out.Counts.TTFT++
			case report.OverTPOT:
				out.Counts.TPOT++
			default:
				out.Counts.OK++
			}
		}
		out.Evaluated += len(points)
		out.Points = append(out.Points, points...)
	}
	if d.ratioRun {
		s := &report.RatioSection{Candidates: slices.Clone(d.ratios)}
		if len(s.Candidates) > 0 {
			s.Best = &s.Candidates[0]
		}
		out.PDRatio = s
		out.Counts.Unsaid = true
		out.Counts.OK += 2 * len(d.ratios)
		out.Evaluated += 2 * len(d.ratios)
	}
	if d.memory[0] > 0 {
		out.Notes = append(out.Notes, message.New("note.memory", d.memory[0], d.memory[1]))
	}
	return out
}

// section is the place of a phase in a device's report.
func section(d *report.Device, phase plan.Phase) **report.Section {
	switch phase {
	case plan.PhasePrefill:
		return &d.Prefill
	case plan.PhaseDecode:
		return &d.Decode
	}
	return &d.Aggregation
}

// absent are the profiles of the command that a finished run has printed nothing for: no configuration met the limits,
// or none could be built.
func (r *Reader) absent() []report.Device {
	var out []report.Device
	for _, name := range r.asked() {
		if r.find(name) == nil {
			d := report.Device{Device: name, Fidelity: plan.Reference, Search: plan.SearchReference}
			if n := r.trouble.unbuilt(); n > 0 {
				d.Notes = append(d.Notes, message.New("note.unbuilt", n))
			}
			out = append(out, d)
		}
	}
	return out
}

// complete gives the phases that were asked for an empty section: a profile may lack one phase only.
func (r *Reader) complete(d *report.Device) {
	empty := func(s **report.Section, asked bool) {
		if *s == nil && asked {
			*s = &report.Section{}
		}
	}
	switch r.mode() {
	case plan.PDRatio:
		if d.PDRatio == nil {
			d.PDRatio = &report.RatioSection{}
		}
	case plan.Disaggregation:
		empty(&d.Prefill, r.command.has("ttft-limit"))
		empty(&d.Decode, r.command.has("tpot-limit"))
	default:
		empty(&d.Aggregation, true)
	}
}

// inputs are the lines of the headers, the first of each name, and the profiles that were reported or asked for.
func (r *Reader) inputs() []report.Input {
	out := []report.Input{}
	seen := map[string]bool{}
	add := func(in report.Input) {
		if !seen[in.Name] {
			seen[in.Name] = true
			out = append(out, in)
		}
	}
	var names []string
	for _, d := range r.devices {
		names = append(names, d.name)
	}
	for _, n := range r.asked() {
		if r.find(n) == nil {
			names = append(names, n)
		}
	}
	if len(names) > 0 {
		add(report.Input{Name: "device", Value: names, Source: message.New("origin.log")})
	}
	for _, d := range r.devices {
		for _, in := range d.inputs {
			add(in)
		}
	}
	for _, in := range r.block.inputs { // of a report that was cut off before its table
		add(in)
	}
	for _, name := range [...]string{"input-length", "output-length"} {
		if w := r.command.word(name); w != "" {
			in := report.Input{Name: field(name), Value: w, Source: message.New("origin.command")}
			if n, ok := whole(w); ok {
				in.Value = n
			}
			add(in)
		}
	}
	if r.command.model != "" {
		add(report.Input{Name: "model", Value: r.command.model, Source: message.New("origin.command")})
	}
	return out
}

// issues are the warnings of the tool and what could not be read.
func (r *Reader) issues() []report.Issue {
	out := r.trouble.issues(r)
	note := func(n int, key string, args ...any) {
		if n > 0 {
			out = append(out, report.Issue{Severity: report.Warning, Message: message.New(key, args...)})
		}
	}
	unread := r.broken
	if r.title != "" && r.finished() {
		unread++ // the table that it announces
	}
	note(unread, "note.unread", unread)
	note(r.dropped, "note.dropped", r.dropped, mostRows)
	return out
}
