package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// samples copies a file of every load generator into a directory.
func samples(t *testing.T, dir string) {
	t.Helper()
	files, _ := filepath.Glob("../../sim/harness/testdata/*.*")
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		store(t, filepath.Join(dir, filepath.Base(f)), string(data))
	}
}

func store(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A directory of every tool's files is scored in one go; what cannot be read is named, and the others go on.
func TestScoreADirectory(t *testing.T) {
	l := newLab(t)
	dir := t.TempDir()
	samples(t, dir)
	store(t, filepath.Join(dir, "cut.json"), `{"total_output_tokens": 12, "mean_t`)
	store(t, filepath.Join(dir, "empty.json"), "")
	store(t, filepath.Join(dir, "foreign.json"), `{"hello": 1}`)
	store(t, filepath.Join(dir, "notes.md"), "not a result")
	flags := []string{"--device", "H200_SXM", "--precision", "bf16", "--tp", "4", "--model", "Qwen/Qwen3-32B",
		"--serving-engine", "vllm", "--format", "json"}
	o := l.run(t, append([]string{"score", dir}, flags...)...)
	var got struct {
		Overall struct{ Rows, Answered int }
		Rows    []struct{ ID, Source string }
	}
	if err := json.Unmarshal([]byte(o.stdout), &got); err != nil {
		t.Fatalf("%v: %+v", err, o)
	}
	if o.code != Done || got.Overall.Answered != 15 || got.Overall.Rows != 15 {
		t.Errorf("%d rows, %d answered: %s", got.Overall.Rows, got.Overall.Answered, o.stderr)
	}
	for _, want := range []string{"cut.json: line 1: ends in the middle", "empty.json: is empty",
		"foreign.json: is no result file"} {
		if !strings.Contains(o.stderr, want) {
			t.Errorf("%q is missing from %s", want, o.stderr)
		}
	}
	if strings.Contains(o.stderr, "notes.md") {
		t.Error("a file of another kind is no result")
	}
	some := l.run(t, append([]string{"score", filepath.Join(dir, "vllm_*")}, flags...)...)
	if json.Unmarshal([]byte(some.stdout), &got); some.code != Done || len(got.Rows) != 2 ||
		got.Rows[0].Source != "vllm_bench.json (vLLM)" {
		t.Errorf("a pattern: %+v", some)
	}
}

// A saved plan says what a file does not; without it the command says which flags would.
func TestScoreWithAPlan(t *testing.T) {
	l := newLab(t)
	dir := t.TempDir()
	samples(t, dir)
	file, saved := filepath.Join(dir, "guidellm.json"), filepath.Join(dir, "p.toml")
	o := l.run(t, "score", file)
	if !strings.Contains(o.stdout,
		"--model NAME --device NAME --serving-engine NAME --precision bf16|fp8|… --tp N, or --plan") {
		t.Errorf("%+v", o)
	}
	store(t, saved, "schema = \"fathom.plan/1\"\nmodel = \"Qwen/Qwen3-32B\"\ndevice = [\"H200_SXM\"]\nnum_devices = 4\n"+
		"input_length = 1024\noutput_length = 1024\ntpot_limits = [50]\nquantize_linear_action = \"DISABLED\"\n"+
		"quantize_attention_action = \"DISABLED\"\n")
	o = l.run(t, "score", file, "--plan", saved, "--format", "csv")
	if o.code != Done || !strings.Contains(o.stdout, "guidellm.json,Qwen/Qwen3-32B,H200_SXM,vllm,612.2,") {
		t.Errorf("%+v", o)
	}
}

// The verdict of a run: what was measured beside what was predicted, why, and what to measure next.
func TestVerdict(t *testing.T) {
	l := newLab(t)
	dir := t.TempDir()
	samples(t, dir)
	args := []string{"score", filepath.Join(dir, "vllm_bench.json"), "--device", "H200_SXM", "--precision", "bf16", "--tp",
		"1"}
	for format, wants := range map[string][]string{
		"table": {"Qwen/Qwen3-32B on H200_SXM, vllm, bf16, TP 1, 1024 in, 1024 out, 32 in flight", "eight of ten lie in",
			"TTFT p99 ms", "what would explain it", "% ", "measure again with concurrency"},
		"md":   {"| figure | measured | predicted |", "| above |"},
		"json": {`"causes": [`, `"explains": 0.`, `"percentiles": {`, `"source": "vllm_bench.json (vLLM)"`},
	} {
		o := l.run(t, append(args, "--format", format)...)
		for _, want := range wants {
			if o.code != Done || !strings.Contains(o.stdout, want) {
				t.Errorf("%s: %q is missing from %+v", format, want, o)
			}
		}
	}
}

func TestRunFilesThatAreNone(t *testing.T) {
	l := newLab(t)
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"score", dir}, "holds no file of a load generator"},
		{[]string{"score", filepath.Join(dir, "*.json")}, "no file fits this pattern"},
		{[]string{"score", filepath.Join(dir, "x"), "--tp", "-1"}, "--tp -1: must be from 1 to 4096"},
		{[]string{"score", filepath.Join(dir, "x"), "--serving-engine", "tgi"}, "no such engine; want one of vllm, sglang"},
	} {
		if o := l.run(t, c.args...); o.code != BadInput || !strings.Contains(o.stderr, c.want) {
			t.Errorf("%v: %+v", c.args, o)
		}
	}
}

// One text of the best row goes to standard output alone: what the copy menu of the dashboard gives.
func TestPlanCopiesOneText(t *testing.T) {
	l := newLab(t)
	ratio := strings.Replace(flagship, "--num-devices 8",
		"--num-devices 12 --enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 4"+
			" --decode-devices-per-instance 8", 1)
	for _, c := range []struct{ line, kind, want string }{
		{flagship, "reference", "python -m cli.inference.throughput_optimizer Qwen/Qwen3-32B --device "},
		{flagship, "fathom", "fathom plan Qwen/Qwen3-32B --device "},
		{flagship, "serve", "\nvllm serve Qwen/Qwen3-32B --tensor-parallel-size "},
		{flagship, "bench-vllm",
			"--random-input-len 3500 --random-output-len 1500 --ignore-eos --num-prompts 220 --max-concurrency 22 "},
		{flagship, "bench-guidellm", "--profile concurrent --rate 22 "},
		{flagship, "bench-inference-perf", "cat > inference-perf.yml <<'EOF'\napi:\n"},
		{flagship + " --traffic poisson --qps 0.5", "bench-sglang", "--num-prompts 150 --request-rate 0.5 "},
		{ratio, "bench-aiperf",
			"# for both pools together: send to the router in front of them, here http://localhost:8000\n"},
		{ratio, "bench-aiperf", "--request-rate "},
	} {
		o := l.run(t, append([]string{"plan"}, strings.Fields(c.line+" --copy "+c.kind)...)...)
		if o.code != Done || !strings.Contains(o.stdout, c.want) {
			t.Errorf("%s: %q is missing from %+v", c.kind, c.want, o)
		}
	}
	// the reference tool has no profile of it: refused with the reason, and a whole report gives our own command
	nvidia := "Qwen/Qwen3-32B --device H100_SXM --num-devices 8 --input-length 3500 --output-length 1500 " +
		"--quantize-linear-action FP8 --quantize-attention-action DISABLED --tpot-limit 50"
	if o := l.run(t, append([]string{"plan"}, strings.Fields(nvidia+" --copy reference")...)...); o.code != BadInput ||
		!strings.Contains(o.stderr, "has no profile H100_SXM") || o.stdout != "" {
		t.Errorf("%+v", o)
	}
	if o := l.run(t, append([]string{"plan"}, strings.Fields(nvidia+" --format md")...)...); o.code != Done ||
		strings.Contains(o.stdout, "throughput_optimizer Qwen") || !strings.Contains(o.stdout, "has no profile H100") ||
		!strings.Contains(o.stdout, "fathom plan Qwen/Qwen3-32B --device H100_SXM ") {
		t.Errorf("%+v", o)
	}
	if o := l.run(t, append([]string{"plan"}, strings.Fields(flagship+" --copy bench")...)...); o.code != BadInput ||
		!strings.Contains(o.stderr, "bench-vllm") || o.stdout != "" {
		t.Errorf("%+v", o)
	}
}
