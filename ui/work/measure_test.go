package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/engine"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/score"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/runs"
	"fathom/ui/sample"
)

// planned is a plan on a profile with a fit, and its best row of a tensor parallel size.
func planned(t *testing.T) (*plan.Request, *report.Row) {
	t.Helper()
	a := sample.Flagship()
	for id, text := range map[field.ID]string{field.Device: "H100_SXM", field.DeviceCount: "4", field.InputLength: "1024",
		field.OutputLength: "1024", field.Quantization: "custom", field.Linear: "DISABLED", field.Attention: "DISABLED"} {
		a[id] = field.Answer{Text: text, Source: field.You}
	}
	q := sample.Open(state.Options{Answers: a}).M.Confirm.Request
	if q == nil {
		t.Fatal("no request")
	}
	r, err := engine.Embedded{}.Run(context.Background(), q, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Devices[0].Aggregation.Candidates {
		if c := &r.Devices[0].Aggregation.Candidates[i]; c.Strategy.TP == 4 {
			return q, c
		}
	}
	t.Fatal("no row with TP 4")
	return nil, nil
}

func source(q *plan.Request, r *report.Row, path string) state.Source {
	return state.Source{Path: path, Request: q, Row: r, Device: "H100_SXM"}
}

// Every sample of a tool is read, and what its file does not say comes from the plan.
func TestSamplesOfEveryToolAreMeasured(t *testing.T) {
	q, row := planned(t)
	dir := filepath.Join("..", "..", "sim", "harness", "testdata")
	for _, c := range []struct{ file, tool string }{{"vllm_bench.json", "vLLM"}, {"vllm_console.txt", "console text"},
		{"sglang_bench.jsonl", "SGLang"}, {"sglang_console.txt", "console text"}, {"guidellm.json", "GuideLLM"},
		{"aiperf.csv", "AIPerf"}, {"aiperf.json", "AIPerf"}, {"inference_perf.json", "inference-perf"}} {
		x, err := Local{}.Measure(t.Context(), state.Measure{Source: source(q, row, filepath.Join(dir, c.file)),
			Profiles: hw.Builtin()})
		if err != nil || len(x.Runs) == 0 || len(x.Lost) > 0 {
			t.Errorf("%s: %d runs, %v, %v", c.file, len(x.Runs), x.Lost, err)
			continue
		}
		r, tp := &x.Runs[0], 4
		if c.tool == "SGLang" { // the file says so
			tp = 1
		}
		if !strings.Contains(r.Tool, c.tool) || !r.Fault.IsZero() || r.TP != tp || r.Device != "H100_SXM" ||
			len(r.Lines) == 0 {
			t.Errorf("%s: %+v", c.file, r)
		}
		if !filepath.IsAbs(x.Path) {
			t.Errorf("%s is said as %s", c.file, x.Path)
		}
	}
}

// A damaged file is named with what it lacks, and the others of its directory count.
func TestADamagedFileIsNamedAndTheOthersGoOn(t *testing.T) {
	q, row := planned(t)
	dir := t.TempDir()
	whole, err := os.ReadFile(filepath.Join("..", "..", "sim", "harness", "testdata", "vllm_bench.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"a.json": whole, "cut.json": whole[:200], "empty.json": nil,
		"foreign.json": []byte(`{"hello": 1}`)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	x, err := Local{}.Measure(t.Context(), state.Measure{Source: source(q, row, dir), Profiles: hw.Builtin()})
	if err != nil || len(x.Runs) != 1 || len(x.Lost) != 3 {
		t.Fatalf("%d runs, lost %v, %v", len(x.Runs), x.Lost, err)
	}
	for i, want := range []string{"cut off", "is empty", "no result file"} {
		if l := x.Lost[i]; !strings.Contains(l.Why.String(), want) || !filepath.IsAbs(l.Path) {
			t.Errorf("%s: %s, want %s", l.Path, l.Why, want)
		}
	}
	if _, err := (Local{}).Measure(t.Context(), state.Measure{Source: source(q, row, dir+"/none")}); err == nil {
		t.Error("a file that is not there is an error")
	}
}

// slower are result files of runs that a machine with slower decode steps would give: predictions times a factor.
func slower(t *testing.T, factor float64) string {
	t.Helper()
	dir := t.TempDir()
	write := func(c int, ttft, tpot float64) string {
		n := 5 * c
		data, err := json.Marshal(map[string]any{"backend": "vllm", "model_id": sample.Model, "num_prompts": n,
			"request_rate": "inf", "max_concurrency": c, "completed": n, "total_input_tokens": n * 1024,
			"total_output_tokens": n * 1024, "mean_ttft_ms": ttft, "mean_tpot_ms": tpot, "duration": 1.0,
			"output_throughput": 1e3 * float64(c) * 1024 / (ttft + 1023*tpot)})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, fmt.Sprintf("c%03d.json", c))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	known := score.Known{Model: sample.Model, Device: "H100_SXM", Precision: "bf16", TP: 4}
	for _, c := range []int{1, 4, 16, 32, 64, 128, 256} {
		path := write(c, 100, 10)
		data, _ := os.ReadFile(path)
		rows, err := runs.In(t.Context(), path, data, known)
		if err != nil {
			t.Fatal(err)
		}
		r, err := score.Run(t.Context(), rows, score.Options{}, nil)
		if err != nil || r.Rows[0].Predicted == nil {
			t.Fatal(err, r.Rows[0].Reason)
		}
		p := r.Rows[0].Predicted
		write(c, 1e3*p.TTFT, 1e3*p.TPOT*factor)
	}
	return dir
}

// A fit writes a profile that is read back, under a name and in a file of its own; the plan's prediction moves towards
// the measurement. A second fit replaces nothing, and one that is ended writes nothing.
func TestAFitWritesAProfileAndReplacesNone(t *testing.T) {
	q, row := planned(t)
	dir, files := filepath.Join(t.TempDir(), "devices"), slower(t, 1.25)
	l := Local{Devices: dir}
	s := source(q, row, files)
	x, err := l.Measure(t.Context(), state.Measure{Source: s, Profiles: hw.Builtin()})
	if err != nil || x.Target.Path != filepath.Join(dir, "H100_SXM_CALIBRATED.toml") {
		t.Fatal(x.Target, err)
	}
	fit := state.Fit{Run: -1, Sources: []state.Source{s}, Target: x.Target, Profiles: hw.Builtin()}
	ended, stop := context.WithCancelCause(t.Context())
	stop(errors.New("ended"))
	if _, err := l.Fit(ended, fit, func(state.Fitting) {}); err == nil {
		t.Fatal("a fit that is ended is an error")
	}
	if _, err := os.Stat(dir); err == nil {
		t.Fatal("a fit that is ended wrote something")
	}
	told := 0
	y, err := l.Fit(t.Context(), fit, func(state.Fitting) { told++ })
	if err != nil || y.Used != 7 || y.Profile.Name != "H100_SXM_CALIBRATED" || told == 0 {
		t.Fatalf("%+v, told %d, %v", y, told, err)
	}
	own, err := hw.LoadUserDir(dir)
	if err != nil || len(own) != 1 || own[0].Name != y.Profile.Name {
		t.Fatal(own, err)
	}
	if _, err := l.Fit(t.Context(), fit, func(state.Fitting) {}); err == nil {
		t.Error("a file that is there is replaced")
	}
	with := *q
	with.Profiles = []*hw.Profile{y.Profile}
	all, _ := hw.Builtin().Add(y.Profile)
	after := source(&with, row, files)
	after.Device = y.Profile.Name
	z, err := l.Measure(t.Context(), state.Measure{Source: after, Profiles: all})
	if err != nil || z.Runs[0].Device != y.Profile.Name || z.Target.Name != "H100_SXM_CALIBRATED_2" {
		t.Fatal(z.Runs[0].Device, z.Target, err)
	}
	off := func(m state.Measured) (sum float64) {
		for i := range m.Runs {
			line := m.Runs[i].Lines[1]
			sum += max(line.Measured/line.Predicted, line.Predicted/line.Measured) - 1
		}
		return sum / float64(len(m.Runs))
	}
	if before, now := off(x), off(z); now > before-0.05 {
		t.Errorf("TPOT is off by %.3f before and %.3f after", before, now)
	}
}
