package report

import (
	"fmt"
	"strings"
	"testing"

	"fathom/sim/plan"
)

func point(label string, batch int, rate, ttft, tpot float64) Row {
	r := Row{Label: label, Batch: batch, Concurrency: batch, Throughput: rate, Status: OK}
	if ttft > 0 {
		r.TTFT = &ttft
	}
	if tpot > 0 {
		r.TPOT = &tpot
	}
	return r
}

func differenceText(list []Difference) string {
	var b strings.Builder
	for _, d := range list {
		sides := "both"
		switch {
		case d.Ours == nil && d.OurRatio == nil:
			sides = "theirs"
		case d.Theirs == nil && d.TheirRatio == nil:
			sides = "ours"
		}
		fmt.Fprintf(&b, "%s %s %s %s same %v: %s %s %s\n", d.Device, d.Phase, d.Label, sides, d.SameBatch,
			percent(d.Throughput), percent(d.TTFT), percent(d.TPOT))
	}
	return b.String()
}

func TestCompare(t *testing.T) {
	ours := &Report{Devices: []Device{{Device: "A",
		Aggregation: &Section{Candidates: []Row{point("TP=1", 8, 110, 90, 20), point("TP=2", 16, 50, 100, 10),
			point("TP=4", 4, 40, 100, 0), point("TP=8", 1, 5, 1, 1)}},
		Points: []Row{
			point("TP=2", 12, 44, 80, 9),
			{Label: "TP=2", Batch: 12, Concurrency: 12, Throughput: 45, Status: OK, Listed: true},
			{Label: "TP=2", Batch: 12, Concurrency: 12, Throughput: 45, Phase: plan.PhaseDecode, Listed: true}},
		Decode: &Section{Candidates: []Row{point("TP=1", 1, 1, 0, 1)}},
	}}}
	theirs := &Report{Devices: []Device{{Device: "A",
		Aggregation: &Section{Candidates: []Row{point("TP=1", 8, 100, 100, 20), point("TP=2", 12, 50, 100, 10),
			point("TP=4", 5, 50, 100, 3), point("TP=16", 1, 5, 1, 1)}}},
		{Device: "B", Prefill: &Section{Candidates: []Row{point("TP=1", 8, 100, 100, 0)}}}}}
	want := `A aggregation TP=1 both same true: +10.00% -10.00% 0
A aggregation TP=2 both same true: -10.00% - -
A aggregation TP=4 both same false: -20.00% 0 -
A aggregation TP=8 ours same false: - - -
A aggregation TP=16 theirs same false: - - -
B prefill TP=1 theirs same false: - - -
`
	if got := differenceText(Compare(ours, theirs)); got != want {
		t.Errorf("got\n%s", got)
	}
}

// Ratios are compared by the rate that they balance at; rows without a throughput have no difference there.
func TestCompareRatios(t *testing.T) {
	pair := func(p, d string, balanced, ttft, tpot float64) Ratio {
		return Ratio{Prefill: point(p, 2, 0, ttft, 0), Decode: point(d, 4, 0, 0, tpot), Balanced: balanced}
	}
	side := func(list ...Ratio) *Report {
		return &Report{Devices: []Device{{Device: "A", PDRatio: &RatioSection{Candidates: list}}}}
	}
	got := differenceText(Compare(side(pair("TP=1", "TP=1", 9, 100, 10), pair("TP=1", "TP=2", 5, 100, 10)),
		side(pair("TP=1", "TP=1", 10, 100, 20), pair("TP=2", "TP=2", 1, 1, 1))))
	want := `A aggregation TP=1 / TP=1 both same true: -10.00% 0 -50.00%
A aggregation TP=1 / TP=2 ours same false: - - -
A aggregation TP=2 / TP=2 theirs same false: - - -
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestDifferencesAreWritten(t *testing.T) {
	r := sample()
	b := *r.Devices[0].Aggregation.Best
	b.Throughput, b.Batch, b.NoMemory = 1600, 21, true
	r.Differences = Compare(r, &Report{Devices: []Device{{Device: "A3",
		Aggregation: &Section{Candidates: []Row{b, point("TP=9", 1, 1, 1, 1)}}}}})
	r.Differences = append(r.Differences, Difference{Device: "A3", Label: "x / y",
		OurRatio: &Ratio{Prefill: point("x", 1, 0, 1, 0), Decode: point("y", 1, 0, 0, 1), Balanced: 2, Bottleneck: "decode"}})
	r.LogFile = "/tmp/a\x1b[31m.log"
	doc := validate(t, r)
	list := doc["differences"].([]any)
	first := list[0].(map[string]any)
	if len(list) != 3 || first["throughput_difference"] != 0.027181 || first["same_batch"] != false ||
		first["theirs"].(map[string]any)["weight_gb"] != nil || doc["log_file"] != "/tmp/a.log" {
		t.Errorf("%v", doc["differences"])
	}
	if list[2].(map[string]any)["phase"] != nil {
		t.Error("a ratio belongs to no phase")
	}
	text := string(Text(r))
	for _, want := range []string{"Beside the reference tool", "A3      aggregation      TP=8 | PP=1 | DP=1     22     " +
		" 21  1643.49  1600.00  +2.72%  1964.26  1964.26     0    13.39   13.39     0"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}
