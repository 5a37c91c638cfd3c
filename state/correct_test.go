package state

import (
	"testing"

	"fathom/hw/message"
	"fathom/sim/report"
	"fathom/state/field"
)

// broken stands on the pane of a run that failed with a proposed correction.
func broken(t *testing.T, name, fix string) *journey {
	t.Helper()
	j := begin(t, Options{Answers: flagship()}).pane(Confirming).do(Accept)
	return j.send(Finished{Run: 1, Err: &report.Failure{Class: report.InvalidParameters, Message: message.Literal("no"),
		Field:  name,
		Fix:    fix,
		Advice: message.Literal("try this")}}).pane(Failing)
}

func TestACorrectionChangesTheAnswerAndSaysWhich(t *testing.T) {
	j := broken(t, "ttft_limit", "2500").do(Accept).pane(Editing)
	if a := j.m.Form.Answers[field.TTFT]; a.Text != "2500" || j.m.Form.Focus != field.TTFT {
		t.Errorf("%+v, focus %s", a, j.m.Form.Focus)
	}
	if n := j.m.Notice; n.Key != "mended" || n.Pairs[1] != "ttft_limit" || n.Pairs[3] != "2000" || n.Pairs[5] != "2500" {
		t.Errorf("%+v", n)
	}
}

// What is the answer already, cannot be read, or would be wrong as well is advice and no correction.
func TestACorrectionThatCannotBeAppliedIsNotOffered(t *testing.T) {
	for _, c := range []struct{ name, fix string }{{"ttft_limit", "2000"}, {"ttft_limit", "2s"}, {"ttft_limit", "-1"},
		{"num_devices", "100000000"}, {"prefill_devices_per_instance", "4"}, {"tp_sizes", "16"}, {"no_such", "1"}} {
		if j := broken(t, c.name, c.fix); j.m.Failed.HasFix {
			t.Errorf("%s = %s is offered", c.name, c.fix)
		}
	}
}

// Profiles that are priced differently are told of before the run, not after it.
func TestMixedFidelityIsToldBeforeTheRun(t *testing.T) {
	a := flagship()
	a[field.Device].Text = a3 + " H100_SXM"
	j := begin(t, Options{Answers: a}).pane(Confirming)
	found := false
	for _, i := range j.m.Confirm.Issues {
		found = found || i.Message.Key == report.MixedFidelity.Key
	}
	if !found {
		t.Errorf("%+v", j.m.Confirm.Issues)
	}
}
