package engine

import (
	"context"
	"time"

	"fathom/sim/engine/parse"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// running is one run of the reference tool under way.
type running struct {
	m     *Msmodeling
	req   *plan.Request
	argv  []string
	sink  *sink
	begin time.Time
	watch func(report.Progress)
}

// follow tells progress until the child has ended or the context has. Only this goroutine calls watch; the child's
// output is read by another one, so a slow watcher holds nothing up.
func (r *running) follow(ctx context.Context, c *child) {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	var seen int64
	var told time.Time
	for {
		select {
		case <-c.done:
			r.tell()
			return
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if n := r.sink.written(); n != seen || now.Sub(told) >= quiet {
				seen, told = n, now
				r.tell()
			}
		}
	}
}

// tell hands a snapshot to the watcher.
func (r *running) tell() {
	if r.watch == nil {
		return
	}
	rep, tail := r.sink.snapshot()
	r.complete(rep)
	p := report.Progress{Devices: len(r.req.Profiles), Log: tail, LogFile: r.sink.path, ElapsedMS: rep.ElapsedMS}
	for i := range rep.Devices {
		d := &rep.Devices[i]
		p.Device = d.Device
		p.Points += d.Evaluated
	}
	p.DevicesDone = max(0, len(rep.Devices)-1) // the last one may go on: disaggregation prints two tables for each
	if p.Device == "" && len(r.req.Profiles) > 0 {
		p.Device = r.req.Profiles[0].Name
	}
	if p.Points > 0 {
		p.Partial = rep
	}
	r.watch(p)
}

// report is what the tool has said so far.
func (r *running) report() *report.Report {
	rep, _ := r.sink.snapshot()
	r.complete(rep)
	return rep
}

// result is the report of a run that has ended, and its failure. A failed run without a row has no report.
func (r *running) result(status int) (*report.Report, *report.Failure) {
	rep, failure := r.sink.result(status)
	r.complete(rep)
	if failure == nil {
		return rep, nil
	}
	for i := range rep.Devices {
		if d := &rep.Devices[i]; d.Evaluated > 0 {
			rep.Partial = true
			return rep, failure
		}
	}
	return nil, failure
}

// complete adds what the request knows better than the output. Elapsed is as measured here: it counts the start of the
// interpreter too.
func (r *running) complete(rep *report.Report) {
	rep.Command, rep.Request, rep.Mode, rep.LogFile = parse.Quote(r.argv), r.req, r.req.Mode, r.sink.path
	rep.ElapsedMS = float64(time.Since(r.begin).Microseconds()) / 1000
}
