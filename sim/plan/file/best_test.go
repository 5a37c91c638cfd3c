package file

import "testing"

// The headline of a plan is what answers it: the most tokens of answers, of a split those of its pairs.
func TestBestOfKept(t *testing.T) {
	for _, c := range []struct {
		want    string
		results []Result
	}{
		{"", nil},
		{"B", []Result{{Device: "A", Phase: "aggregation", Throughput: 1},
			{Device: "B", Phase: "aggregation", Throughput: 2}}},
		{"B", []Result{{Device: "A", Phase: "prefill", Throughput: 9000}, {Device: "B", Phase: "decode", Throughput: 80}}},
		{"A", []Result{{Device: "A", Phase: "prefill", Throughput: 9000}, {Device: "B", Phase: "decode"}}},
		{"A", []Result{{Device: "A", Phase: "pd_ratio", Throughput: 70},
			{Device: "B", Phase: "aggregation", Throughput: 80}}},
		{"", []Result{{Device: "A", Phase: "pd_ratio"}, {Device: "B", Phase: "aggregation", Throughput: 80}}},
		{"B", []Result{{Device: "A", Phase: "pd_ratio", Throughput: 70}, {Device: "B", Phase: "pd_ratio", Throughput: 80}}},
	} {
		got := ""
		if b := (&Kept{Results: c.results}).Best(); b != nil {
			got = b.Device
		}
		if got != c.want {
			t.Errorf("%+v: %q is best, want %q", c.results, got, c.want)
		}
	}
}
