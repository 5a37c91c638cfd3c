package work

import (
	"context"
	"math"
	"testing"

	"fathom/sim/engine"
	"fathom/state"
	"fathom/ui/sample"
)

// Every lever is one that can be turned: what the search chooses by itself is none, and the strongest comes first.
func TestLeversCanBeTurned(t *testing.T) {
	q := sample.Open(state.Options{Answers: sample.Flagship()}).M.Confirm.Request
	r, err := engine.Embedded{}.Run(context.Background(), q, nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := Local{}.Sense(context.Background(), state.Sense{Request: q, Device: r.Devices[0].Device,
		Row: r.Devices[0].Aggregation.Best})
	if err != nil || len(list) < 8 {
		t.Fatal(len(list), err)
	}
	for i, l := range list {
		if l.Key == "lever.batch_size" || l.Key == "lever.max_batched_tokens" {
			t.Errorf("%s was left to the search", l.Key)
		}
		if i > 0 && math.Abs(l.Throughput) > math.Abs(list[i-1].Throughput)+1e-12 {
			t.Errorf("%s (%+.4f) stands behind %s (%+.4f)", l.Key, l.Throughput, list[i-1].Key, list[i-1].Throughput)
		}
	}
}
