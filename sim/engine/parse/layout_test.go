package parse

import (
	"fmt"
	"strings"
	"testing"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// grid draws a table as PrettyTable does: every cell centred in its column, control sequences without width.
func grid(rows ...[]string) string {
	width := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, c := range r {
			width[i] = max(width[i], len([]rune(clean(c)))+2)
		}
	}
	rule := "+"
	for _, w := range width {
		rule += strings.Repeat("-", w) + "+"
	}
	var b strings.Builder
	for n, r := range rows {
		if n < 2 {
			b.WriteString(rule + "\n")
		}
		b.WriteByte('|')
		for i, c := range r {
			pad := width[i] - len([]rune(clean(c)))
			b.WriteString(strings.Repeat(" ", pad/2) + c + strings.Repeat(" ", pad-pad/2) + "|")
		}
		b.WriteByte('\n')
	}
	return b.String() + rule + "\n"
}

const bold, normal = "\x1b[1m", "\x1b[0m"

func inputBlock(devices string) string {
	return "********\n  ----\n  Input Configuration: \n    Model: m\n    Devices: " + devices +
		"\n    TTFT Limits: None ms\n    TPOT Limits: 50.0 ms\n  ----\n"
}

// Length distributions: the row of all requests, then one row for each bin, whose samples belong to it.
func TestLengthDistribution(t *testing.T) {
	text := inputBlock("2 A") + "Top 2 Aggregation Configurations: \n" + grid(
		[]string{"Top", "num_devices", "num_input_tokens", "request_ratio", "samples", "concurrency", "TTFT (ms)",
			"TPOT (ms)", bold + "Throughput" + normal + " (token/s)", "parallel", "batch_size"},
		[]string{"1", "2", "all", "1.000", "12", "12", "124.32", "9.39", bold + "1277.91" + normal, "TP=1 | PP=1 | DP=2",
			"6"},
		[]string{"-", "2", "250", "0.414", "2", "12", "-", "-", "-", "TP=1 | PP=1 | DP=2", "6"},
		[]string{"-", "2", "1750", "0.061", "1", "12", "-", "-", "-", "TP=1 | PP=1 | DP=2", "6"},
		[]string{"2", "2", "all", "1.000", "7", "7", "71.02", "9.31", bold + "752.15" + normal, "TP=2 | PP=1 | DP=1", "7"},
		[]string{"-", "2", "250", "0.414", "3", "7", "-", "-", "-", "TP=2 | PP=1 | DP=1", "7"},
	) + "All experiments completed in 1.00 seconds.\n"
	r, f := Log([]byte(text))
	if f != nil {
		t.Fatal(f)
	}
	want := `A
 aggregation
  TP=1 | PP=1 | DP=2, b6 c12, 1277.91 tok/s, ttft 124.32, tpot 9.39, qps -, GiB -
  TP=2 | PP=1 | DP=1, b7 c7, 752.15 tok/s, ttft 71.02, tpot 9.31, qps -, GiB -
`
	if got := reportText(r); got != want {
		t.Errorf("got\n%s", got)
	}
	first := r.Devices[0].Aggregation.Best.Samples
	if fmt.Sprint(first) != "[{250 0.414 2} {1750 0.061 1}]" {
		t.Errorf("samples %v", first)
	}
	prefill := inputBlock("2 A") + "Top 1 Disaggregation (Prefill) Configurations: \n" + grid(
		[]string{"Top", "num_devices", "num_input_tokens", "request_ratio", "samples", "concurrency", "TTFT (ms)",
			"Throughput (token/s)", "parallel", "batch_size"},
		[]string{"1", "2", "all", "1.000", "24", "24", "295.85", "112174.36", "TP=1 | PP=1 | DP=2", "12"},
	)
	if r, _ = Log([]byte(prefill)); r.Mode != plan.Disaggregation || r.Devices[0].Prefill.Best.Throughput != 112174.36 {
		t.Errorf("prefill: %s", reportText(r))
	}
}

// Labels with every part, memory that was not measured, and tables of earlier versions.
func TestOtherColumns(t *testing.T) {
	full := "TP=4 | PP=1 | DP=2 | EP=8 | MOE-TP=1 | MOE-DP=1 | MTP=3 | DCP=2"
	draft := "TP=2 | PP=1 | DP=4 | EP=4 | MOE-TP=2 | MOE-DP=1 | MTP=1/acc=1.9 | DFlash=8/acc=5"
	text := inputBlock("8 A") + "Top 2 PD Disaggregated Decode Configurations: \n" + grid(
		[]string{"Top", "Throughput (token/s)", "QPS (req/s)", "TPOT (ms)", "concurrency", "num_devices", "parallel",
			"batch_size", "weight_GB", "kv_cache_GB", "activation_GB", "avail_GB"},
		[]string{"1", "10.00", "-", "5.00", "8", "8", full, "4", "-", "-", "-", "-"},
		[]string{"2", "9.00", "0.50", "nan", "4.0", "8", draft, "1", "1.00", "2.00", "3.00", "-4.00"},
	)
	r, _ := Log([]byte(text))
	rows := r.Devices[0].Decode.Candidates
	if len(rows) != 2 {
		t.Fatal(reportText(r))
	}
	want := plan.Strategy{TP: 4, PP: 1, DP: 2, EP: 8, MoETP: 1, MoEDP: 1, DCP: 2}
	if a := rows[0]; a.Strategy != want || a.MTP != 3 || a.Label != full || !a.NoMemory || a.QPS != nil ||
		a.PerDevice != 1.25 {
		t.Errorf("%+v", a)
	}
	want = plan.Strategy{TP: 2, PP: 1, DP: 4, EP: 4, MoETP: 2, MoEDP: 1, DCP: 1}
	if b := rows[1]; b.Strategy != want || b.MTP != 1 || b.Label != draft || b.NoMemory || b.TPOT != nil ||
		b.AvailableGB != -4 || b.Concurrency != 4 {
		t.Errorf("%+v", b)
	}
	old := "Top 1 Aggregation Configurations: \n" + grid(
		[]string{"Top", bold + "Throughput" + normal, "TTFT", "TPOT", "concurrency", "total_devices", "parallel",
			"batch_size"},
		[]string{"1", "2888.45", "16032.05", "49.90", "144", "4", "TP=4 | PP=1 | DP=1", "144"},
	)
	r, f := Log([]byte(old))
	if f != nil || !strings.Contains(reportText(r), "b144 c144, 2888.45 tok/s, ttft 16032.05, tpot 49.90") || !r.Partial {
		t.Errorf("%v\n%s", f, reportText(r))
	}
}

// Names of devices may hold anything: no control sequence reaches the report.
func TestControlSequencesAreStripped(t *testing.T) {
	text := "\x1b]0;title\x07" + inputBlock("2 A\x1b[31m\x1b]52;c;aGk=\x07B\u009b1m\u202e") + "\x1b[2J" +
		"Top 1 PD Aggregated Configurations: \r\n" +
		strings.ReplaceAll(grid(
			[]string{"Top", "Throughput (token/s)", "TTFT (ms)", "TPOT (ms)", "concurrency", "num_devices", "parallel",
				"batch_size"},
			[]string{"1", "10.00", "1.00", "5.00", "8", "8", "TP=1 | PP=1 | DP=2\x1b[5m", "4"}), "\n", "\r\n")
	r := New(nil)
	r.Write([]byte(text))
	r.Close()
	rep := r.Report()
	if len(rep.Devices) != 1 || rep.Devices[0].Device != "AB" ||
		rep.Devices[0].Aggregation.Best.Label != "TP=1 | PP=1 | DP=2" {
		t.Errorf("%q", reportText(rep))
	}
	if all := strings.Join(r.Tail(), "\n"); strings.ContainsAny(all, "\x1b\x07\u009b\u202e\r") {
		t.Errorf("%q", all)
	}
}

// A finished run that says nothing about a profile or a phase found no configuration there.
func TestNothingMeetsTheLimits(t *testing.T) {
	text := "$ python -m cli.inference.throughput_optimizer m --device A B B --disagg --ttft-limit 5 --tpot-limits=5\n" +
		inputBlock("2 A") +
		"Top 1 PD Disaggregated Decode Configurations: \n" + grid(
		[]string{"Top", "Throughput (token/s)", "QPS (req/s)", "TPOT (ms)", "concurrency", "num_devices", "parallel",
			"batch_size"},
		[]string{"1", "10.00", "1.00", "5.00", "8", "2", "TP=1 | PP=1 | DP=2", "4"}) +
		"****\nNo configurations satisfy the current TTFT/TPOT filters.\n****\n"
	running, f := Log([]byte(text))
	if f != nil || !running.Partial || len(running.Devices) != 1 || running.Devices[0].Prefill != nil {
		t.Errorf("a run that goes on may yet find more: %v\n%s", f, reportText(running))
	}
	ended, f := Log([]byte(text + "All experiments completed in 1.00 seconds.\n"))
	want := "A\n prefill\n decode\n  TP=1 | PP=1 | DP=2, b4 c8, 10.00 tok/s, ttft -, tpot 5.00, qps 1.00, GiB -\nB\n " +
		"prefill\n decode\n"
	if got := reportText(ended); f != nil || ended.Partial || got != want {
		t.Errorf("%v\n%s", f, got)
	}
}

// With too few devices for one instance of each the P:D header names no profile; the command does.
func TestRatioWithoutADevicesLine(t *testing.T) {
	text := string(recorded(t, "pd_ratio_multi_device"))
	for _, line := range []string{"    Devices: 6 ATLAS_800_A3_752T_128G_DIE\n", "    Devices: 6 ATLAS_800_A2_376T_64G\n",
		"      P Instances: 1 (1 devices)\n", "      D Instances: 5 (5 devices)\n"} {
		text = strings.ReplaceAll(text, line, "")
	}
	r, f := Log([]byte(text))
	if f != nil || len(r.Devices) != 2 || r.Devices[0].Device != "ATLAS_800_A3_752T_128G_DIE" ||
		r.Devices[1].PDRatio.Best.DecodeQPS != 7.78 {
		t.Fatalf("%v\n%s", f, reportText(r))
	}
	if b := r.Devices[0].PDRatio.Best; b.PrefillInstances != nil || b.TotalDevices != nil || b.Bottleneck != "decode" {
		t.Errorf("%+v", b)
	}
	if c := r.Cross[0].Ratio; c == nil || *c.DecodeInstances != 5 || *c.TotalDevices != 6 {
		t.Errorf("the cross-hardware table states the instances: %+v", c)
	}
}

// The header of a P:D run is enough for its best pair when the table is missing.
func TestRatioCutOffBeforeItsTable(t *testing.T) {
	text, _, _ := strings.Cut(string(recorded(t, "pd_ratio")), "  Top 2 PD Ratio")
	r, f := Log([]byte(text))
	want := "0.48, 12.95 of 27.23 and 12.95 req/s, TP=1 | PP=1 | DP=1, b21 c21, 0.00 tok/s, ttft 771.08, tpot -, qps " +
		"27.23, GiB -, TP=1 | PP=1 | DP=2, b32 c64, 0.00 tok/s, ttft -, tpot 19.38, qps -, GiB -, instances 1 2 of 5 devices"
	if f != nil || !r.Partial || len(r.Devices) != 1 || ratioText(r.Devices[0].PDRatio.Best) != want {
		t.Errorf("%v\n%s", f, reportText(r))
	}
}

func TestInputsOfTheHeader(t *testing.T) {
	r, _ := Log(recorded(t, "disagg_both_multi_device"))
	got := map[string]report.Input{}
	for _, in := range r.Inputs {
		got[in.Name] = in
	}
	for name, want := range map[string]any{"model": "tests/assets/model_config/qwen3_dense_4b", "num_devices": 2,
		"ttft_limit": 800.0, "tpot_limit": 25.0, "reserved_memory_gb": 10.0,
		"quantize_linear_action": "W8A8_DYNAMIC", "quantize_attention_action": "DISABLED", "input_length": 1024,
		"output_length": 256} {
		if got[name].Value != want || got[name].Source.IsZero() {
			t.Errorf("%s: %+v, want %v", name, got[name], want)
		}
	}
	if fmt.Sprint(got["device"].Value) != "[ATLAS_800_A3_752T_128G_DIE ATLAS_800_A2_376T_64G]" {
		t.Errorf("%+v", got["device"])
	}
}
