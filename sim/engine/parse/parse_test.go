package parse

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fathom/sim/plan"
	"fathom/sim/report"
)

func recorded(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".log"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func figure(v *float64) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprintf("%.2f", *v)
}

// rowText is everything that a table states about a row.
func rowText(r *report.Row) string {
	memory := fmt.Sprintf("%.2f/%.2f/%.2f/%.2f", r.WeightGB, r.KVGB, r.ActivationGB, r.AvailableGB)
	if r.NoMemory {
		memory = "-"
	}
	return fmt.Sprintf("%s, b%d c%d, %.2f tok/s, ttft %s, tpot %s, qps %s, GiB %s", r.Label, r.Batch, r.Concurrency,
		r.Throughput,
		figure(r.TTFT), figure(r.TPOT), figure(r.QPS), memory)
}

func ratioText(r *report.Ratio) string {
	count := func(n *int) string {
		if n == nil {
			return "-"
		}
		return fmt.Sprint(*n)
	}
	return fmt.Sprintf("%.2f, %.2f of %.2f and %.2f req/s, %s, %s, instances %s %s of %s devices", r.PDRatio, r.Balanced,
		r.PrefillQPS, r.DecodeQPS,
		rowText(&r.Prefill), rowText(&r.Decode), count(r.PrefillInstances), count(r.DecodeInstances), count(r.TotalDevices))
}

// reportText is a report as lines: one for each device, row, ratio and comparison.
func reportText(r *report.Report) string {
	var b strings.Builder
	for i := range r.Devices {
		d := &r.Devices[i]
		fmt.Fprintf(&b, "%s\n", d.Device)
		for _, s := range []struct {
			name string
			*report.Section
		}{{"aggregation", d.Aggregation}, {"prefill", d.Prefill}, {"decode", d.Decode}} {
			if s.Section == nil {
				continue
			}
			fmt.Fprintf(&b, " %s\n", s.name)
			for i := range s.Candidates {
				fmt.Fprintf(&b, "  %s\n", rowText(&s.Candidates[i]))
			}
		}
		if d.PDRatio != nil {
			b.WriteString(" ratio\n")
			for i := range d.PDRatio.Candidates {
				fmt.Fprintf(&b, "  %s\n", ratioText(&d.PDRatio.Candidates[i]))
			}
		}
	}
	for _, c := range r.Cross {
		fmt.Fprintf(&b, "cross %s %.2f %.4f", c.Device, c.Throughput, c.RatioToFirst)
		if c.Row != nil {
			fmt.Fprintf(&b, " %s %s", c.Row.Phase, rowText(c.Row))
		}
		if c.Ratio != nil {
			fmt.Fprintf(&b, " %s", ratioText(c.Ratio))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// The figures of every recorded run, as its tables print them.
func TestRecordedRuns(t *testing.T) {
	for _, c := range []struct {
		log  string
		mode plan.Mode
		ms   float64
		want string
	}{
		{"agg_flagship_compile", plan.Aggregation, 479540, `
ATLAS_800_A3_752T_128G_DIE
 aggregation
  TP=8 | PP=1 | DP=1, b22 c22, 1643.49 tok/s, ttft 1964.26, tpot 13.39, qps 1.10, GiB 5.28/2.85/0.00/45.86
  TP=4 | PP=1 | DP=2, b14 c28, 1581.41 tok/s, ttft 1934.21, tpot 17.71, qps 1.05, GiB 9.10/3.64/0.00/41.26
  TP=2 | PP=1 | DP=4, b7 c28, 1123.67 tok/s, ttft 1833.22, tpot 24.92, qps 0.75, GiB 16.73/3.64/0.00/33.63
  TP=1 | PP=1 | DP=8, b3 c24, 623.88 tok/s, ttft 1848.70, tpot 38.47, qps 0.42, GiB 31.98/2.59/0.88/18.54
`},
		{"agg_infeasible", plan.Aggregation, 12460, `
ATLAS_800_A3_752T_128G_DIE
 aggregation
`},
		{"agg_moe_ep", plan.Aggregation, 113360, `
ATLAS_800_A3_752T_128G_DIE
 aggregation
  TP=1 | PP=1 | DP=4 | EP=4 | MOE-TP=1 | MOE-DP=1, b3 c12, 249.29 tok/s, ttft 293.76, tpot 48.14, qps 0.97, GiB 8.80/0.29/0.15/44.76
  TP=2 | PP=1 | DP=2 | EP=4 | MOE-TP=1 | MOE-DP=1, b6 c12, 247.71 tok/s, ttft 290.35, tpot 48.44, qps 0.97, GiB 8.09/0.32/0.00/45.59
`},
		{"agg_multi_device", plan.Aggregation, 63990, `
ATLAS_800_A3_752T_128G_DIE
 aggregation
  TP=1 | PP=1 | DP=2, b32 c64, 2695.60 tok/s, ttft 1116.40, tpot 23.74, qps 10.53, GiB 8.81/5.08/0.00/40.11
  TP=2 | PP=1 | DP=1, b32 c32, 1934.68 tok/s, ttft 772.26, tpot 16.54, qps 7.56, GiB 4.99/2.54/0.00/46.47
ATLAS_800_A2_376T_64G
 aggregation
  TP=1 | PP=1 | DP=2, b32 c64, 2632.65 tok/s, ttft 1116.40, tpot 24.31, qps 10.28, GiB 8.81/5.08/0.00/40.11
  TP=2 | PP=1 | DP=1, b32 c32, 1614.18 tok/s, ttft 1257.92, tpot 19.82, qps 6.31, GiB 4.99/2.54/0.00/46.47
cross ATLAS_800_A3_752T_128G_DIE 2695.60 1.0000 aggregation TP=1 | PP=1 | DP=2, b32 c64, 2695.60 tok/s, ttft 1116.40, tpot 23.74, qps 10.53, GiB 8.81/5.08/0.00/40.11
cross ATLAS_800_A2_376T_64G 2632.65 0.9766 aggregation TP=1 | PP=1 | DP=2, b32 c64, 2632.65 tok/s, ttft 1116.40, tpot 24.31, qps 10.28, GiB 8.81/5.08/0.00/40.11
`},
		{"agg_single", plan.Aggregation, 38200, `
ATLAS_800_A3_752T_128G_DIE
 aggregation
  TP=1 | PP=1 | DP=4, b32 c128, 5391.20 tok/s, ttft 1116.40, tpot 23.74, qps 21.06, GiB 8.81/5.08/0.00/40.11
  TP=2 | PP=1 | DP=2, b32 c64, 3869.36 tok/s, ttft 772.26, tpot 16.54, qps 15.11, GiB 4.99/0.29/4.23/44.49
  TP=4 | PP=1 | DP=1, b32 c32, 2493.23 tok/s, ttft 615.02, tpot 12.84, qps 9.74, GiB 3.09/1.27/0.04/49.60
`},
		{"disagg_both", plan.Disaggregation, 29370, `
ATLAS_800_A3_752T_128G_DIE
 prefill
  TP=1 | PP=1 | DP=2, b16 c32, 33020.40 tok/s, ttft 620.22, tpot -, qps 51.59, GiB 8.81/0.58/0.23/44.38
  TP=2 | PP=1 | DP=1, b16 c16, 23867.60 tok/s, ttft 429.03, tpot -, qps 37.29, GiB 4.99/0.29/0.00/48.72
 decode
  TP=1 | PP=1 | DP=2, b32 c64, 3302.12 tok/s, ttft -, tpot 19.38, qps 12.90, GiB 8.81/5.08/0.00/40.11
  TP=2 | PP=1 | DP=1, b32 c32, 2366.24 tok/s, ttft -, tpot 13.52, qps 9.24, GiB 4.99/2.54/0.00/46.47
`},
		{"disagg_both_multi_device", plan.Disaggregation, 64260, `
ATLAS_800_A3_752T_128G_DIE
 prefill
  TP=1 | PP=1 | DP=2, b16 c32, 48197.72 tok/s, ttft 424.92, tpot -, qps 75.31, GiB 4.85/0.58/0.18/48.38
  TP=2 | PP=1 | DP=1, b16 c16, 35300.18 tok/s, ttft 290.08, tpot -, qps 55.16, GiB 2.80/0.29/0.17/50.74
 decode
  TP=1 | PP=1 | DP=2, b32 c64, 4111.11 tok/s, ttft -, tpot 15.57, qps 16.06, GiB 4.85/5.08/0.00/44.07
  TP=2 | PP=1 | DP=1, b32 c32, 2787.49 tok/s, ttft -, tpot 11.48, qps 10.89, GiB 2.80/2.54/0.00/48.66
ATLAS_800_A2_376T_64G
 prefill
  TP=1 | PP=1 | DP=2, b16 c32, 48197.72 tok/s, ttft 424.92, tpot -, qps 75.31, GiB 4.85/0.58/0.18/48.38
  TP=2 | PP=1 | DP=1, b16 c16, 22320.01 tok/s, ttft 458.78, tpot -, qps 34.88, GiB 2.80/0.29/0.17/50.74
 decode
  TP=1 | PP=1 | DP=2, b32 c64, 3966.45 tok/s, ttft -, tpot 16.14, qps 15.49, GiB 4.85/5.08/0.00/44.07
  TP=2 | PP=1 | DP=1, b32 c32, 2549.61 tok/s, ttft -, tpot 12.55, qps 9.96, GiB 2.80/2.54/0.00/48.66
cross ATLAS_800_A3_752T_128G_DIE 48197.72 1.0000 prefill TP=1 | PP=1 | DP=2, b16 c32, 48197.72 tok/s, ttft 424.92, tpot -, qps 75.31, GiB 4.85/0.58/0.18/48.38
cross ATLAS_800_A2_376T_64G 48197.72 1.0000 prefill TP=1 | PP=1 | DP=2, b16 c32, 48197.72 tok/s, ttft 424.92, tpot -, qps 75.31, GiB 4.85/0.58/0.18/48.38
cross ATLAS_800_A3_752T_128G_DIE 4111.11 1.0000 decode TP=1 | PP=1 | DP=2, b32 c64, 4111.11 tok/s, ttft -, tpot 15.57, qps 16.06, GiB 4.85/5.08/0.00/44.07
cross ATLAS_800_A2_376T_64G 3966.45 0.9648 decode TP=1 | PP=1 | DP=2, b32 c64, 3966.45 tok/s, ttft -, tpot 16.14, qps 15.49, GiB 4.85/5.08/0.00/44.07
`},
		{"disagg_decode", plan.Disaggregation, 21470, `
ATLAS_800_A3_752T_128G_DIE
 decode
  TP=1 | PP=1 | DP=2, b32 c64, 3302.12 tok/s, ttft -, tpot 19.38, qps 12.90, GiB 8.81/5.08/0.00/40.11
  TP=2 | PP=1 | DP=1, b32 c32, 2366.24 tok/s, ttft -, tpot 13.52, qps 9.24, GiB 4.99/2.54/0.00/46.47
`},
		{"disagg_prefill", plan.Disaggregation, 16820, `
ATLAS_800_A3_752T_128G_DIE
 prefill
  TP=1 | PP=1 | DP=2, b16 c32, 33020.40 tok/s, ttft 620.22, tpot -, qps 51.59, GiB 8.81/0.58/0.23/44.38
  TP=2 | PP=1 | DP=1, b16 c16, 23867.60 tok/s, ttft 429.03, tpot -, qps 37.29, GiB 4.99/0.29/0.23/48.49
`},
		{"pd_ratio", plan.PDRatio, 67740, `
ATLAS_800_A3_752T_128G_DIE
 ratio
  0.48, 12.95 of 27.23 and 12.95 req/s, TP=1 | PP=1 | DP=1, b21 c21, 0.00 tok/s, ttft 771.08, tpot -, qps 27.23, GiB -, TP=1 | PP=1 | DP=2, b32 c64, 0.00 tok/s, ttft -, tpot 19.38, qps -, GiB -, instances 1 2 of 5 devices
  0.34, 9.28 of 27.23 and 9.28 req/s, TP=1 | PP=1 | DP=1, b21 c21, 0.00 tok/s, ttft 771.08, tpot -, qps 27.23, GiB -, TP=2 | PP=1 | DP=1, b32 c32, 0.00 tok/s, ttft -, tpot 13.52, qps -, GiB -, instances - - of - devices
`},
		{"pd_ratio_multi_device", plan.PDRatio, 115940, `
ATLAS_800_A3_752T_128G_DIE
 ratio
  0.19, 8.06 of 41.84 and 8.06 req/s, TP=1 | PP=1 | DP=1, b32 c32, 0.00 tok/s, ttft 764.85, tpot -, qps 41.84, GiB -, TP=1 | PP=1 | DP=1, b32 c32, 0.00 tok/s, ttft -, tpot 15.57, qps -, GiB -, instances 1 5 of 6 devices
ATLAS_800_A2_376T_64G
 ratio
  0.19, 7.78 of 41.84 and 7.78 req/s, TP=1 | PP=1 | DP=1, b32 c32, 0.00 tok/s, ttft 764.85, tpot -, qps 41.84, GiB -, TP=1 | PP=1 | DP=1, b32 c32, 0.00 tok/s, ttft -, tpot 16.14, qps -, GiB -, instances 1 5 of 6 devices
cross ATLAS_800_A3_752T_128G_DIE 2063.36 1.0000 0.19, 8.06 of 41.84 and 8.06 req/s, TP=1 | PP=1 | DP=1, b32 c32, 0.00 tok/s, ttft 764.85, tpot -, qps 41.84, GiB -, TP=1 | PP=1 | DP=1, b32 c32, 0.00 tok/s, ttft -, tpot 15.57, qps -, GiB -, instances 1 5 of 6 devices
cross ATLAS_800_A2_376T_64G 1991.68 0.9653 0.19, 7.78 of 41.84 and 7.78 req/s, TP=1 | PP=1 | DP=1, b32 c32, 0.00 tok/s, ttft 764.85, tpot -, qps 41.84, GiB -, TP=1 | PP=1 | DP=1, b32 c32, 0.00 tok/s, ttft -, tpot 16.14, qps -, GiB -, instances 1 5 of 6 devices
`},
	} {
		r, f := Log(recorded(t, c.log))
		if f != nil {
			t.Errorf("%s failed: %+v", c.log, f)
		}
		if r.Partial || r.Mode != c.mode || r.Engine != "msmodeling" || r.Fidelity != "reference" || r.ElapsedMS != c.ms {
			t.Errorf("%s: partial %v, mode %s, engine %s, fidelity %s, %v ms", c.log, r.Partial, r.Mode, r.Engine, r.Fidelity,
				r.ElapsedMS)
		}
		if got, want := reportText(r), strings.TrimPrefix(c.want, "\n"); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.log, got, want)
		}
		for i := range r.Devices {
			checkDevice(t, c.log, &r.Devices[i])
		}
		if !strings.HasPrefix(r.Command, "python -m cli.inference.throughput_optimizer tests/") ||
			!strings.HasSuffix(r.Command, "DISABLED") && !strings.HasSuffix(r.Command, "--compile") {
			t.Errorf("%s: command %q", c.log, r.Command)
		}
		for _, issue := range r.Issues {
			if issue.Severity == report.Error || strings.Contains(issue.Message.String(), "left out") {
				t.Errorf("%s: %+v", c.log, issue)
			}
		}
	}
}

// checkDevice looks at what follows from the rows.
func checkDevice(t *testing.T, log string, d *report.Device) {
	t.Helper()
	for _, s := range []*report.Section{d.Aggregation, d.Prefill, d.Decode} {
		if s == nil || len(s.Candidates) == 0 {
			continue
		}
		if s.Best != &s.Candidates[0] {
			t.Errorf("%s: the best row of %s is not its first one", log, d.Device)
		}
		for i := range s.Candidates {
			r := &s.Candidates[i]
			if r.Strategy.Label(r.MTP) != r.Label || r.Status != report.OK || !r.Listed {
				t.Errorf("%s: %+v", log, r)
			}
			if want := r.Throughput / float64(r.Strategy.World()); r.PerDevice != want {
				t.Errorf("%s: %v per device, want %v", log, r.PerDevice, want)
			}
		}
	}
}
