package state

import (
	"errors"
	"strings"
	"testing"

	"fathom/sim/decision"
)

// D finds what the decision hangs on, once a run; escape while it is found out calls it off.
func TestDecisionIsFoundOnce(t *testing.T) {
	j := results(t).do(HangsOn)
	e := j.last("Decide").(Decide)
	if j.m.Scope() != InDecision || len(e.Ranges) < 4 || e.Request.InputLength != 3500 ||
		j.m.Results.Decision.Run != e.Run {
		t.Fatalf("scope %d, %d ranges", j.m.Scope(), len(e.Ranges))
	}
	j.send(Deciding{Run: e.Run, Done: 50})
	if j.m.Results.Decision.Done != 50 {
		t.Error("progress is shown")
	}
	j.send(Decided{Run: e.Run, Result: &decision.Result{Request: e.Request, Plans: 99}})
	n := len(j.all)
	if j.do(Back, HangsOn); j.m.Scope() != InDecision || j.m.Results.Decision.Result.Plans != 99 {
		t.Error("what was found is kept")
	}
	for _, x := range j.all[n:] {
		if _, again := x.(Decide); again {
			t.Error("it was asked twice")
		}
	}
	j.do(CopyCommand)
	if c := j.last("Copy").(Copy); !strings.HasPrefix(c.Text, "fathom plan ") || !strings.HasSuffix(c.Text,
		" --sensitivity") {
		t.Error(c.Text)
	}
	k := results(t).do(HangsOn, Back)
	if c := k.last("Cancel").(Cancel); c.Run != k.last("Decide").(Decide).Run || k.m.Results.Decision.Run != 0 {
		t.Errorf("called off: %+v", c)
	}
	k.do(HangsOn).send(Decided{Run: k.m.Results.Decision.Run, Err: errors.New("boom")})
	if k.m.Results.Decision.Fault.IsZero() {
		t.Error("what went wrong is said")
	}
}
