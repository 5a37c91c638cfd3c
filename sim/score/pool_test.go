package score

import (
	"context"
	"strings"
	"testing"
)

// Every recipe can be read, and says as many ranks as its name.
func TestRecipesOfPools(t *testing.T) {
	file, err := sweeps()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, s := range file.Sweep {
		for _, p := range s.pools {
			if p.prefills < 1 || p.decodes < 1 || p.ranks < 1 || p.batch < 1 || p.draft > 3 {
				t.Errorf("%s %s %d/%d: %+v", s.Device, s.Precision, s.Input, s.Output, p)
			}
		}
		n += len(s.pools)
	}
	if n < 250 {
		t.Errorf("%d recipes", n)
	}
	for _, wrong := range []string{"ctx1_gen5_dep8_batch16_mtp3", "ctx1_gen5_dep8 875", "gen5_dep8_batch16_mtp3 875", ""} {
		if p, err := readPool(wrong); err == nil {
			t.Errorf("%q: %+v", wrong, p)
		}
	}
}

// Six requests on three decode instances of one place each wait for one whole answer on average (measured on H100: 12.3
// s to the first token, 14.0 ms a token, 941 tokens); with places for all of them for none. A run that is known to
// guess tokens ahead guesses those of its recipe.
func TestRunsWithoutPlace(t *testing.T) {
	const head = "model,gpu,backend,backend_version,precision,mode,isl,osl,concurrency,prefill_num_workers,prefill_tp_size," +
		"prefill_attention_dp_size,prefill_moe_ep_size,decode_num_workers,decode_tp_size,decode_attention_dp_size," +
		"decode_moe_ep_size,ttft_ms,tpot_ms,measured,dump,draft\n"
	predict := func(pools, draft string) *Prediction {
		rows, err := Read(strings.NewReader(head + "DeepSeek-R1,h100_sxm,trtllm,0.8.1.post3,fp8,disagg,1024,1024," + pools +
			",12345,14,2026-02-08,x," + draft + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		res, err := Run(context.Background(), rows, Options{}, nil)
		if err != nil || res.Rows[0].Predicted == nil {
			t.Fatal(err, res.Rows[0].Reason)
		}
		return res.Rows[0].Predicted
	}
	full := predict("6,1,1,16,16,3,16,1,16", "")
	answer := full.TPOT * 940 * 0.9
	if d := full.TTFT / answer; d < 0.9 || d > 1.3 {
		t.Errorf("first tokens after %g s, an answer takes %g s", full.TTFT, answer)
	}
	if free := predict("6,1,1,16,16,4,16,1,16", ""); free.TTFT > 0.1*full.TTFT {
		t.Errorf("a deployment of no known recipe waits %g s", free.TTFT)
	}
	if ahead := predict("6,1,1,16,16,3,16,1,16", "mtp"); ahead.TPOT > 0.7*full.TPOT || ahead.TTFT > 0.8*full.TTFT {
		t.Errorf("three tokens guessed ahead: %+v, without %+v", ahead.Figures, full.Figures)
	}
}
