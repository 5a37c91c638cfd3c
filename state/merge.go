package state

import (
	"encoding/json"
	"reflect"
	"slices"
)

// Merge is what is written for this memory where other dashboards write to the same file: disk is what the file holds
// now, base what this dashboard has last read from it or written to it. Habits that this one has not changed since are
// the others', runs of all are kept, the newest of them last. A file that is not there has the zero Memory.
func (m Memory) Merge(disk, base Memory) Memory {
	if disk.Version == 0 {
		return m
	}
	if reflect.DeepEqual(m.Answers, base.Answers) && m.Ran == base.Ran { // one habit: whose answers, theirs the source
		m.Answers, m.Ran = disk.Answers, disk.Ran
	}
	m.Detail, m.All = newer(m.Detail, disk.Detail, base.Detail), newer(m.All, disk.All, base.All)
	m.Theme, m.Lang = newer(m.Theme, disk.Theme, base.Theme), newer(m.Lang, disk.Lang, base.Lang)
	m.Mouse, m.Unfolded = newer(m.Mouse, disk.Mouse, base.Mouse), newer(m.Unfolded, disk.Unfolded, base.Unfolded)
	sort := map[string]SortMemo{}
	for _, kind := range kindNames {
		for _, of := range []map[string]SortMemo{m.Sort, disk.Sort} {
			if _, ok := of[kind]; ok {
				sort[kind] = newer(m.Sort[kind], disk.Sort[kind], base.Sort[kind])
			}
		}
	}
	m.Sort = sort
	m.Plans = newer(m.Plans, disk.Plans, base.Plans)
	m.Runs = mergeRuns(m.Runs, disk.Runs, base.Runs)
	return m
}

// newer is mine where I have changed it, else theirs.
func newer[T any](mine, theirs, was T) T {
	if reflect.DeepEqual(mine, was) {
		return theirs
	}
	return mine
}

func mergeRuns(mine, theirs, was []RunMemo) []RunMemo {
	out := slices.Clone(theirs)
	for _, r := range mine {
		at := func(list []RunMemo) int {
			return slices.IndexFunc(list, func(o RunMemo) bool { return o.same(r) })
		}
		known, before := at(out), at(was)
		switch {
		case known >= 0 && before >= 0:
			out[known] = newer(r, out[known], was[before])
		case known >= 0:
			out[known] = r
		case before < 0: // what was there before and is no longer, others have let go of
			out = append(out, r)
		}
	}
	return out[max(0, len(out)-mostRuns):]
}

// same tells whether two memos are of one run: by its name among all sessions, of older files by what it says.
func (r RunMemo) same(o RunMemo) bool {
	if r.ID != "" || o.ID != "" {
		return r.ID == o.ID
	}
	r.Name, o.Name = "", ""
	a, _ := json.Marshal(r)
	b, _ := json.Marshal(o)
	return string(a) == string(b)
}
