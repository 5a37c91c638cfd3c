package score

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/plan"
)

const head = "model,gpu,backend,precision,mode,isl,osl,concurrency,tp_size,measured_ttft_ms,measured_tpot_ms,suspect\n"

func TestFileFaultsNameLineAndFix(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"empty":            {"", "no header line"},
		"comments only":    {"# a\n# b\n", "no header line"},
		"no runs":          {head, "header and no runs"},
		"no model":         {"gpu,isl,osl,ttft_ms\nh100,1,1,1\n", `no column "model"`},
		"no length":        {"model,gpu,osl,ttft_ms\nm,h100,1,1\n", "input_length"},
		"nothing measured": {"model,gpu,isl,osl\nm,h100,1,1\n", "no measured column"},
		"another unit":     {"model,gpu,isl,osl,TTFT (min),tpot_ms\nm,h100,1,1,1,1\n", `"ttft (min)", is not in milliseconds`},
		"no unit":          {"model,gpu,isl,osl,mean_tpot,ttft_ms\nm,h100,1,1,1,1\n", "is not in milliseconds"},
		"same column":      {"model,gpu,device,isl,osl,ttft_ms\nm,a,b,1,1,1\n", `both mean "gpu"`},
		"open quote":       {head + "\"m,h100\n", "line 2"},
		"binary":           {"\x00\x01\x02\x03\n", `no column "model"`},
	} {
		_, err := Read(strings.NewReader(c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want an error with %q, got %v", name, c.want, err)
		}
	}
}

// A row that cannot be used stays in the result and says why.
func TestRowFaultsBecomeReasons(t *testing.T) {
	for line, want := range map[string]string{
		"Qwen/Qwen3-32B,h100_sxm,vllm,fp8,agg,1024,1024,x,1,100,10,":       `concurrency "x"`,
		"Qwen/Qwen3-32B,h100_sxm,vllm,fp8,agg,1024,1024,4.5,1,100,10,":     "whole number",
		"Qwen/Qwen3-32B,h100_sxm,vllm,fp8,agg,-5,1024,4,1,100,10,":         `isl "-5"`,
		"Qwen/Qwen3-32B,h100_sxm,vllm,fp8,agg,NaN,1024,4,1,100,10,":        "isl",
		"Qwen/Qwen3-32B,h100_sxm,vllm,fp8,agg,1e300,1024,4,1,100,10,":      `isl "1e300"`,
		"Qwen/Qwen3-32B,h100_sxm,vllm,fp8,agg,1024,,4,1,100,10,":           "osl",
		"Qwen/Qwen3-32B,h100_sxm,vllm,fp8,both,1024,1024,4,1,100,10,":      `mode "both"`,
		"Qwen/Qwen3-32B,h100_sxm,vllm,fp8,agg,1024,1024,,1,100,10,":        "concurrency",
		"Qwen/Qwen3-32B,h100_sxm,vllm,fp8,agg,1024,1024,4,1,,,":            "at least one measured value",
		"Qwen/Qwen3-32B,h100_sxm,vllm,fp8":                                 "4 fields, the header 12",
		"Qwen/Qwen3-32B,,vllm,fp8,agg,1024,1024,4,1,100,10,":               "gpu",
		"Qwen/Qwen3-99B,h100_sxm,vllm,fp8,agg,1024,1024,4,1,100,10,":       "not in the catalog",
		"Qwen/Qwen3-32B,h999,vllm,fp8,agg,1024,1024,4,1,100,10,":           "h999",
		"Qwen/Qwen3-32B,h100_sxm,vllm,fp3,agg,1024,1024,4,1,100,10,":       `precision "fp3"`,
		"Qwen/Qwen3-32B,h100_sxm,vllm,,agg,1024,1024,4,99999,100,10,":      `tp_size "99999"`,
		"Qwen/Qwen3-235B-A22B,h100_sxm,vllm,,agg,1024,1024,4,1,100,10,":    "out of memory",
		"Qwen/Qwen3-32B,h100_sxm,vllm,fp8,agg,4000000,1024,4,1,100,10,":    "cannot hold one request",
		"\x1b[31mQwen/Qwen3-99B\x1b[0m,h100,vllm,,agg,1,1,1,1,100,10,":     "catalog",
		"Qwen/Qwen3-32B,h100_sxm,vllm,fp8,agg,1024,1024,4,1,Inf,10,":       "ttft_ms",
		"Qwen/Qwen3-32B,h100_sxm,vllm,fp8,agg,1024,1024,99999999,1,100,1,": "concurrency",
	} {
		rows, err := Read(strings.NewReader(head + line + "\n"))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		res, err := Run(context.Background(), rows, Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := res.Rows[0]
		if s.Predicted != nil || !strings.Contains(s.Reason.String(), want) {
			t.Errorf("%s: want a reason with %q, got %q", line, want, s.Reason)
		}
		if strings.ContainsRune(s.Reason.String(), 0x1b) {
			t.Errorf("control sequence in %q", s.Reason)
		}
		if res.Overall.Rows != 1 || res.Overall.Answered != 0 {
			t.Errorf("%s: %d rows, %d answered", line, res.Overall.Rows, res.Overall.Answered)
		}
	}
}

// The columns of the published set: what words say of a run.
func TestPublishedWords(t *testing.T) {
	file := "model,device,devices,engine,config,isl,osl,concurrency,load,out_tok_s,total_tok_s,ttft_ms,ttft_p50_ms,tpot_ms,tpot_p50_ms,kind,source\n" +
		`Qwen3-14B,a100_sxm,1,vLLM v1;SGLang v2,vllm serve Qwen/Qwen3-14B-FP8 -tp 2 --max-num-seqs 64,217,202,1000,"ShareGPT; 1000 requests, peak in flight 1000.0",1900,4000,40000,,114,,load generator,x` + "\n" +
		`Qwen3-14B,a100_sxm,1,SGLang,python3 -m sglang.launch_server --tp-size=4 --ep-size 4 --chunked-prefill-size 4096,342,281,31,"ShareGPT 8RPS; 1000 requests, peak in flight 31.0",2197,,41,,1.34,,load generator,x` + "\n" +
		`Qwen3-32B-W8A8,ascend_a2_910b,,vllm-ascend,tp4 dp1 ep max-num-seqs 80 mbt 40960,3500,1500,72,"288 requests, concurrency 72, rate unlimited",1065,,,,,,CI,x` + "\n" +
		`DeepSeek-R1,ascend_910c,,x,"INT8, decode",4096,,,decode 538 token/s per NPU,,,,,15.0,,paper,x` + "\n"
	rows, err := Read(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	a, b, c, d := rows[0], rows[1], rows[2], rows[3]
	if a.Engine != "vllm" || a.Side.TP != 2 || a.Sequences != 64 || !a.Burst || !a.Tail || a.Precision != "fp8" ||
		a.Measured.TTFT != 0 || a.Measured.Throughput != 1900 {
		t.Errorf("burst: %+v", a)
	}
	if b.Engine != "sglang" || b.Side.TP != 4 || b.Side.EP != 4 || b.BatchedTokens != 4096 || b.Rate != 8 ||
		b.Measured.TPOT != 0 || b.Measured.TTFT == 0 {
		t.Errorf("rate: %+v", b)
	}
	if c.Engine != "vllm-ascend" || c.Side.TP != 4 || c.Side.EP != 4 || c.Sequences != 80 || c.BatchedTokens != 40960 ||
		c.Concurrency != 72 || c.Requests != 288 || c.Precision != "int8" {
		t.Errorf("closed loop: %+v", c)
	}
	if d.Fault.IsZero() {
		t.Errorf("no load stated: %+v", d)
	}
}

// A command is run by the engine that has its flags, whatever a page calls it; a checkpoint's name and MindIE's
// commands do not count.
func TestFlagsTellTheEngine(t *testing.T) {
	for config, want := range map[string]plan.Serving{
		"SGLang  --max-model-len=32768 --max-num-batched-tokens=16384":                      "vllm",
		"SGLang  --context-length=32768":                                                    "sglang",
		"vLLM  --context-length 32768":                                                      "sglang",
		"mindie serve vllm-ascend/Qwen3-8B-W8A8 --enable-prefix-caching --max-num-seqs=400": "mindie",
		"trtllm-serve Qwen3-8B --max_num_tokens 8192":                                       "trtllm",
	} {
		rows, err := Read(strings.NewReader("model,device,engine,config,isl,osl,load,out_tok_s\nQwen3-8B,h100_sxm,,\"" +
			config + "\",342,281,closed loop 4,100\n"))
		if err != nil {
			t.Fatal(err)
		}
		if rows[0].Engine != want {
			t.Errorf("%s: %v, want %v", config, rows[0].Engine, want)
		}
	}
}

// A device is the same one however the file spells it: the prediction, the table of caches and the recipes of the
// device are those of its profile. A name of several says which.
func TestDevicesAsToolsPrintThem(t *testing.T) {
	predict := func(device string) (float64, string) {
		rows, err := Read(strings.NewReader("model,device,engine,config,isl,osl,load,out_tok_s\nDeepSeek-R1," + device +
			",sglang,--tp-size 8,1024,1024,closed loop 16,100\n"))
		if err != nil {
			t.Fatal(err)
		}
		res, err := Run(context.Background(), rows, Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if res.Rows[0].Predicted == nil {
			return 0, res.Rows[0].Reason.String()
		}
		return res.Rows[0].Predicted.TPOT, ""
	}
	plain, reason := predict("h200_sxm")
	if plain == 0 {
		t.Fatal(reason)
	}
	for _, name := range []string{"NVIDIA H200", "H200 141GB HBM3e", "NVIDIA-H200"} {
		if got, reason := predict(name); got != plain {
			t.Errorf("%s: %g %s; h200_sxm: %g", name, got, reason, plain)
		}
	}
	for name, want := range map[string]string{"Atlas 800T A2": "could be ATLAS_800_A2_376T_64G, ",
		"A100-SXM4-40GB": "A100_SXM (80 GiB)"} {
		if _, reason := predict(name); !strings.Contains(reason, want) {
			t.Errorf("%s: %q", name, reason)
		}
	}
	b200, err := hw.Find("B200_SXM")
	if err != nil || !SameDevice("NVIDIA B200", b200) || SameDevice("NVIDIA GB200", b200) {
		t.Error("B200 and GB200", err)
	}
	a2, err := hw.Find("ATLAS_800_A2_376T_64G")
	if err != nil || !SameDevice("ascend_910b", a2) || !SameDevice("Ascend910B2", a2) || SameDevice("Atlas 800T A2", a2) {
		t.Error("a server is not one of its devices", err)
	}
}

// onAscend is the predicted token time of Qwen3-8B on one Ascend 910B, in seconds.
func onAscend(t *testing.T, engine, config string, requests int) float64 {
	t.Helper()
	rows, err := Read(strings.NewReader(fmt.Sprintf("model,device,engine,config,isl,osl,load,out_tok_s\nQwen3-8B,ascend_910b,%s,%s,233,221,closed loop %d,100\n", engine, config, requests)))
	if err != nil {
		t.Fatal(err)
	}
	res, err := Run(context.Background(), rows, Options{}, nil)
	if err != nil || res.Rows[0].Predicted == nil {
		t.Fatal(err, res.Rows[0].Reason)
	}
	return res.Rows[0].Predicted.TPOT
}

// Graphs are captured for multiples of eight: nine requests run kernel by kernel where at most twelve may, and not
// where sixteen may.
func TestRecipeOfCapturedGraphs(t *testing.T) {
	tpot := func(most, requests int) float64 {
		return onAscend(t, "vllm-ascend 0.20.2", fmt.Sprintf("max-num-seqs %d", most), requests)
	}
	if least := 12 * 36 * 110e-6; tpot(12, 12) < 0.9*least {
		t.Errorf("twelve of at most twelve: %.4g s a step, 432 kernels take %.4g s", tpot(12, 12), least)
	}
	if graph := tpot(16, 9); tpot(12, 8) > 1.1*graph || tpot(12, 9) < 2*graph {
		t.Errorf("nine of at most sixteen: %.4g s a step; of at most twelve, eight: %.4g s, nine: %.4g s", graph, tpot(12, 8),
			tpot(12, 9))
	}
}

// A recipe for any runs asks for no harness, but for what it states; launches kernel by kernel slow decode of old
// vllm-ascend only.
func TestRecipesOfAVersion(t *testing.T) {
	tpot := func(engine string) float64 { return onAscend(t, engine, "vllm serve Qwen/Qwen3-8B", 4) }
	old, recent := tpot("vLLM-Ascend v0.9.1"), tpot("vllm-ascend 0.20.2")
	if least := 12 * 36 * 110e-6; old < least || old > 1.2*least {
		t.Errorf("kernel by kernel: %.4g s a step, 432 kernels take %.4g s", old, least)
	}
	if recent > old/2 {
		t.Errorf("%.4g s a step with graphs, %.4g s without", recent, old)
	}
}

func TestSizesAreCompleted(t *testing.T) {
	for _, c := range []struct {
		in      Side
		devices int
		want    Side
	}{
		{Side{TP: 4}, 0, Side{Workers: 1, TP: 4, PP: 1, DP: 1, MoETP: 4, EP: 1}},
		{Side{TP: 2, DP: 4, EP: 8}, 0, Side{Workers: 1, TP: 2, PP: 1, DP: 4, MoETP: 1, EP: 8}},
		{Side{}, 8, Side{Workers: 1, TP: 8, PP: 1, DP: 1, MoETP: 8, EP: 1}},
		{Side{TP: 8, MoETP: 2}, 0, Side{Workers: 1, TP: 8, PP: 1, DP: 1, MoETP: 2, EP: 4}},
	} {
		got := c.in
		got.fill(c.devices)
		if got != c.want {
			t.Errorf("%+v with %d devices: %+v, want %+v", c.in, c.devices, got, c.want)
		}
	}
}

// 448 requests at 56 a rank: eight attention ranks where experts are spread over eight devices, eight replicas where
// there are none.
func TestBatchTellsRanks(t *testing.T) {
	for _, c := range []struct {
		in          Side
		concurrency int
		want        Side
	}{
		{Side{TP: 8, DP: 1, EP: 8, Batch: 56}, 448, Side{TP: 1, DP: 8, EP: 8, Batch: 56}},
		{Side{TP: 2, DP: 1, EP: 1, Batch: 13}, 416, Side{Workers: 32, TP: 2, DP: 1, EP: 1, Batch: 13}},
		{Side{TP: 4, DP: 1, EP: 4, Batch: 10}, 80, Side{Workers: 8, TP: 4, DP: 1, EP: 4, Batch: 10}},
		{Side{TP: 2, DP: 4, EP: 8, Batch: 16}, 64, Side{TP: 2, DP: 4, EP: 8, Batch: 16}},
		{Side{TP: 8, DP: 1, Batch: 24}, 100, Side{TP: 8, DP: 1, Batch: 24}}, // no whole number of them
		{Side{TP: 8, DP: 1, Batch: 512}, 128, Side{TP: 8, DP: 1, Batch: 512}},
		{Side{Workers: 2, TP: 8, DP: 1, Batch: 24}, 96, Side{Workers: 2, TP: 8, DP: 1, Batch: 24}}, // stated
		{Side{TP: 8, DP: 1}, 96, Side{TP: 8, DP: 1}},
		{Side{TP: 2, Batch: 4}, 16, Side{TP: 2, Batch: 4}},
	} {
		got := c.in
		if got.divide(c.concurrency); got != c.want {
			t.Errorf("%+v with %d requests: %+v, want %+v", c.in, c.concurrency, got, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(head + "Qwen/Qwen3-32B,h100_sxm,vllm,fp8,agg,1024,64,4,1,100,10,\n"))
	f.Add([]byte("model,device,isl,osl,config,load,out_tok_s\nm,h100,1,1,tp4 ep,closed loop 4,10\n"))
	f.Add([]byte("a,\"b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := Read(strings.NewReader(string(data)))
		if err != nil {
			return
		}
		for i := range rows {
			for _, v := range []float64{rows[i].Measured.TTFT, rows[i].Measured.TPOT, rows[i].Measured.Throughput,
				rows[i].Rate} {
				if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
					t.Fatalf("row %d: %+v", i, rows[i])
				}
			}
		}
	})
}

// Tables of spreadsheets are separated by semicolons or tabs; decimal commas in them are refused, not misread.
func TestSeparatorsOfSpreadsheets(t *testing.T) {
	for _, c := range []struct {
		comma, ttft string
		good        bool
	}{{",", "120.5", true}, {";", "120.5", true}, {"\t", "120.5", true}, {";", "120,5", false}} {
		text := strings.ReplaceAll("# runs\nmodel|gpu|isl|osl|concurrency|ttft_ms\nQwen3-32B|h100_sxm|1024|512|16|", "|", c.comma) +
			c.ttft + "\n"
		rows, err := Read(strings.NewReader(text))
		if err != nil || len(rows) != 1 || rows[0].Fault.IsZero() != c.good || c.good && rows[0].Measured.TTFT != 0.1205 {
			t.Errorf("%q: %v, %+v", text, err, rows)
		}
	}
}

// Latencies of seconds in columns of milliseconds, and more requests in flight than there were, are refused.
func TestFiguresOfOtherUnitsAreRefused(t *testing.T) {
	for figures, good := range map[string]bool{
		"120,9.5,1600": true, "0.12,0.0095,1600": false, "120,0.0095,": false, ",9.5,1600": true,
		"120,9.5,15000": false, // 145 in flight by Little's law, of 16
	} {
		rows, err := Read(strings.NewReader("model,gpu,isl,osl,concurrency,ttft_ms,tpot_ms,out_tok_s\n" +
			"Qwen3-32B,h100_sxm,1024,512,16," + figures + "\n"))
		if err != nil || rows[0].Fault.IsZero() != good {
			t.Errorf("%s: %v, %s", figures, err, rows[0].Fault)
		}
	}
}
