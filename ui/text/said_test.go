package text

import (
	"slices"
	"testing"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
)

func chinese(t testing.TB) *Catalog {
	t.Helper()
	c, err := Load("zh")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestIssuesAndFindingsAreSaid(t *testing.T) {
	c := chinese(t)
	var said field.Answers
	said[field.TP] = field.Answer{Text: "16", Source: field.You}
	said[field.DeviceCount] = field.Answer{Text: "8", Source: field.You}
	_, issues := field.Request(said, field.Catalog{})
	want := "TP 取值 16：大于 8 个设备；请使用不超过 8 的取值"
	if !slices.ContainsFunc(issues, func(i report.Issue) bool { return c.Tell(i.Message) == want }) {
		t.Errorf("%q is not among %v", want, issues)
	}
	finding := message.New("explain.limit.memory", 23, message.New("reason.memory", plan.PhaseDecode, 1.5))
	if got, want := c.Tell(finding), "显存（批大小 23 时解码还缺 1.50 GiB）"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
