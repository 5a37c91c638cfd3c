package score

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Medians are held against medians: where most requests find a free engine and a few wait, the mean lies above both.
func TestMedians(t *testing.T) {
	const head = "model,gpu,backend,isl,osl,concurrency,tp_size,spread,"
	const run = "Qwen3-32B,h100_sxm,vllm,4096,64,16,4,1,"
	read := func(text string) []Row {
		rows, err := Read(strings.NewReader(text))
		if err != nil || !rows[0].Fault.IsZero() {
			t.Fatal(err, rows)
		}
		return rows
	}
	rows := append(read(head+"ttft_ms,tpot_ms\n"+run+"300,20\n"), read(head+"ttft_p50_ms,tpot_p50_ms\n"+run+"300,20\n")...)
	if rows[0].Medians || !rows[1].Medians || rows[0].Measured.TTFT != rows[1].Measured.TTFT || rows[1].Derived {
		t.Errorf("columns: %+v", rows[1])
	}
	res, err := Run(context.Background(), rows, Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	mean, median := res.Rows[0].Predicted, res.Rows[1].Predicted
	if mean.TTFT == median.TTFT || median.TTFT != median.Traffic.TTFT.P50 || median.TPOT != median.Traffic.TPOT.P50 {
		t.Errorf("mean %v, median %v of %+v", mean.Figures, median.Figures, median.Traffic)
	}
}

// A study whose scripts are known is read as they say, whatever its table says.
func TestStudies(t *testing.T) {
	rows, err := Read(strings.NewReader("model,gpu,backend,isl,osl,concurrency,spread,tpot_ms,source\n" +
		"MiniMaxAI/MiniMax-M2.5,h200_sxm,vllm,8192,128,64,0,20,a/b@1:experimental/token_position_decode_slo/x.json\n" +
		"MiniMaxAI/MiniMax-M2.5,h200_sxm,vllm,8192,128,64,0,20,elsewhere\n"))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := rows[0], rows[1]; !a.Medians || a.KV != "bf16" || b.Medians || b.KV != "" {
		t.Errorf("study %+v, another %+v", a, b)
	}
	// eight workers, a scheduler and a server: ten processes; three of them read a prompt one after the other
	s := study{Threads: 2, EagerUS: 60, Captured: 512, Readers: 3}
	c := Costs{}
	c.Host.Step, c.Host.Read = 1e-3, 2e-6
	s.slow(&c, Side{TP: 8, DP: 1})
	if c.Host.Step != 5e-3 || math.Abs(c.Host.Read-3e-5) > 1e-12 ||
		math.Abs(c.Kernel.PromptEager-300e-6) > 1e-12 || c.Kernel.PromptCaptured != 512 {
		t.Errorf("%+v", c)
	}
}

// Two lengths with one and two requests in flight, two waves each, and room for three prompts of 64 tokens with answers
// of 16. The second run finds the two prompts of the first; the third run has prompts of another length.
func TestSweepLeavesPromptsInTheCache(t *testing.T) {
	s := study{Waves: 2, Sweep: [][]int{{64, 1, 2}, {128, 1}}}
	r := Row{Output: 16}
	for _, c := range []struct {
		input, concurrency, room int
		want                     []int32
	}{
		{64, 1, 240, []int32{0, 0}},
		{64, 2, 240, []int32{48, 48, 0, 0}}, // of 64 tokens a whole prompt is never held: its last block is computed
		{128, 1, 240, []int32{0, 0}},
		{128, 1, 1000, []int32{0, 0}},
		{128, 2, 1000, nil}, // not a run of the sweep
	} {
		r.Input, r.Concurrency = c.input, c.concurrency
		if got := s.held(&r, c.room); !slices.Equal(got, c.want) {
			t.Errorf("%d tokens, %d in flight, room %d: %v, want %v", c.input, c.concurrency, c.room, got, c.want)
		}
	}
}

// What a file says of tokens that are guessed ahead.
func TestDraftColumns(t *testing.T) {
	rows, err := Read(strings.NewReader("model,gpu,backend,isl,osl,concurrency,tpot_ms,draft,acceptance_length\n" +
		"Qwen3-32B,h100,vllm,1,1,1,1,none,\nQwen3-32B,h100,vllm,1,1,1,1,eagle,2.4\nQwen3-32B,h100,vllm,1,1,1,1,mtp,\n" +
		"Qwen3-32B,h100,vllm,1,1,1,1,either,\nQwen3-32B,h100,vllm,1,1,1,1,mtp,0.5\n"))
	if err != nil {
		t.Fatal(err)
	}
	if r := rows[0]; r.Draft != 0 || r.Speculative {
		t.Errorf("none: %+v", r)
	}
	if r := rows[1]; r.Draft != 2 || math.Abs(r.Accept-1.4) > 1e-12 || r.Speculative {
		t.Errorf("known acceptance: %d ahead, %g right", r.Draft, r.Accept)
	}
	if r := rows[2]; !r.tuned || !r.Speculative {
		t.Errorf("unknown acceptance: %+v", r)
	}
	if rows[3].Suspect == "" || rows[4].Fault.IsZero() {
		t.Errorf("suspect %q, fault %q", rows[3].Suspect, rows[4].Fault)
	}
}

// Weights that do not fit: what is missing, how many devices hold them, and what the engine keeps on the host. 470 GB
// in 16 bits on an H100 of 85.9 GB, of which 95% less 3.5 GB are taken.
func TestWeightsThatDoNotFit(t *testing.T) {
	for engine, want := range map[string]string{
		"vllm":   "which has 85.9 GB; 7 devices or more hold them, or the host: --cpu-offload-gb 366, read in every step at 64 GB/s, 6.1 s",
		"trtllm": "7 devices or more hold them",
	} {
		rows, err := Read(strings.NewReader("model,gpu,backend,isl,osl,concurrency,tp_size,tpot_ms\n" +
			"Qwen/Qwen3-235B-A22B,h100_sxm," + engine + ",1024,128,1,1,20\n"))
		if err != nil {
			t.Fatal(err)
		}
		res, err := Run(context.Background(), rows, Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := res.Rows[0].Reason; !strings.HasSuffix(got.String(), want) {
			t.Errorf("%s: %s", engine, got)
		}
	}
}

// Before harnesses warmed servers up, the first step that filled the budget waited for its kernels: 25 s for one of ten
// waves are 2.5 s of mean TTFT. A burst that does not fill it does not wait, and later runs do not.
func TestColdStart(t *testing.T) {
	rows, err := Read(strings.NewReader("model,gpu,backend,precision,isl,osl,concurrency,tp_size,ttft_ms,tpot_ms,measured,dump\n" +
		"DeepSeek-R1,b200_sxm,sglang,fp4,1024,1024,32,8,8000,15,2026-01-20,x\n" +
		"DeepSeek-R1,b200_sxm,sglang,fp4,1024,1024,32,8,8000,15,2026-01-21,x\n" +
		"DeepSeek-R1,b200_sxm,sglang,fp4,1024,1024,31,8,8000,15,2026-01-20,x\n"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := Run(context.Background(), rows, Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	cold, warm, small := res.Rows[0].Predicted, res.Rows[1].Predicted, res.Rows[2].Predicted
	if d := cold.TTFT - warm.TTFT; d < 2.48 || d > 2.52 || cold.TPOT > 1.02*warm.TPOT ||
		cold.Throughput >= warm.Throughput {
		t.Errorf("cold %+v, warm %+v", cold.Figures, warm.Figures)
	}
	if small.TTFT > 1.1*warm.TTFT {
		t.Errorf("31 prompts do not fill the budget of 32768: %+v", small.Figures)
	}
}

// The first prompts of a prefill instance with attention on several ranks wait 10 s for their dispatch, 1 s of the mean
// of ten waves; those of an instance with one rank do not.
func TestColdPrefillInstances(t *testing.T) {
	const head = "model,gpu,backend,backend_version,precision,mode,isl,osl,concurrency,prefill_num_workers,prefill_tp_size," +
		"prefill_attention_dp_size,prefill_moe_ep_size,decode_num_workers,decode_tp_size,decode_attention_dp_size," +
		"decode_moe_ep_size,ttft_ms,tpot_ms,measured,dump\n"
	wait := func(engine, version, precision, prefill string) float64 {
		row := func(dump string) string {
			return "DeepSeek-R1,b200_sxm," + engine + "," + version + "," + precision + ",disagg,1024,1024,4,1," + prefill +
				",1,8,1,8,300,10,2026-03-01," + dump + "\n"
		}
		rows, err := Read(strings.NewReader(head + row("x") + row("gap-analysis")))
		if err != nil {
			t.Fatal(err)
		}
		rows[1].CI, rows[1].Spread = false, rows[0].Spread // the same run of somebody else
		res, err := Run(context.Background(), rows, Options{}, nil)
		if err != nil || res.Rows[0].Predicted == nil || !rows[0].CI {
			t.Fatal(err, res.Rows[0].Reason)
		}
		return res.Rows[0].Predicted.TTFT - res.Rows[1].Predicted.TTFT
	}
	for _, c := range []struct {
		engine, version, precision, prefill string
		want                                float64
	}{
		{"sglang", "0.5.8.post1", "fp4", "1,8,8", 1}, {"sglang", "0.5.8.post1", "fp4", "8,1,8", 0},
		{"trtllm", "0.8.1.post2", "fp8", "1,8,8", 0},
	} {
		if got := wait(c.engine, c.version, c.precision, c.prefill); math.Abs(got-c.want) > 0.3 {
			t.Errorf("%+v: %g s", c, got)
		}
	}
}

// A run that says no more than mtp guesses as many tokens as are fastest: three for a few requests, whose steps wait
// for weights, and fewer for thousands, whose steps wait for arithmetic.
func TestDraftIsTuned(t *testing.T) {
	predict := func(concurrency, draft int, accept float64) float64 {
		rows, err := Read(strings.NewReader("model,gpu,backend,precision,isl,osl,concurrency,attention_dp_size,moe_ep_size," +
			"tp_size,tpot_ms,draft\nDeepSeek-R1,gb300,trtllm,fp4,8192,1024," + strconv.Itoa(concurrency) + ",8,8,1,20,mtp\n"))
		if err != nil {
			t.Fatal(err)
		}
		if draft > 0 {
			rows[0].tuned, rows[0].Draft, rows[0].Accept = false, draft, accept
		}
		res, err := Run(context.Background(), rows, Options{}, nil)
		if err != nil || res.Rows[0].Predicted == nil {
			t.Fatal(err, res.Rows[0].Reason)
		}
		return res.Rows[0].Predicted.Throughput
	}
	three := 0.61 + 0.61*0.61 + 0.61*0.61*0.61
	if got, want := predict(8, 0, 0), predict(8, 3, three); math.Abs(got/want-1) > 1e-9 {
		t.Errorf("8 in flight: %g tokens a second, with three %g", got, want)
	}
	if got, one := predict(2048, 0, 0), predict(2048, 1, 0.61); got < one || got < 1.02*predict(2048, 3, three) {
		t.Errorf("2048 in flight: %g tokens a second, with one %g, with three %g", got, one, predict(2048, 3, three))
	}
}
