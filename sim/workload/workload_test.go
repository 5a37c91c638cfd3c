package workload

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fathom/sim/plan"
	"fathom/sim/traffic"
)

const mixed = `
title = "two"
[[class]]
name = "chat"
share = "75%"
input = { p0 = 100, p50 = 500, p100 = 2000 }
output = 64
ttft_limit = "p99=2000"
goodput = 0.95
prefix = 512
prefix_groups = 4

[[class]]
name = "batch"
share = 0.25
input = { mean = 3000, cv = 0.5, max = 16000 }
output = { min = 10, max = 20 }
priority = 3
e2e_limit = 60000
`

func TestParse(t *testing.T) {
	w, err := Parse([]byte(mixed), "my.toml")
	if err != nil {
		t.Fatal(err)
	}
	chat, batch := w.Classes[0], w.Classes[1]
	if w.Name != "my.toml" || w.Title != "two" || chat.Share != 0.75 || chat.Prefix != 512 || chat.Groups != 4 ||
		chat.TTFT != (plan.Limit{At: plan.P99, MS: 2000}) || chat.Goodput != 0.95 || batch.Priority != 3 ||
		batch.E2E != (plan.Limit{MS: 60000}) {
		t.Fatalf("%+v", w)
	}
	if m := traffic.Mean(batch.Input); math.Abs(m/3000-1) > 0.05 {
		t.Errorf("mean input %.0f", m)
	}
	if n := traffic.Longest(batch.Output); n != 20 || traffic.Longest(batch.Input) > 16000 ||
		traffic.Longest(chat.Input) != 2000 {
		t.Errorf("longest output %d, inputs %d and %d", n, traffic.Longest(batch.Input), traffic.Longest(chat.Input))
	}
	var below, all float64
	for _, b := range chat.Input {
		if b.Max <= 500 {
			below += b.Weight
		}
		all += b.Weight
	}
	if math.Abs(below/all-0.5) > 1e-9 {
		t.Errorf("%.3f of the prompts are shorter than the median", below/all)
	}
}

// YAML says the same; bins are those of the reference tool's files.
func TestParseYAML(t *testing.T) {
	w, err := Parse([]byte("class:\n- name: a\n  input: {bins: [{min_tokens: 0, max_tokens: 100, weight: 1}, "+
		"{min_tokens: 100, max_tokens: 300, weight: 3}]}\n  output: 10\n"), "my.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if c := w.Classes[0]; c.Name != "a" || c.Share != 1 || len(c.Input) != 2 || c.Input[1].Weight != 3 {
		t.Errorf("%+v", c)
	}
}

// Presets can be played, say where they come from, and have the medians that they state.
func TestPresets(t *testing.T) {
	names := Names()
	if strings.Join(names, " ") != "agent assistant chat code rag reasoning summarise" {
		t.Errorf("%v", names)
	}
	for _, name := range names {
		w := Find(name)
		if w.Title == "" || len(w.Sources) == 0 {
			t.Errorf("%s says neither what it is nor where it comes from", name)
		}
		list := make([]traffic.Class, len(w.Classes))
		for i := range w.Classes {
			list[i] = w.Classes[i].Class
		}
		in, out := w.Lengths()
		r, err := traffic.Simulate(traffic.Load{Concurrency: 8, Waves: 20, Input: in, Output: out, Classes: list},
			traffic.Engine{BatchedTokens: 8192, Sequences: 64}, traffic.ClockFunc(func(traffic.State) float64 { return 1e-3 }))
		if err != nil || r.Requests != 160 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if in, out := Find("Chat").Lengths(); math.Abs(float64(in)/886-1) > 0.1 || math.Abs(float64(out)/233-1) > 0.1 {
		t.Errorf("chat has %d and %d tokens on average, its sample 886 and 233", in, out)
	}
}

func TestFaultsNameClassKeyValueAndFix(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "the file is empty",
		"[[":                       "neither TOML nor YAML",
		"title = \"x\"":            "no class",
		"bins:\n- {min_tokens: 1}": "--input-length",
		"class: [3]":               "class 1 is no table",
		mixed + "[[class]]\nname = \"chat\"\ninput = 1\noutput = 1": "two classes are called chat",
		strings.Replace(mixed, "share = 0.25", "share = -1", 1):     "class batch: share = -1: must be a number from 0",
		strings.Replace(mixed, "share = 0.25", "share = 0", 1):      "class batch: share = 0: must be above 0",
		strings.Replace(mixed, "share = 0.25", "share = 25", 1):     "shares add up to 25.75",
		strings.Replace(mixed, "share = 0.25", "share = 0.5", 1):    "shares add up to 1.25",
		strings.Replace(mixed, "output = 64", "output = 0", 1):      "class chat: output = 0: must be a whole number",
		strings.Replace(mixed, "output = 64", "", 1):                "class chat has no output: give a number of tokens",
		strings.Replace(mixed, "p100 = 2000", "p99 = 2000", 1):      "percentiles need p0",
		strings.Replace(mixed, "p100 = 2000", "p100 = 20", 1):       "below the one before it",
		strings.Replace(mixed, "p99=2000", "p98=2000", 1):           "class chat: ttft_limit = p98=2000: must be milliseconds",
		strings.Replace(mixed, "max = 16000", "max = 16", 1):        "must be at least the mean",
		strings.Replace(mixed, "priority = 3", "prio = 3", 1):       "class batch: prio = 3: no such key; did you mean priority?",
		strings.Replace(mixed, "priority = 3", "qqqq = 3", 1):       "class batch: qqqq = 3: no such key; known are name",
		strings.Replace(mixed, "p0 = 100", "q0 = 100", 1):           "percentiles need p0",
		strings.Replace(mixed, "output = 64", "outptu = 64", 1):     "class chat: outptu = 64: no such key; did you mean output?",
	} {
		if _, err := Parse([]byte(text), "x"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: want %q, got %v", text, want, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(mixed)
	files, _ := filepath.Glob("../../assets/workloads/*.toml")
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := Parse([]byte(text), "x")
		if err != nil {
			return
		}
		for i := range w.Classes {
			c := &w.Classes[i]
			if m := traffic.Mean(c.Input); !(m >= 1) || traffic.Longest(c.Output) < 1 {
				t.Fatalf("%+v", c)
			}
		}
	})
}
