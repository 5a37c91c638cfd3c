package state

import (
	"slices"
	"strconv"
	"strings"

	"fathom/state/field"
	"fathom/state/table"
)

// visit shows a run and remembers the way back.
func (u *update) visit(run int) {
	if was := u.Results.Run; was != 0 && was != run && u.Entry(was) != nil {
		u.trail = trail{back: append(slices.Clone(u.trail.back), was)}
	}
	u.showRun(run)
}

// showRun puts a run on screen; tabs, sort and filter stay.
func (u *update) showRun(run int) {
	u.Results.Run, u.Results.Variant, u.Results.switches = run, Asked, Asked
	u.show()
}

// turnHistory goes back to the run shown before, or forth again.
func (u *update) turnHistory(a Action) {
	from, to := u.trail.back, u.trail.forth
	if a == Redo {
		from, to = to, from
	}
	run := from[len(from)-1]
	from = slices.Clone(from[:len(from)-1])
	to = append(slices.Clone(to), u.Results.Run)
	if a == Redo {
		from, to = to, from
	}
	u.trail = trail{from, to}
	u.stopLive()
	u.showRun(run)
	u.say("at-run", "run", strconv.Itoa(run))
}

// pin makes the run on screen the one that changes are shown against; a second time lets go of it.
func (u *update) pin() {
	r := &u.Results
	if r.Pinned == r.Run {
		r.Pinned = 0
		u.say("unpinned")
	} else {
		r.Pinned = r.Run
		u.say("pinned", "run", strconv.Itoa(r.Run))
	}
	u.show()
}

// historyMenu lists the runs of this session, newest first, then those of earlier ones.
func (u *update) historyMenu() {
	var items []MenuItem
	var asked []*field.Answers // of each item
	for i := range slices.Backward(u.History) {
		e := &u.History[i]
		asked = append(asked, &e.Answers)
		items = append(items, MenuItem{Index: e.Run, Text: "history.run", Pairs: runPairs(e), On: e.Run == u.Results.Run})
	}
	seen := map[[field.NumIDs]string]bool{}
	for i := range u.History {
		seen[texts(&u.History[i].Answers)] = u.History[i].Name == ""
	}
	for i := range slices.Backward(u.Earlier) {
		p := &u.Earlier[i]
		at := texts(&p.Answers)
		if p.Name == "" && seen[at] {
			continue // the same question once more
		}
		seen[at] = true
		asked = append(asked, &p.Answers)
		items = append(items, MenuItem{Index: -1 - i, Text: "history.earlier", Pairs: []string{"name", p.Name,
			"model", p.Answers[field.Model].Text, "best", p.Best, "throughput", figure(p.Throughput), "unit", unit(p.Best)}})
	}
	for i := range items {
		items[i].Differs = differs(asked, i)
	}
	if len(items) == 0 {
		u.say("no-history")
	} else {
		u.Overlay = Overlay{Kind: HistoryOverlay, Items: items}
	}
	if u.unkept.Key != "" {
		u.Notice = u.unkept
	}
}

// differs are the answers of a run that others with its model gave otherwise.
func differs(asked []*field.Answers, i int) (out []Change) {
	for id := range field.NumIDs {
		for _, other := range asked {
			if other[field.Model].Text == asked[i][field.Model].Text && other[id].Text != asked[i][id].Text {
				out = append(out, Change{ID: id, After: asked[i][id].Text})
				break
			}
		}
	}
	return out
}

// notKept says once that runs and settings are not remembered, and again where the history is looked at.
func (u *update) notKept(e NotKept) {
	if u.unkept.Key != "" {
		return
	}
	u.because("not-kept", said(e.Err), "path", field.Clean(e.Path))
	u.unkept = u.Notice
}

func runPairs(e *Entry) []string {
	best, throughput := winner(e)
	return []string{"run", strconv.Itoa(e.Run), "name", e.Name, "model", e.Answers[field.Model].Text, "best", best,
		"throughput", figure(throughput), "unit", unit(best)}
}

// texts are answers without their sources.
func texts(a *field.Answers) (out [field.NumIDs]string) {
	for id := range a {
		out[id] = a[id].Text
	}
	return out
}

const between = " : " // the two shapes of a pair

// unit is what a winner is measured in: a pair of instances by requests, a strategy by tokens.
func unit(best string) string {
	if strings.Contains(best, between) {
		return "req/s"
	}
	return "tok/s"
}

// figure is a winner's throughput as text, finer than any screen shows it: rounded twice, 1643.48 would read 1,644.
func figure(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }

// winner is the best of an entry's first profile.
func winner(e *Entry) (string, float64) {
	r := e.Reports[Asked]
	if r == nil || len(r.Devices) == 0 {
		return "", 0
	}
	ps := table.Parts(&r.Devices[0])
	if len(ps) == 0 {
		return "", 0
	}
	switch best := bestOf(&r.Devices[0], ps[0]); {
	case best.Row != nil:
		return table.ShortLabel(best.Row), best.Row.Throughput
	case best.Ratio != nil:
		return table.ShortLabel(&best.Ratio.Prefill) + between + table.ShortLabel(&best.Ratio.Decode), best.Ratio.Value()
	}
	return "", 0
}

// pickHistory shows a run of this session, or puts the answers of an earlier one into the form. Nothing runs by it.
func (u *update) pickHistory(index int) {
	if index > 0 {
		u.Pane = Showing
		u.Results.chosen = [table.NumKinds]table.Item{}
		u.visit(index)
		return
	}
	i := -1 - index
	if i < 0 || i >= len(u.Earlier) {
		return
	}
	p := &u.Earlier[i]
	a, n := p.Answers, 0
	for id := range field.NumIDs {
		if a[id].Given() && a[id].Source != field.CLIDefault {
			if tells(id, a[id]) {
				n++
			}
			a[id] = field.Answer{Text: a[id].Text, Source: field.PastRun, Note: p.Name}
		}
	}
	had := u.Form.Dirty
	u.Pane = Editing
	u.Form.OnFold = false
	u.commit()
	u.setAnswers(a)
	u.commit()
	u.load(u.Form.Reading)
	u.focus(firstOf(u.Form.Open, field.Mode))
	if had {
		u.say("earlier-over", "n", strconv.Itoa(n))
	} else {
		u.say("earlier", "n", strconv.Itoa(n))
	}
}
