package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fathom/hw/unraced"
)

// slower writes runs that are 1.3 times as slow as predicted, on H100_SXM with a model per deployment.
func slower(t *testing.T, l *lab, name string) string {
	t.Helper()
	head := "id,model,gpu,backend,precision,isl,osl,concurrency,tp_size,ttft_ms,tpot_ms\n"
	var lines []string
	for _, m := range []string{"Qwen/Qwen3-8B,h100_sxm,vllm,bf16", "Qwen/Qwen3-14B,h100_sxm,vllm,fp8",
		"Qwen/Qwen3-32B,h100_sxm,vllm,fp8"} {
		for _, load := range []string{"128,32,1", "512,32,4", "1024,48,16"} {
			lines = append(lines, fmt.Sprintf("r%d,%s,%s,2,%%g,%%g", len(lines), m, load))
		}
	}
	path := filepath.Join(l.home, name)
	write := func(latency func(i int) (float64, float64)) {
		text := head
		for i, line := range lines {
			a, b := latency(i)
			text += fmt.Sprintf(line+"\n", a, b)
		}
		os.WriteFile(path, []byte(text), 0o600)
	}
	write(func(int) (float64, float64) { return 1, 1 })
	o := l.run(t, "score", path, "--format", "json")
	var r struct {
		Rows []struct {
			Predicted struct {
				TTFT float64 `json:"ttft_ms"`
				TPOT float64 `json:"tpot_ms"`
			}
		}
	}
	if err := json.Unmarshal([]byte(o.stdout), &r); err != nil || len(r.Rows) != len(lines) {
		t.Fatalf("%v: %+v", err, o)
	}
	write(func(i int) (float64, float64) { return 1.3 * r.Rows[i].Predicted.TTFT, 1.3 * r.Rows[i].Predicted.TPOT })
	return path
}

func TestCalibrate(t *testing.T) {
	unraced.Skip(t)
	l := newLab(t)
	in, out := slower(t, l, "runs.csv"), filepath.Join(l.home, "mine.toml")
	o := l.run(t, "calibrate", in, "--device", "H100_SXM", "-o", out)
	if o.code != Done || !strings.Contains(o.stdout, "9 of 9 runs used, 3 deployments") ||
		!strings.Contains(o.stdout, "layer overhead") || o.stderr != "" {
		t.Fatalf("%+v", o)
	}
	if c := l.run(t, "devices", "check", out); c.code != Done ||
		!strings.Contains(c.stdout, "profile H100_SXM_CALIBRATED is good") {
		t.Errorf("%+v", c)
	}
	mape := func(args ...string) float64 {
		var r struct {
			Overall struct {
				TPOT float64 `json:"tpot_mape"`
			}
		}
		if err := json.Unmarshal([]byte(l.run(t, append([]string{"score", in, "--format", "json"}, args...)...).stdout),
			&r); err != nil {
			t.Fatal(err)
		}
		return r.Overall.TPOT
	}
	if before, after := mape(), mape("--device-file", out); before < 0.2 || after > before/2 {
		t.Errorf("TPOT error %.3f, with the fitted profile %.3f", before, after)
	}
	// Without -o the profile is on standard output and the report beside it.
	o = l.run(t, "calibrate", in, "--device", "H100_SXM", "--name", "OURS")
	if o.code != Done || !strings.HasPrefix(o.stdout, "# A device profile") ||
		!strings.Contains(o.stdout, `name = "OURS"`) || !strings.Contains(o.stderr, "cross-validation") {
		t.Errorf("%+v", o)
	}
	o = l.run(t, "calibrate", in, "--cross-validate", "--format", "json")
	var r struct {
		Schema  string
		Used    int
		Before  map[string]float64
		After   map[string]float64
		Folds   []map[string]any
		Bars    []map[string]any
		Numbers []map[string]any
	}
	if err := json.Unmarshal([]byte(o.stdout), &r); err != nil || r.Schema != "fathom.calibrate/1" || r.Used != 9 ||
		len(r.Folds) != 3 || len(r.Bars) != 1 ||
		r.After["tpot_median"] <= 0 || len(r.Numbers) != 0 {
		t.Errorf("%v: %+v", err, o)
	}
}

// The report says which runs were not used and why, what was assumed, and what was not tested or measured.
func TestCalibrateSaysWhatItLacks(t *testing.T) {
	unraced.Skip(t)
	l := newLab(t)
	data, err := os.ReadFile(slower(t, l, "runs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.ReplaceAll(strings.TrimSpace(string(data)), ",vllm,", ",ollama,"), "\n")
	for i := range lines[1:] { // no TTFT
		cells := strings.Split(lines[i+1], ",")
		cells[9] = ""
		lines[i+1] = strings.Join(cells, ",")
	}
	lines = append(lines, "odd,Qwen/Qwen3-8B,h100_sxm,vllm,bf16,128,32,-4,2,60,12",
		",Qwen/Qwen3-8B,h100_sxm,vllm,bf16,128,32,4,2,60,0.4")
	in := filepath.Join(l.home, "lacking.csv")
	os.WriteFile(in, []byte(strings.Join(lines, "\n")+"\n"), 0o600)
	out := filepath.Join(l.home, "mine.toml")
	o := l.run(t, "calibrate", in, "--device", "H100_SXM", "-o", out)
	for _, want := range []string{
		"9 of 11 runs used, 3 deployments;",
		`left out: 1 faulty: line 11 (odd): concurrency "-4": want a number from 0 to 100000`,
		"left out: 1 faster than the device can be: line 12: tpot_ms 0.4: reading the weights takes 2.26 ms at full " +
			"bandwidth",
		`note: engine "ollama" of 9 runs is not known: they are fitted as those of vllm`,
	} {
		if !strings.Contains(o.stdout, want) {
			t.Errorf("no %q in %s%s", want, o.stdout, o.stderr)
		}
	}
	// TTFT is not measured; a bar of two groups holds nothing
	for _, start := range []string{"left out of the fit", "vllm "} {
		for line := range strings.Lines(o.stdout) {
			if strings.HasPrefix(line, start) && strings.Count(line, " -") < 2 {
				t.Errorf("no dash in %q", line)
			}
		}
	}
	o = l.run(t, "calibrate", in, "--device", "H100_SXM", "-o", out, "--format", "json")
	var r map[string]any
	if err := json.Unmarshal([]byte(o.stdout), &r); err != nil {
		t.Fatalf("%v: %+v", err, o)
	}
	after, bar := r["after"].(map[string]any), r["bars"].([]any)[0].(map[string]any)["tpot"].(map[string]any)
	if _, ok := after["ttft_mape"]; ok || after["tpot_mape"] == nil || bar["held"] != nil || bar["low"].(float64) > 1 ||
		r["deployments"] != 3.0 ||
		len(r["left_out"].([]any)) != 2 || len(r["notes"].([]any)) != 1 {
		t.Errorf("%s", o.stdout)
	}
	// Of several files, a row is named with its file.
	second := filepath.Join(l.home, "second.csv")
	os.WriteFile(second, []byte(lines[0]+"\n"+lines[len(lines)-1]+"\n"), 0o600)
	first := filepath.Join(l.home, "first.csv")
	os.WriteFile(first, []byte(strings.Join(lines[:10], "\n")+"\n"), 0o600)
	if o = l.run(t, "calibrate", first, second, "--device", "H100_SXM", "-o", out); !strings.Contains(o.stdout,
		"line 2 (second.csv): tpot_ms 0.4") {
		t.Errorf("%+v", o)
	}
}

func TestCalibrateRefuses(t *testing.T) {
	l := newLab(t)
	in := slower(t, l, "runs.csv")
	few := filepath.Join(l.home, "few.csv")
	data, _ := os.ReadFile(in)
	os.WriteFile(few, []byte(strings.Join(strings.SplitAfter(string(data), "\n")[:4], "")), 0o600)
	out := filepath.Join(l.home, "out.toml")
	for _, c := range []struct{ line, want string }{
		{in, "--device: needs the profile to fit, e.g. --device H100_SXM; or give --cross-validate"},
		{in + " --device H101", `--device device profile "H101" is not known; nearest: `},
		{in + " --device B200_SXM", "runs.csv: none is on B200_SXM; column gpu has h100_sxm"},
		{few + " --device H100_SXM", "few.csv: 3 usable runs: a fit needs at least 6"},
		{in + " --device H100_SXM --name two,words", "--name two,words: must be one word of letters"},
		{in + " --device H100_SXM -o " + l.home, "is a directory; name a file in it"},
		{filepath.Join(l.home, "nosuch.csv") + " --device H100_SXM", "nosuch.csv: there is no such file"},
		{in + " --device H100_SXM --device-file nosuch.toml", "nosuch.toml: there is no such file"},
		{in + " --device H100_SXM --format csv", "--format csv: must be one of table, json"},
	} {
		args := append([]string{"calibrate"}, strings.Fields(c.line)...)
		if !strings.Contains(c.line, " -o ") {
			args = append(args, "-o", out)
		}
		o := l.run(t, args...)
		if o.code != BadInput || o.stdout != "" || !strings.Contains(o.stderr, c.want) {
			t.Errorf("%s: exit %d, stdout %q, stderr %q; want %s", c.line, o.code, o.stdout, o.stderr, c.want)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a refused fit wrote a file")
	}
}
