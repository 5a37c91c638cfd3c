package table

import (
	"bytes"
	"testing"

	"fathom/sim/report"
)

func TestSortIsStable(t *testing.T) {
	rows := make([]report.Row, 50)
	for i := range rows {
		rows[i] = report.Row{Batch: i % 3, Throughput: float64(i)}
	}
	for _, down := range []bool{false, true} {
		table := Table{source: source{points: rows}}
		table.Order = table.source.all()
		table.SortBy(SortKey{ColThroughput, true}, nil)
		table.SortBy(SortKey{ColBatch, down}, nil)
		for i := 1; i < len(rows); i++ {
			a, b := table.Order[i-1], table.Order[i]
			if rows[a].Batch == rows[b].Batch && a > b {
				t.Fatalf("down %v: equal rows %d and %d changed places", down, a, b)
			}
		}
	}
}

func TestStrategySortsByNumber(t *testing.T) {
	for _, c := range []struct{ a, b string }{{"TP=8 DP=1", "TP=16 DP=1"}, {"TP=2", "TP=2 DP=4"}, {"a", "b"},
		{"TP=08", "TP=9"},
		{"TTFT 999 > 20", "TTFT 2053 > 20"}, {"x 1", "x a"}} {
		if x, y := spell(nil, c.a), spell(nil, c.b); bytes.Compare(x, y) >= 0 || head(x) > head(y) {
			t.Errorf("%s before %s", c.a, c.b)
		}
	}
}
