package ui

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fathom/state/field"
	"fathom/ui/sample"
)

// speak plays a session of the line mode and gives all that it said.
func speak(t *testing.T, a field.Answers, e Engine, typed ...string) string {
	t.Helper()
	dir := t.TempDir()
	catalog := sample.Catalog()
	o := Options{Answers: a, Catalog: &catalog, Engine: e, StateDir: filepath.Join(dir, "state"), WorkingDir: dir,
		Out: os.Stdout, Getenv: func(k string) string {
			return map[string]string{"HOME": dir, "LANG": "en_US.UTF-8"}[k]
		}}
	o.defaults()
	var out bytes.Buffer
	if err := RunLines(t.Context(), o, strings.NewReader(strings.Join(typed, "\n")+"\n"), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestLineModeFromFirstQuestionToReport(t *testing.T) {
	out := speak(t, field.Answers{}, sample.Engine{}, "aggregation", sample.Model, "?", sample.A3, "many", "8", "3500",
		"+", "", "2000", "50",
		"", "1", "", "", "yes", "json", "quit")
	for _, want := range []string{
		"Deployment\n1. aggregation", "One or more hardware profiles.", "device count many: must be a whole number, e.g. 8",
		"heuristic: answers of chat models", "This will run:\npython -m cli.inference.throughput_optimizer " + sample.Model,
		"Run it? yes, no", "1643.49 tok/s", "validate with real workload tests", "Saved to", "1,643 tok/s with TP=8 DP=1"} {
		if !strings.Contains(out, want) {
			t.Fatalf("%q was not said:\n%s", want, out)
		}
	}
	if i := strings.IndexFunc(out, func(r rune) bool {
		return r < 0x20 && r != '\n' || strings.ContainsRune("─│█▌●○·…▼→⠁", r)
	}); i >= 0 {
		t.Errorf("a screen reader would stumble over %q", out[i:i+20])
	}
}

func TestLineModeStandsOnTheCommandWhenAllIsAnswered(t *testing.T) {
	out := speak(t, sample.Flagship(), sample.Engine{Err: sample.Failure()}, "yes", "no", ".")
	for _, want := range []string{"This will run:", "The run failed: --batch-range min must be <= max",
		"Smallest correction", "Apply the correction?"} {
		if !strings.Contains(out, want) {
			t.Fatalf("%q was not said:\n%s", want, out)
		}
	}
}

func TestLineModeEndsWithItsInput(t *testing.T) {
	if out := speak(t, field.Answers{}, sample.Engine{}); !strings.Contains(out, "line by line") {
		t.Error(out)
	}
}

func TestLineModeEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(&ExitError{Code: 130})
	o := Options{Engine: sample.Engine{}, Getenv: func(string) string { return "" }, StateDir: t.TempDir(), Out: os.Stdout}
	o.defaults()
	if err := RunLines(ctx, o, strings.NewReader(""), &bytes.Buffer{}); err == nil ||
		err.Error() != (&ExitError{}).Error() {
		t.Errorf("got %v", err)
	}
}

// Words choose here too, and what they chose is said.
func TestLineModeSaysWhatWordsChose(t *testing.T) {
	out := speak(t, field.Answers{}, sample.Engine{}, "aggregation", "qwen 32", "a3 752", ".", "yes")
	for _, want := range []string{"Taken: " + sample.Model, "Taken: " + sample.A3} {
		if !strings.Contains(out, want) {
			t.Errorf("%q was not said:\n%s", want, out)
		}
	}
}

// A warning about an answer is said when the answer is given, not only before the run.
func TestLineModeWarnsOfAnAnswer(t *testing.T) {
	out := speak(t, field.Answers{}, sample.Engine{}, "aggregation", sample.Model, sample.A3, "8", "3500", "1500", "2", ".",
		"yes")
	_, after, _ := strings.Cut(out, "TTFT limit (ms)")
	if at, next := strings.Index(after, "did you mean 2s?"), strings.Index(after, "TPOT limit"); at < 0 || next < at {
		t.Error(out)
	}
}
