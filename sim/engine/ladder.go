package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/search"
)

// Climb fills in the ladder of every profile: the answers to its question from the reference tool's to what was
// measured. Each rung changes one thing: the search, then the arithmetic, then constants that were fitted to runs.
// Rungs that the report has already are taken from it; the others are searched for their best only, and left out where
// that takes long. watch may be nil.
func Climb(ctx context.Context, rep *report.Report, watch func(report.Progress)) {
	if rep == nil || rep.Request == nil || rep.Request.Model == nil || rep.Partial || rep.Engine == "msmodeling" ||
		rep.Request.Played() || rep.Request.Beyond() { // steps would be other loads, not other arithmetic
		return
	}
	for i := range rep.Devices {
		rep.Devices[i].Ladder = nil
	}
	for _, r := range rungs(ctx, rep, watch) {
		if ctx.Err() != nil {
			break
		}
		step, fault := r.step, r.fault
		for i := range rep.Devices {
			own := &rep.Devices[i]
			switch d := r.answers[own.Device]; {
			case d != nil:
				own.Ladder = append(own.Ladder, report.Rungs(step, d, rep.Request)...)
			case i >= len(rep.Request.Profiles):
			case !has(rep.Request.Profiles[i], step.Fidelity()):
				if step == report.StepCalibrated {
					own.Ladder = append(own.Ladder, report.Lacking(step, own, report.NoFigures,
						message.New("ladder.no-fit", own.Device))...)
				}
			case errors.Is(fault, report.ErrTooMuch):
				own.Ladder = append(own.Ladder, report.Lacking(step, own, report.LeftOut,
					message.New("ladder.too-much", report.MostUnasked/1_000_000, step.Fidelity(), step.Search()))...)
			case fault != nil:
				own.Ladder = append(own.Ladder, report.Lacking(step, own, report.Fails,
					message.New("ladder.fails", fault))...)
			}
		}
	}
	for i := range rep.Devices {
		rep.Devices[i].Ladder = report.Climbed(rep.Devices[i].Ladder)
	}
}

// climbed is a step with what rung gives of it.
type climbed struct {
	step    report.Step
	answers map[string]*report.Device
	fault   error
}

// rungs answers all steps side by side: the last one plays requests one after the other and leaves processors free.
func rungs(ctx context.Context, rep *report.Report, watch func(report.Progress)) []climbed {
	var telling sync.Mutex
	tell := watch
	if watch != nil {
		tell = func(p report.Progress) {
			telling.Lock()
			defer telling.Unlock()
			watch(p)
		}
	}
	list := make([]climbed, len(report.Steps()))
	var panicked atomic.Value
	var group sync.WaitGroup
	for i, step := range report.Steps() {
		group.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					panicked.Store(fmt.Sprintf("%v\n%s", v, debug.Stack()))
				}
			}()
			list[i].step = step
			list[i].answers, list[i].fault = rung(ctx, rep, step, tell)
		})
	}
	group.Wait()
	if text := panicked.Load(); text != nil {
		panic(text) // on the caller's goroutine, where it can be turned into an error
	}
	return list
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
	got, err := search.Best(ctx, &own, Price, report.MostUnasked, watcher(time.Now(), watch))
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
