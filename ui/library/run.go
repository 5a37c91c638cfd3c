package library

import (
	"context"
	"slices"
	"time"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/plan/file"
	"fathom/sim/report"
	"fathom/sim/sweep"
	"fathom/state/field"
)

// Ran is a scenario that was run today.
type Ran struct {
	Name    string
	Text    string // of its file
	Answers field.Answers
	Request *plan.Request // nil where it cannot be run
	Report  *report.Report
	Was     *file.Kept // what was kept; nil where nothing was
	Now     *file.Kept
	Changed []message.Message // what was different when it was kept
	Err     error             // why it could not be run
}

// Runner is what scenarios are run with.
type Runner struct {
	Catalog func(*field.Answers) (*field.Catalog, error)
	Answer  func(ctx context.Context, r *field.Reading, q *plan.Request) (*report.Report, error)
	Program string // the version that answers
	Now     func() time.Time
}

// Run runs a scenario; what goes wrong stands in Ran.Err. It writes nothing.
func (r Runner) Run(ctx context.Context, n Named) *Ran {
	out := &Ran{Name: n.Name, Text: n.Text}
	if h, err := file.DecodeHead(n.Text); err == nil {
		out.Was = h.Kept
	}
	parsed := field.FromTOML(n.Text, n.Name+kind)
	if out.Err = faults(parsed.Issues); out.Err != nil {
		return out
	}
	out.Answers = parsed.Answers
	catalog, err := r.Catalog(&out.Answers)
	if err != nil {
		out.Err = err
		return out
	}
	if a, changed := field.Inspected(field.Read(&out.Answers, catalog)); changed {
		out.Answers = a
	}
	out.Answers = field.FillDefaults(field.Derive(out.Answers))
	q, issues := field.Request(out.Answers, *catalog)
	if q == nil {
		out.Err = faults(issues)
		return out
	}
	out.Request = q
	if out.Report, out.Err = r.Answer(ctx, field.Read(&out.Answers, catalog), q); out.Err != nil {
		return out
	}
	out.Now = Keep(out.Report, r.Program, r.Now())
	out.Changed = since(out.Was, out.Now)
	return out
}

// faults joins the errors among issues; nil without any.
func faults(issues []report.Issue) error {
	var said []message.Message
	for _, i := range issues {
		if i.Severity == report.Error {
			said = append(said, i.Message)
		}
	}
	if len(said) == 0 {
		return nil
	}
	return &message.Error{Said: message.Join(said)}
}

// Keep is what a report leaves in a scenario.
func Keep(r *report.Report, program string, at time.Time) *file.Kept {
	k := &file.Kept{At: at.UTC().Format(time.RFC3339), Program: hw.Clean(program), Fidelity: r.Fidelity,
		Search: r.Search.String()}
	value := func(v *float64) float64 {
		if v == nil {
			return 0
		}
		return *v
	}
	for _, c := range sweep.Best(r) {
		one := file.Result{Device: hw.Clean(c.Device), Phase: c.Phase, Strategy: hw.Clean(c.Label), Throughput: c.Throughput,
			PerDevice: c.PerDevice, TTFT: value(c.TTFT), TPOT: value(c.TPOT), Concurrency: c.InFlight, Cost: value(c.Cost),
			Reason: hw.Clean(c.Reason.String())}
		if c.Interval != nil {
			one.Low, one.High = c.Interval.Low, c.Interval.High
		}
		for _, p := range r.Request.Profiles {
			if p.Name == c.Device {
				one.Profile = p.Print()
			}
		}
		k.Results = append(k.Results, one)
	}
	return k
}

// find is the result of the same profile and phase.
func find(k *file.Kept, r *file.Result) *file.Result {
	if k != nil {
		for i := range k.Results {
			if o := &k.Results[i]; o.Device == r.Device && o.Phase == r.Phase {
				return o
			}
		}
	}
	return nil
}

// since says what has changed from one answer of a scenario to the next: what answers, the profiles, and the figures.
func since(was, now *file.Kept) (out []message.Message) {
	if was == nil {
		return nil
	}
	if was.Program != now.Program {
		out = append(out, message.New("scenario.program", was.Program, now.Program))
	}
	if was.Fidelity != now.Fidelity {
		out = append(out, message.New("scenario.fidelity", was.Fidelity, now.Fidelity))
	}
	if was.Search != now.Search {
		out = append(out, message.New("scenario.search", was.Search, now.Search))
	}
	var told []string
	for i := range now.Results {
		r := &now.Results[i]
		o := find(was, r)
		if o == nil {
			out = append(out, message.New("scenario.added", r.Device, phase(r)))
			continue
		}
		if o.Profile != r.Profile && !slices.Contains(told, r.Device) {
			told = append(told, r.Device)
			out = append(out, message.New("scenario.profile", r.Device))
		}
		switch {
		case o.Strategy == "" && r.Strategy != "":
			out = append(out, message.New("scenario.feasible", r.Device, report.Brief(r.Strategy)))
		case o.Strategy != "" && r.Strategy == "":
			out = append(out, message.New("scenario.infeasible", r.Device, report.Brief(o.Strategy)))
		case o.Strategy != r.Strategy:
			out = append(out, message.New("scenario.strategy", r.Device, report.Brief(o.Strategy), report.Brief(r.Strategy)))
		}
		if d, ok := Moved(o.Throughput, r.Throughput); ok && d != 0 {
			out = append(out, message.New("scenario.moved", r.Device, o.Throughput, r.Throughput, 100*d))
		}
	}
	for i := range was.Results {
		if r := &was.Results[i]; find(now, r) == nil {
			out = append(out, message.New("scenario.gone", r.Device, phase(r)))
		}
	}
	return out
}

func phase(r *file.Result) message.Message {
	if r.Phase == plan.PDRatio.String() {
		return message.New("part.ratio")
	}
	return message.New("part." + r.Phase)
}

// Moved is the relative change of a figure; ok is false where one of both is absent. What kept files round is none.
func Moved(was, now float64) (change float64, ok bool) {
	if was <= 0 || now <= 0 {
		return 0, false
	}
	if change = now/was - 1; change > -1e-9 && change < 1e-9 {
		change = 0
	}
	return change, true
}
