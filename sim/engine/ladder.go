package engine

import (
	"context"
	"time"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/search"
)

// mostUnasked is how many layouts an exhaustive search may try behind an answer that is none: about two seconds.
// mostPlayed bounds the layouts times the steps of a prompt of calibrated figures, whose requests are simulated, and
// mostCrowded those of an exhaustive search by the reference tool's order of chunks where a replica's answers, which
// the search tries up to crowd of, outgrow the budget: all prompts end together there, and a point takes thousands of
// steps.
const (
	mostUnasked = 4000
	mostPlayed  = 10_000
	mostCrowded = 1000
	crowd       = 512
)

// crowded tells whether the exhaustive search of a request by the reference tool's arithmetic takes minutes, so that no
// answer to another question waits for it.
func crowded(req *plan.Request) bool {
	k := steps(req)
	return k > 1 && req.MaxBatchedTokens < crowd && search.Layouts(req)*k > mostCrowded
}

// Climb fills in the ladder of every profile: the answers to its question from the reference tool's to what was
// measured. Each rung changes one thing: the search, then the arithmetic, then constants that were fitted to runs.
// Rungs that the report has already are taken from it; the others are searched for their best only, unless there are
// many layouts and no exhaustive search was asked for. watch may be nil.
func Climb(ctx context.Context, rep *report.Report, watch func(report.Progress)) {
	if rep == nil || rep.Request == nil || rep.Request.Model == nil || rep.Partial || rep.Engine == "msmodeling" ||
		rep.Request.Played() || rep.Request.SplitSearched() { // steps would be other loads, not other arithmetic
		return
	}
	exhaustive := false
	for i := range rep.Devices {
		rep.Devices[i].Ladder = nil
		exhaustive = exhaustive || rep.Devices[i].Search == plan.SearchExhaustive
	}
	n, k := search.Layouts(rep.Request), steps(rep.Request)
	if n > mostUnasked && !exhaustive {
		for i := range rep.Devices {
			d := &rep.Devices[i]
			d.Notes = append(d.Notes, message.New("note.noladder", n, mostUnasked))
		}
		return
	}
	for _, step := range report.Steps() {
		asked := rep.Devices[0].Fidelity == step.Fidelity() && rep.Devices[0].Search == step.Search()
		crowds := step == report.StepExhaustive && !asked && crowded(rep.Request)
		played := step != report.StepCalibrated || k == 1 || n*k <= mostPlayed
		var answers map[string]*report.Device
		var fault error
		if !crowds && (played || rep.Devices[0].Fidelity == plan.Calibrated) {
			answers, fault = rung(ctx, rep, step, watch)
		}
		if ctx.Err() != nil {
			break
		}
		for i := range rep.Devices {
			own := &rep.Devices[i]
			switch d := answers[own.Device]; {
			case d != nil:
				own.Ladder = append(own.Ladder, report.Rungs(step, d, rep.Request)...)
			case step == report.StepCalibrated && i < len(rep.Request.Profiles) &&
				!has(rep.Request.Profiles[i], plan.Calibrated):
				own.Ladder = append(own.Ladder, report.Lacking(step, own.Ladder, report.NoFigures,
					message.New("ladder.no-fit", own.Device))...)
			case crowds:
				own.Ladder = append(own.Ladder, report.Lacking(step, own.Ladder, report.NoFigures,
					message.New("ladder.crowded", n, k))...)
			case !played:
				own.Ladder = append(own.Ladder, report.Lacking(step, own.Ladder, report.NoFigures,
					message.New("ladder.steps", n, k))...)
			case fault != nil:
				own.Ladder = append(own.Ladder, report.Lacking(step, own.Ladder, report.Fails,
					message.New("ladder.fails", fault))...)
			}
		}
	}
	for i := range rep.Devices {
		rep.Devices[i].Ladder = report.Climbed(rep.Devices[i].Ladder)
	}
}

// steps is how many steps a prompt takes under the budget that was asked for.
func steps(req *plan.Request) int {
	if req.MaxBatchedTokens <= 0 {
		return 1
	}
	return (req.InputLength + req.MaxBatchedTokens - 1) / req.MaxBatchedTokens
}

// rung answers the question of a report on one step, by profile; profiles that have no such figures are absent, and all
// that were searched where the search fails.
func rung(ctx context.Context, rep *report.Report, step report.Step,
	watch func(report.Progress)) (answers map[string]*report.Device, fault error) {
	answers = map[string]*report.Device{}
	own := *rep.Request
	own.Profiles, own.Fidelity, own.Search = nil, step.Fidelity(), step.Search()
	own.KeepAll, own.Traffic, own.TargetQPS, own.TargetConcurrency = false, plan.TrafficNone, 0, 0
	for i, p := range rep.Request.Profiles {
		switch {
		case i >= len(rep.Devices) || !has(p, step.Fidelity()):
		case rep.Devices[i].Fidelity == step.Fidelity() && rep.Devices[i].Search == step.Search():
			answers[p.Name] = &rep.Devices[i]
		default:
			own.Profiles = append(own.Profiles, p)
		}
	}
	if len(own.Profiles) == 0 {
		return answers, nil
	}
	got, err := search.Best(ctx, &own, Price, watcher(time.Now(), watch))
	if err != nil {
		return answers, err
	}
	for i := range got.Devices {
		answers[got.Devices[i].Device] = &got.Devices[i]
	}
	return answers, nil
}

// has tells whether a profile has figures of a fidelity: the reference tool's constants, or a fit to measured runs.
func has(p *hw.Profile, f plan.Fidelity) bool {
	switch f {
	case plan.Reference:
		return p.Reference
	case plan.Calibrated:
		return p.Calibrated != nil && p.Kernel != nil
	}
	return true
}
