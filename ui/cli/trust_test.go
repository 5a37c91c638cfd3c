package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTargetOutOfReach: a fleet that nobody can build is no plan; one that can be is.
func TestTargetOutOfReach(t *testing.T) {
	for target, code := range map[string]int{"1e9": Infeasible, "1e300": Infeasible, "20": Done} {
		o := newLab(t).run(t, strings.Fields("plan "+flagship+" --target-qps "+target)...)
		if o.code != code || (code == Infeasible) != strings.Contains(o.stdout,
			"not possible. it takes more than 1000000 devices") {
			t.Errorf("%s req/s: exit %d, %s", target, o.code, o.stderr)
		}
	}
}

// TestExcessIsAFigure: whatever a limit is, what exceeds it is told in figures.
func TestExcessIsAFigure(t *testing.T) {
	for _, limit := range []string{"1e-320", "1e-300", "1e-9", "0.0001", "0.3"} {
		o := newLab(t).run(t, strings.Fields(strings.Replace("plan "+flagship, "--tpot-limit 50", "--tpot-limit "+limit,
			1))...)
		if o.code != Infeasible || strings.Contains(o.stdout, "Inf") || strings.Contains(o.stdout, "NaN") ||
			strings.Contains(o.stdout, "> 0.000 ") || strings.Contains(o.stdout, "limit                          0 ") ||
			limit != "1e-320" && !strings.Contains(o.stdout, " > "+limit[:1]) {
			t.Errorf("%s: exit %d\n%s", limit, o.code, o.stdout)
		}
	}
}

// TestNothingPredicted: a score of no run is no score.
func TestNothingPredicted(t *testing.T) {
	l := newLab(t)
	path := filepath.Join(l.home, "runs.csv")
	row := "model,device,num_devices,input_length,output_length,concurrency,ttft_ms,tpot_ms\nno/such,H100_SXM,8,1000,100,4,100,10\n"
	if err := os.WriteFile(path, []byte(row), 0o600); err != nil {
		t.Fatal(err)
	}
	if o := l.run(t, "score", path); o.code != Infeasible || !strings.Contains(o.stdout, "is not in the catalog") ||
		!strings.Contains(o.stderr, "none of the runs was predicted") {
		t.Errorf("exit %d: %s", o.code, o.stderr)
	}
}

// TestEchoedValuesAreShort: what an error echoes keeps its head and its tail, whichever flag it was given to.
func TestEchoedValuesAreShort(t *testing.T) {
	value := "x" + strings.Repeat("9", 100_000) + "END"
	lines := [][]string{{"devices", "show", value}, {"models", "show", value}, {"score", value}, {"parse", value}}
	for _, flag := range []string{"--ttft-limit", "--device", "--num-devices", "--tp-sizes", "--input-length", "--format",
		"--fidelity", "--device-file", "-o", "--model-id", "--engine", "--compilation-config", "--" + value} {
		lines = append(lines, append(strings.Fields("plan "+flagship), flag, value))
	}
	for _, line := range lines {
		o := newLab(t).run(t, line...)
		if o.code == Done || len(o.stderr) > 3000 || !strings.Contains(o.stderr, "99…") {
			t.Errorf("%.60q: exit %d, %d bytes: %.300s", line, o.code, len(o.stderr), o.stderr)
		}
	}
}

// TestBatchRangeStaysAsGiven in both commands.
func TestBatchRangeStaysAsGiven(t *testing.T) {
	for _, given := range []string{"8", "1 8", "3 9"} {
		out := ok(t, strings.Fields("plan "+flagship+" --format json --batch-range "+given)...)
		if n := strings.Count(out, "--batch-range "+given+`"`) + strings.Count(out, "--batch-range "+given+" "); n < 2 {
			t.Errorf("%s: stands %d times as it was given", given, n)
		}
	}
}
