package search

import (
	"reflect"
	"slices"
	"testing"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// ownValues are the fields of a row whose values are allocated one by one: a row that is kept keeps no other's with
// them.
var ownValues = []string{"TTFTRange", "TPOTRange", "ThroughputRange", "Reach", "Power", "Traffic", "Held", "Samples"}

// A row that is kept of a thinned strategy holds none of the memory that the rows of the strategy share, and says the
// same. Every field with memory of its own is held against that.
func TestThinnedRowsLetTheOthersGo(t *testing.T) {
	req := question()
	req.Devices, req.TTFTLimit, req.Search = 4, 3000, plan.SearchExhaustive
	req.Prices = []plan.Price{{Device: req.Profiles[0].Name, PerHour: 2}}
	rows := answer(t, req, pricer(64)).Devices[0].Points
	before, after := telling(rows), thin(rows)
	if len(before) != len(after) || len(after) == 0 {
		t.Fatalf("%d and %d rows", len(before), len(after))
	}
	held := map[string]int{}
	for i := range after {
		a, b := reflect.ValueOf(before[i]), reflect.ValueOf(after[i])
		for k := range a.NumField() {
			name, x, y := a.Type().Field(k).Name, a.Field(k), b.Field(k)
			switch {
			case slices.Contains(ownValues, name):
			case name == "Reason":
				if args := before[i].Reason.Args; len(args) > 0 {
					held[name]++
					if &args[0] == &after[i].Reason.Args[0] || args[0] == after[i].Reason.Args[0] {
						t.Fatalf("%s b%d keeps why others lost", after[i].Label, after[i].Batch)
					}
				}
				if before[i].Reason.String() != after[i].Reason.String() {
					t.Errorf("%q, was %q", after[i].Reason, before[i].Reason)
				}
			case x.Kind() == reflect.Pointer && !x.IsNil():
				held[name]++
				if x.Pointer() == y.Pointer() || !reflect.DeepEqual(x.Interface(), y.Interface()) {
					t.Fatalf("%s b%d: %s is shared, or another value", after[i].Label, after[i].Batch, name)
				}
			case x.Kind() == reflect.Slice || x.Kind() == reflect.Map:
				t.Errorf("%s: may it be shared?", name)
			}
		}
	}
	for _, name := range []string{"TTFT", "TPOT", "QPS", "CostPerMTok", "CostPerMonth", "Prefill", "Decode", "Reason"} {
		if held[name] == 0 {
			t.Errorf("no row has %s: the test is too small", name)
		}
	}
	lost := slices.IndexFunc(rows, func(r report.Row) bool { return r.Status != report.OK })
	if why := atBatch(&rows[lost]).Args[0].(message.Message).Args[0]; reflect.TypeOf(why).Kind() == reflect.Pointer {
		t.Error("the end of a strategy keeps why its rows lost")
	}
}
