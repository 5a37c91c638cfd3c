package search

import (
	"fathom/hw/message"
	"fathom/sim/launch"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// refusal says why the serving engine of a job does not start a tuple; nothing where nothing is known against it.
func (j *job) refusal(t *tuple) message.Message {
	if !t.rule.IsZero() {
		return message.Message{}
	}
	return launch.Refusal(j.req.Serving.On(j.profile).Engine(),
		launch.Deployment{Request: j.req, OnProfile: j.profile, Strategy: t.strategy, MTP: t.mtp, Phase: j.phase})
}

// refusedStay reports whether what the engine does not start stays ranked, and says so: what the reference tool ranks,
// and what was asked for all the same.
func (j *job) refusedStay() bool { return j.fidelity == plan.Reference || j.req.AllowRefused }

// refuse marks the rows of a tuple that the engine does not start.
func (j *job) refuse(f *found, why message.Message) {
	if why.IsZero() {
		return
	}
	stays := j.refusedStay()
	for i := range f.rows {
		r := &f.rows[i]
		switch {
		case !stays && r.Status != report.Invalid:
			r.Status, r.Reason = report.Engine, why
		case r.Status == report.OK:
			r.Reason = why
		}
	}
	if !stays && f.outcome.End != report.Interrupted {
		f.outcome.End, f.outcome.Reason = report.Refused, why
	}
	f.refused = true
	f.counts = tally(f.rows)
}
