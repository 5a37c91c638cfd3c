package engine

import (
	"context"
	"fmt"
	"testing"

	"fathom/hw/unraced"
	"fathom/sim/plan"
)

// The replicas beside a split are those that plans in aggregation answer, though few of their layouts are played: what
// the closed forms promise decides only which ones are not worth it.
func TestReplicasBesideASplitEqualPlans(t *testing.T) {
	unraced.Skip(t)
	for _, c := range []struct{ model, device, lengths string }{
		{"Qwen/Qwen3-30B-A3B", "H200_SXM", "--input-length 4000 --output-length 600 --ttft-limit 2000 --tpot-limit 30"},
		{"openai/gpt-oss-120b", "B200_SXM", "--input-length 900 --output-length 3000 --ttft-limit 4000 --tpot-limit 15"},
		{"Qwen/Qwen3-32B", "H100_SXM", "--input-length 2000 --output-length 200 --ttft-limit 6000 --tpot-limit 60"},
	} {
		args := "--device " + c.device + " --tp-sizes --ep-sizes --quantize-linear-action AS_PUBLISHED " +
			"--quantize-attention-action DISABLED " + c.lengths + " --num-devices "
		ask := func(more string) *plan.Request {
			req := request(t, c.model, args+more)
			req.PP = plan.Sizes{Searched: true, Values: []int{1}}
			return req
		}
		split := ask("8 --enable-optimize-prefill-decode-ratio")
		rep, err := Embedded{}.Run(context.Background(), split, nil)
		if err != nil {
			t.Fatal(c.model, err)
		}
		got := rep.Devices[0].PDRatio.Aggregated
		best, label := 0.0, ""
		for n := 1; n <= 8; n *= 2 {
			alone, err := Embedded{}.Run(context.Background(), ask(fmt.Sprint(n)), nil)
			if err != nil {
				t.Fatal(c.model, n, err)
			}
			if row := alone.Devices[0].Aggregation.Best; row != nil && *row.QPS*float64(8/n) > best {
				best, label = *row.QPS*float64(8/n), row.Label
			}
		}
		if got == nil || best == 0 || got.QPS != best || got.Row.Label != label {
			t.Errorf("%s on %s: beside the split %+v, plans serve %g with %s", c.model, c.device, got, best, label)
		}
		if rep.Devices[0].Fidelity != plan.Calibrated {
			t.Errorf("%s: priced as %v, nothing is played", c.model, rep.Devices[0].Fidelity)
		}
	}
}
