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

// put writes a file into the lab's home.
func put(t *testing.T, l *lab, name, text string) string {
	t.Helper()
	path := filepath.Join(l.home, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// halves splits a file of runs; the second half has its columns under other names and in another order.
func halves(t *testing.T, l *lab, path string) (a, b string) {
	t.Helper()
	data, _ := os.ReadFile(path)
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	second := "tpot_ms,id,model,device,backend,precision,input_len,output_len,concurrency,tp,ttft_ms\n"
	for _, l := range lines[6:] {
		cells := strings.Split(l, ",")
		last := len(cells) - 1
		second += strings.Join(append([]string{cells[last]}, cells[:last]...), ",") + "\n"
	}
	return put(t, l, "a.csv", strings.Join(lines[:6], "\n")+"\n"), put(t, l, "b.csv", "# the same campaign\n"+second)
}

func TestCalibrateJoinsFiles(t *testing.T) {
	unraced.Skip(t)
	l := newLab(t)
	whole := slower(t, l, "runs.csv")
	a, b := halves(t, l, whole)
	profile := func(args ...string) string {
		o := l.run(t, append([]string{"calibrate", "--device", "H100_SXM"}, args...)...)
		if o.code != Done || !strings.Contains(o.stderr, "9 of 9 runs used, 3 deployments") {
			t.Fatalf("%v: %+v", args, o)
		}
		return o.stdout
	}
	one, two := profile(whole), profile(a, b)
	if !strings.Contains(two, "measured runs of "+a+", "+b+" (fathom calibrate)") {
		t.Errorf("the source does not name both files:\n%s", two)
	}
	if strings.ReplaceAll(two, a+", "+b, whole) != one {
		t.Error("two files of the runs give another profile than one")
	}
	o := l.run(t, "calibrate", a, b, a, whole, "--device", "H100_SXM")
	if o.code != Done || !strings.Contains(o.stderr, "9 of 9 runs used") ||
		!strings.Contains(o.stderr, "note: "+a+": 5 of 5 rows stand in an earlier file too; they count once") ||
		!strings.Contains(o.stderr, whole+": 9 of 9 rows") {
		t.Errorf("%+v", o)
	}
}

func TestRepeatedRunsOfOneFileCountEach(t *testing.T) {
	unraced.Skip(t)
	l := newLab(t)
	data, _ := os.ReadFile(slower(t, l, "runs.csv"))
	lines := strings.SplitAfter(string(data), "\n")
	twice := put(t, l, "twice.csv", string(data)+lines[1])
	if o := l.run(t, "calibrate", twice, "--device", "H100_SXM"); o.code != Done ||
		!strings.Contains(o.stderr, "10 of 10 runs used") || strings.Contains(o.stderr, "note:") {
		t.Errorf("%+v", o)
	}
}

// kernelSums are passes of dense models with times that no fit is held to.
func kernelSums(models ...string) string {
	text := "model,gpu,backend,quant_weights,quant_kv,tp,ep,pp,phase,batch,isl_or_context,silicon_ms,attn_dp,moe_tp,silicon_gemm_ms,silicon_attention_ms," +
		"silicon_moe_ms,silicon_allreduce_ms,silicon_moe_comm_ms,silicon_other_ms\n"
	for _, m := range models {
		for i := range 24 {
			phase, batch, length := "decode", 1<<(i%6), 2048
			if i%2 == 0 {
				phase, batch, length = "prefill", 1+i%3, 512*(1+i/4)
			}
			ms := 1 + float64(batch*length)/4096
			text += fmt.Sprintf("%s,h100_sxm,trtllm,bfloat16,bfloat16,2,,1,%s,%d,%d,%g,1,2,%g,%g,0,%g,0,0\n", m, phase, batch,
				length, ms, 0.7*ms, 0.2*ms, 0.1*ms)
		}
	}
	return text
}

func TestKernelSumsAreJoinedToo(t *testing.T) {
	unraced.Skip(t)
	l := newLab(t)
	a, b := put(t, l, "a.csv", kernelSums("Qwen3-8B")), put(t, l, "b.csv", kernelSums("DeepSeek-V3"))
	o := l.run(t, "calibrate", a, b, b, "--cross-validate")
	if o.code != Done || !strings.Contains(o.stdout, "48 passes;") ||
		!strings.Contains(o.stderr, b+": 24 of 24 rows stand in an earlier file too") {
		t.Errorf("%+v", o)
	}
	strange := put(t, l, "strange.csv", strings.ReplaceAll(kernelSums("Qwen3-8B"), "h100_sxm", "mystery_9"))
	o = l.run(t, "calibrate", a, b, strange, "--cross-validate")
	if o.code != Done || !strings.Contains(o.stdout, "48 passes;") ||
		!strings.Contains(o.stderr, "rows left out: 24, of devices that no profile describes: mystery_9;") {
		t.Errorf("%+v", o)
	}
}

func TestCalibrateRefusesFiles(t *testing.T) {
	l := newLab(t)
	runs, sums := slower(t, l, "runs.csv"), put(t, l, "sums.csv", kernelSums("Qwen3-8B"))
	quote := put(t, l, "quote.csv",
		"model,gpu,isl,osl,concurrency,ttft_ms\nQwen3-8B,h100_sxm,1,1,1,1\nQwen3-8B,\"h100_sxm,1,1,1,1\n")
	phase := put(t, l, "phase.csv", strings.Replace(kernelSums("Qwen3-8B"), "prefill", "refill", 1))
	head := put(t, l, "head.csv", "model,isl,osl,concurrency,ttft_ms\n")
	strange := put(t, l, "strange.csv", "model,gpu,isl,osl,concurrency,ttft_ms\nQwen3-8B,mystery_9,1,1,1,1\n")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{runs, quote}, "measured runs " + quote + ": line 3"},
		{[]string{runs, head}, "measured runs " + head + `: header: no column "gpu"`},
		{[]string{sums, phase}, "kernel sums " + phase + `: line 2: phase "refill"`},
		{[]string{runs, sums}, runs + " has serving runs, " + sums +
			" kernel sums: they tell different numbers. Fit the sums first"},
		{[]string{sums, runs}, runs + " has serving runs, " + sums + " kernel sums"},
		{[]string{runs, filepath.Join(l.home, "none.csv")}, "none.csv: there is no such file"},
		{[]string{strange}, "strange.csv: none is on H100_SXM; column gpu has mystery_9"},
	} {
		o := l.run(t, append([]string{"calibrate", "--device", "H100_SXM"}, c.args...)...)
		if o.code != BadInput || o.stdout != "" || !strings.Contains(o.stderr, c.want) {
			t.Errorf("%v: %+v; want %s", c.args, o, c.want)
		}
	}
	if o := l.run(t, "calibrate", strange, "--cross-validate"); o.code != BadInput ||
		!strings.Contains(o.stderr, "none is on a device that a profile describes") {
		t.Errorf("%+v", o)
	}
}

// A fit shares factors between devices, and those of two vendors have nothing to share.
func TestJointLearnsFromOneVendor(t *testing.T) {
	unraced.Skip(t)
	l := newLab(t)
	runs := slower(t, l, "runs.csv")
	data, _ := os.ReadFile(runs)
	lines := strings.SplitAfter(string(data), "\n")
	more := lines[0]
	for i, device := range []string{"h200_sxm", "h200_sxm", "ascend_910b", "mystery_9", "mystery_9", "mystery_8"} {
		more += strings.Replace(lines[1+i], "h100_sxm", device, 1)
	}
	others := put(t, l, "others.csv", more)
	o := l.run(t, "calibrate", runs, others, "--device", "H100_SXM", "--joint")
	if o.code != Done || !strings.Contains(o.stderr, "11 of 11 runs used") ||
		!strings.Contains(o.stderr,
			"warning: rows left out: 3, of devices that no profile describes: mystery_8, mystery_9; --device-file adds one") ||
		!strings.Contains(o.stderr,
			"note: rows left out: 1, of ascend_910b: --joint learns from devices of one vendor, here NVIDIA") {
		t.Errorf("%+v", o)
	}
	if o := l.run(t, "calibrate", runs, others, "--device", "H100_SXM"); o.code != Done ||
		!strings.Contains(o.stderr, "9 of 9 runs used") || strings.Contains(o.stderr, "left out:") {
		t.Errorf("%+v", o)
	}
	ascend := put(t, l, "ascend.csv", strings.ReplaceAll(string(data), "h100_sxm,vllm", "ascend_910b,vllm-ascend"))
	o = l.run(t, "calibrate", runs, ascend, "--cross-validate")
	if o.code != Done || !strings.Contains(o.stdout, "NVIDIA: 9 of 9 runs used") ||
		!strings.Contains(o.stdout, "\nHuawei: 9 of 9 runs used") {
		t.Errorf("%+v", o)
	}
	o = l.run(t, "calibrate", runs, others, "--cross-validate", "--format", "json")
	var r struct {
		Schema  string
		Vendors []struct {
			Vendor, Reason string
			Report         *struct{ Used int }
		}
	}
	if err := json.Unmarshal([]byte(o.stdout), &r); err != nil || r.Schema != "fathom.calibrate.vendors/1" ||
		len(r.Vendors) != 2 || r.Vendors[0].Report == nil ||
		r.Vendors[0].Report.Used != 11 || r.Vendors[1].Vendor != "Huawei" || r.Vendors[1].Report != nil ||
		!strings.Contains(r.Vendors[1].Reason, "1 usable run:") {
		t.Errorf("%v: %+v", err, o)
	}
}
