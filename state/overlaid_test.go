package state

import (
	"slices"
	"testing"

	"fathom/state/field"
	"fathom/state/table"
)

// The pinned run and those of marked rows lie over the one on screen, each once and never over itself.
func TestWhatLiesOverAFrontier(t *testing.T) {
	j := results(t)
	over := func() (names []string) {
		for _, o := range j.m.Overlaid() {
			if o.Report == nil || o.Report == j.m.Report() {
				t.Errorf("%s: %p, on screen is %p", o.Name, o.Report, j.m.Report())
			}
			names = append(names, o.Name)
		}
		return names
	}
	want := func(when string, names ...string) {
		t.Helper()
		if got := over(); !slices.Equal(got, names) {
			t.Errorf("%s: %q, want %q", when, got, names)
		}
	}
	want("one run alone")
	j.do(Mark)
	want("a marked row of the run on screen")
	s := knob(j, field.TTFT, "2500")
	j.send(Finished{Run: s.Run, Report: faster(s.Request, 1.05)}).do(Back)
	want("the run before, pinned and with a marked row", "#1")
	j.m.Entry(1).Name = "night"
	want("under its scenario's name", "night")
	j.do(Mark, Undo)
	want("seen from the run before", "#2")
}

// A run counts as the plan's only under the plan's conditions, as on the command line.
func TestRunsUnderOtherConditionsAreNoneOfThePlan(t *testing.T) {
	j := dropped(t)
	own := j.m.Results.Measured.Runs[0]
	for key, change := range map[string]func(*table.MeasuredRun){
		"":                func(*table.MeasuredRun) {},
		"apart.input":     func(r *table.MeasuredRun) { r.Input *= 2 },
		"apart.output":    func(r *table.MeasuredRun) { r.Output *= 2 },
		"apart.devices":   func(r *table.MeasuredRun) { r.Devices *= 2 },
		"apart.precision": func(r *table.MeasuredRun) { r.Precision = "mxfp4" },
	} {
		r := own
		change(&r)
		fit, how := j.m.FitnessOf(&r)
		if how.Key != key || (fit == OfPlan) != (key == "") || fit > OtherConditions {
			t.Errorf("%q: %d, %+v", key, fit, how)
		}
	}
}
