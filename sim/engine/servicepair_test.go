package engine

import (
	"context"
	"testing"

	"fathom/sim/plan"
)

// A trace is played against all instances of the best pair, and tells of the same requests as aggregation does.
func TestTraceIsPlayedOverPairs(t *testing.T) {
	rep := asked(t, plan.Service{Trace: fixture("mooncake.jsonl"), Replicas: 2, Routing: "prefix"}, 0)
	req := *rep.Request
	req.Mode, req.PrefillDevices, req.DecodeDevices, req.Devices = plan.PDRatio, 1, 2, 6
	pairs, err := Embedded{}.Run(context.Background(), &req, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := Serve(context.Background(), pairs, nil); err != nil {
		t.Fatal(err)
	}
	x, s := pairs.Devices[0].PDRatio.Best, pairs.Devices[0].Service
	if s == nil || s.Played.Requests != 4 || s.Devices != 2**x.TotalDevices || s.Played.HitRate <= 0 {
		t.Fatalf("%+v", s)
	}
	if s.Played.TTFT.Mean <= 0 || s.Played.TPOT.Mean <= 0 || s.Played.Goodput != 1 {
		t.Errorf("%+v", s.Played)
	}
}
