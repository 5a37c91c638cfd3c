package parse

import (
	"fmt"
	"strings"
	"testing"

	"fathom/sim/report"
)

// rightAligned writes rows as pandas' to_string(index=False) does.
func rightAligned(rows ...[]string) string {
	var b strings.Builder
	for _, r := range rows {
		for i, c := range r {
			width := 0
			for _, other := range rows {
				width = max(width, len([]rune(other[i])))
			}
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(strings.Repeat(" ", width-len([]rune(c))) + c)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

const dumpCommand = "$ python -m cli.inference.throughput_optimizer m --device A --ttft-limit 900 --output-length " +
	"256 --dump-original-results\n"

func TestDumpOfEveryPoint(t *testing.T) {
	text := dumpCommand + "\n" + rightAligned(
		strings.Fields("device_name num_devices model_id output_length max_batched_tokens prefill_num_chunks concurrency "+
			"ttft tpot token/s token/s/device parallel batch_size percentage_breakdowns(p) percentage_breakdowns(d) "+
			"weight_GB kv_cache_GB activation_GB avail_GB"),
		[]string{"A", "2", "/m odels/测试", "256", "4096", "1", "16", "400.125", "12.5", "1280.0", "640.0",
			"TP=1 | PP=1 | DP=2", "8", "Mem 60.00 | Comm 30.00 | Cube 10.00 | Vec 0.00",
			"Mem 97.00 | Comm 2.00 | Cube 1.00 | Vec 0.00", "8.81", "1.0", "0.5", "43.7"},
		[]string{"A", "2", "/m odels/测试", "256", "4096", "1", "64", "880.25", "20.0", "3200.0", "1600.0",
			"TP=1 | PP=1 | DP=2", "32", "Mem 50.00 | Comm 40.00 | Cube 10.00 | Vec 0.00",
			"Mem 90.00 | Comm 8.00 | Cube 2.00 | Vec 0.00", "8.81", "5.08", "0.0", "40.11"},
		[]string{"A", "2", "/m odels/测试", "256", "4096", "1", "80", "950.5", "21.0", "3800.0", "1900.0", "TP=1 | PP=1 | DP=2",
			"40", "Mem 50.00 | Comm 40.00 | Cube 10.00 | Vec 0.00", "Mem 90.00 | Comm 8.00 | Cube 2.00 | Vec 0.00", "8.81",
			"6.0", "0.0", "39.0"},
		[]string{"A", "2", "/m odels/测试", "256", "4096", "1", "32", "500.0", "10.0", "3300.5", "1650.25",
			"TP=2 | PP=1 | DP=1", "32", "Mem 40.00 | Comm 20.00 | Cube 30.00 | Vec 10.00",
			"Mem 80.00 | Comm 15.00 | Cube 5.00 | Vec 0.00", "4.99", "2.54", "0.0", "46.47"},
	) + "\n\nAll experiments completed in 2.50 seconds.\n"
	r, f := Log([]byte(text))
	want := `A
 aggregation
  TP=2 | PP=1 | DP=1, b32 c32, 3300.50 tok/s, ttft 500.00, tpot 10.00, qps 12.89, GiB 4.99/2.54/0.00/46.47
  TP=1 | PP=1 | DP=2, b32 c64, 3200.00 tok/s, ttft 880.25, tpot 20.00, qps 12.50, GiB 8.81/5.08/0.00/40.11
`
	if got := reportText(r); f != nil || r.Partial || got != want {
		t.Fatalf("%v\n%s", f, got)
	}
	d := &r.Devices[0]
	if d.Evaluated != 4 || len(d.Points) != 4 || d.Counts != (report.Counts{OK: 3, TTFT: 1}) ||
		d.Points[2].Status != report.OverTTFT {
		t.Errorf("%d points, counts %+v", len(d.Points), d.Counts)
	}
	first, best := d.Points[0], d.Aggregation.Best
	if fmt.Sprint(*first.Prefill) != "{0.6 0 0.3 0.1 0}" || first.MaxBatched != 4096 || first.Chunks != 1 {
		t.Errorf("a device that talks to nobody: shares are put under their own names: %+v", *first.Prefill)
	}
	if fmt.Sprint(*best.Prefill) != "{0.4 0.2 0.3 0.1 0}" || best.Decode.Comm != 0.15 {
		t.Errorf("%+v %+v", *best.Prefill, *best.Decode)
	}
}

func TestDumpOfOnePhase(t *testing.T) {
	text := dumpCommand + rightAligned(
		strings.Fields("device_name num_devices output_length concurrency ttft tpot token/s parallel batch_size "+
			"percentage_breakdowns weight_GB kv_cache_GB activation_GB avail_GB"),
		strings.Fields("A 2 256 64 None 20.0 3200.0 TP=2|PP=1|DP=1 64 NaN NaN NaN NaN NaN"),
	) + "\n"
	r, _ := Log([]byte(text))
	if got := reportText(r); !strings.Contains(got,
		" decode\n  TP=2|PP=1|DP=1, b64 c64, 3200.00 tok/s, ttft -, tpot 20.00, qps 12.50, GiB -") {
		t.Errorf("%s", got)
	}
}

func TestDumpOfRatios(t *testing.T) {
	text := dumpCommand + rightAligned(
		strings.Fields("pd_ratio balanced_qps p_qps d_qps ttft_p tpot_d parallel_p parallel_d num_devices_p num_devices_d "+
			"batch_size_p batch_size_d concurrency_p concurrency_d"),
		[]string{"0.475", "12.949", "27.234", "12.949", "771.083", "19.382", "TP=1 | PP=1 | DP=1", "TP=1 | PP=1 | DP=2", "1",
			"2", "21", "32", "21", "64"},
	) + "\n"
	r, _ := Log([]byte(text))
	if b := r.Devices[0].PDRatio.Best; r.Devices[0].Device != "A" || b == nil || b.Balanced != 12.949 ||
		b.Decode.Strategy.DP != 2 || b.Prefill.Batch != 21 {
		t.Errorf("%s", reportText(r))
	}
}
