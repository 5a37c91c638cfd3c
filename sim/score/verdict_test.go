package score

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"fathom/sim/model"
)

const runHead = "model,gpu,backend,precision,mode,isl,osl,concurrency,tp_size,ttft_ms,tpot_ms,measured,dump\n"

func readRuns(t *testing.T, text string) []Row {
	t.Helper()
	rows, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// 512 requests in flight whose first token takes 20 s and 101 tokens 10 ms each answer 24.4 at a time (512 x 1 / 21).
// Two runs of 8 and 4 requests with tokens of 14 and 20 ms contradict that, one alone does not, nor do tokens of 12 ms.
// Another layout is another deployment.
func TestContradictions(t *testing.T) {
	line := func(c, tp int, ttft, tpot float64) string {
		return fmt.Sprintf("Llama-3.1-70B,h100_sxm,vllm,fp8,agg,1024,101,%d,%d,%g,%g,2026-01-01,x\n", c, tp, ttft, tpot)
	}
	many := line(512, 4, 20000, 10)
	for name, c := range map[string]struct {
		text string
		want string // runs that are condemned, one letter each
	}{
		"two":      {many + line(8, 4, 100, 14) + line(4, 4, 100, 20), "x--"},
		"one":      {many + line(8, 4, 100, 14), "--"},
		"close":    {many + line(8, 4, 100, 12) + line(4, 4, 100, 12), "---"},
		"as many":  {many + line(16, 4, 100, 14) + line(15, 4, 100, 20), "---"},
		"layouts":  {many + line(8, 2, 100, 14) + line(4, 2, 100, 20), "---"},
		"one slow": {line(4, 4, 100, 30) + line(12, 4, 100, 11) + line(24, 4, 100, 12), "x--"},
	} {
		got := ""
		rows := readRuns(t, runHead+c.text)
		for i := range rows {
			if (rows[i].Suspect != "") != !rows[i].Verdict.IsZero() {
				t.Errorf("%s: suspect %q", name, rows[i].Suspect)
			}
			if rows[i].Verdict.IsZero() {
				got += "-"
			} else {
				got += "x"
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	rows := readRuns(t, runHead+many)
	if got := rows[0].answered(); math.Abs(got-512.0/21) > 1e-9 {
		t.Errorf("%g are answered at a time", got)
	}
}

const poolHead = "model,gpu,backend,precision,mode,isl,osl,concurrency,prefill_num_workers,prefill_tp_size," +
	"prefill_attention_dp_size,prefill_moe_tp_size,prefill_moe_ep_size,decode_batch_size,decode_num_workers,decode_tp_size," +
	"decode_attention_dp_size,decode_moe_tp_size,decode_moe_ep_size,ttft_ms,tpot_ms,measured,dump\n"

// The batch that decode instances are made for is no load.
func TestLoadOfPools(t *testing.T) {
	const text = ",1,1,1,1,1,48,11,1,1,1,1,567,22,2026-01-23,x\n"
	rows := readRuns(t, poolHead+"Qwen3-32B,h100_sxm,sglang,fp8,disagg,4000,1000,"+text+
		"Qwen3-32B,h100_sxm,sglang,fp8,disagg,4000,1000,528"+text)
	if rows[0].Verdict.IsZero() || rows[0].Concurrency != 528 || !rows[1].Verdict.IsZero() {
		t.Errorf("%q, %d in flight, and %q", rows[0].Verdict, rows[0].Concurrency, rows[1].Verdict)
	}
}

// Instances are laid out as their script has them where the file has other sizes or none, and nowhere else.
func TestLayouts(t *testing.T) {
	line := func(model, engine, precision, pools, dump string) Row {
		return readRuns(t, poolHead+model+",gb200,"+engine+","+precision+",disagg,1024,1024,64,"+pools+
			",500,12,2025-12-21,"+dump+"\n")[0]
	}
	four := Side{Workers: 4, TP: 4, PP: 1, DP: 1, MoETP: 4, EP: 1, Batch: 4}
	for name, c := range map[string]struct {
		row   Row
		want  Side
		notes int
	}{
		"on each rank": {line("DeepSeek-R1", "sglang", "fp8", "1,1,4,4,1,4,4,1,4,4,1", "x"), four, 2},
		"not told":     {line("DeepSeek-R1", "sglang", "fp8", "1,1,1,1,1,4,4,1,1,1,1", "x"), four, 2},
		"as it was":    {line("DeepSeek-R1", "sglang", "fp8", "1,4,1,4,1,4,4,4,1,4,1", "x"), four, 0},
		"eight ranks": {line("DeepSeek-R1", "sglang", "fp8", "1,1,4,4,1,4,4,1,8,8,1", "x"),
			Side{Workers: 4, TP: 1, PP: 1, DP: 8, MoETP: 8, EP: 1, Batch: 4}, 0},
		"another's": {line("DeepSeek-R1", "sglang", "fp8", "1,1,4,4,1,4,4,1,4,4,1", ""),
			Side{Workers: 4, TP: 1, PP: 1, DP: 4, MoETP: 4, EP: 1, Batch: 4}, 0},
		"vLLM": {line("Kimi-K2.5", "vllm", "fp4", "1,4,1,4,1,256,1,16,1,16,1", "x"),
			Side{Workers: 1, TP: 1, PP: 1, DP: 16, MoETP: 1, EP: 16, Batch: 256}, 2},
	} {
		if c.row.Decode != c.want || len(c.row.Notes) != c.notes {
			t.Errorf("%s: %+v, want %+v; %d notes", name, c.row.Decode, c.want, len(c.row.Notes))
		}
	}
	for _, wrong := range []string{"", "tp", "8", "ep8", "dep0"} {
		if s, err := parse(wrong); err == nil {
			t.Errorf("%q: %+v", wrong, s)
		}
	}
}

// Three guesses: 0.61 + 0.61^2 + 0.61^3 = 1.209 are right in answers of 1024 tokens, 0.72 + 0.72^2 + 0.72^3 = 1.612 in
// those of 8192, and 0.6467 + ... = 1.335 an octave above the former.
func TestGuessesByAnswer(t *testing.T) {
	for _, c := range []struct {
		output int
		want   float64
	}{{100, 1.2091}, {1024, 1.2091}, {2048, 1.3353}, {8192, 1.6116}, {100000, 1.6116}} {
		r := Row{Output: c.output}
		if r.guesses(3); math.Abs(r.Accept-c.want) > 5e-4 || r.Draft != 3 {
			t.Errorf("%d tokens: %g, want %g", c.output, r.Accept, c.want)
		}
	}
}

// The scripts of GB200 sweeps of 2025 send five prompts for each request in flight, and others ten.
func TestWavesOfScripts(t *testing.T) {
	table, err := names()
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Find("deepseek-ai/DeepSeek-R1")
	if err != nil {
		t.Fatal(err)
	}
	for date, want := range map[string]int{"2025-12-21": 5, "2026-02-09": 0} {
		r := readRuns(t, poolHead+"DeepSeek-R1,gb200,sglang,fp8,disagg,1024,1024,64,1,4,1,4,1,4,4,4,1,4,1,500,12,"+date+",x\n")[0]
		if l := r.traffic(1, m, table); l.Waves != want {
			t.Errorf("%s: %d waves, want %d", date, l.Waves, want)
		}
	}
}
