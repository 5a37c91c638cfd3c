package state

import (
	"testing"

	"fathom/sim/report"
	"fathom/state/field"
)

// missing stands on a table without a row whose nearest points would be admitted by these fixes.
func missing(t *testing.T, fixes ...[]report.Fix) *journey {
	t.Helper()
	j := begin(t, Options{Answers: flagship(a3)}).do(Accept)
	start := j.last("Start").(Start)
	r := many(9, start.Request)
	d := &r.Devices[0]
	d.Aggregation = &report.Section{}
	for _, f := range fixes {
		d.Nearest = append(d.Nearest, report.Near{Row: d.Points[0], Fixes: f})
	}
	return j.send(Finished{Run: start.Run, Report: r}).pane(Showing)
}

// Where no strategy is within the limits, enter offers what would admit a point, and the one chosen is the next run.
func TestWhatAdmitsAPointIsOneKeyAway(t *testing.T) {
	j := missing(t, []report.Fix{{Field: "ttft_limit", Text: "2500"}}, []report.Fix{{Field: "quantize_linear_action",
		Text: "W4A8_DYNAMIC"}, {Field: "tpot_limit", Text: "60"}})
	if b, _ := j.m.Lookup("enter"); b.Reason != "" {
		t.Fatalf("enter is off: %s", b.Reason)
	}
	if j.do(Accept); j.m.Overlay.Kind != AdmitOverlay || len(j.m.Overlay.Items) != 2 {
		t.Fatalf("%+v", j.m.Overlay)
	}
	j.do(Down, Accept)
	s := j.last("Start").(Start)
	if s.Request.TPOTLimit != 60 || s.Request.Quant.Linear.String() != "W4A8_DYNAMIC" || s.Request.TTFTLimit != 2000 {
		t.Fatalf("%+v", s.Request)
	}
	j.send(Finished{Run: s.Run, Report: many(9, s.Request)})
	e := j.m.Entry(s.Run)
	if e == nil || len(e.Changed) != 2 || e.Changed[1] != (Change{ID: field.TPOT, Before: "50", After: "60"}) {
		t.Errorf("the run says not what was changed: %+v", e)
	}
}

// What no answer does, or what would be wrong in another way, is told and not offered.
func TestWhatCannotBeAdmittedIsNotOffered(t *testing.T) {
	for name, fixes := range map[string][]report.Fix{"nothing": nil, "unknown": {{Field: "no_such", Text: "1"}},
		"wrong": {{Field: "num_devices", Text: "100000000"}}} {
		j := missing(t, fixes)
		if b, _ := j.m.Lookup("enter"); b.Reason == "" || j.m.Admits() {
			t.Errorf("%s: enter is offered", name)
		}
		if j.do(Accept); j.m.Overlay.Kind != NoOverlay {
			t.Errorf("%s: %+v", name, j.m.Overlay)
		}
	}
}
