package pane

import (
	"strings"
	"testing"

	"fathom/hw/unraced"
	"fathom/sim/plan"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/sample"

	"github.com/muesli/termenv"
)

var fits = map[string]func() *sample.Session{}

// calibrated is a plan on profiles with a fit, answered by the real engine, once for all who ask it.
func calibrated(t *testing.T, devices, more string) *sample.Session {
	line := "Qwen/Qwen3-32B --num-devices 8 --input-length 2048 --output-length 512 --tpot-limit 50 --ttft-limit 5000 " +
		"--fidelity calibrated " +
		"--quantize-linear-action FP8 --quantize-attention-action DISABLED --device " + devices + " " + more
	x := field.FromArgs(strings.Fields(line), field.FromFlag, "")
	if len(x.Issues) > 0 {
		t.Fatal(x.Issues)
	}
	if fits[line] == nil {
		fits[line] = shared(func() *sample.Session { return real(x.Answers).Do(state.Accept) })
	}
	return fits[line]()
}

// Every screen that shows or compares calibrated figures shows their ranges and says what they tell, on a small
// terminal too.
func TestBarsAreOnEveryScreen(t *testing.T) {
	unraced.Skip(t)
	for _, c := range []struct {
		name          string
		devices, more string
		do            []state.Action
		want, never   []string
	}{
		{"table", "H100_SXM", "", nil, []string{"tok/s 8 of 10", "ranges overlap"}, []string{"uncalibrated", "tok/s low"}},
		{"cross", "H100_SXM H200_SXM L40S", "", []state.Action{state.Cross},
			[]string{"tok/s 8 of 10", "is not shown to be better than", "beyond the ranges"}, nil},
		{"cross of phases", "H100_SXM H200_SXM", "--disagg", []state.Action{state.Cross},
			[]string{"tok/s 8 of 10", "prefill: ", "decode: "}, nil},
		{"marked rows", "H100_SXM", "", []state.Action{state.Mark, state.Down, state.Mark, state.Compare},
			[]string{"tok/s 8 of 10", "is not shown to be better"}, nil},
		{"a device without runs", "L40S", "", nil, []string{"No run of this device"}, nil},
		{"too few runs", "ATLAS_800_A3_752T_128G_DIE", "--quantize-linear-action W8A8_DYNAMIC", nil,
			[]string{"No interval for TTFT, TPOT: too few runs."}, nil},
		{"fit", "H100_SXM", "", []state.Action{state.DetailCalibration, state.Accept},
			[]string{"median errors of runs left out", "dense", "TTFT"}, nil},
		{"plot", "H100_SXM", "", []state.Action{state.DetailPlot, state.Accept}, []string{"8 of 10"}, nil},
	} {
		for _, z := range [][2]int{{80, 24}, {120, 40}} {
			s := calibrated(t, c.devices, c.more).Do(c.do...)
			text := strings.Join(shoot(s, theme(false, termenv.Ascii), texts(t, "en", false), z[0], z[1]), "\n")
			text = strings.ReplaceAll(text, "tok/s of 8 in 10 runs", "tok/s 8 of 10") // in words where there is room
			for _, w := range c.want {
				if !strings.Contains(text, w) {
					t.Errorf("%s, %dx%d lacks %q:\n%s", c.name, z[0], z[1], w, text)
				}
			}
			for _, w := range c.never {
				if strings.Contains(text, w) {
					t.Errorf("%s, %dx%d has %q:\n%s", c.name, z[0], z[1], w, text)
				}
			}
		}
	}
}

// Of marked rows whose ranges overlap none is marked as the better one.
func TestOverlapMarksNoneAsBetter(t *testing.T) {
	s := calibrated(t, "H100_SXM", "").Do(state.Mark, state.Down, state.Mark, state.Compare)
	for _, l := range shoot(s, theme(true, termenv.Ascii), texts(t, "en", true), 80, 24) {
		if strings.HasPrefix(strings.TrimSpace(l), "tok/s ") && strings.Contains(l, "*") {
			t.Errorf("a strategy is called better although ranges overlap: %s", l)
		}
	}
}

// The error lines wrap where they have no room, and are whole where they have.
func TestErrorsOfAFit(t *testing.T) {
	s := calibrated(t, "H100_SXM", "")
	p := Painter{T: theme(true, termenv.Ascii), C: texts(t, "en", true), M: &s.M, W: 120, H: 40}
	x := p.profile()
	if x == nil || x.Calibrated == nil || x.Calibrated.Engine("vllm") == nil {
		t.Fatal("H100_SXM carries no fit to vllm")
	}
	e := *x.Calibrated.Engine("vllm")
	if len(e.Errors) != 2 {
		t.Fatalf("%d classes of models", len(e.Errors))
	}
	e.Errors = e.Errors[:1]
	e.Errors[0].Runs, e.Errors[0].TTFTBefore, e.Errors[0].TTFTAfter = 3, 0.191, 0.153
	e.Errors[0].TPOTBefore, e.Errors[0].TPOTAfter, e.Errors[0].ThroughputBefore, e.Errors[0].ThroughputAfter = 0, 0, 0.08,
		0.07
	if got := p.classErrors(&e, 100); len(got) != 1 ||
		strings.TrimSpace(got[0]) != "dense     3 runs - TTFT 19->15% - tok/s 8->7%" {
		t.Errorf("got %q", got)
	}
	if got := p.classErrors(&e, 34); len(got) != 3 {
		t.Errorf("in 34 cells: %q", got)
	}
	k := *x.Kernel
	k.Sum.Errors, k.Sum.Err = [4]float64{0.031, 0, 0.05, 0.12}, 0.045
	y := *x
	y.Kernel = &k
	if got := strings.Join(p.sumErrors(&y, 100), "\n"); !strings.Contains(got, "products 3.1% - experts 5.0% - "+
		"collectives 12.0% - all of unseen models 4.5%") {
		t.Errorf("got %s", got)
	}
}

// What is copied as text has both ends of a range.
func TestCopiedTextHasTheRanges(t *testing.T) {
	s := calibrated(t, "H100_SXM", "")
	p := Painter{T: theme(true, termenv.Ascii), C: texts(t, "en", true), M: &s.M, W: 120, H: 40}
	item, ok := s.M.Selected()
	if !ok || item.Row == nil || item.Row.ThroughputRange == nil {
		t.Fatal("the row on screen has no range")
	}
	want := p.reached(item.Row.ThroughputRange)
	for name, text := range map[string]string{"row": p.RowText(item), "table": p.TableText(&s.M.Results.Table)} {
		if !strings.Contains(text, "tok/s 8 of 10") || !strings.Contains(text, want) {
			t.Errorf("%s lacks the range %s:\n%s", name, want, text)
		}
	}
}

// A pair on two kinds of hardware shows the fits of both.
func TestCalibrationOfBothSides(t *testing.T) {
	s := sample.Results(sample.Pools())
	p := Painter{T: theme(true, termenv.Ascii), C: texts(t, "en", true), M: &s.M, W: 120, H: 40}
	got := strings.Join(p.calibration(100), "\n")
	d := p.onDevice().Device
	for _, phase := range []plan.Phase{plan.PhasePrefill, plan.PhaseDecode} {
		if name := p.device(p.request().On(d, phase).Name); !strings.Contains(got, name) {
			t.Errorf("%s: %s is missing from\n%s", d, name, got)
		}
	}
}
