package engine

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"fathom/sim/engine/parse"
	"fathom/sim/plan"
	"fathom/sim/report"
)

func failureOf(t *testing.T, err error) *report.Failure {
	t.Helper()
	var f *report.Failure
	if !errors.As(err, &f) {
		t.Fatalf("no failure but %v", err)
	}
	return f
}

// A slow run: rows arrive while it goes on, and the end is what the log says.
func TestReplayedRunIsStreamed(t *testing.T) {
	m := checkout(t, "replay "+log("disagg_both_multi_device")+" 3 0")
	var steps []report.Progress
	req := &plan.Request{Mode: plan.Disaggregation}
	rep, err := m.Run(t.Context(), req, func(p report.Progress) { steps = append(steps, p) })
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Devices) != 2 || rep.Partial || rep.Devices[1].Decode.Best.Throughput != 3966.45 || len(rep.Cross) != 4 ||
		rep.Mode != plan.Disaggregation || rep.Request != req {
		t.Errorf("%+v", rep)
	}
	if !strings.HasPrefix(rep.Command, "python -m cli.inference.throughput_optimizer some/model --device") ||
		rep.Engine != "msmodeling" || rep.ElapsedMS < 100 {
		t.Errorf("%s %s %v", rep.Command, rep.Engine, rep.ElapsedMS)
	}
	early, points := 0, 0
	for _, s := range steps {
		if s.Points < points {
			t.Error("rows went away")
		}
		points = s.Points
		if s.Partial != nil && s.Partial.Partial && s.Points < 8 {
			early++
		}
	}
	end := steps[len(steps)-1]
	if early == 0 || end.Points != 8 || len(end.Log) == 0 || end.LogFile != rep.LogFile ||
		end.Device != "ATLAS_800_A2_376T_64G" {
		t.Errorf("%d steps, %d of them with some rows; the last: %d points, %d lines", len(steps), early, end.Points,
			len(end.Log))
	}
}

// The log file is what was printed, can be read by its user only, and reads back as the same report.
func TestTheWholeLogIsKept(t *testing.T) {
	m := checkout(t, "replay "+log("pd_ratio")+" 0 0")
	rep, err := m.Run(t.Context(), &plan.Request{Mode: plan.PDRatio}, nil)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(rep.LogFile)
	if err != nil || filepath.Dir(rep.LogFile) != m.LogDir || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", err, info)
	}
	if !regexp.MustCompile(`^msmodeling-\d{8}-\d{6}-\d+\.log$`).MatchString(info.Name()) {
		t.Errorf("name %s", info.Name())
	}
	data, _ := os.ReadFile(rep.LogFile)
	text := string(data)
	if !strings.HasPrefix(text, "$ ") || !strings.HasSuffix(text, "seconds.\n[exit 0]\n") ||
		!strings.Contains(text, "MindStudio") {
		t.Errorf("%.80q … %.80q", text, text[len(text)-80:])
	}
	again, failure := parse.Log(data)
	if failure != nil || again.Devices[0].PDRatio.Best.Balanced != 12.95 ||
		*again.Devices[0].PDRatio.Best.DecodeInstances != 2 {
		t.Errorf("%v %+v", failure, again)
	}
}

// Arguments reach the tool as they are: no shell, no expansion; its directory is the checkout, its input empty.
func TestNoShellIsInvolved(t *testing.T) {
	m := checkout(t, "say")
	m.Command = func(*plan.Request) []string {
		return []string{"python", "-m", "cli.inference.throughput_optimizer",
			"$(touch x); `id` && echo \"a'b\" | cat > /tmp/y *"}
	}
	var last report.Progress
	rep, err := m.Run(t.Context(), &plan.Request{}, func(p report.Progress) { last = p })
	if err != nil {
		t.Fatal(err)
	}
	out := strings.Join(last.Log, "\n")
	root, _ := filepath.EvalSymlinks(m.Root)
	for _, want := range []string{`argv ["-m" "cli.inference.throughput_optimizer" "$(touch x); ` + "`id`" +
		` && echo \"a'b\" | cat > /tmp/y *"]`, "dir " + root, "unbuffered 1"} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %s:\n%s", want, out)
		}
	}
	if strings.Contains(out, "stdin") {
		t.Error(out)
	}
	data, _ := os.ReadFile(rep.LogFile)
	first, _, _ := strings.Cut(string(data), "\n")
	if !strings.Contains(first, `'$(touch x); `) {
		t.Errorf("the log's command is not quoted: %s", first)
	}
}

// The model and the length file are ours: their paths are made absolute, since the tool runs elsewhere.
func TestLocalFilesAreFound(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("lengths.yaml", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	here, _ := filepath.Abs(".")
	m := &Msmodeling{}
	got := m.local(&plan.Request{InputFile: "lengths.yaml"}, []string{"lengths.yaml", "other", "/x"})
	if strings.Join(got, " ") != filepath.Join(here, "lengths.yaml")+" other /x" {
		t.Error(got)
	}
}

func TestFailingRuns(t *testing.T) {
	for _, c := range []struct {
		mode, field, fix, message string
		class                     report.FailureClass
	}{
		{"replay " + log("err_tp_too_large") + " 0 1", "tp_sizes", "2", "contains value 4", report.InvalidParameters},
		{"replay " + log("err_unknown_model") + " 0 0", "model", "", "cannot build the model", report.Assumptions},
		{"replay " + log("agg_infeasible") + " 0 137", "jobs", "1", "SIGKILL", report.Environment},
		{"die 9", "jobs", "1", "SIGKILL", report.Environment},
		{"die 15", "", "", "SIGTERM", report.Environment},
		{"die 1", "", "", "signal 1", report.Environment},
	} {
		if runtime.GOOS == "windows" && strings.HasPrefix(c.mode, "die") {
			continue
		}
		if c.mode == "die 1" && signal.Ignored(syscall.SIGHUP) {
			continue // nohup: its children inherit the deaf ear, and no program can take it off
		}
		rep, err := checkout(t, c.mode).Run(t.Context(), &plan.Request{}, nil)
		f := failureOf(t, err)
		if rep != nil || f.Class != c.class || f.Field != c.field || f.Fix != c.fix ||
			!strings.Contains(f.Message.String(), c.message) {
			t.Errorf("%s: %v %+v", c.mode, rep, f)
		}
		data, _ := os.ReadFile(f.LogFile)
		if len(data) == 0 || !strings.Contains(string(data), "\n[exit ") {
			t.Errorf("%s: log %q: %.100q", c.mode, f.LogFile, data)
		}
	}
}

// A run that fails after its first tables keeps them.
func TestRowsBeforeAFailureAreKept(t *testing.T) {
	whole, err := os.ReadFile(log("agg_multi_device"))
	if err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(t.TempDir(), "half.log")
	if err := os.WriteFile(half, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	rep, err := checkout(t, "replay "+half+" 0 137").Run(t.Context(), &plan.Request{}, nil)
	if f := failureOf(t, err); f.Field != "jobs" {
		t.Errorf("%+v", f)
	}
	if rep == nil || !rep.Partial || rep.Devices[0].Aggregation.Best.Throughput != 2695.60 {
		t.Errorf("%+v", rep)
	}
}

func TestInfeasibleRun(t *testing.T) {
	rep, err := checkout(t, "replay "+log("agg_infeasible")+" 0 0").Run(t.Context(), &plan.Request{}, nil)
	if err != nil || len(rep.Devices) != 1 || rep.Devices[0].Aggregation == nil || rep.Devices[0].Aggregation.Best != nil {
		t.Errorf("%v %+v", err, rep)
	}
}

// What cannot even start says which setting is at fault.
func TestWhatCannotStart(t *testing.T) {
	for _, c := range []struct {
		name, field string
		change      func(*Msmodeling)
	}{
		{"no root", "msmodeling_root", func(m *Msmodeling) { m.Root = "" }},
		{"no checkout", "msmodeling_root", func(m *Msmodeling) { m.Root = os.TempDir() }},
		{"no interpreter of that path", "python", func(m *Msmodeling) { m.Python = "/no/such/python" }},
		{"no interpreter of that name", "python", func(m *Msmodeling) { m.Python = "no-such-python" }},
		{"a directory", "python", func(m *Msmodeling) { m.Python = m.Root + "/cli" }},
		{"no log directory", "", func(m *Msmodeling) {
			m.LogDir = filepath.Join(m.Root, "cli", "inference", "throughput_optimizer.py", "x")
		}},
	} {
		m := checkout(t, "say")
		c.change(m)
		rep, err := m.Run(t.Context(), &plan.Request{}, nil)
		if f := failureOf(t, err); rep != nil || f.Class != report.Environment || f.Field != c.field || f.Advice.IsZero() ||
			f.Message.IsZero() {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}

// The interpreter may be named relative to the checkout.
func TestInterpreterOfTheCheckout(t *testing.T) {
	m := checkout(t, "say")
	if err := os.Symlink(os.Args[0], filepath.Join(m.Root, "py")); err != nil {
		t.Skip(err)
	}
	m.Python = "./py"
	if _, err := m.Run(t.Context(), &plan.Request{}, nil); err != nil {
		t.Error(err)
	}
}

// No control sequence of the child reaches the log lines.
func TestLogLinesAreSafe(t *testing.T) {
	var last report.Progress
	if _, err := checkout(t, "escape").Run(t.Context(), &plan.Request{},
		func(p report.Progress) { last = p }); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(last.Log, "|"); got != "progress red|All experiments completed in 0.01 seconds." {
		t.Errorf("%q", got)
	}
}

// A flood of output neither grows memory nor the log beyond its bound, and the run still ends.
func TestFlood(t *testing.T) {
	const megabytes = 64
	m := checkout(t, "flood 64")
	m.LogMost = 1 << 20
	var most uint64
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	rep, err := m.Run(t.Context(), &plan.Request{}, func(report.Progress) {
		var now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&now)
		most = max(most, now.HeapAlloc)
	})
	if err != nil {
		t.Fatal(err)
	}
	if grown := int64(most) - int64(before.HeapAlloc); grown > megabytes<<20/4 {
		t.Errorf("%d KiB more for %d MiB of output", grown>>10, megabytes)
	}
	info, _ := os.Stat(rep.LogFile)
	data, _ := os.ReadFile(rep.LogFile)
	if info.Size() > m.LogMost+200 || !strings.HasSuffix(string(data), "largest size]\n[exit 0]\n") {
		t.Errorf("log of %d bytes ends with %q", info.Size(), data[len(data)-80:])
	}
	if n := len(rep.Issues); n == 0 || !strings.Contains(rep.Issues[n-1].Message.String(), "log file ends early") {
		t.Errorf("%+v", rep.Issues)
	}
}

func TestAlreadyCancelled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("no time")
	cancel(why)
	rep, err := checkout(t, "hang").Run(ctx, &plan.Request{}, nil)
	if !errors.Is(err, why) || rep == nil || !rep.Partial {
		t.Errorf("%v %+v", err, rep)
	}
}

var _ Engine = &Msmodeling{}
