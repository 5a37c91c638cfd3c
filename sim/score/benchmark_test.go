package score

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fathom/sim/harness"
)

// runsOf reads a sample of the room that knows the tools.
func runsOf(t *testing.T, file string) []harness.Run {
	t.Helper()
	f, err := os.Open(filepath.Join("../harness/testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	runs, err := harness.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

// With what a file does not say every tool's sample is predicted, percentiles and all.
func TestEverySampleIsPredicted(t *testing.T) {
	known := Known{Model: "Qwen/Qwen3-32B", Device: "H200_SXM", Precision: "bf16", Engine: "vllm", TP: 4}
	files, _ := filepath.Glob("../harness/testdata/*.*")
	var rows []Row
	for _, f := range files {
		for _, run := range runsOf(t, filepath.Base(f)) {
			rows = append(rows, FromRun(&run, known, filepath.Base(f)))
		}
	}
	res, err := Run(context.Background(), rows, Options{}, nil)
	if err != nil || len(rows) < 12 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i := range res.Rows {
		s := &res.Rows[i]
		if s.Predicted == nil || s.Predicted.TTFT <= 0 || s.Predicted.TPOT <= 0 {
			t.Errorf("%s: %s", s.Row.ID, s.Reason)
		}
	}
}

// What a file does not say is asked for by name, all of it at once; what it says is taken from it.
func TestWhatAFileDoesNotSayIsAskedFor(t *testing.T) {
	for _, c := range []struct {
		file  string
		known Known
		want  string
	}{
		{"vllm_bench.json", Known{}, "does not say the device, the precision and the tensor parallel size; " +
			"add --device NAME --precision bf16|fp8|… --tp N, or --plan FILE"},
		{"guidellm.json", Known{Device: "H200_SXM", Precision: "bf16", TP: 1}, "the model and the serving engine; " +
			"add --model NAME --serving-engine NAME"},
		{"ix_agg.json", Known{}, ""},
		{"sglang_bench.jsonl", Known{Device: "H200_SXM", Precision: "bf16"}, ""},
	} {
		run := runsOf(t, c.file)[0]
		if r := FromRun(&run, c.known, c.file); (c.want == "") != r.Fault.IsZero() || !strings.Contains(r.Fault.String(),
			c.want) {
			t.Errorf("%s: %q, want %q", c.file, r.Fault, c.want)
		}
	}
	run := runsOf(t, "ix_agg.json")[0]
	if r := FromRun(&run, Known{}, "f"); r.Side.TP != 4 || r.Engine != "vllm" || r.Device != "h200" || *r.Spread != 0.2 {
		t.Errorf("what InferenceX says: %+v", r)
	}
}

// Names in files are matched to the catalog through their usual spellings; one that stands for several is not guessed.
func TestSpellingsOfModels(t *testing.T) {
	table, err := names()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Qwen/Qwen3-32B": "Qwen/Qwen3-32B", "/models/Qwen3-32B-FP8-dynamic": "Qwen/Qwen3-32B-FP8",
		"/data/qwen3_32b": "Qwen/Qwen3-32B", "llama-3.1-70b": "meta-llama/Meta-Llama-3.1-70B",
		"/models/Meta-Llama-3.1-70B-Instruct": "meta-llama/Meta-Llama-3.1-70B", "/models/llama-70b-fp8": "",
	} {
		m, err := table.modelOf(&Row{Model: name, Path: name})
		if (err == nil) != (want != "") || m != nil && m.Name != want {
			t.Errorf("%s: %v, %v; want %q", name, m, err, want)
		}
	}
}
