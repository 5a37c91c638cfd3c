package harness

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

type keys = map[string]any

// variant is a file of testdata with some of its keys changed.
func variant(t *testing.T, file string, changes keys) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	o := map[string]any{}
	if err := json.Unmarshal(strictLine(data), &o); err != nil {
		t.Fatal(err)
	}
	for k, v := range changes {
		o[k] = v
	}
	out, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// strictLine is a file of one object without the infinite rates that Python writes.
func strictLine(data []byte) []byte {
	return []byte(strings.ReplaceAll(string(data), "Infinity", "null"))
}

// Runs whose figures are in other units, whose load nobody predicts, or whose file says two things at once keep their
// reason; nothing of them is read as something else. Keys as vllm/benchmarks/serve.py (v0.6 to v0.11), sglang's
// bench_serving.py, aiperf's and genai-perf's exporters and InferenceMAX's process_result.py write them.
func TestOddRuns(t *testing.T) {
	vllm := func(k keys) string { return variant(t, "vllm_bench.json", k) }
	aiperf := func(k keys) string { return variant(t, "aiperf.json", k) }
	ms := func(v float64) keys { return keys{"avg": v, "unit": "ms"} }
	for name, c := range map[string]struct{ text, want string }{
		"a trace":           {vllm(keys{"request_rate": "trace"}), `request rate "trace"`},
		"a rising rate":     {vllm(keys{"ramp_up_strategy": "linear"}), `"linear"`},
		"bursts":            {vllm(keys{"request_rate": 2, "burstiness": 0.3}), "burstiness 0.3"},
		"a rate, at random": {vllm(keys{"request_rate": "2.0"}), ""},
		"a decimal comma":   {vllm(keys{"max_concurrency": "1,5"}), `max_concurrency "1,5"`},
		"thousands":         {vllm(keys{"total_input_tokens": "163,840"}), ""},
		"seconds": {vllm(keys{"mean_ttft_ms": 0.6122, "mean_tpot_ms": 0.0406}),
			"0.0317 in flight, not 32"},
		"seconds of one": {vllm(keys{"mean_ttft_ms": 0.6122}), "far below TPOT"},
		"milliseconds": {variant(t, "ix_agg.json", keys{"mean_ttft": 210, "mean_tpot": 12.8}),
			"in flight, not 32"},
		"two kinds of times": {variant(t, "sglang_bench.jsonl", keys{"mean_e2e_latency_ms": 41.1}),
			"a request takes 0.0411 s"},
		"another unit": {aiperf(keys{"inter_token_latency": keys{"avg": 40.6, "unit": "ticks"}}),
			`unit "ticks"`},
		"no unit":      {aiperf(keys{"time_to_first_token": keys{"avg": 612.2}}), `unit ""`},
		"microseconds": {aiperf(keys{"inter_token_latency": keys{"avg": 40600, "unit": "us"}}), ""},
		"errors":       {aiperf(keys{"error_request_count": ms(3)}), ""},
	} {
		runs, err := Read(strings.NewReader(c.text))
		if err != nil || len(runs) != 1 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r := &runs[0]
		if got := r.Fault.String(); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if c.want == "" && (r.Input != 1024 || r.TPOT.Mean < 0.039 || r.TPOT.Mean > 0.041) {
			t.Errorf("%s: %s", name, say(r))
		}
	}
	if _, err := Read(strings.NewReader(`{"total_output_tokens":5,"mean_ttft_ms":3,"mean_ttft_ms":4}`)); err == nil ||
		!strings.Contains(err.Error(), `"mean_ttft_ms" twice`) {
		t.Errorf("a key twice: %v", err)
	}
}

// What terminals and collectors of logs put before lines of a block is no part of them; a block that is cut, or has a
// figure that cannot be read, is no run.
func TestConsoleAsItIsKept(t *testing.T) {
	data, err := os.ReadFile("testdata/vllm_console.txt")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	each := func(before string) string { return before + strings.ReplaceAll(text, "\n", "\n"+before) }
	for name, c := range map[string]struct{ text, want string }{
		"docker":    {each("2025-09-16T10:15:00.123456789Z "), ""},
		"kubectl":   {each("[pod/bench-x/bench] "), ""},
		"compose":   {each("bench-1  | "), ""},
		"a logger":  {each("[2025-09-16 10:15:00,123] "), ""},
		"colours":   {each("\x1b[32m"), ""},
		"Windows":   {strings.ReplaceAll(text, "\n", "\r\n"), ""},
		"thousands": {strings.ReplaceAll(text, "163840", "163,840"), ""},
		"seconds": {strings.Replace(text, "TTFT (ms):                          612.20",
			"TTFT (s):  0.6122", 1), ""},
		"cut in a number":   {text[:strings.Index(text, "40.60")+2], "cut off"},
		"decimal commas":    {strings.Replace(text, "612.20", "612,20", 1), `cannot be read: "Mean TTFT (ms):`},
		"a unit of nothing": {strings.Replace(text, "TTFT (ms)", "TTFT (steps)", 1), "cannot be read"},
	} {
		runs, err := Read(strings.NewReader(c.text))
		if err != nil || len(runs) != 1 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := say(&runs[0])
		if c.want != "" && !strings.Contains(runs[0].Fault.String(), c.want) || c.want == "" &&
			got != "console text | 1024 in 1024 out c32 n160 | TTFT 612.2 | TPOT 40.6 | 771.4 tok/s" {
			t.Errorf("%s: %s, want %q", name, got, c.want)
		}
	}
}
