package report

import (
	"math"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/plan"
)

// crossed is the sample on three profiles: the second overlaps with the best, the third lies beyond it.
func crossed() *Report {
	r := sample()
	row := func(v, low, high float64) *Row {
		b := *r.Devices[0].Aggregation.Best
		b.Throughput, b.ThroughputRange = v, &Interval{low, high}
		return &b
	}
	r.Cross = []Cross{{Device: "A", Throughput: 100, RatioToFirst: 1, Row: row(100, 80, 120)},
		{Device: "B", Throughput: 90, RatioToFirst: 0.9, Row: row(90, 70, 110)},
		{Device: "C", Throughput: 50, RatioToFirst: 0.5, Row: row(50, 40, 60)}}
	return r
}

// A profile is called better only where the ranges say so, in every form of the report.
func TestProfilesAreComparedByTheirRanges(t *testing.T) {
	r := crossed()
	for _, format := range []string{"table", "md"} {
		data, err := Render(r, format)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"A is not shown to be better than B: ranges overlap.",
			"A is better than C beyond the ranges.", "tok/s range", "80.0 – 120"} {
			if !strings.Contains(string(data), want) {
				t.Errorf("%s lacks %q:\n%s", format, want, data)
			}
		}
	}
	lines := validate(t, r)["cross_hardware"].([]any)
	for i, want := range []any{nil, false, true} {
		if got := lines[i].(map[string]any)["beyond_ranges"]; got != want {
			t.Errorf("line %d: beyond_ranges %v, want %v", i, got, want)
		}
	}
	r.Cross[1].Row.ThroughputRange, r.Cross[2].Row.ThroughputRange = nil, nil
	if text := string(Text(r)); !strings.Contains(text,
		"A is not shown to be better than B; C: uncalibrated figures have no ranges.") {
		t.Errorf("uncalibrated profiles are not called so:\n%s", text)
	}
	r.Cross[0].Row.ThroughputRange = nil
	if got := r.CrossSays(); len(got) != 1 || !strings.Contains(got[0].String(), "none is shown to be better") {
		t.Errorf("without any range: %v", got)
	}
}

// The phases of a disaggregated plan are compared each by itself.
func TestPhasesAreComparedApart(t *testing.T) {
	r := crossed()
	r.Cross[0].Row.Phase, r.Cross[1].Row.Phase = plan.PhasePrefill, plan.PhasePrefill
	r.Cross[2].Row.Phase = plan.PhaseDecode
	if got := r.CrossSays(); len(got) != 1 ||
		got[0].String() != "prefill: A is not shown to be better than B: ranges overlap." {
		t.Errorf("got %v", got)
	}
	if r.Beyond(2) != nil {
		t.Error("the first line of a phase is compared with another phase")
	}
}

// The rate of a pair ends where the slower side ends.
func TestRangeOfAPair(t *testing.T) {
	p := Row{Throughput: 1000, ThroughputRange: &Interval{800, 1500}}
	d := Row{Throughput: 500, ThroughputRange: &Interval{250, 600}}
	x := Ratio{Prefill: p, Decode: d, PrefillQPS: 10, DecodeQPS: 12, Balanced: 10}
	if got := x.Range(); got == nil || math.Abs(got.Low-6) > 1e-9 || math.Abs(got.High-14.4) > 1e-9 {
		t.Errorf("got %v, want 6 to 14.4", got)
	}
	near, far := x, x
	near.Prefill.Label, far.PrefillQPS = "near", 3
	s := RatioSection{Best: &x, Candidates: []Ratio{x, near, far}}
	if got := s.Ties(); len(got) != 1 || !strings.Contains(got[0], "near") {
		t.Errorf("ties %q, want the pair that is near", got)
	}
	x.Decode.ThroughputRange = nil
	if x.Range() != nil {
		t.Error("a pair with one uncalibrated side has a range")
	}
}

// What stands behind the figures is said: runs of the device, of others, none; and what too few runs showed.
func TestStandingIsSaid(t *testing.T) {
	r := sample()
	r.Request.Profiles = []*hw.Profile{{Name: "A3", Vendor: "NVIDIA", Calibrated: &hw.Calibrated{Runs: 7}}}
	d := &r.Devices[0]
	if s, _ := r.Standing(d); s != Uncalibrated {
		t.Errorf("without ranges: %s", s)
	}
	d.Fidelity = plan.Calibrated
	d.Aggregation.Best.ThroughputRange = &Interval{1500, 1800}
	s, bare := r.Standing(d)
	if s != Calibrated || strings.Join(bare, " ") != "TTFT TPOT" {
		t.Errorf("got %s, bare %v", s, bare)
	}
	text := string(Text(r))
	for _, want := range []string{"No interval for TTFT, TPOT: too few runs.", "serving engine"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	r.Request.Profiles[0].Calibrated.Runs = 0
	if text := string(Text(r)); !strings.Contains(text, "no run of this device stands behind") {
		t.Errorf("numbers taken over are not called so:\n%s", text)
	}
	device := validate(t, r)["devices"].([]any)[0].(map[string]any)
	if device["standing"] != "taken_over" || device["runs"] != 0.0 || device["serving_engine"] != "vllm" {
		t.Errorf("JSON has %v, %v, %v", device["standing"], device["runs"], device["serving_engine"])
	}
	csv, err := CSV(r)
	if err != nil || !strings.Contains(string(csv), "taken_over") {
		t.Errorf("CSV: %v\n%s", err, csv)
	}
}

// What all instances serve lies between the ends of the side that holds them up at either end, and no link carries
// more.
func TestSystemRange(t *testing.T) {
	row := Row{Throughput: 100, ThroughputRange: &Interval{50, 150}}
	p, d, qps := 2, 3, 12.0
	r := Ratio{Prefill: row, Decode: row, PrefillQPS: 10, DecodeQPS: 4, PrefillInstances: &p, DecodeInstances: &d,
		SystemQPS: &qps, Transfer: &Transfer{Counted: true, PrefillQPS: 7, DecodeQPS: 100}}
	if got := r.SystemRange(); *got != (Interval{6, 14}) {
		t.Errorf("%+v; 2 x 5 and 3 x 2 below, 2 x 7 by the link and 3 x 6 above", got)
	}
	s := RatioSection{Best: &r, Aggregated: &Versus{Row: row, QPS: 4, Beside: &Versus{Row: row, QPS: 4}}}
	if got := s.Lead(); *got != (Interval{6.0/12 - 1, 14.0/4 - 1}) {
		t.Errorf("%+v", got)
	}
	if s.Aggregated.Beside.Row.ThroughputRange = nil; s.Lead() != nil || s.Aggregated.Range() != nil {
		t.Error("a fleet that is half bare has no range")
	}
}
