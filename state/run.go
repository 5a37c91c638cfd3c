package state

import (
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/state/table"
)

// run starts what the confirm pane shows. An error among the issues leads to its question instead.
func (u *update) run() {
	c := &u.Confirm
	if c.Request == nil {
		u.Pane = Editing
		if bad := worst(c.Issues); bad != nil {
			u.toField(bad.Field)
			u.Notice = Notice{Issue: bad, Bad: true}
		}
		return
	}
	u.stopQuiet()
	u.stopLive()
	u.lastRun++
	u.Previous, u.Ran, u.Form.Dirty = u.Form.Answers, true, false
	u.Live = Live{Run: u.lastRun, Request: c.Request, Command: c.Command, answers: u.Form.Answers, ours: c.Ours}
	u.Results.Device = 0
	u.Pane = Running
	u.emit(Start{Run: u.lastRun, Request: whole(c.Request), Engine: c.Engine, Command: c.Command})
	u.remember()
}

// whole asks for every point as well: the dashboard can always answer "why not?".
func whole(q *plan.Request) *plan.Request {
	out := *q
	out.KeepAll = true
	return &out
}

// advanced takes a snapshot of a live run.
func (u *update) advanced(e Advanced) {
	switch e.Run {
	case 0:
	case u.Results.LiveRun:
		u.Results.Progress = e.Progress
	case u.Live.Run:
		if u.Pane == Running {
			u.Live.Progress = e.Progress
			u.tabulateLive()
		}
	}
}

// tabulateLive shows the candidates found so far, with the cursor where it was.
func (u *update) tabulateLive() {
	d := u.device()
	if d == nil {
		return
	}
	ps := table.Parts(d)
	if len(ps) == 0 {
		return
	}
	old := u.Live.Table
	t := table.Of(u.Live.Progress.Partial, d, ps[0], false, nil)
	t.SortBy(u.remembered.keyOf(&t), nil)
	t.Cursor, t.Top = old.Cursor, old.Top
	t.Clamp(u.rows)
	u.Live.Table = t
}

// finished ends a run; one that is not awaited any more changes nothing.
func (u *update) finished(e Finished) {
	switch {
	case e.Run == 0:
	case e.Run == u.Live.Run && u.Pane == Running:
		u.finishedLive(e)
	case e.Run == u.Results.LiveRun:
		u.finishedWhatIf(e)
	default:
		u.finishedQuiet(e)
	}
}

func (u *update) finishedLive(e Finished) {
	live := u.Live
	u.Live.Run = 0
	if u.Overlay.Kind == QuitOverlay {
		u.Overlay = Overlay{}
	}
	switch {
	case e.Err != nil && !live.Cancelling:
		if hasRows(e.Report) { // one of two engines failed: our rows are a run like any other, partial
			u.keepRows(live, e.Report)
		}
		u.fail(live, e)
	case !hasRows(e.Report):
		if live.Cancelling {
			u.Pane = Confirming
			u.say("cancelled")
			return
		}
		if e.Report == nil {
			u.fail(live, e)
			return
		}
		u.arrive(live, e.Report)
	default:
		u.arrive(live, e.Report)
	}
}

// keepRows makes an entry of a report.
func (u *update) keepRows(live Live, r *report.Report) {
	u.addEntry(Entry{Run: live.Run, Answers: live.answers, Request: live.Request, Command: live.Command, Ours: live.ours},
		r)
}

// arrive makes an entry of a report and shows it.
func (u *update) arrive(live Live, r *report.Report) {
	if live.Cancelling && !r.Partial {
		partial := *r // rows are shared, the mark is ours
		partial.Partial = true
		r = &partial
	}
	u.keepRows(live, r)
	u.Pane = Showing
	u.Results.chosen = [table.NumKinds]table.Item{}
	u.visit(live.Run)
	if r.Partial {
		u.say("partial")
	}
	u.remember()
}

func (u *update) addEntry(e Entry, r *report.Report) {
	e.Reports[Asked] = r
	u.History = append(u.History[:len(u.History):len(u.History)], e)
	u.slim()
	if !r.Partial {
		u.startQuiet(&u.History[len(u.History)-1])
	}
}

// hasRows reports whether a run found anything to show.
func hasRows(r *report.Report) bool {
	if r == nil {
		return false
	}
	for i := range r.Devices {
		d := &r.Devices[i]
		if len(d.Points) > 0 || d.PDRatio != nil && len(d.PDRatio.Candidates) > 0 {
			return true
		}
		for _, s := range []*report.Section{d.Aggregation, d.Prefill, d.Decode} {
			if s != nil && len(s.Candidates) > 0 {
				return true
			}
		}
	}
	return false
}

// doRunning carries out an action while a run is live.
func (u *update) doRunning(a Action) {
	switch a {
	case Back:
		u.cancel()
	case ShowLog:
		u.Live.Log = !u.Live.Log
		u.Live.Top = 0
	case NextDevice, PrevDevice:
		u.turnDevice(a)
		u.tabulateLive()
	default:
		if u.Live.Log {
			u.scroll(&u.Live.Top, a)
		} else {
			u.moveCursor(&u.Live.Table, a)
		}
	}
}

// cancel stops the run; its rows come with Finished.
func (u *update) cancel() {
	if !u.Live.Cancelling {
		u.Live.Cancelling = true
		u.emit(Cancel{u.Live.Run})
	}
}

// fixField is the question that a failure is about.
func fixField(name string) (field.ID, bool) {
	q, ok := field.Lookup(name)
	if !ok || !formHas(q) {
		return 0, false
	}
	return q.ID, true
}
