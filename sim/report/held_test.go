package report

import (
	"math"
	"strings"
	"testing"

	"fathom/sim/plan"
)

// A latency is bound from above, goodput from below; what is used of it is of what may miss.
func TestPromises(t *testing.T) {
	for _, c := range []struct {
		p            Promise
		broken       bool
		used, excess float64
		text         string
	}{
		{Promise{Metric: MetricTTFT, At: plan.P99, Value: 1500, Limit: 2000}, false, 0.75, 0, "TTFT p99 1500 of 2000 ms"},
		{Promise{Metric: MetricTPOT, Class: "chat", Value: 60, Limit: 50}, true, 1.2, 0.2, "chat: TPOT 60.0 of 50 ms"},
		{Promise{Metric: MetricGoodput, Value: 0.975, Limit: 0.95}, false, 0.5, 0, "goodput 97.5% of 95% wanted"},
		{Promise{Metric: MetricGoodput, Value: 0.9496, Limit: 0.95}, true, 1.008, 0.0004 / 0.95,
			"goodput 94.9% of 95% wanted"},
	} {
		if c.p.Broken() != c.broken || math.Abs(c.p.Used()-c.used) > 1e-9 || math.Abs(c.p.Excess()-c.excess) > 1e-9 ||
			c.p.Against().String() != c.text {
			t.Errorf("%+v: broken %v, used %g, excess %g, %q", c.p, c.p.Broken(), c.p.Used(), c.p.Excess(), c.p.Against())
		}
	}
}

// The knee lies between the last rate that keeps the share and the first that does not.
func TestKnee(t *testing.T) {
	point := func(rate, share float64) LoadPoint {
		return LoadPoint{Traffic: Traffic{Rate: rate, Goodput: &share}}
	}
	curve := []LoadPoint{point(1, 1), point(2, 0.97), point(3, 0.87), point(4, 0.2)}
	if k := Knee(curve, 0.95); math.Abs(k-2.2) > 1e-9 {
		t.Errorf("knee at %g, want 2.2", k)
	}
	if k := Knee(curve[:2], 0.9); k != 2 {
		t.Errorf("no point has less: knee at %g, want the last rate", k)
	}
	if k := Knee(curve[2:], 0.95); k != 0 {
		t.Errorf("no point has as much: knee at %g", k)
	}
	if k := Knee([]LoadPoint{{}}, 0.95); k != 0 {
		t.Errorf("nobody asked: knee at %g", k)
	}
}

// Files have columns of what requests meet only where the plan asks for it.
func TestColumnsOfHeldRows(t *testing.T) {
	row := Row{Status: OK, Held: &Held{Rate: 2, QPS: 1.9, Concurrency: 7, Goodput: 0.97, E2E: Stat{P99: 1234},
		TTFT: Stat{1, 2, 3, 4, 5}, TPOT: Stat{6, 7, 8, 9, 10},
		Promises: []Promise{{Metric: MetricE2E, At: plan.P99, Value: 1234, Limit: 2000}}}}
	r := &Report{Request: &plan.Request{}, Devices: []Device{{Aggregation: &Section{Candidates: []Row{row}}}}}
	plain, err := CSV(r)
	if err != nil || strings.Contains(string(plain), "goodput") {
		t.Fatalf("%v %s", err, plain)
	}
	r.Request.Goodput = 0.95
	full, err := CSV(r)
	lines := strings.Split(strings.TrimSpace(string(full)), "\n")
	if err != nil || len(lines) != 2 || !strings.HasSuffix(lines[0], ",goodput,tightest_limit") ||
		!strings.HasSuffix(lines[1], ",1234,2,3,4,5,7,8,9,10,0.97,E2E p99 1234 of 2000 ms") ||
		strings.Count(lines[0], ",") != strings.Count(lines[1], ",") {
		t.Errorf("%v\n%s", err, full)
	}
}
