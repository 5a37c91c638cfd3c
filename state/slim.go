package state

import (
	"slices"

	"fathom/sim/report"
)

// mostKept bounds the rows of all runs that are kept whole, some 100 MB, of a guest's some 10 MB; mostEntries the runs
// of a session.
const (
	mostKept    = 250_000
	mostOfGuest = 20_000
	mostEntries = 500
)

// slim lets go of what old runs hold beside their candidates: first the other answers to their question, and their
// points. The newest run, the one on screen and the pinned one stay whole. The slice is the new one of addEntry, which
// no older model shares.
func (u *update) slim() {
	if len(u.History) > mostEntries {
		u.dropOldest()
	}
	h := u.History
	kept, most := 0, mostKept
	if u.Guest {
		most = mostOfGuest
	}
	for i := range slices.Backward(h) {
		e := &h[i]
		n := 0
		for _, r := range e.Reports {
			n += held(r)
		}
		if kept += n; n == 0 || kept <= most || i == len(h)-1 || e.Run == u.Results.Run || e.Run == u.Results.Pinned {
			continue
		}
		e.Reports = [NumVariants]*report.Report{Asked: withoutPoints(e.Reports[Asked])}
		kept -= n
	}
}

// dropOldest forgets the first run that nobody looks at.
func (u *update) dropOldest() {
	at := slices.IndexFunc(u.History, func(e Entry) bool { return e.Run != u.Results.Run && e.Run != u.Results.Pinned })
	gone := u.History[at].Run
	u.History = slices.Delete(slices.Clone(u.History), at, at+1)
	forget := func(run int) bool { return run == gone }
	u.trail.back = slices.DeleteFunc(slices.Clone(u.trail.back), forget)
	u.trail.forth = slices.DeleteFunc(slices.Clone(u.trail.forth), forget)
}

// held counts the points of a report.
func held(r *report.Report) int {
	if r == nil {
		return 0
	}
	n := 0
	for i := range r.Devices {
		n += len(r.Devices[i].Points)
	}
	return n
}

// withoutPoints is a report that has its candidates only.
func withoutPoints(r *report.Report) *report.Report {
	out := *r
	out.Devices = slices.Clone(r.Devices)
	for i := range out.Devices {
		out.Devices[i].Points = nil
	}
	return &out
}
