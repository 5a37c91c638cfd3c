package engine

import (
	"context"
	"errors"
	"slices"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Both answers a request with two engines, ours first because it takes milliseconds, and sets their rows side by side.
// The report is ours with the differences; the other engine's rows stand in these.
type Both struct {
	Ours   Engine // nil: the embedded one
	Theirs Engine
}

// Run tells our rows at once, and the differences as the other engine finds its own. When the other engine fails, our
// report comes back with its failure, as an issue and as the error.
func (b Both) Run(ctx context.Context, req *plan.Request, watch func(report.Progress)) (*report.Report, error) {
	first := b.Ours
	if first == nil {
		first = Embedded{}
	}
	tell := watch
	if tell == nil {
		tell = func(report.Progress) {}
	}
	// Every point is kept for the comparison: their best batch of a strategy may be another one than ours.
	all := *req
	all.KeepAll = true
	var done report.Progress // of ours, whose counts stand while the other one runs
	ours, err := first.Run(ctx, &all, func(p report.Progress) {
		done = p
		tell(p)
	})
	if err != nil || ours == nil {
		return asAsked(ours, req), err
	}
	theirs, err := b.Theirs.Run(ctx, req, func(p report.Progress) {
		p.Partial = beside(ours, p.Partial)
		p.Partial.Partial = true
		p.StrategiesDone, p.Strategies, p.Points = done.StrategiesDone, done.Strategies, done.Points+p.Points
		p.ElapsedMS += ours.ElapsedMS
		tell(p)
	})
	out := asAsked(beside(ours, theirs), req)
	if err != nil {
		out.Partial = true
		issue := report.Issue{Severity: report.Error, Message: message.Of(err)}
		var f *report.Failure
		if errors.As(err, &f) {
			issue.Field, out.LogFile = f.Field, f.LogFile
		}
		out.Issues = append(out.Issues, issue)
	}
	return out, err
}

// asAsked is a report of ours without the points that only the comparison wanted. r may be nil.
func asAsked(r *report.Report, req *plan.Request) *report.Report {
	if r == nil || req.KeepAll {
		return r
	}
	out := *r
	out.Request = req
	out.Devices = slices.Clone(r.Devices)
	for i := range out.Devices {
		out.Devices[i].Points = nil
	}
	return &out
}

// beside is our report with what the other one says about the same question. theirs may be nil.
func beside(ours, theirs *report.Report) *report.Report {
	out := *ours
	out.Engine = "both"
	out.Issues = append([]report.Issue(nil), ours.Issues...)
	if theirs == nil {
		return &out
	}
	out.Differences = report.Compare(ours, theirs)
	out.Partial = ours.Partial || theirs.Partial
	out.ElapsedMS = ours.ElapsedMS + theirs.ElapsedMS
	out.LogFile = theirs.LogFile
	out.Issues = append(out.Issues, theirs.Issues...)
	if ours.Fidelity != theirs.Fidelity && theirs.Fidelity != "" {
		out.Issues = append(out.Issues, report.Issue{Severity: report.Note, Field: "fidelity",
			Message: message.New("note.fidelities", ours.Fidelity, theirs.Fidelity)})
	}
	return &out
}
