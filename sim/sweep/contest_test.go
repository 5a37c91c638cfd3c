package sweep

import (
	"context"
	"testing"

	"fathom/hw"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Of several devices the one that answers best wins: with most tokens, or for the least money where every device has a
// price; the steps over which another wins are named along both knobs.
func TestWhoWinsWhere(t *testing.T) {
	answer := func(_ context.Context, q *plan.Request) (*report.Report, error) {
		r := &report.Report{Request: q}
		for i, p := range q.Profiles {
			row := report.Row{Label: "s", Throughput: []float64{1000, 2000}[i], PerDevice: 1}
			if price := q.PriceOf(p.Name); price > 0 {
				cost := price / row.Throughput
				row.CostPerMTok = &cost
			}
			r.Devices = append(r.Devices, report.Device{Device: p.Name, Aggregation: &report.Section{Best: &row}})
		}
		return r, nil
	}
	two := asked()
	two.Profiles = append(two.Profiles, &hw.Profile{Name: "Y"})
	priced := *two
	priced.Prices = []plan.Price{{Device: "X", PerHour: 2}}
	for name, c := range map[string]struct {
		req    *plan.Request
		sweeps []string
		byCost bool
		steps  int // over which another device wins
	}{
		"without a price":    {two, []string{"input=1,2,3"}, false, 0},
		"one price only":     {&priced, []string{"input=1,2,3"}, false, 0},
		"a price is swept":   {&priced, []string{"price:Y=3,5"}, true, 1},
		"beside another one": {&priced, []string{"input=1,2,3", "price:Y=3,5"}, true, 3},
	} {
		axes, err := Parse(c.sweeps, c.req)
		if err != nil {
			t.Fatal(name, err)
		}
		out, err := Run(context.Background(), c.req, axes, []Answer{answer}, nil)
		if err != nil || out.ByCost() != c.byCost {
			t.Fatalf("%s: by cost %v, %v", name, out.ByCost(), err)
		}
		steps := out.Contests()
		for _, s := range steps {
			if s.Along != "device-cost:Y" || s.From != 3 || s.To != 5 || s.Was != "Y" || s.Now != "X" || s.Device != "" {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if len(steps) != c.steps {
			t.Errorf("%s: %d steps", name, len(steps))
		}
		for i := range out.Cells {
			cell := &out.Cells[i]
			want := "Y"
			if c.byCost && cell.At[len(cell.At)-1] == 5 {
				want = "X"
			}
			if cell.Wins != (cell.Device == want) {
				t.Errorf("%s: %+v, want %s to win", name, cell, want)
			}
		}
	}
}
