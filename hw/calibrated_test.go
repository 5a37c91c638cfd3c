package hw

import (
	"reflect"
	"strings"
	"testing"
)

func calibrated() *Calibrated {
	c := &Calibrated{Source: "runs of a test", Runs: 12, AttnPrefill: 0.44, AttnDecode: 0.81, PromptOverhead: 25e-6,
		ExpertTile: 40, Collective: 0.9}
	for w := range NumWidths {
		c.Linear[w] = Efficiency{Memory: 0.86, Compute: 0.5, Overhead: 2e-6}
		c.Expert[w] = Efficiency{Memory: 0.9}
	}
	c.Expert[W16].Compute, c.Expert[WInt4].Compute = 0.14, 0.14
	for _, name := range []string{"sglang", "vllm"} {
		c.Engines = append(c.Engines, EngineCosts{
			Name: name, Arrive: 0.14, ArriveSeq: 5e-4, Host: 4e-4, HostSeq: 2e-5, LayerOverhead: 36e-6, ExpertOverhead: 30e-6,
			ExpertOverhead4: 16e-6,
			ExpertCompute:   0.11, ExpertCompute4: 0.16, TTFT: Bar{0.75, 1.5}, TPOT: Bar{0.9, 1.1},
			Seen: Knowledge{First: "2026-03-25", Last: "2026-04-27", Versions: []string{"0.5.9", "0.5.10"},
				Models: []string{"Qwen3-32B"}, Growth: [3]Growth{{0.9, 0.1, 0, 2}, {0.5, 0.5, 0.5, 0.5}, {0, 0, 0.25, 0}},
				Beyond: [3]Bar{{0.7, 1.4}, {0.8, 1.05}}, Kinds: []Kind{
					{"dense", "tp", 1024, 1024, 0.5, 64, 20}, {"experts", "ep", 8192, 1024, 0.25, 16, 100},
					{"experts", "tp", 32768, 128, 0, 0, 1}, {"experts", "tp", 32768, 256, 1, 1, 9}}},
		})
	}
	c.Told = map[string]Told{"linear.8bit.memory": {0.84, 0.88, 0.9}, "engine.sglang.host_us": {3e-4, 5e-4, 0.05},
		"engine.sglang.expert_compute": {0.1, 0.12, 1}}
	return c
}

// A calibrated profile carries over through its file, to the last digit.
func TestCalibratedFiguresCarryOver(t *testing.T) {
	p, err := Find("H100_SXM")
	if err != nil {
		t.Fatal(err)
	}
	own := *p
	own.Calibrated = calibrated()
	back, err := Parse("x.toml", Template(&own))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back.Calibrated, own.Calibrated) {
		t.Errorf("%+v\nbecame %+v", own.Calibrated, back.Calibrated)
	}
	if e := back.Calibrated.Engine("vllm"); e == nil || e.TTFT.High != 1.5 || back.Calibrated.Engine("none") != nil {
		t.Errorf("engines: %+v", back.Calibrated.Engines)
	}
}

func TestCalibratedFaults(t *testing.T) {
	p, _ := Find("H100_SXM")
	own := *p
	own.Calibrated = calibrated()
	text := string(Template(&own))
	for name, c := range map[string]struct{ from, to, want string }{
		"share above one":    {"attention_decode = 0.81", "attention_decode = 1.81", "calibrated.step.attention_decode"},
		"negative time":      {"host_us = 400", "host_us = -400", "calibrated.engine.sglang.host_us"},
		"bar upside down":    {"ttft_low = 0.75", "ttft_low = 7.5", "upper end"},
		"unknown key":        {"layer_overhead_us = 36", "layer_flor_us = 36", "layer_flor_us"},
		"engine of no name":  {"[calibrated.engine.vllm]", "[calibrated.engine.\"v l\"]", "one word"},
		"no source":          {`source = "runs of a test"`, "", "calibrated.source"},
		"class of no name":   {`["dense", "tp"`, `["thick", "tp"`, "calibrated.engine.sglang.seen.kinds"},
		"runs in parts":      {"0.5, 64, 20]", "0.5, 64, 2.5]", "calibrated.engine.sglang.seen.kinds"},
		"loads upside down":  {"0.5, 64, 20]", "64, 0.5, 20]", "calibrated.engine.sglang.seen.kinds"},
		"models are no list": {`models = ["Qwen3-32B"]`, `models = "Qwen3-32B"`, "calibrated.engine.sglang.seen.models"},
		"growth is a size":   {"tpot_growth = [0.5", "tpot_growth = [-1", "calibrated.engine.sglang.seen.tpot_growth"},
		"runs are no number": {"runs = 12", `runs = "many"`, "calibrated.runs"},
	} {
		changed := strings.Replace(text, c.from, c.to, 1)
		if changed == text {
			t.Fatalf("%s: %q is not in the file", name, c.from)
		}
		if _, err := Parse("x.toml", []byte(changed)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want an error with %q, got %v", name, c.want, err)
		}
	}
}
