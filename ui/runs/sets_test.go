package runs

import (
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/state/table"
)

// Runs of the plan's model on its devices are points; those under other conditions are a set of their own that says how
// they differ, and what has no place is counted.
func TestSetsOfRuns(t *testing.T) {
	q := &plan.Request{Model: &model.Model{Name: "m"}, Profiles: []*hw.Profile{{Name: "a"}, {Name: "b"}}, Devices: 8,
		InputLength: 1000, OutputLength: 500, Quant: plan.Quant{Linear: plan.W8A8Dynamic}}
	run := table.MeasuredRun{ID: "r", Model: "m", Device: "a", Devices: 8, Input: 1040, Output: 490, Precision: "w8a8",
		Concurrency: 4, TPOT: 20, Throughput: 800}
	for _, x := range []struct {
		name   string
		change func(*table.MeasuredRun)
		apart  string // "": under the plan's; "-": left out
	}{
		{"the plan's", func(*table.MeasuredRun) {}, ""},
		{"the other device", func(r *table.MeasuredRun) { r.Device = "b" }, ""},
		{"says no precision", func(r *table.MeasuredRun) { r.Precision = "" }, ""},
		{"says no lengths", func(r *table.MeasuredRun) { r.Input, r.Output = 0, 0 }, ""},
		{"longer input", func(r *table.MeasuredRun) { r.Input = 1100 }, "apart.input"},
		{"shorter output", func(r *table.MeasuredRun) { r.Output = 400 }, "apart.output"},
		{"more devices", func(r *table.MeasuredRun) { r.Devices = 16 }, "apart.devices"},
		{"another precision", func(r *table.MeasuredRun) { r.Precision = "bf16" }, "apart.precision"},
		{"another model", func(r *table.MeasuredRun) { r.Model = "n" }, "-"},
		{"a device that is not planned", func(r *table.MeasuredRun) { r.Device = "c" }, "-"},
		{"no TPOT", func(r *table.MeasuredRun) { r.TPOT = 0 }, "-"},
		{"no throughput", func(r *table.MeasuredRun) { r.Throughput = 0 }, "-"},
		{"no devices", func(r *table.MeasuredRun) { r.Devices = 0 }, "-"},
	} {
		r := run
		x.change(&r)
		sets, left := Sets("runs.csv", []table.MeasuredRun{r}, q)
		if x.apart == "-" {
			if len(sets) != 0 || left != 1 {
				t.Errorf("%s: %+v, %d left out", x.name, sets, left)
			}
			continue
		}
		if len(sets) != 1 || left != 0 || sets[0].Apart.Key != x.apart || sets[0].Device != r.Device ||
			!sets[0].Measured || len(sets[0].Points) != 1 {
			t.Errorf("%s: %+v, %d left out", x.name, sets, left)
			continue
		}
		if p := sets[0].Points[0]; p.X != 50 || p.Y != 800/float64(r.Devices) || p.Label != "r" || p.Concurrency != 4 {
			t.Errorf("%s: %+v", x.name, p)
		}
	}
	wide, far := run, run
	wide.Devices, far.Devices, far.Input = 16, 32, 2000
	sets, _ := Sets("runs.csv", []table.MeasuredRun{run, wide, far}, q)
	if len(sets) != 2 || len(sets[0].Points) != 1 || len(sets[1].Points) != 2 || sets[1].Apart.IsZero() {
		t.Errorf("the plan's and all others are two sets: %+v", sets)
	}
}
