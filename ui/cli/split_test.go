package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"fathom/hw/unraced"
)

// A searched split on two kinds of hardware, with copies of experts, attention apart and watts, has the same figures in
// JSON, CSV and the table.
func TestSplitInEveryFormat(t *testing.T) {
	unraced.Skip(t)
	line := strings.Fields("plan deepseek-ai/DeepSeek-V3.1 --enable-optimize-prefill-decode-ratio --num-devices 48 " +
		"--prefill-device H200_SXM=16 --decode-device H20=32 --input-length 2000 --output-length 500 --ttft-limit 3000 " +
		"--tpot-limit 100 --compile --tp-sizes 1 2 --ep-sizes --expert-skew 0.4 --redundant-experts --afd " +
		"--quantize-linear-action AS_PUBLISHED --quantize-attention-action DISABLED --fidelity corrected --pp-sizes 1")
	in := func(format string) string { return ok(t, append(line, "--format", format)...) }
	var doc struct {
		Devices []struct {
			Split struct {
				Candidates []struct {
					PrefillQPS float64 `json:"prefill_qps"`
					DecodeQPS  float64 `json:"decode_qps"`
					SystemQPS  float64 `json:"system_qps"`
					Devices    int     `json:"total_devices"`
					Prefills   int     `json:"prefill_instances"`
					Decodes    int     `json:"decode_instances"`
					TTFT       float64 `json:"ttft_ms"`
					Bytes      float64 `json:"kv_bytes_per_request"`
					Wait       float64 `json:"kv_transfer_exposed_ms"`
					Path       string  `json:"kv_path"`
					Link       string  `json:"kv_link"`
					GBs        float64 `json:"kv_gbs"`
					Prefill    string  `json:"prefill_device"`
					Decode     string  `json:"decode_device"`
					Power      struct {
						Watts  float64 `json:"watts"`
						PerMio float64 `json:"kwh_per_mtok"`
					} `json:"power"`
				} `json:"candidates"`
			} `json:"pd_ratio"`
			AFD struct {
				Candidates []struct {
					Label      string  `json:"label"`
					Throughput float64 `json:"throughput_tok_s"`
					TPOT       float64 `json:"tpot_ms"`
				} `json:"candidates"`
			} `json:"afd"`
			Experts []struct {
				Points []struct {
					Copies     int     `json:"redundant_experts"`
					Throughput float64 `json:"throughput_tok_s"`
				} `json:"points"`
			} `json:"experts"`
		} `json:"devices"`
	}
	if err := json.Unmarshal([]byte(in("json")), &doc); err != nil {
		t.Fatal(err)
	}
	d := doc.Devices[0]
	if len(d.Split.Candidates) < 2 || len(d.AFD.Candidates) == 0 || len(d.Experts) == 0 {
		t.Fatalf("%d splits, %d divisions, %d rows with copies", len(d.Split.Candidates), len(d.AFD.Candidates),
			len(d.Experts))
	}
	lines, err := csv.NewReader(strings.NewReader(in("csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	text := in("table")
	said := func(s string) {
		t.Helper()
		if !strings.Contains(text, s) {
			t.Errorf("the table lacks %q", s)
		}
	}
	for i := range d.Split.Candidates {
		x := &d.Split.Candidates[i]
		cell := map[string]string{}
		for k, name := range lines[0] {
			cell[name] = lines[1+i][k]
		}
		for name, want := range map[string]any{"prefill_qps": x.PrefillQPS, "decode_qps": x.DecodeQPS,
			"system_qps": x.SystemQPS, "total_devices": x.Devices, "prefill_instances": x.Prefills,
			"decode_instances": x.Decodes, "ttft_ms": x.TTFT, "kv_transfer_exposed_ms": x.Wait, "kv_path": x.Path,
			"prefill_device": x.Prefill, "decode_device": x.Decode, "watts": x.Power.Watts, "kwh_per_mtok": x.Power.PerMio} {
			got := cell[name]
			if w := fmt.Sprint(want); got != w {
				t.Errorf("split %d: %s is %q in CSV, %s in JSON", i, name, got, w)
			}
		}
	}
	x := &d.Split.Candidates[0]
	said(fmt.Sprintf("%d prefill + %d decode instances on %d devices serve %.2f req/s", x.Prefills, x.Decodes, x.Devices,
		x.SystemQPS))
	said(fmt.Sprintf("%.1f MB a request over %s (%.3g GB/s a device)", x.Bytes/1e6, x.Link, x.GBs))
	said(fmt.Sprintf("%.0f", x.Power.Watts))
	said(fmt.Sprintf("%.4f", x.Power.PerMio))
	for _, a := range d.AFD.Candidates {
		said(a.Label)
		said(fmt.Sprintf("%.2f", a.Throughput))
		said(fmt.Sprintf("%.2f", a.TPOT))
	}
	for _, e := range d.Experts {
		for _, p := range e.Points {
			if p.Throughput > 0 {
				said(fmt.Sprintf("%.2f", p.Throughput))
			}
		}
	}
}
