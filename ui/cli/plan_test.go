package cli

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fathom/hw/unraced"
	"fathom/sim/report"
)

// planJSON is what these tests read of the report (its schema has tests of its own).
type planJSON struct {
	Schema, Command, Engine, Fidelity, Search, Mode string
	Partial                                         bool
	Failure                                         struct{ Class, Message, Correction string }
	Request                                         map[string]struct {
		Value  any
		Source string
	}
	Issues  []struct{ Severity, Field, Message string }
	Devices []struct {
		Device      string
		Nearest     []struct{ Relax string }
		Aggregation struct {
			Best       *struct{ Label string }
			Candidates []struct {
				Label      string
				Batch      int     `json:"batch_size"`
				Throughput float64 `json:"throughput_tok_s"`
				TTFT       float64 `json:"ttft_ms"`
				TPOT       float64 `json:"tpot_ms"`
			}
		}
		Points []struct{ Status string }
	}
	Disclaimer string
}

func planOf(t *testing.T, stdout string) planJSON {
	t.Helper()
	var r planJSON
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatalf("%v\n%s", err, stdout)
	}
	return r
}

// TestFlagshipPlan: the rows that the reference tool prints for the question (msmodeling 84fec85), through the command
// line.
func TestFlagshipPlan(t *testing.T) {
	r := planOf(t, ok(t, strings.Fields("plan "+flagship+" --format json")...))
	want := []struct {
		label     string
		tok, a, b float64
		batch     int
	}{
		{"TP=8 | PP=1 | DP=1", 1643.49, 1964.26, 13.39, 22},
		{"TP=4 | PP=1 | DP=2", 1581.41, 1934.21, 17.71, 14},
		{"TP=2 | PP=1 | DP=4", 1123.67, 1833.22, 24.92, 7},
		{"TP=1 | PP=1 | DP=8", 623.88, 1848.70, 38.47, 3},
	}
	got := r.Devices[0].Aggregation.Candidates
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	near := func(x, y float64) bool { return math.Abs(x/y-1) < 1e-3 }
	for i, w := range want {
		if g := got[i]; g.Label != w.label || g.Batch != w.batch || !near(g.Throughput, w.tok) || !near(g.TTFT, w.a) ||
			!near(g.TPOT, w.b) {
			t.Errorf("row %d: %+v, want %+v", i, g, w)
		}
	}
	if r.Command != "python -m cli.inference.throughput_optimizer "+flagship {
		t.Errorf("command: %s", r.Command)
	}
	if r.Schema != "fathom.report/1" || r.Engine != "embedded" || r.Fidelity != "reference" || r.Search != "reference" ||
		r.Mode != "aggregation" ||
		r.Partial || r.Disclaimer == "" || r.Devices[0].Points != nil {
		t.Errorf("%+v", r)
	}
	if in := r.Request["num_devices"]; in.Value != 8.0 || in.Source != "flag" {
		t.Errorf("num_devices: %+v", in)
	}
	if in := r.Request["reserved_memory_gb"]; in.Value != 10.0 || in.Source != "CLI default" {
		t.Errorf("reserved_memory_gb: %+v", in)
	}
}

// The default says unasked where corrected would choose another plan (5% and more).
func TestPlanSaysWhereFidelitiesDisagree(t *testing.T) {
	r := planOf(t, ok(t, strings.Fields("plan "+flagship+" --tp-sizes --format json")...))
	if len(r.Issues) != 1 || !strings.Contains(r.Issues[0].Message, "corrected has TP=4 | PP=1 | DP=2 with 1903.40 "+
		"tok/s (+15.8%) where reference has TP=8") {
		t.Errorf("%+v", r.Issues)
	}
}

// The fleet below the fewest devices comes with what breaks there.
func TestTargetSaysWhatBreaks(t *testing.T) {
	out := ok(t, strings.Fields("plan "+flagship+" --target-qps 20")...)
	if !strings.Contains(out, "For 20.00 req/s: 38 x (TP=4 | PP=1 | DP=1, batch 14), 152 devices") ||
		!strings.Contains(out,
			"144 devices serve 19.72 of 20.00 req/s within the limits; with batch 23 there: TTFT 2044 > 2000 ms") {
		t.Error(out)
	}
}

// A Markdown report can be pasted into a document: conditions, best row, candidates, comparison, why, how to check and
// serve, command.
func TestMarkdownIsWhole(t *testing.T) {
	unraced.Skip(t)
	two := strings.Replace(flagship, die, die+" ATLAS_800_A2_376T_64G", 1)
	pairs := strings.Replace(flagship, "--num-devices 8",
		"--num-devices 12 --enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 4"+
			" --decode-devices-per-instance 8", 1)
	for line, wants := range map[string][]string{
		two: {"\nBest: ", "\n| # | tok/s |", "\n## Cross-hardware\n", "\n## Conditions\n",
			"\n### Why: aggregation, TP=8 | PP=1 | DP=1\n", "limited by: TTFT (batch 23 needs 2044 ms)",
			"\n- basically reasonable: ", "- evidence: optimizer", "\npython -m cli.inference.text_generate ", "\nvllm serve ",
			"\npython -m sglang.launch_server ", "\n### Command\n", report.Disclaimer.String()},
		pairs: {"\n### PD ratio\n", "### Why: prefill, ", "### Why: decode, ", `"kv_role":"kv_producer"`,
			`"kv_role":"kv_consumer"`, "--disaggregation-mode prefill", "--disaggregation-mode decode"},
	} {
		md := ok(t, strings.Fields("plan "+line+" --format md")...)
		for _, want := range wants {
			if !strings.Contains(md, want) {
				t.Errorf("%q is missing from\n%s", want, md)
			}
		}
	}
	// A row of the exhaustive search carries its own token budget.
	if md := ok(t, strings.Fields("plan "+flagship+" --search exhaustive --format md")...); !strings.Contains(md,
		"--compile --max-batched-tokens 3500\n") {
		t.Error(md)
	}
}

// TestSameQuestionInEveryForm: flags, deprecated flags, no terminal, a saved plan: one report.
func TestSameQuestionInEveryForm(t *testing.T) {
	l := newLab(t)
	table := func(args ...string) string {
		o := l.run(t, args...)
		if o.code != Done {
			t.Fatalf("%v: exit %d: %s", args, o.code, o.stderr)
		}
		return o.stdout
	}
	want := table(strings.Fields("plan " + flagship + " --format csv")...)
	saved := filepath.Join(l.home, "flagship.toml")
	os.WriteFile(saved,
		[]byte("schema = \"fathom.plan/1\"\nmodel = \"Qwen/Qwen3-32B\"\ndevice = [\""+die+"\"]\nnum_devices = "+
			"8\ninput_length = 3500\n"+
			"output_length = 1500\nttft_limit = 2000\ntpot_limit = 50.0\nquantization = \"recommended\"\ncompile = true\n"),
		0o600)
	for _, line := range []string{
		flagship + " --format csv",
		"plan " + saved + " --format csv",
		saved + " --format csv",
		"plan --format csv " + strings.NewReplacer("ttft-limit", "ttft-limits", "num-devices",
			"num_devices").Replace(flagship),
		"--format csv plan " + flagship,
	} {
		if got := table(strings.Fields(line)...); got != want {
			t.Errorf("%s:\n%s", line, got)
		}
	}
	o := l.run(t, strings.Fields(strings.Replace(flagship, "ttft-limit", "ttft-limits", 1))...)
	if o.stderr != "no terminal: running as fathom plan\nnote: --ttft-limits is deprecated; use --ttft-limit\n" {
		t.Errorf("stderr: %q", o.stderr)
	}
}

func TestExitCodesOfPlan(t *testing.T) {
	l := newLab(t)
	o := l.run(t, strings.Fields("plan "+strings.Replace(flagship, "--tpot-limit 50", "--tpot-limit 0.001",
		1)+" --format json")...)
	r := planOf(t, o.stdout)
	if o.code != Infeasible || r.Devices[0].Aggregation.Best != nil || len(r.Devices[0].Nearest) == 0 ||
		!strings.Contains(o.stderr, "no point meets") {
		t.Errorf("nothing feasible: exit %d, %s", o.code, o.stderr)
	}
	o = l.run(t, strings.Fields("plan "+flagship+" --all-points --format json")...)
	if r := planOf(t, o.stdout); o.code != Done || len(r.Devices[0].Points) < 20 {
		t.Errorf("--all-points: exit %d, %d points", o.code, len(r.Devices[0].Points))
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(&Signal{Name: "interrupted", Code: Interrupt})
	file := filepath.Join(l.home, "partial.json")
	if o := l.runIn(ctx, strings.Fields("plan "+flagship+" -o "+file+" --format json")...); o.code != Interrupt {
		t.Errorf("interrupted: exit %d", o.code)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("an interrupted run left an output file")
	}
	for _, format := range []string{"json", "csv", "md", "table"} {
		file := filepath.Join(l.home, "out."+format)
		os.WriteFile(file, []byte("old"), 0o600)
		o := l.run(t, strings.Fields("plan "+flagship+" -o "+file+" --format "+format)...)
		data, _ := os.ReadFile(file)
		if o.code != Done || o.stdout != "" || len(data) < 100 {
			t.Errorf("-o %s: exit %d, stdout %q, %d bytes", format, o.code, o.stdout, len(data))
		}
	}
	if left, _ := filepath.Glob(filepath.Join(l.home, ".fathom-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestEveryModeRuns: one small plan of each mode, warnings on stderr, issues in the report.
func TestEveryModeRuns(t *testing.T) {
	base := "plan Qwen/Qwen3-8B --device ATLAS_800_A2_376T_64G --num-devices 4 --input-length 2000 --output-length 400 " +
		"--format json" +
		" --quantize-linear-action W8A8_DYNAMIC --quantize-attention-action DISABLED "
	l := newLab(t)
	lengths := filepath.Join(l.home, "lengths.yaml")
	os.WriteFile(lengths,
		[]byte("bins:\n- {min_tokens: 100, max_tokens: 500, weight: 3}\n- {min_tokens: 500, max_tokens: 2000, weight: 1}\n"),
		0o600)
	for _, test := range []struct{ flags, mode, issue string }{
		{"--tpot-limit 40", "aggregation", ""},
		{"", "aggregation", "no limit: the plan maximises throughput"},
		{"--input-length " + lengths + " --ttft-limit 900", "aggregation", ""},
		{"--max-batched-tokens 512 --tpot-limit 60 --batch-range 1 4", "aggregation", ""},
		{"--disagg --ttft-limit 900", "disaggregation", ""},
		{"--disagg --tpot-limit 40", "disaggregation", ""},
		{"--disagg --ttft-limit 900 --tpot-limit 40", "disaggregation", "prefill and decode are optimised separately"},
		{"--enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 1 --decode-devices-per-instance 2 " +
			"--ttft-limit 900 --tpot-limit 40", "pd_ratio", ""},
		{"--tpot-limit 40 --num-mtp-tokens 0 1", "aggregation", "the model has no MTP heads"},
		{"--tpot-limit 40 --device TEST_DEVICE ATLAS_350_425T_112G", "aggregation", ""},
		{"--tpot-limit 40 --fidelity corrected", "aggregation", ""},
	} {
		o := l.run(t, strings.Fields(base+test.flags)...)
		if o.code != Done {
			t.Errorf("%s: exit %d: %s", test.flags, o.code, o.stderr)
			continue
		}
		r := planOf(t, o.stdout)
		found := test.issue == ""
		for _, i := range r.Issues {
			found = found || strings.Contains(i.Message, test.issue)
		}
		if r.Mode != test.mode || !found {
			t.Errorf("%s: mode %s, issues %+v", test.flags, r.Mode, r.Issues)
		}
	}
}

// A checkpoint that says how it is quantised answers that question; what is typed comes first, and one that says
// nothing answers nothing.
func TestPlanOfAQuantisedCheckpoint(t *testing.T) {
	const config = `{"model_type":"llama","hidden_size":2048,"intermediate_size":5632,"num_attention_heads":16,
		"num_hidden_layers":4,"num_key_value_heads":4,"max_position_embeddings":8192,"vocab_size":32000`
	l := newLab(t)
	plan := func(rest string, flags ...string) outcome {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(config+rest+"}"), 0o600); err != nil {
			t.Fatal(err)
		}
		return l.run(t, append([]string{"plan", dir, "--device", "H200_SXM", "--num-devices", "1", "--input-length", "500",
			"--output-length", "50", "--format", "json"}, flags...)...)
	}
	const awq = `,"quantization_config":{"quant_method":"awq","bits":4,"group_size":128}`
	const key = "quantize_linear_action"
	got := plan(awq)
	if r := planOf(t, got.stdout).Request; r[key].Value != "AS_PUBLISHED" ||
		!strings.HasPrefix(r[key].Source, "inspected local file") {
		t.Errorf("as published: %+v\n%s", r[key], got.stderr)
	}
	got = plan(awq, "--quantize-linear-action", "FP8", "--quantize-attention-action", "DISABLED")
	if r := planOf(t, got.stdout).Request; r[key].Value != "FP8" {
		t.Errorf("typed: %+v\n%s", r[key], got.stderr)
	}
	if got = plan(""); got.code != 2 || !strings.Contains(got.stderr, "--quantize-linear-action") {
		t.Errorf("in 16 bits: exit %d, %s", got.code, got.stderr)
	}
}
