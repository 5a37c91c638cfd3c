package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

// A calibrated pass says how far off it may be: sums of kernels by the error of models that the fit had not seen, a
// decode step by what the engine's TPOT earned; a prefill pass, which no run shows, and an engine that too few runs
// showed, say so.
func TestCalibratedPassSaysItsError(t *testing.T) {
	for _, c := range []struct {
		device, flags string
		sum, interval bool
		note          string
	}{
		{"H100_SXM", "--decode", true, false, "the fit had not seen"},
		{"H100_SXM", "", true, false, "the fit had not seen"},
		{"H100_SXM", "--decode --serving-engine vllm", false, true, "eight of ten measured runs of vllm"},
		{"H100_SXM", "--serving-engine vllm", false, false, "no interval: runs show the TTFT"},
		{"L40S", "--decode --serving-engine vllm", false, true, "no run of L40S stands behind"},
		{die, "--decode", false, false, "no interval for TPOT on vllm-ascend: too few runs"},
		{die, "--decode --serving-engine vllm", false, false, "uncalibrated: no interval"},
	} {
		line := "pass Qwen/Qwen3-8B --num-queries 4 --query-length 1 --context-length 2000 --fidelity calibrated --format " +
			"json --device " + c.device + " " + c.flags
		var r struct {
			TimeMS   float64     `json:"time_ms"`
			SumError *float64    `json:"sum_error"`
			Interval *[2]float64 `json:"interval_ms"`
			Notes    []string
		}
		if err := json.Unmarshal([]byte(ok(t, strings.Fields(line)...)), &r); err != nil {
			t.Fatal(err)
		}
		if (r.SumError != nil) != c.sum || (r.Interval != nil) != c.interval {
			t.Errorf("%s %s: sum error %v, interval %v", c.device, c.flags, r.SumError, r.Interval)
		}
		if x := r.Interval; x != nil && (x[0] >= r.TimeMS || x[1] <= r.TimeMS) {
			t.Errorf("%s %s: %v is not within %v", c.device, c.flags, r.TimeMS, *x)
		}
		if notes := strings.Join(r.Notes, "; "); !strings.Contains(notes, c.note) {
			t.Errorf("%s %s: notes %q lack %q", c.device, c.flags, notes, c.note)
		}
	}
}

// The two times of one pass are told apart: the sum of kernels and the engine's step stand beside each other under
// their names, the same in both outputs, as is the memory.
func TestKernelsAndStepAreTwoThings(t *testing.T) {
	args := strings.Fields("pass Qwen/Qwen3-32B --device H200_SXM --num-devices 2 --tp-size 2 --num-queries 32 " +
		"--context-length 2000 --query-length 1 --decode --format json")
	var kernels, step passReport
	for flags, into := range map[string]*passReport{"": &kernels, "--serving-engine vllm": &step} {
		if err := json.Unmarshal([]byte(ok(t, append(args, strings.Fields(flags)...)...)), into); err != nil {
			t.Fatal(err)
		}
		if into.KernelsMS == nil || into.StepMS == nil {
			t.Fatalf("%q: %+v", flags, into)
		}
	}
	if kernels.Basis != "kernels" || step.Basis != "step" || kernels.TimeMS != *kernels.KernelsMS ||
		step.TimeMS != *step.StepMS || *kernels.StepMS != *step.StepMS || *kernels.KernelsMS != *step.KernelsMS ||
		kernels.TimeMS == step.TimeMS || kernels.Memory != step.Memory {
		t.Errorf("kernels %+v, step %+v", kernels, step)
	}
}
