package harness

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// say prints what a test compares: figures in ms and tok/s.
func say(r *Run) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s %s %s", r.Tool, r.Model, r.Device, r.Engine, r.Precision)
	for _, s := range []Sizes{r.Strategy, r.Prefill, r.Decode} {
		if s != (Sizes{}) {
			fmt.Fprintf(&b, " [%dx TP%d PP%d DP%d EP%d]", s.Workers, s.TP, s.PP, s.DP, s.EP)
		}
	}
	fmt.Fprintf(&b, " | %g in %g out c%d", r.Input, r.Output, r.Concurrency)
	if r.Rate > 0 {
		fmt.Fprintf(&b, " rate %g even %v", r.Rate, r.Even)
	}
	if r.Spread != nil {
		fmt.Fprintf(&b, " spread %.3g", *r.Spread)
	}
	fmt.Fprintf(&b, " n%d", r.Requests)
	if r.Failed > 0 {
		fmt.Fprintf(&b, " failed %d", r.Failed)
	}
	if r.Acceptance > 0 {
		fmt.Fprintf(&b, " accept %g", r.Acceptance)
	}
	for _, l := range []struct {
		name string
		l    Latency
	}{{"TTFT", r.TTFT}, {"TPOT", r.TPOT}, {"ITL", r.ITL}, {"E2E", r.Latency}} {
		if l.l.Mean == 0 && len(l.l.Percentiles) == 0 {
			continue
		}
		fmt.Fprintf(&b, " | %s %.5g", l.name, l.l.Mean*1e3)
		for _, p := range l.l.Percentiles {
			fmt.Fprintf(&b, " p%g %.5g", p.At, p.Seconds*1e3)
		}
	}
	fmt.Fprintf(&b, " | %.5g tok/s", r.Throughput)
	if !r.Fault.IsZero() {
		fmt.Fprintf(&b, " | %s", r.Fault)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Every tool's file, with keys as its documentation has them and numbers of our own.
func TestFilesOfEveryTool(t *testing.T) {
	for _, c := range []struct {
		file string
		want []string
	}{
		{"vllm_bench.json",
			[]string{"vLLM Qwen/Qwen3-32B vllm | 1024 in 1024 out c32 n160 | TTFT 612.2 p50 540.1 p99 1204.5 | " +
				"TPOT 40.6 p50 40.9 p99 41.9 | ITL 40.6 p50 39.8 p99 98 | 771.4 tok/s"}},
		{"sglang_bench.jsonl", []string{"SGLang Qwen/Qwen3-32B sglang [0x TP1 PP0 DP1 EP1] | 1024 in 1024 out c32 spread 0 " +
			"n160 | TTFT 540 p50 500 p99 1150 | TPOT 39.7 p50 39.9 p99 41 | ITL 39.7 | E2E 41100 p50 41050 | 779.8 tok/s"}},
		{"guidellm.json", []string{"GuideLLM | 1024 in 1024 out c32 n0 | TTFT 612.2 p50 540.1 | TPOT 40.6 | 771.4 tok/s"}},
		{"guidellm_new.json", []string{
			"GuideLLM Qwen/Qwen3-32B | 1024 in 1024 out c1 spread 0 n20 | TTFT 88 p50 86 p90 95 p95 99 p99 120 | " +
				"TPOT 17.7 p50 17.7 | E2E 18200 p0.1 17900 p50 18100 p99 18800 p99.9 18900 | 56 tok/s",
			"GuideLLM Qwen/Qwen3-32B | 1024 in 1016 out c0 rate 2.5 even false spread 0.5 n150 failed 2 | TTFT 140 | " +
				"TPOT 24 | 2540 tok/s"}},
		{"aiperf.json", []string{"AIPerf Qwen/Qwen3-32B | 1024 in 1024 out c32 n160 | TTFT 612.2 p50 540.1 p99 1204.5 | " +
			"TPOT 40.6 p50 40.9 p99 41.9 | E2E 42000 p50 41900 p99 43500 | 771.4 tok/s"}},
		{"aiperf.csv",
			[]string{"AIPerf | 1024 in 1029 out c32 n0 | TTFT 612.2 p25 420 p50 540.1 p75 700 p90 1020 p95 1150.1 " +
				"p99 1204.5 | TPOT 40.6 p25 40 p50 40.9 p75 41.2 p90 41.5 p95 41.7 p99 41.9 | 771.4 tok/s"}},
		{"genai_perf.json", []string{"AIPerf meta-llama/Llama-3.1-70B | 3500 in 500 out c32 spread 0 n0 | " +
			"TTFT 310 p50 290 p99 640 | TPOT 19.8 p50 19.7 p99 22 | " +
			"E2E 10200 p50 10150 p90 10800 p95 10900 p99 11000 | 1550 tok/s"}},
		{"genai_perf.csv", []string{"AIPerf | 3500 in 500 out c32 spread 0 n320 | " +
			"TTFT 1310 p25 900 p50 1290 p75 1400 p90 2500 p95 2600 p99 2640 | " +
			"TPOT 19.8 p25 19.5 p50 19.7 p75 20.1 p90 21 p95 21.5 p99 22 | " +
			"E2E 10200 p25 9900 p50 10150 p75 10400 p90 10800 p95 10900 p99 11000 | 1568.6 tok/s"}},
		{"inference_perf.json", []string{"inference-perf | 135 in 128.5 out c0 rate 1 even false spread 0.0677 n60 | " +
			"TTFT 42 p0.1 34 p50 41 p95 49.8 p99 52.4 p99.9 53 | TPOT 8.8 p50 8.7 p90 9.1 p99 9.8 | ITL 8.8 p99 11 | " +
			"E2E 1160 p50 1170 p99 1250 | 131.5 tok/s"}},
		{"ix_agg.json", []string{"InferenceX openai/gpt-oss-120b h200 vllm fp4 [0x TP4 PP0 DP0 EP1] | " +
			"1024 in 1024 out c32 spread 0.2 n0 | TTFT 210 p50 180 | TPOT 12.8 p50 12.7 | 2400 tok/s"}},
		{"vllm_console.txt", []string{"console text | 1024 in 1024 out c32 n160 | TTFT 612.2 | TPOT 40.6 | 771.4 tok/s"}},
		{"sglang_console.txt", []string{"console text sglang | 1024 in 1024 out c32 n160 accept 2.41 | " +
			"TTFT 540 p50 500 p99 1150 | TPOT 39.7 p50 39.9 p99 41 | ITL 39.7 p95 44 | E2E 41100 p50 41050 | 779.8 tok/s"}},
	} {
		f, err := os.Open(filepath.Join("testdata", c.file))
		if err != nil {
			t.Fatal(err)
		}
		runs, err := Read(f)
		f.Close()
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		for i := range runs {
			got := say(&runs[i])
			if len(runs) != len(c.want) || got != c.want[i] {
				t.Errorf("%s run %d of %d:\n got %s\nwant %s", c.file, i+1, len(runs), got, c.want[min(i, len(c.want)-1)])
			}
		}
	}
}

// What SGLang's server says of itself lies at several depths, by version and behind a router; settings that AIPerf does
// not repeat follow from what was measured.
func TestNestedAnswers(t *testing.T) {
	const run = `{"backend":"sglang","max_concurrency":8,"completed":10,"total_input_tokens":1000,
		"total_output_tokens":1000,"total_output_tokens_retokenized":999,"output_throughput":50.0,"mean_ttft_ms":100.0,"server_info":`
	const server = `{"model_path":"a/b","tp_size":8,"dp_size":4,"enable_dp_attention":true}`
	one := Sizes{TP: 2, DP: 4}
	for info, want := range map[string]Run{
		server:                                 {Strategy: one},
		`{"server_args":` + server + `}`:       {Strategy: one},
		`{"internal_states":[` + server + `]}`: {Strategy: one},
		`{"prefill":[{"model_path":"a/b","tp_size":4},{}],"decode":[{"server_args":` + server + `}]}`: {Disaggregated: true,
			Prefill: Sizes{Workers: 2, TP: 4}, Decode: Sizes{Workers: 1, TP: 2, DP: 4}},
	} {
		runs, err := Read(strings.NewReader(run + info + "}"))
		if err != nil || len(runs) != 1 {
			t.Fatalf("%s: %v", info, err)
		}
		r := runs[0]
		got := Run{Strategy: r.Strategy, Disaggregated: r.Disaggregated, Prefill: r.Prefill, Decode: r.Decode}
		if !reflect.DeepEqual(got, want) || r.Model != "a/b" {
			t.Errorf("%s: %q, %+v, want %+v", info, r.Model, got, want)
		}
	}
	runs, err := Read(strings.NewReader(`{"hw":"gb200","conc":64,"disagg":true,"is_multinode":true,"prefill_tp":4,
		"decode_tp":8,"num_prefill_gpu":4,"num_decode_gpu":8,"tput_per_gpu":100.0,"output_tput_per_gpu":75.0,"isl":1024,
		"osl":1024}`))
	if err != nil || len(runs) != 1 || runs[0].Throughput != 600 || runs[0].Devices != 12 {
		t.Errorf("output tokens per GPU of decode: %+v, %v", runs, err)
	}
	runs, err = Read(strings.NewReader(`{"request_throughput":{"unit":"requests/sec","avg":0.75},
		"request_count":{"avg":160},"request_latency":{"unit":"ms","avg":42000},"time_to_first_token":{"unit":"ms","avg":600},
		"output_token_throughput":{"unit":"tokens/sec","avg":768},"input_sequence_length":{"unit":"tokens","avg":1024}}`))
	if err != nil || len(runs) != 1 || runs[0].Concurrency != 32 || runs[0].Output != 1024 {
		t.Errorf("without settings: %+v, %v", runs, err)
	}
}

// vLLM appends a further object behind a line break; other tools collect theirs in a list or a line each.
func TestSeveralRunsInOneFile(t *testing.T) {
	one, err := os.ReadFile("testdata/vllm_bench.json")
	if err != nil {
		t.Fatal(err)
	}
	console, _ := os.ReadFile("testdata/vllm_console.txt")
	lone := strings.TrimSpace(string(one))
	for name, c := range map[string]struct{ text, at string }{
		"appended": {lone + "\n" + lone, "run 2"},
		"a list":   {"[" + lone + "," + lone + "]", "run 2"},
		"console":  {string(console) + "\n" + string(console), "block 2"},
	} {
		runs, err := Read(strings.NewReader(c.text))
		if err != nil || len(runs) != 2 || runs[1].At != c.at {
			t.Errorf("%s: %d runs, %v: %+v", name, len(runs), err, runs)
		}
	}
}

// A file that holds no run says what it is or lacks; a run that cannot be compared says what it does not say.
func TestDamagedAndForeignFiles(t *testing.T) {
	one, _ := os.ReadFile("testdata/vllm_bench.json")
	for _, c := range []struct{ text, want string }{
		{"", "is empty"},
		{" \n\t", "is empty"},
		{"hello", "no result file"},
		{`{"a": 1}`, "no result file"},
		{`[1, 2]`, "no result file"},
		{`{"a": `, "cut off"},
		{string(one[:len(one)/2]), "cut off"},
		{string(one) + "\n" + string(one[:len(one)/2]), "after 1 whole runs"},
		{`{"a": x}`, "is no JSON"},
		{`{"benchmarks": []}`, "holds no run"},
		{"Metric,avg\nSpeed (m/s),3\n", "no result file"},
		{`{"total_output_tokens": 0, "mean_ttft_ms": 0, "completed": 0, "failed": 7}`, "!no request was answered"},
		{`{"total_output_tokens": 5, "mean_ttft_ms": 3}`, "!does not say how long"},
		{`{"total_output_tokens": 5, "output_throughput": 0}`, "!holds no TTFT"},
		{`{"hw":"h200","conc":8,"infmax_model_prefix":"dsr1","disagg":true,"isl":1,"osl":1,"mean_ttft":1}`, "!prefill_tp"},
	} {
		runs, err := Read(strings.NewReader(c.text))
		fault, inRun := strings.CutPrefix(c.want, "!")
		switch {
		case inRun && (err != nil || len(runs) != 1 || !strings.Contains(runs[0].Fault.String(), fault)):
			t.Errorf("%.40q: %v %+v, want %q", c.text, err, runs, fault)
		case !inRun && (err == nil || !strings.Contains(err.Error(), fault)):
			t.Errorf("%.40q: %v, want %q", c.text, err, fault)
		}
	}
}

func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.*")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		runs, err := Read(strings.NewReader(text))
		if (err == nil) == (len(runs) == 0) {
			t.Fatalf("%d runs, error %v", len(runs), err)
		}
	})
}
