package state

import (
	"slices"

	"fathom/hw"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
)

// confirm opens the confirm pane for the form's answers. Rarely asked questions that nobody answered stand on their
// defaults there.
func (u *update) confirm() {
	u.Confirm = confirmation(u.Form.Answers, u.Catalog)
	u.Pane = Confirming
}

// confirmation works out what stands behind a yes.
func confirmation(a field.Answers, c *field.Catalog) Confirm {
	a = field.FillDefaults(a)
	r := field.Read(&a, c)
	request, issues := field.Request(a, *c)
	out := Confirm{Request: request, Issues: issues, Engine: engineOf(r), Mapping: mapping(r), Spaces: spaces(r),
		Summary: summary(r),
		Ours:    field.FathomCommand(a, *c)}
	if mixed(r) {
		out.Issues = append(slices.Clip(out.Issues), report.Issue{Severity: report.Warning, Field: field.Fidelity.String(),
			Message: report.MixedFidelity})
	}
	if len(r.Unresolved()) > 0 {
		out.Request = nil // named, but not read yet
	}
	if out.Request != nil {
		out.Command, out.Stands = field.Command(request), r.Stands(request)
		out.Runs = out.Command
		if out.Engine.Name == embedded && !field.AsTheirs(out.Stands) {
			out.Runs = field.PlanCommand(a, *c)
		}
	}
	return out
}

// mixed reports whether profiles that will be compared are priced by different arithmetic.
func mixed(r *field.Reading) bool {
	return slices.ContainsFunc(r.Profiles, func(p *hw.Profile) bool { return r.Fidelity(p) != r.Fidelity(r.Profiles[0]) })
}

// Other is the reference tool's command where it is not what will be run; nil where it is.
func (c *Confirm) Other() []string {
	if slices.Equal(c.Runs, c.Command) {
		return nil
	}
	return c.Command
}

func engineOf(r *field.Reading) EngineChoice {
	return EngineChoice{Name: r.Word(field.Engine), Root: r.Word(field.Root), Python: r.Word(field.Python)}
}

// Mapping names the sentence that says what the deployment mode so far becomes, "" while that is open.
func (f *Form) Mapping() string {
	if !f.Reading.ModeKnown {
		return ""
	}
	return mapping(f.Reading)
}

// mapping names the sentence that says why the deployment mode becomes these flags.
func mapping(r *field.Reading) string {
	switch {
	case r.Mode == plan.PDRatio:
		return "mapping.pd-ratio"
	case r.Mode == plan.Aggregation:
		return "mapping.aggregation"
	case !r.Decode:
		return "mapping.prefill"
	case !r.Prefill:
		return "mapping.decode"
	}
	return "mapping.phases"
}

// mostBatches is how far the search goes in batches where no range is given (search-and-serving 3.3).
const mostBatches = 512

// spaces counts what each phase will go through, on each profile.
func spaces(r *field.Reading) []SearchSpace {
	most := mostBatches
	if b := r.Values[field.BatchRange].Ints; len(b) > 0 {
		most = b[len(b)-1]
		if len(b) == 2 {
			most -= b[0] - 1
		}
	}
	space := func(p plan.Phase, devices int) SearchSpace {
		s := SearchSpace{Phase: p, Devices: devices, Batches: most}
		if devices > 0 {
			s.Strategies = r.Combinations(devices, p == plan.PhasePrefill)
		}
		return s
	}
	devices, prefill, decode := r.Int(field.DeviceCount), r.Int(field.PrefillDevices), r.Int(field.DecodeDevices)
	switch {
	case r.Mode == plan.Aggregation:
		return []SearchSpace{space(plan.PhaseAggregation, devices)}
	case r.Mode == plan.Disaggregation:
		prefill, decode = devices, devices
	}
	var out []SearchSpace
	if r.Prefill {
		out = append(out, space(plan.PhasePrefill, prefill))
	}
	if r.Decode {
		out = append(out, space(plan.PhaseDecode, decode))
	}
	return out
}

// summary lists every answer that counts, in asking order: what the user said, and of the defaults those that the form
// asks about.
func summary(r *field.Reading) []Line {
	var out []Line
	for id := range field.NumIDs {
		f := &field.Table[id]
		a := r.Answers[id]
		if !a.Given() || !formHas(f) || !r.Applies(id) || rare(f) && a.Source == field.CLIDefault {
			continue
		}
		first := len(out) == 0 || out[len(out)-1].Group != f.Group
		out = append(out, Line{Kind: Answered, ID: id, Group: f.Group, First: first, Answer: a, Issues: r.Check(id)})
	}
	return out
}

// doConfirm carries out an action of the confirm pane.
func (u *update) doConfirm(a Action) {
	switch a {
	case Accept:
		u.run()
	case Back, Edit:
		u.Pane = Editing
		u.enter()
		u.refreshForm()
	case SavePlan:
		u.prompt(PromptSave, planFile)
	case SwitchEngine:
		u.switchEngine()
	case CopyCommand:
		what := TheCommand
		if u.Confirm.Other() != nil {
			what = TheOurs
		}
		u.emit(Copy{What: what, Text: field.Shell(u.Confirm.Runs)})
	case FullText:
		u.fullText(field.Shell(u.Confirm.Runs))
	case ShowResults:
		u.Pane = Showing
		u.showRun(u.History[len(u.History)-1].Run)
	case HistoryMenu:
		u.historyMenu()
	default:
		u.scroll(&u.Confirm.Top, a)
	}
}

// switchEngine takes the next engine. What it still needs becomes an issue beside the command.
func (u *update) switchEngine() {
	choices := field.Table[field.Engine].Choices
	at := choiceOf(field.Engine, u.Confirm.Engine.Name)
	next := choices[(at+1)%len(choices)].Value
	u.setAnswers(u.Form.Answers.With(field.Engine, field.Answer{Text: next, Source: field.You}))
	u.Form.Dirty = true
	u.enter()
	u.confirm()
}
