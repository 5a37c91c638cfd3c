package report

import (
	"encoding/json"
	"strings"
	"testing"

	"fathom/hw"
)

// The distance of a row from the runs behind it stands in its JSON as the schema has it, and in words where no run was
// like it.
func TestReachOfARow(t *testing.T) {
	for _, c := range []struct {
		distance float64
		like     bool
	}{{0, true}, {hw.Far, true}, {1.5, false}} {
		r := sample()
		best := r.Devices[0].Aggregation.Best
		best.ThroughputRange = &Interval{1500, 1800}
		best.Reach = &hw.Reach{Distance: c.distance, Nearest: hw.Kind{Class: "dense", Layout: "tp", Input: 4096, Output: 1024,
			Runs: 12}}
		validate(t, r)
		data, err := json.Marshal(row(best).Reach)
		if err != nil {
			t.Fatal(err)
		}
		var back reachJSON
		if err := json.Unmarshal(data, &back); err != nil || back.Distance != c.distance || back.Like != c.like ||
			back.Nearest.Runs != 12 {
			t.Errorf("%s, %v", data, err)
		}
		m, unlike := best.Unlike()
		if unlike == c.like || unlike && !strings.Contains(m.String(), "12 runs of dense models, TP, 4096 tokens in, 1024 out") {
			t.Errorf("distance %g: %v %q", c.distance, unlike, m)
		}
	}
}
