package engine

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"fathom/hw/unraced"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// A panic inside a run, here from one of its own goroutines, is an error with one readable line, never the end of the
// program.
func TestPanicsBecomeErrors(t *testing.T) {
	req := request(t, "Qwen/Qwen3-0.6B", flagship)
	rep, err := Embedded{}.Run(context.Background(), req, func(report.Progress) { panic("boom\nand more") })
	var f *report.Failure
	if rep != nil || !errors.As(err, &f) || f.Class != report.Environment ||
		!strings.Contains(f.Message.String(), "boom") ||
		strings.Contains(f.Message.String(), "\n") {
		t.Errorf("report %v, error %v", rep, err)
	}
}

func TestBadInputNamesTheField(t *testing.T) {
	req := request(t, "Qwen/Qwen3-0.6B", flagship)
	req.OutputLength = 0
	_, err := Embedded{}.Run(context.Background(), req, nil)
	var f *report.Failure
	if !errors.As(err, &f) || f.Class != report.InvalidParameters || f.Field != "output_length" {
		t.Errorf("got %v", err)
	}
}

// The last progress has everything; earlier ones are whole snapshots.
func TestProgressEndsComplete(t *testing.T) {
	req := request(t, "Qwen/Qwen3-32B", flagship)
	var last report.Progress
	rep, err := Embedded{}.Run(context.Background(), req, func(p report.Progress) { last = p })
	if err != nil {
		t.Fatal(err)
	}
	if last.StrategiesDone != last.Strategies || last.Partial == nil ||
		last.Partial.Devices[0].Evaluated != rep.Devices[0].Evaluated {
		t.Errorf("got %+v", last)
	}
}

// A large run stops within 50 ms of work of its processors after it was cancelled, at any moment, and keeps what it
// has.
func TestCancelWithin50Milliseconds(t *testing.T) {
	unraced.Skip(t)
	req := request(t, "deepseek-ai/DeepSeek-V3.1", experts)
	req.Search, req.InputLength = plan.SearchExhaustive, 20_000 // long prompts: chunked under every smaller budget
	limit := 50 * time.Millisecond * time.Duration(runtime.GOMAXPROCS(0))
	for _, after := range []time.Duration{0, time.Millisecond, 7 * time.Millisecond, 40 * time.Millisecond} {
		least := time.Hour // of a few: other work of the test process counts, too
		for n := 0; n < 5 && least > limit; n++ {
			ctx, cancel := context.WithCancel(context.Background())
			var asked time.Duration
			time.AfterFunc(after, func() { asked = spent(t); cancel() })
			rep, err := Embedded{}.Run(ctx, req, nil)
			least = min(least, spent(t)-asked)
			if !errors.Is(err, context.Canceled) || rep == nil || !rep.Partial {
				t.Fatalf("after %v: report %v, error %v", after, rep != nil, err)
			}
		}
		if least > limit {
			t.Errorf("after %v it took %v of the processors to stop", after, least)
		}
	}
}

// spent is the processor time that the test process has used.
func spent(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Skip(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// The exhaustive search never does worse than the reference's, for every run of the reference.
func TestExhaustiveIsNeverWorse(t *testing.T) {
	unraced.Skip(t)
	for _, ref := range references(t) {
		req := request(t, ref.Model, ref.Args)
		if len(req.Profiles) > 1 {
			req.Profiles = req.Profiles[:1] // re-pricing is of the reference search alone
		}
		one, err := Embedded{}.Run(context.Background(), req, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Search, req.PP = plan.SearchExhaustive, plan.Sizes{Searched: true, Values: []int{1}}
		all, err := Embedded{}.Run(context.Background(), req, nil)
		if err != nil {
			t.Fatal(err)
		}
		a, b := &one.Devices[0], &all.Devices[0]
		for _, s := range [][2]*report.Section{{a.Aggregation, b.Aggregation}, {a.Prefill, b.Prefill}, {a.Decode, b.Decode}} {
			if s[0] == nil || s[0].Best == nil {
				continue
			}
			if s[1] == nil || s[1].Best == nil || s[1].Best.Throughput < s[0].Best.Throughput*(1-1e-9) {
				t.Errorf("%s %s: exhaustive is worse than %.3f", ref.Name, s[0].Best.Phase, s[0].Best.Throughput)
			}
		}
	}
}

// The same request gives the same bytes for any number of processors; only the clock differs.
func TestSameBytesForAnyNumberOfProcessors(t *testing.T) {
	req := request(t, "Qwen/Qwen3-30B-A3B", strings.Replace(flagship, " --compile", " --tp-sizes --ep-sizes", 1))
	text := func(n int) []byte {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
		rep, err := Embedded{}.Run(context.Background(), req, nil)
		if err != nil {
			t.Fatal(err)
		}
		rep.ElapsedMS = 0
		data, err := report.JSON(rep)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if !bytes.Equal(text(1), text(8)) {
		t.Error("the report depends on GOMAXPROCS")
	}
}

// Where the two fidelities disagree about the winner by more than five per cent, a line says so.
func TestContrast(t *testing.T) {
	req := request(t, "Qwen/Qwen3-32B", flagship)
	rep, err := Embedded{}.Run(context.Background(), req, nil)
	if err != nil {
		t.Fatal(err)
	}
	notes := Contrast(context.Background(), req, rep, nil)
	req.Fidelity = plan.Corrected
	corrected, err := Embedded{}.Run(context.Background(), req, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, b := rep.Devices[0].Aggregation.Best, corrected.Devices[0].Aggregation.Best
	t.Logf("reference %s %.2f, corrected %s %.2f, notes %v", a.Label, a.Throughput, b.Label, b.Throughput, notes)
	if len(corrected.Devices[0].Corrections) == 0 {
		t.Error("a corrected report lists what it corrects")
	}
	if len(notes) != 1 || notes[0].Severity != report.Note {
		t.Errorf("budgets alone gain more than five per cent here: %v", notes)
	}
}
