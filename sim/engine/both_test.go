package engine

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// The embedded engine beside the recorded flagship run: the same rows, to the two decimals that a log prints.
func TestBothAgreeOnTheFlagship(t *testing.T) {
	req := request(t, "Qwen/Qwen3-32B", flagship)
	req.KeepAll = false
	var early bool
	rep, err := Both{Theirs: checkout(t, "replay "+log("agg_flagship_compile")+" 5 0")}.Run(t.Context(), req,
		func(p report.Progress) {
			early = early || p.Partial != nil && p.Partial.Devices[0].Aggregation != nil && len(p.Log) > 0 &&
				len(p.Partial.Differences) == 0
		})
	if err != nil {
		t.Fatal(err)
	}
	if !early {
		t.Error("our rows did not wait for theirs")
	}
	if rep.Request != req || rep.Devices[0].Points != nil {
		t.Error("the comparison's own points are left in the report")
	}
	if rep.Engine != "both" || rep.LogFile == "" || rep.Partial || len(rep.Differences) != 4 {
		t.Fatalf("%s %q partial %v, %d differences", rep.Engine, rep.LogFile, rep.Partial, len(rep.Differences))
	}
	for _, d := range rep.Differences {
		if d.Ours == nil || d.Theirs == nil || !d.SameBatch {
			t.Fatalf("%+v", d)
		}
		for _, v := range []*float64{d.Throughput, d.TTFT, d.TPOT} {
			if v == nil || math.Abs(*v) > 5e-4 {
				t.Errorf("%s: %v %v %v", d.Label, *d.Throughput, *d.TTFT, *d.TPOT)
				break
			}
		}
	}
}

// Our rows survive when the other engine fails or is cancelled.
func TestBothWithoutTheOther(t *testing.T) {
	req := request(t, "Qwen/Qwen3-32B", flagship)
	rep, err := Both{Theirs: checkout(t, "replay "+log("err_tp_too_large")+" 0 1")}.Run(t.Context(), req, nil)
	if f := failureOf(t, err); rep == nil || rep.Devices[0].Aggregation.Best == nil || !rep.Partial ||
		f.Field != "tp_sizes" || rep.LogFile != f.LogFile {
		t.Errorf("%+v %+v", rep, f)
	}
	if n := len(rep.Issues); n == 0 || rep.Issues[n-1].Severity != report.Error ||
		!strings.Contains(rep.Issues[n-1].Message.String(), "--tp-sizes") {
		t.Errorf("%+v", rep.Issues)
	}
	ctx, cancel := context.WithCancel(t.Context())
	rep, err = Both{Theirs: checkout(t, "hang")}.Run(ctx, req, func(p report.Progress) {
		if len(p.Log) > 0 {
			cancel()
		}
	})
	cancel()
	if !errors.Is(err, context.Canceled) || rep == nil || !rep.Partial || rep.Devices[0].Aggregation.Best == nil {
		t.Errorf("%v %+v", err, rep)
	}
}

// A failure of ours ends the run before the other engine is started.
func TestBothStopsAtOurFailure(t *testing.T) {
	req := request(t, "Qwen/Qwen3-32B", flagship)
	req.OutputLength = 0
	_, err := Both{Theirs: never{t}}.Run(t.Context(), req, nil)
	failureOf(t, err)
}

type never struct{ t *testing.T }

func (n never) Run(context.Context, *plan.Request, func(report.Progress)) (*report.Report, error) {
	n.t.Error("started")
	return nil, nil
}
