package state

import (
	"slices"
	"strconv"
	"strings"

	"fathom/sim/plan"
	"fathom/state/field"
)

// LiveFit is a fit of a profile to measured runs under way.
type LiveFit struct {
	Run         int // its number, 0: none
	Phase       string
	Done, Total int

	of     int // entry that it began from
	target FitTarget
}

func decimal(n int) string { return strconv.Itoa(n) }

// askFit asks whether the profile is to be fitted, and says what that would write.
func (u *update) askFit() {
	u.Overlay = Overlay{Kind: FitOverlay}
}

// startFit fits the profile on screen to all runs that were laid over the plan.
func (u *update) startFit() {
	m := &u.Results.Measured
	u.Overlay = Overlay{}
	u.lastQuiet--
	u.Results.Fit = LiveFit{Run: u.lastQuiet, of: u.Results.Run, target: m.Target}
	u.emit(Fit{Run: u.lastQuiet, Sources: m.Sources, Target: m.Target, Profiles: u.Catalog.Profiles})
}

// stopFit forgets a fit under way; nothing of it is written.
func (u *update) stopFit() {
	if u.Results.Fit.Run != 0 {
		u.emit(Cancel{u.Results.Fit.Run})
		u.Results.Fit = LiveFit{}
	}
}

func (u *update) fitting(e Fitting) {
	if f := &u.Results.Fit; e.Run == f.Run && f.Run != 0 {
		f.Phase, f.Done, f.Total = e.Phase, e.Done, e.Total
	}
}

// finishedFit makes the fitted profile one of the catalog, and has the plan answered with it.
func (u *update) finishedFit(e Fitted) {
	f := u.Results.Fit
	if e.Run == 0 || e.Run != f.Run {
		return
	}
	u.Results.Fit = LiveFit{}
	if e.Err != nil || e.Profile == nil {
		u.because("fit-failed", failureOf(e.Err).Message)
		return
	}
	c := *u.Catalog
	list, err := c.Profiles.Add(e.Profile)
	if err != nil {
		u.because("fit-failed", said(err))
		return
	}
	c.Profiles = list
	u.Catalog = &c
	u.fits = append(slices.Clone(u.fits), fitted{e.Profile.Name, f.target.Device})
	u.Results.Measured.Errors = e.Errors
	u.Results.Measured.Target = FitTarget{Why: "fit.again"}
	u.say("fitted", "name", e.Profile.Name, "path", field.Clean(f.target.Path), "used", decimal(e.Used),
		"n", decimal(e.Runs))
	if entry := u.Entry(f.of); entry != nil && u.Pane == Showing {
		u.answerFitted(entry, f.target.Device, e.Profile.Name)
	}
}

// answerFitted asks an entry's question again with a fitted profile instead of the one that it began with.
func (u *update) answerFitted(e *Entry, device, name string) {
	a := e.Answers
	words := strings.FieldsFunc(a[field.Device].Text, apart)
	for i, w := range words {
		if p := u.Catalog.Profile(w); p != nil && p.Name == device {
			words[i] = name
		}
	}
	a[field.Device] = field.Answer{Text: strings.Join(words, " "), Source: field.You}
	if a[field.Fidelity].Given() { // what was asked for was not the fit
		a[field.Fidelity] = field.Answer{Text: plan.Calibrated.String(), Source: field.You}
	}
	c := confirmation(a, u.Catalog)
	if c.Request == nil {
		if bad := worst(c.Issues); bad != nil {
			u.Notice = Notice{Issue: bad, Bad: true}
		}
		return
	}
	u.startLive(c, liveRun{answers: a, command: c.Command, ours: c.Ours, from: e.Run, request: c.Request, fitted: true,
		changed: []Change{{ID: field.Device, Before: device, After: name}}})
}

// flipFit shows the plan with the fitted profile, or as it was before.
func (u *update) flipFit() {
	run := u.otherSide()
	u.stopLive()
	u.showRun(run)
	u.measureAgain()
	key := "before-fit"
	if u.current().Fitted {
		key = "after-fit"
	}
	u.say(key, "run", decimal(run))
}

// otherSide is the run before the fit of the one on screen, or the newest one after; 0: there is none.
func (m *Model) otherSide() int {
	e := m.current()
	if e == nil {
		return 0
	}
	if e.Fitted && m.Entry(e.From) != nil {
		return e.From
	}
	for i := range slices.Backward(m.History) {
		if x := &m.History[i]; x.Fitted && x.From == e.Run {
			return x.Run
		}
	}
	return 0
}
