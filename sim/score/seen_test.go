package score

import (
	"context"
	"os"
	"testing"

	"fathom/hw"
)

// Intervals of runs unlike all that the shipped fit has seen hold most of them, though the predictions themselves are
// off by two: eight of ten are claimed, and a regression to the bars of the data (11% of TPOT, 4% of throughput) shows.
func TestIntervalsHoldAStudyThatNoFitHasSeen(t *testing.T) {
	f, err := os.Open("testdata/long_prompts.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	res, err := Run(context.Background(), rows, Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := res.Coverage
	if c == nil || c.Rows != len(rows) || c.Unlike != len(rows) {
		t.Fatalf("of %d runs: %+v", len(rows), c)
	}
	for name, v := range map[string]float64{"TTFT": *c.TTFT, "TPOT": *c.TPOT, "throughput": *c.Throughput} {
		if v < 0.65 {
			t.Errorf("%s: %.0f%% are held", name, 100*v)
		}
	}
}

// A run like those of the fit has the bar that they earned, to the last digit.
func TestIntervalsInsideTheDataStay(t *testing.T) {
	device, err := hw.Find("H200_SXM")
	if err != nil {
		t.Fatal(err)
	}
	e := device.Calibrated.Engine("vllm")
	for _, at := range []hw.Case{{Class: "experts", Layout: "tp", Input: 8192, Output: 1024, Load: 8},
		{Class: "experts", Layout: "tp", Input: 3500, Output: 1024, Load: 8},
		{Class: "dense", Layout: "tp", Input: 1000, Output: 1000, Load: 32}} {
		if near, reach := e.At(at); reach == nil || reach.Distance != 0 || near.TPOT != e.TPOT || near.TTFT != e.TTFT {
			t.Errorf("%+v: %+v, TPOT %+v of %+v", at, reach, near.TPOT, e.TPOT)
		}
	}
}
