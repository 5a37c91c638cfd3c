package calibrate

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/hw/unraced"
	"fathom/sim/plan"
	"fathom/sim/score"
)

// Runs that agree override an earlier fit: numbers far from those of the profile are found from it, with one deployment
// and with many.
func TestRunsOverrideAnEarlierFit(t *testing.T) {
	unraced.Skip(t)
	var one strings.Builder
	one.WriteString("model,gpu,backend,precision,isl,osl,concurrency,tp_size,ttft_ms,tpot_ms\n")
	for _, length := range []int{256, 2048} {
		for _, concurrency := range []int{2, 8, 32} {
			for _, tp := range []int{2, 4, 8} {
				fmt.Fprintf(&one, "Qwen/Qwen3-32B,H100_SXM,vllm,fp8,%d,96,%d,%d,1,1\n", length, concurrency, tp)
			}
		}
	}
	single, err := score.Read(strings.NewReader(one.String()))
	if err != nil {
		t.Fatal(err)
	}
	factors := map[string]float64{"arrival overhead": 3.5, "host overhead per step": 2, "layer overhead": 1.5}
	device, _ := hw.Find("H100_SXM")
	inside, told := 0, 0
	for name, rows := range map[string][]score.Row{"six deployments": deployments(t), "one": single} {
		r, err := Calibrate(context.Background(), disturbed(t, rows, factors, false, 0.02), device,
			Request{File: "synthetic.csv"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range r.Numbers {
			factor, moved := factors[m.Name]
			want := m.Before * factor
			if moved && !m.Kept {
				told++
				if m.Low <= want*1.05 && m.High >= want/1.05 { // a little beyond will do
					inside++
				}
			}
			switch {
			case !moved:
			case m.Identifiable > 0.85 && math.Abs(math.Log(m.After/want)) > 0.15:
				t.Errorf("%s: %s %.4g, made with %.4g, told %.2f", name, m.Name, m.After, want, m.Identifiable)
			case m.Name == "arrival overhead" && m.Identifiable < 0.85:
				t.Errorf("%s: %s is told %.2f", name, m.Name, m.Identifiable)
			}
		}
		if r.After.TTFTMid > 0.03 || r.After.TPOTMid > 0.03 {
			t.Errorf("%s: noise of 2%%: %+v when left out", name, r.After)
		}
	}
	if told < 5 || inside*10 < told*8 {
		t.Errorf("%d of %d intervals hold the value that the runs were made with; they claim eight of ten", inside, told)
	}
}

// What is kept stands in the written profile as it did, to the last digit, and what is absent stays absent.
func TestKeptIsKept(t *testing.T) {
	unraced.Skip(t)
	shipped, _ := hw.Find("H100_SXM")
	device := *shipped
	c := *device.Calibrated
	c.ExpertTile, c.AttnDecode, c.Linear[hw.W4] = 0, 0.812345678, hw.Efficiency{}
	c.Engines = slices.Clone(c.Engines)
	c.Engine("vllm").ExpertOverhead4, c.Engine("vllm").ArriveSeq = 17.1234567e-6, 0
	device.Calibrated = &c
	find := func(name string) (*hw.Profile, error) {
		if score.SameDevice(name, &device) {
			return &device, nil
		}
		return hw.Find(name)
	}
	for _, engine := range []string{"vllm", "mindie"} { // the fit has one, and not the other
		rows := disturbed(t, deployments(t), map[string]float64{"arrival overhead": 2, "layer overhead": 1.3}, false, 0.02)
		for i := range rows {
			rows[i].Engine = plan.ParseServing(engine)
		}
		r, err := Calibrate(context.Background(), rows, &device, Request{Options: Options{Profile: find, Rounds: 3},
			File: "synthetic.csv"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		read := func(p *hw.Profile) []string {
			text := string(hw.Template(p))
			return strings.Split(text[strings.Index(text, "[calibrated."):], "\n")
		}
		if source := r.Profile.Calibrated.Source; !strings.Contains(source, "trtllm") ||
			!strings.Contains(source, "do not tell: "+c.Source[:40]) || len(source) > 2000 {
			t.Errorf("source %q does not say where the other engines' numbers are from", source)
		}
		moved, absent := map[string]bool{}, []string{"expert_tile", "[calibrated.linear.4bit]"}
		for _, m := range r.Numbers {
			moved[m.Name] = !m.Kept
			if strings.HasPrefix(m.Name, "expert") && !m.Kept {
				t.Errorf("%s: %s is told by runs of dense models", engine, m.Name)
			}
		}
		if !moved["layer overhead"] || moved["attention decode efficiency"] {
			t.Fatalf("%s: %+v", engine, r.Numbers)
		}
		after := strings.Join(read(r.Profile), "\n")
		for _, line := range read(&device) {
			if strings.HasPrefix(line, "attention_decode") || strings.HasPrefix(line, "expert_overhead_4bit_us = 17.1234567") ||
				strings.HasPrefix(line, "[calibrated.expert") {
				if !strings.Contains(after, line+"\n") {
					t.Errorf("%s: %q is not in the fitted profile", engine, line)
				}
			}
		}
		for _, key := range absent {
			if strings.Contains(after, "\n"+key) {
				t.Errorf("%s: %s was absent and kept, the fitted profile has it", engine, key)
			}
		}
		for _, e := range r.Profile.Calibrated.Engines {
			if first := c.Engine(e.Name); first != nil && e.Name != engine && !reflect.DeepEqual(*first, e) {
				t.Errorf("%s changed %s", engine, e.Name)
			}
		}
	}
}

// Runs of one concurrency cannot tell what grows with requests from what does not, runs of one length not what grows
// with lengths.
func TestOneLoadTellsNoSlope(t *testing.T) {
	one := made(t, 12, func(i int) (int, int, int) { return 128 << (i % 3), 32 << (i % 2), 8 },
		func(i int) (string, string) { return "60", "12" }, "")
	even := made(t, 12, func(i int) (int, int, int) { return 512, 64, 1 << (i % 4) },
		func(i int) (string, string) { return "60", "12" }, "")
	both := append(slices.Clone(one), even...)
	for i := range both[:len(one)] {
		both[i].Engine = "sglang"
	}
	for name, c := range map[string]struct {
		rows []score.Row
		kept map[string][]int // rows that tell a number
	}{
		"one concurrency": {one, map[string][]int{"arrival overhead per request": nil, "host overhead per sequence": nil,
			"attention prefill efficiency": upTo(0, 12), "arrival overhead": upTo(0, 12)}},
		"one length": {even, map[string][]int{"arrival overhead per request": upTo(0, 12),
			"attention prefill efficiency": nil,
			"attention decode efficiency":  nil}},
		"by engine": {both, map[string][]int{"arrival overhead per request": upTo(12, 24),
			"attention prefill efficiency": upTo(0, 12),
			"layer overhead":               upTo(0, 24)}},
	} {
		p := newProblem(c.rows, Options{Profile: hw.Find})
		for n := range p.all {
			if want, ok := c.kept[p.all[n].name]; ok && !slices.Equal(p.users[n], want) {
				t.Errorf("%s: %s is told by rows %v, want %v", name, p.all[n].name, p.users[n], want)
			}
		}
	}
	device, _ := hw.Find("H100_SXM")
	fit, err := Run(context.Background(), one, Options{Rounds: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, moved := fit.Profile(device, "x", nil)
	for _, m := range moved {

		slope := m.Name == "arrival overhead per request" || m.Name == "host overhead per sequence"
		if slope && (!m.Kept || m.Identifiable > 1e-9) {
			t.Errorf("%s: %+v", m.Name, m)
		}
	}
}

func upTo(from, to int) (out []int) {
	for i := from; i < to; i++ {
		out = append(out, i)
	}
	return out
}
