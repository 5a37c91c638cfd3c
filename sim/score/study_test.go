package score

import (
	"context"
	"math"
	"strings"
	"testing"
)

// Medians are held against medians: where most requests find a free engine and a few wait, the mean lies above both.
func TestMedians(t *testing.T) {
	const head = "model,gpu,backend,isl,osl,concurrency,tp_size,spread,"
	const run = "Qwen3-32B,h100_sxm,vllm,4096,64,16,4,1,"
	read := func(text string) []Row {
		rows, err := Read(strings.NewReader(text))
		if err != nil || rows[0].Fault != "" {
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
		"Qwen3-32B,h100_sxm,vllm,4096,128,16,0,20,a/b@1:experimental/token_position_decode_slo/x.json\n" +
		"Qwen3-32B,h100_sxm,vllm,4096,128,16,0,20,elsewhere\n"))
	if err != nil {
		t.Fatal(err)
	}
	table, err := names()
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := Stored(&rows[0])
	if err != nil {
		t.Fatal(err)
	}
	if l := rows[0].traffic(1, m, table); !rows[0].Medians || l.Input != 8192 || l.Output != 256 || l.Spread != 1 {
		t.Errorf("study: %+v", l)
	}
	if l := rows[1].traffic(1, m, table); rows[1].Medians || l.Input != 4096 || l.Spread != 0 {
		t.Errorf("another: %+v", l)
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
	if r := rows[2]; r.Draft != 3 || r.Accept != 1.2 || !r.Speculative {
		t.Errorf("unknown acceptance: %+v", r)
	}
	if rows[3].Suspect == "" || rows[4].Fault == "" {
		t.Errorf("suspect %q, fault %q", rows[3].Suspect, rows[4].Fault)
	}
}
