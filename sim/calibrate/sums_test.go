package calibrate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/hw/unraced"
	"fathom/sim/kernel"
)

const sumHead = "model,gpu,backend,quant_weights,quant_kv,tp,ep,pp,phase,batch,isl_or_context,silicon_ms,attn_dp,moe_tp,silicon_gemm_ms,silicon_attention_ms," +
	"silicon_moe_ms,silicon_allreduce_ms,silicon_moe_comm_ms,silicon_other_ms\n"

// pass writes a line.
func passLine(model, engine, quant string, tp int, phase string, batch, length int, parts [5]float64) string {
	var sum float64
	for _, v := range parts {
		sum += v
	}
	return fmt.Sprintf("%s,h100_sxm,%s,%s,bfloat16,%d,,1,%s,%d,%d,%g,1,%d,%g,%g,%g,%g,0,%g\n", model, engine, quant, tp,
		phase, batch, length, sum, tp, parts[0], parts[1], parts[2],
		parts[3], parts[4])
}

// crafted are passes of two engines, with the times that constants give.
func crafted(t *testing.T, device *hw.Profile, change func(*kernel.Constants)) []Pass {
	t.Helper()
	text := sumHead
	for _, m := range []string{"Qwen3-8B", "Qwen3-32B", "Qwen3-30B-A3B", "Llama-3.1-70B"} {
		for _, q := range []string{"bfloat16", "fp8"} {
			for _, tp := range []int{2, 8} {
				for _, engine := range []string{"trtllm-1.3.0rc20", "vllm-0.24.0"} {
					for _, l := range [][2]int{{1, 512}, {1, 4096}, {4, 4096}} {
						text += passLine(m, engine, q, tp, "prefill", l[0], l[1], [5]float64{1, 1, 1, 1, 1})
					}
					for _, b := range []int{1, 16, 128} {
						text += passLine(m, engine, q, tp, "decode", b, 2048, [5]float64{1, 1, 1, 1, 1})
					}
				}
			}
		}
	}
	passes, ok, err := ReadPasses(strings.NewReader(text))
	if err != nil || !ok || len(passes) != 192 {
		t.Fatalf("%d passes, %t, %v", len(passes), ok, err)
	}
	for i := range passes {
		p := &passes[i]
		k, ok := kernel.Sums(device, p.engine)
		if !ok {
			t.Fatalf("no kernel sums on %s", device.Name)
		}
		change(&k)
		if p.Class, err = p.price(device, &k); err != nil {
			t.Fatal(err)
		}
		p.Seconds = 0
		for _, v := range p.Class {
			p.Seconds += v
		}
	}
	return passes
}

// Kernel sums that were made from known numbers give them back.
func TestSumsRecoverWhatPassesWereMadeWith(t *testing.T) {
	unraced.Skip(t)
	device, _ := hw.Find("H100_SXM")
	passes := crafted(t, device, func(*kernel.Constants) {})
	r, err := Sums(context.Background(), passes, hw.Find, device, Request{File: "x.csv"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.Errors {
		if e.Fit > 0.03 || e.After > 0.25 || e.Passes == 0 {
			t.Errorf("%+v", e)
		}
	}
	got := r.Profile.Kernel
	own, vllm := got.Engine("vllm"), device.Kernel.Engine("vllm")
	if got.Software != "trtllm" || own == nil {
		t.Fatalf("kernels of %q, and of vllm %v", got.Software, own)
	}
	for name, v := range map[string][2]float64{
		"linear memory efficiency bf16": {got.Linear[hw.FormatBF16].Memory, device.Kernel.Linear[hw.FormatBF16].Memory},
		"linear compute efficiency fp8": {got.Linear[hw.FormatFP8].Compute, device.Kernel.Linear[hw.FormatFP8].Compute},
		"linear overhead fp8":           {got.Linear[hw.FormatFP8].Overhead, device.Kernel.Linear[hw.FormatFP8].Overhead},
		"attention decode efficiency":   {got.Sum.AttnDecode, device.Kernel.Sum.AttnDecode},
		"experts of vllm":               {own.Expert[hw.FormatFP8].Memory, vllm.Expert[hw.FormatFP8].Memory},
		"floor of vllm":                 {own.Linear[hw.FormatFP8].Overhead, vllm.Linear[hw.FormatFP8].Overhead},
		"all-reduce of eight":           {got.Groups[2].Curve.Payload, device.Kernel.Groups[2].Curve.Payload},
	} {
		if math.Abs(v[0]/v[1]-1) > 0.08 {
			t.Errorf("%s: %.4g, made with %.4g", name, v[0], v[1])
		}
	}
	if back, err := hw.Parse("x.toml", hw.Template(r.Profile)); err != nil || back.Kernel.Linear != got.Linear ||
		back.Kernel.Sum != got.Sum || !slices.Equal(back.Kernel.Engines, got.Engines) {
		t.Errorf("the profile reads back as something else: %v", err)
	}
}

// Passes that no kernel could run leave a number at the end of its range, and say so; the numbers beside it stay right.
func TestSumsStayInThePhysicalRange(t *testing.T) {
	unraced.Skip(t)
	device, _ := hw.Find("H100_SXM")
	passes := crafted(t, device, func(k *kernel.Constants) { k.Linear[hw.FormatBF16].Compute = 1.3 })
	r, err := Sums(context.Background(), passes, hw.Find, device, Request{File: "x.csv"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range r.Numbers {
		if n.Value < n.Low || n.Value > n.High || n.Identifiable < 0 || n.Identifiable > 1 {
			t.Errorf("%+v", n)
		}
		if strings.Contains(n.Name, "memory") || strings.Contains(n.Name, "compute") {
			if n.High > peak {
				t.Errorf("beyond a peak: %+v", n)
			}
		}
		if n.Name == "linear compute efficiency bf16" && (n.Value != peak || n.Kept) {
			t.Errorf("want %v, told: %+v", peak, n)
		}
	}
	if got, want := r.Profile.Kernel.Linear[hw.FormatFP8].Compute,
		device.Kernel.Linear[hw.FormatFP8].Compute; math.Abs(got/want-1) > 0.08 {
		t.Errorf("linear compute efficiency fp8: %.4g, made with %.4g", got, want)
	}
	if slices.ContainsFunc(r.Numbers, func(n SumValue) bool { return n.Name == "gather efficiency" }) {
		t.Error("no pass gathers, and yet there is a number for it")
	}
}

// A file of serving runs is none of kernel sums, and what is wrong with a line is said with its number.
func TestReadPassesFaults(t *testing.T) {
	if _, ok, err := ReadPasses(strings.NewReader("model,gpu,isl,osl,ttft_ms\n")); ok || err != nil {
		t.Errorf("serving runs: %t, %v", ok, err)
	}
	good := passLine("Qwen3-8B", "trtllm", "fp8", 1, "decode", 4, 2048, [5]float64{1, 1, 0, 0, 1})
	for name, c := range map[string]struct{ from, to, want string }{
		"phase":     {"decode", "dekode", `line 3: phase "dekode": want prefill or decode`},
		"precision": {",fp8,", ",fp7,", `line 3: quant_weights: format "fp7": want one of`},
		"number":    {",4,2048,", ",four,2048,", `line 3: batch "four": want a number`},
		"model":     {"Qwen3-8B", "Qwen9-8B", `line 3: model "Qwen9-8B" is not in the catalog`},
		"no time":   {",3,1,1,", ",0,1,1,", `line 3: silicon_ms "0": want a time above 0`},
	} {
		text := sumHead + good + strings.Replace(good, c.from, c.to, 1)
		if _, ok, err := ReadPasses(strings.NewReader(text)); !ok || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want %q, got %t, %v", name, c.want, ok, err)
		}
	}
	passes, _, err := ReadPasses(strings.NewReader(sumHead + good))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Sums(context.Background(), passes, hw.Find, nil, Request{}, nil); !IsRefusal(err) {
		t.Errorf("one pass: %v", err)
	}
}
