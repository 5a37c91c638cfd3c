package harness

import (
	"os"
	"strings"
	"testing"
)

// The summary of evalscope's perf and the report of trtllm-bench, with keys as their sources write them.
func TestSummaries(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		more keys
		want string
	}{
		"evalscope": {"evalscope.json", nil, "evalscope | 1024 in 409.6 out c32 n160 | TTFT 612.2 | TPOT 40.6 | ITL 40.5 | " +
			"E2E 16900 | 771.4 tok/s"},
		"evalscope at a rate": {"evalscope.json", keys{"Request rate (req/s)": 2, "Number of concurrency": -1},
			"evalscope | 1024 in 409.6 out c0 rate 2 even false n160 | TTFT 612.2 | TPOT 40.6 | ITL 40.5 | E2E 16900 | " +
				"771.4 tok/s"},
		"evalscope, first versions": {"evalscope.json", keys{"Average package latency (s)": 0.04}, "evalscope | 1024 in " +
			"409.6 out c32 n160 | TTFT 612.2 | ITL 40.5 | E2E 16900 | 771.4 tok/s"},
		"trtllm-bench": {"trtllm_bench.json", nil, "trtllm-bench meta-llama/Llama-3.1-8B trtllm bf16 " +
			"[0x TP1 PP1 DP0 EP0] | 1024 in 409.6 out c32 spread 0.0476 n160 | TTFT 612.2 p50 600 p90 700 p95 710 p99 720 | " +
			"TPOT 40.6 p50 40.5 p90 41 p95 41.5 p99 42 | E2E 16900 | 771.4 tok/s"},
		"trtllm-bench, all at once": {"trtllm_bench.json", keys{"request_info": keys{"num_requests": 64,
			"avg_num_concurrent_requests": 31.6, "avg_input_length": 1024, "avg_output_length": 409.6}}, "of 64 in all"},
	} {
		runs, err := Read(strings.NewReader(variant(t, c.file, c.more)))
		if err != nil || len(runs) != 1 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := say(&runs[0]); !strings.Contains(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// Files of other tools are refused by the tool's name, with what to give instead; a table of runs is none of them.
func TestStrangers(t *testing.T) {
	for text, want := range map[string]string{
		"Type,Name,Request Count,Failure Count,Median Response Time\nPOST,/v1/completions,10,0,5\n": "Locust",
		"Timestamp,User Count,Type,Name,Requests/s\n1,1,,Aggregated,3\n":                            "Locust",
		`[{"name":"/v1","method":"POST","num_requests":3,"response_times":{"5":3}}]`:                "Locust",
		"metric_name,timestamp,metric_value,check\nhttp_reqs,1,1,\n":                                "k6",
		`{"metric":"http_reqs","type":"Metric","data":{"name":"http_reqs"}}`:                        "k6",
		`{"root_group":{},"metrics":{"http_req_duration":{"avg":5}}}`:                               "k6",
		"     execution: local\n     http_req_duration..............: avg=5ms\n":                    "k6",
		`"Method","Name","# requests","# failures","Median response time"` + "\n":                   "Locust",
		`"Name","# requests","50%","66%","75%"` + "\n":                                              "Locust",
		"Label,# Samples,Average,Median,90% Line\n":                                                 "JMeter",
		"<?xml version=\"1.0\"?>\n<testResults version=\"1.2\">\n":                                  "JMeter",
		"Time (%),Total Time (ns),Instances,Avg (ns),Med (ns),Min (ns)\n50,9,1,9,9,9\n":             "Nsight Systems",
		"\"ID\",\"Process ID\",\"Process Name\",\"Host Name\",\"Kernel Name\"\n":                    "Nsight Compute",
		"Device_id,Model ID,Task ID,Stream ID,Op Name,OP Type,Task Duration(us)\n":                  "msprof",
		"timeStamp,elapsed,label,responseCode\n1,2,a,200\n":                                         "JMeter",
		"\ufeffMetric,average,max,min\nFirstTokenTime,80 ms,90 ms,70 ms\n":                          "MindIE",
		",FirstTokenTime,DecodeTime,GeneratedTokenSpeed\nAverage,80 ms,20 ms,40\n":                  "MindIE",
		"Common Metric,Value\nConcurrency,32\n":                                                     "MindIE",
		"Performance Parameters,Stage,Average,Min\nTTFT,total,80.1 ms,70 ms\n":                      "AISBench",
		"│ Performance Parameters │ Stage │ Average │\n│ TTFT │ total │ 80.1 ms │\n":                "AISBench",
		`{"Benchmark Duration":{"total":"80 ms"},"Output Token Throughput":{"total":"5 token/s"}}`:  "AISBench",
		`[{"Percentiles":"10%","TTFT (s)":0.1,"ITL (s)":0.01}]`:                                     "benchmark_summary",
		"Benchmarking summary:\n| Average time to first token (s)   |     0.1131 |\n":               "benchmark_summary",
	} {
		if !Known([]byte(text)) {
			t.Errorf("%q is taken for a table of runs", text)
		}
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if table := []byte("model,gpu,backend,isl,osl,concurrency,ttft_ms\nm,h100,vllm,1,1,1,5\n"); Known(table) {
		t.Error("a table of runs is taken for another tool's")
	}
	for _, file := range []string{"vllm_console.txt", "sglang_console.txt", "aiperf.csv"} {
		data, err := os.ReadFile("testdata/" + file)
		if err != nil || stranger(data) != nil {
			t.Errorf("%s: %v, %v", file, err, stranger(data))
		}
	}
}
