package cli

import (
	"encoding/json"
	"fathom/hw/unraced"
	"strings"
	"testing"
)

// Limits on what single requests meet, from the flags to the rows: percentiles, goodput, every limit with what binds
// it, and for a mix what each class met. The same line gives the same rows.
func TestLimitsByPercentile(t *testing.T) {
	unraced.Skip(t)
	l := newLab(t)
	type answer struct {
		Request map[string]struct{ Value any }
		Devices []struct {
			Aggregation struct{ Best json.RawMessage }
		}
	}
	run := func(line string) (rows [2]string, request map[string]struct{ Value any }) {
		t.Helper()
		for i := range rows {
			o := l.run(t, strings.Fields("plan "+flagship+" --format json "+line)...)
			var a answer
			if o.code != Done || json.Unmarshal([]byte(o.stdout), &a) != nil || len(a.Devices) == 0 {
				t.Fatalf("%s: exit %d, %s", line, o.code, o.stderr)
			}
			rows[i], request = string(a.Devices[0].Aggregation.Best), a.Request
		}
		if rows[0] != rows[1] {
			t.Errorf("%s: two runs, two answers", line)
		}
		return rows, request
	}
	rows, request := run("--ttft-limit p95=2000 --goodput 90%")
	var best struct {
		Percentiles struct {
			TTFT struct{ P95 float64 } `json:"ttft_ms"`
			E2E  struct{ P99 float64 } `json:"e2e_ms"`
		}
		Goodput float64
		Limits  []struct {
			Limit, At string
			Holds     bool
		}
	}
	if err := json.Unmarshal([]byte(rows[0]), &best); err != nil {
		t.Fatal(err)
	}
	if p := best.Percentiles; p.TTFT.P95 <= 0 || p.TTFT.P95 > 2000 || p.E2E.P99 <= p.TTFT.P95 || best.Goodput < 0.9 ||
		len(best.Limits) != 3 || request["ttft_limit"].Value != "p95=2000" || request["goodput"].Value != 0.9 {
		t.Errorf("%+v, %v %v", best, request["ttft_limit"], request["goodput"])
	}
	for _, x := range best.Limits {
		if !x.Holds {
			t.Errorf("%s %s does not hold", x.Limit, x.At)
		}
	}
	mix, _ := run("--workload chat --traffic poisson")
	if !strings.Contains(mix[0], `"classes"`) || !strings.Contains(mix[0], `"sent_qps"`) {
		t.Error(mix[0])
	}
	plain, request := run("--ttft-limit mean=2000")
	if strings.Contains(plain[0], "percentiles") || request["ttft_limit"].Value != 2000. {
		t.Errorf("a limit on the mean plays nothing: %v", request["ttft_limit"])
	}
	if _, given := request["goodput"]; given {
		t.Error("what nobody asked for stands in the report")
	}
}
