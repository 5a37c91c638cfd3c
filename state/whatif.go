package state

import (
	"slices"

	"fathom/sim/report"
	"fathom/state/field"
)

// knobs are the questions that the header offers for a what-if, left to right.
var knobs = []field.ID{field.DeviceCount, field.PrefillDevices, field.DecodeDevices, field.InputLength,
	field.OutputLength, field.TTFT,
	field.TPOT, field.Linear, field.Attention, field.HitRate, field.MTPTokens, field.Compile, field.TP, field.EP,
	field.MoEDP,
	field.MaxBatched, field.BatchRange, field.Concurrency, field.Reserved, field.ServingCost}

// turned gives the answers with one knob changed, and what has to follow it: a hit rate switches the cache on, an
// action makes the quantisation a custom one.
func turned(a field.Answers, id field.ID, x field.Answer) field.Answers {
	you := func(text string) field.Answer { return field.Answer{Text: text, Source: field.You} }
	r := field.Read(&a, &field.Catalog{})
	a[id] = x
	switch id {
	case field.HitRate:
		a[field.PrefixCache] = you("on")
	case field.MTPTokens:
		a[field.MTP] = you("on")
	case field.Linear, field.Attention:
		q := r.Quant()
		if id == field.Linear {
			a[field.Attention] = kept(a[field.Attention], q.Attention.String())
		} else {
			a[field.Linear] = kept(a[field.Linear], q.Linear.String())
		}
		a[field.Quantization] = you("custom")
	}
	return a
}

// kept is an answer that stands, or the text that it stood for.
func kept(a field.Answer, text string) field.Answer {
	if a.Given() {
		return a
	}
	return field.Answer{Text: text, Source: field.Recommended}
}

// openKnobs makes the header the place where keys go.
func (u *update) openKnobs() {
	e := u.current()
	if e == nil || notEmbedded(&u.Model) != "" {
		u.say("only-embedded")
		return
	}
	k := &u.Results.WhatIf
	was := k.ID()
	k.Items = nil
	for _, id := range knobs {
		a := turned(e.Answers, id, field.Answer{Text: knobText(e, id), Source: field.You})
		r := field.Read(&a, u.Catalog)
		if r.Applies(id) && (id != field.MTPTokens || r.Applies(field.MTP)) { // a model without MTP heads has no such knob
			k.Items = append(k.Items, id)
		}
	}
	k.Cursor = max(0, slices.Index(k.Items, was))
	k.Editing, k.Issues = false, nil
	if len(k.Items) > 0 {
		u.Results.Focus = OnHeader
	}
}

// knobText is the present value of a knob, as one would type it.
func knobText(e *Entry, id field.ID) string {
	if a := e.Answers[id]; a.Given() {
		return a.Text
	}
	if e.Request != nil {
		switch id {
		case field.Linear:
			return e.Request.Quant.Linear.String()
		case field.Attention:
			return e.Request.Quant.Attention.String()
		}
	}
	return field.Table[id].Default.Text
}

// Knob is the present value of a knob of the header.
func (m *Model) Knob(id field.ID) string {
	e := m.current()
	if e == nil || id >= field.NumIDs {
		return ""
	}
	return knobText(e, id)
}

// doHeader carries out an action in the header; what it does not know (tabs, copy, help) works as in the table.
func (u *update) doHeader(a Action) bool {
	k := &u.Results.WhatIf
	if k.Editing {
		u.doKnob(a)
		return true
	}
	switch a {
	case Left, Right, Up, Down:
		by := 1
		if a == Left || a == Up {
			by = len(k.Items) - 1
		}
		k.Cursor = (k.Cursor + by) % len(k.Items)
	case Accept, WhatIf:
		k.Editing = true
		k.Text = u.Knob(k.ID())
		k.Choice = max(0, choiceOf(k.ID(), k.Text))
		k.Issues = nil
	case Back:
		u.Results.Focus = OnTable
	default:
		return false
	}
	return true
}

// doKnob carries out an action while a knob is changed.
func (u *update) doKnob(a Action) {
	k := &u.Results.WhatIf
	switch a {
	case Accept:
		u.turnKnob()
	case Back:
		k.Editing, k.Issues = false, nil
	case Next, Prev:
		k.Editing, k.Issues = false, nil
		by := 1
		if a == Prev {
			by = len(k.Items) - 1
		}
		k.Cursor = (k.Cursor + by) % len(k.Items)
	case Up, Down, Left, Right:
		if n := len(field.Table[k.ID()].Choices); k.HasChoice() && n > 0 {
			by := 1
			if a == Up || a == Left {
				by = n - 1
			}
			k.Choice = (k.Choice + by) % n
			u.typeKnob(field.Table[k.ID()].Choices[k.Choice].Value)
		} else if text, ok := nudge(k.ID(), k.Text, a == Up); ok {
			u.typeKnob(text)
		}
	}
}

// typeKnob is a keystroke in a knob; what stands there is judged when it is taken.
func (u *update) typeKnob(text string) {
	u.Results.WhatIf.Text, u.Results.WhatIf.Issues = text, nil
}

// turnKnob starts the run with the knob changed, in the same pane: the rows stay until the new ones are there.
func (u *update) turnKnob() {
	k := &u.Results.WhatIf
	e := u.current()
	id := k.ID()
	before := u.Knob(id)
	if k.Text == before {
		k.Editing = false
		return
	}
	a := turned(e.Answers, id, field.Answer{Text: k.Text, Source: field.You})
	c := confirmation(a, u.Catalog)
	if c.Request == nil {
		if k.Issues = field.Read(&a, u.Catalog).Check(id); !field.HasError(k.Issues) {
			k.Issues = c.Issues
		}
		return
	}
	k.Editing, k.Issues = false, nil
	u.startLive(c, liveRun{answers: a, command: c.Command, ours: c.Ours, from: e.Run, request: c.Request,
		variant: u.Results.Variant,
		changed: []Change{{ID: id, Before: before, After: k.Text}}})
}

// startLive starts a run whose rows replace those on screen.
func (u *update) startLive(c Confirm, l liveRun) {
	u.stopQuiet()
	u.stopLive()
	u.lastRun++
	u.Results.LiveRun, u.Results.live, u.Results.Progress = u.lastRun, l, report.Progress{}
	u.emit(Start{Run: u.lastRun, Request: whole(c.Request), Engine: c.Engine, Command: c.Command})
}

// stopLive forgets a run of the results pane; what it still sends changes nothing.
func (u *update) stopLive() {
	if u.Results.LiveRun != 0 {
		u.emit(Cancel{u.Results.LiveRun})
		u.Results.LiveRun = 0
	}
}

// finishedWhatIf shows the new run beside the one that it came from, with the fidelity and the search that stood there.
func (u *update) finishedWhatIf(e Finished) {
	run, l := u.Results.LiveRun, u.Results.live
	u.Results.LiveRun = 0
	if e.Err != nil || e.Report == nil {
		if l.asked == nil {
			f := failureOf(e.Err)
			u.Notice = Notice{
				Issue: &report.Issue{Severity: report.Error, Field: f.Field, Message: f.Message}, Bad: true}
			return
		}
		e.Report, l.variant = nil, Asked // the answer as asked is there
	}
	entry := Entry{Run: run, Answers: l.answers, Request: l.request, Command: l.command, Ours: l.ours, From: l.from,
		Changed: l.changed, Fitted: l.fitted}
	switch {
	case l.asked == nil && l.variant != Asked && !e.Report.Partial:
		entry.Reports[Asked] = e.Report
		as := answeredBy(&entry, l.variant)
		q, ok := variantOf(&entry, as)
		if as == Asked || !ok {
			break
		}
		u.Results.LiveRun = run
		l.asked, l.variant = e.Report, as
		u.Results.live = l
		u.emit(Start{Run: run, Request: q, Engine: EngineChoice{Name: embedded}, Command: l.command})
		return
	case l.asked != nil:
		entry.Reports[l.variant], e.Report = e.Report, l.asked
	}
	u.addEntry(entry, e.Report)
	if u.Results.Pinned == 0 {
		u.Results.Pinned = l.from
	}
	u.Previous, u.Ran = l.answers, true
	u.visit(run)
	if l.asked != nil && u.Entry(run).Reports[l.variant] != nil {
		u.Results.Variant, u.Results.switches = l.variant, l.variant
		u.show()
	}
	if l.fitted {
		u.measureAgain()
	}
	u.remember()
}
