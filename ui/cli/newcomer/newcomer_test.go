// Package newcomer_test adds a serving engine by a file and asks every room for it.
package newcomer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "fathom/sim/software/newcomer"
	"fathom/state/field"
	"fathom/ui/cli"
)

// run carries a command out.
func run(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	p := &cli.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs,
		Getenv: func(string) string { return "" }, Terminal: func() bool { return false }}
	if code := p.Run(context.Background(), args); code != 0 {
		t.Fatalf("%q ends with %d: %s%s", args, code, out.String(), errs.String())
	}
	return out.String()
}

func TestAnAddedEngineIsKnownEverywhere(t *testing.T) {
	const name = "lightning"
	known := false
	for _, c := range field.Table[field.ServingEngine].Choices {
		known = known || c.Value == name
	}
	if !known {
		t.Error("the form does not offer it")
	}
	plan := []string{"plan", "Qwen/Qwen3-8B", "--input-length", "1000", "--output-length", "100", "--device", "H100_SXM",
		"--num-devices", "1", "--quantize-linear-action", "FP8", "--quantize-attention-action", "DISABLED", "--traffic",
		"closed", "--serving-engine", name, "--format",
		"md"}
	out := run(t, plan...)
	for _, want := range []string{"no runs of " + name, "lightning up Qwen/Qwen3-8B --cloud 1 --numbers e4m3"} {
		if !strings.Contains(out, want) {
			t.Errorf("plan: %q is missing from\n%s", want, out)
		}
	}
	out = run(t, "pass", "Qwen/Qwen3-8B", "--device", "H100_SXM", "--num-queries", "8", "--query-length", "1", "--decode",
		"--context-length", "1000", "--serving-engine", name, "--fidelity", "calibrated")
	if !strings.Contains(out, "host of "+name) {
		t.Errorf("pass:\n%s", out)
	}

	// Runs of it are told from those of others by name, by flag and by version.
	rows := "model,gpu,backend,isl,osl,concurrency,tp_size,measured_ttft_ms,measured_tpot_ms,backend_version\n" +
		"Qwen3-8B,h100_sxm,Lightning,1000,100,4,1,100,10,0.2\nQwen3-8B,h100_sxm,Lightning,1000,100,4,1,100,10,0.1\n" +
		"Qwen3-8B,h100_sxm,vLLM,1000,100,4,1,100,10,0.1\n"
	file := filepath.Join(t.TempDir(), "runs.csv")
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	var scored struct {
		Rows []struct {
			Predicted struct {
				TPOT float64 `json:"tpot_ms"`
			}
		}
		Groups []struct {
			Engine string
			Rows   int
		}
	}
	if err := json.Unmarshal([]byte(run(t, "score", file, "--format", "json")), &scored); err != nil {
		t.Fatal(err)
	}
	// 36 layers of 12 kernels, each of which 0.1 has to launch in 0.4 ms.
	if now, then := scored.Rows[0].Predicted.TPOT, scored.Rows[1].Predicted.TPOT; then < 36*12*0.4 || now > 20 {
		t.Errorf("score: %g ms a token, version 0.1 %g", now, then)
	}
	if g := scored.Groups[0]; g.Engine != name || g.Rows != 2 {
		t.Errorf("score: %+v", scored.Groups)
	}
}
