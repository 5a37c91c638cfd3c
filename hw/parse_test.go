package hw

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// whole is a complete file; the tests below change one line of it.
const whole = `name = "MINE"
source = "my own measurements"
[cube_tflops]
fp16 = 100
[vec_tflops]
fp16 = 10
[memory]
capacity_gib = 64
bandwidth_tibs = 1.6
efficiency = 0.6
[compute]
efficiency = 0.7
[static_us]
cube = 5
vec = 2
comm = 10
[grid]
shape = [4, 8]
[grid.level.0]
type = "clos"
bandwidth_gbs = 25
latency_us = 1.5
efficiency = 0.7
[grid.level.1]
type = "full mesh"
bandwidth_gbs = 196
latency_us = 0.5
efficiency = 0.7
[kernel]
source = "my own kernels"
[kernel.linear]
bf16 = { memory = 0.8, compute = 0.7, overhead_us = 4 }
[kernel.group.2]
fixed_us = 3
`

func TestParseReadsUnits(t *testing.T) {
	p, err := Parse("mine.toml", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "MINE" || p.Short != "MINE" || p.Reference {
		t.Errorf("%q, %q, reference %t", p.Name, p.Short, p.Reference)
	}
	got := []float64{p.Cube[FP16], p.MemoryBytes, p.MemoryBandwidth, p.Static.Comm, p.Grid.Levels[1].Bandwidth,
		p.Grid.Levels[0].Latency,
		p.Kernel.Linear[FormatBF16].Memory, p.Kernel.Linear[FormatBF16].Overhead, p.Kernel.Groups[0].Fixed}
	want := []float64{100e12, 64 << 30, 1.6 * (1 << 40), 10e-6, 196e9, 1.5e-6, 0.8, 4e-6, 3e-6}
	if !slices.EqualFunc(got, want, near) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Every message names file, line, key, value and what to write.
func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ name, old, new, message string }{
		{"unknown key", "cube = 5", "cube = 5\nkube = 5",
			`f.toml:15: static_us.kube: unknown key; did you mean static_us.cube?`},
		{"unknown table", "[compute]", "[nothing.like.it]\na = 1\n[compute]",
			`f.toml:11: nothing.like.it: unknown key; remove it`},
		{"missing key", "cube = 5\n", "", `f.toml:13: static_us.cube: is missing; add cube = 5 under [static_us]`},
		{"missing name", "name = \"MINE\"\n", "", `f.toml:1: name: is missing; add name = "…"`},
		{"no source", `"my own measurements"`, `""`, `f.toml:2: source = "": must not be empty`},
		{"name of two words", `"MINE"`, `"MY OWN"`, `f.toml:1: name = "MY OWN": must be one word`},
		{"name that would be a flag", `"MINE"`, `"-mine"`, `such as "mine"`},
		{"negative", "cube = 5", "cube = -5",
			`f.toml:14: static_us.cube = -5: must be 0 to 100000; write for example cube = 5`},
		{"absurd", "capacity_gib = 64", "capacity_gib = 68719476736",
			`f.toml:8: memory.capacity_gib = 68719476736: must be 0.001 to 100000`},
		{"percent", "efficiency = 0.6", "efficiency = 60",
			`f.toml:10: memory.efficiency = 60: must be 0.001 to 1; write for example efficiency = 0.6 under [memory]`},
		{"zero efficiency", "efficiency = 0.6", "efficiency = 0", `f.toml:10: memory.efficiency = 0: must be`},
		{"NaN", "fp16 = 100", "fp16 = nan", `f.toml:4: cube_tflops.fp16 = NaN: must be`},
		{"infinity", "fp16 = 100", "fp16 = inf", `f.toml:4: cube_tflops.fp16 = +Inf: must be`},
		{"zero peak", "fp16 = 100", "fp16 = 0", `f.toml:4: cube_tflops.fp16 = 0: must be`},
		{"text for a number", "capacity_gib = 64", `capacity_gib = "64 GB"`,
			`f.toml:8: memory.capacity_gib = "64 GB": must be a number; write capacity_gib = 64 under [memory]`},
		{"number for a text", `"my own measurements"`, "7", `f.toml:2: source = 7: must be a text`},
		{"value for a table", "[compute]\nefficiency = 0.7\n", "", `f.toml:1: compute.efficiency: is missing`},
		{"no peak", "fp16 = 100\n", "", `f.toml:3: cube_tflops: names no peak; add at least fp16 = 376`},
		{"two bandwidths", "bandwidth_tibs = 1.6", "bandwidth_tibs = 1.6\nbandwidth_gbs = 1600",
			`f.toml:10: memory.bandwidth_gbs: stands beside bandwidth_tibs; keep one`},
		{"no bandwidth", "bandwidth_tibs = 1.6\n", "",
			`f.toml:7: memory.bandwidth_tibs: is missing; add bandwidth_tibs = 1.6 or bandwidth_gbs = 3350`},
		{"no level 0", "[grid.level.0]\ntype = \"clos\"\nbandwidth_gbs = 25\nlatency_us = 1.5\nefficiency = 0.7\n", "",
			`grid.level: has no level 0; add [grid.level.0]`},
		{"level outside the shape", "[grid.level.1]", "[grid.level.2]",
			`f.toml:24: grid.level.2: no such dimension; a level is named by the first one that it covers, from 0 to the last of shape = [4, 8]`},
		{"level that is no number", "[grid.level.1]", "[grid.level.node]", `f.toml:24: grid.level.node: no such dimension`},
		{"levels as an array", "[grid.level.0]", "[[grid.level]]",
			`f.toml:19: grid.level = an array of tables: must be one table a level: write [grid.level.0]`},
		{"topology", `"clos"`, `"torus"`, `f.toml:20: grid.level.0.type = "torus": must be "clos"`},
		{"mesh of one", "[4, 8]", "[4, 1]", `f.toml:25: grid.level.1.type: a full mesh needs two devices or more`},
		{"empty shape", "[4, 8]", "[]", `f.toml:18: grid.shape = []: must list the dimensions`},
		{"shape with a hole", "[4, 8]", "[4, 0]", `f.toml:18: grid.shape = [4, 0]: must be one to eight whole numbers`},
		{"shape beyond counting", "[4, 8]", "[16000000, 16000000]", `f.toml:18: grid.shape = [16000000, 16000000]: must be`},
		{"fractions of devices", "[4, 8]", "[4, 8.5]", `f.toml:18: grid.shape = [4, 8.5]: must be`},
		{"kernel without source", "source = \"my own kernels\"\n", "", `f.toml:29: kernel.source: is missing`},
		{"kernel beyond the hardware", "memory = 0.8,", "memory = 1.26,",
			`f.toml:32: kernel.linear.bf16.memory = 1.26: must be 0.001 to 1`},
		{"unknown precision", "bf16 = {", "fp17 = {",
			`f.toml:32: kernel.linear.fp17: unknown key; did you mean kernel.linear.fp8?`},
		{"group of one", "[kernel.group.2]", "[kernel.group.1]",
			`f.toml:33: kernel.group.1: a group is named by its number of devices, 2 or more`},
		{"syntax", "cube = 5", "cube = ", `f.toml:14: not valid TOML`},
		{"the same key twice", "cube = 5", "cube = 5\ncube = 6", `f.toml:15: not valid TOML`},
		{"aliases", "[cube_tflops]", "aliases = \"A\"\n[cube_tflops]", `f.toml:3: aliases = "A": must be a list`},
		{"flag", "[cube_tflops]", "reference = \"yes\"\n[cube_tflops]", `f.toml:3: reference = "yes": must be true or false`},
		{"devices of a server", "shape = [4, 8]", "shape = [4, 8]\nnode = 0.5",
			`f.toml:19: grid.node = 0.5: must be a whole number from 1`},
		{"control characters in a key", "[compute]", "\"\\u001b[2Jx\" = 1\n[compute]",
			`f.toml:11: memory."\u001b[2Jx": unknown key`},
	} {
		text := strings.Replace(whole, c.old, c.new, 1)
		if text == whole {
			t.Fatalf("%s: nothing replaced", c.name)
		}
		p, err := Parse("f.toml", []byte(text))
		if err == nil || p != nil {
			t.Errorf("%s: accepted", c.name)
		} else if !strings.Contains(err.Error(), c.message) {
			t.Errorf("%s:\n%v\nwant %s", c.name, err, c.message)
		}
	}
}

func TestAllFaultsComeAtOnceInTheirOrder(t *testing.T) {
	_, err := Parse("f.toml", []byte(strings.NewReplacer("= 64", "= -64", "comm = 10", "comm = -10").Replace(whole)))
	var faults Faults
	if !errors.As(err, &faults) || len(faults) != 2 || faults[0].Line != 8 || faults[1].Line != 16 ||
		faults[0].Key != "memory.capacity_gib" {
		t.Errorf("%+v", err)
	}
}

func TestAFileThatIsNoProfileGivesAShortReport(t *testing.T) {
	_, err := Parse("f.toml", []byte(manyKeys(200)))
	if n := strings.Count(err.Error(), "\n"); n > mostFaults {
		t.Errorf("%d lines", n)
	}
}

// What would take the decoder minutes is refused at once.
func TestFilesThatNestWithoutEndAreRefused(t *testing.T) {
	for text, message := range map[string]string{
		strings.Repeat("#", maxFile+1):              "f.toml: is longer than the 32768 bytes",
		"\n" + strings.Repeat("a.", 9000) + "a = 1": "f.toml:2: has 9000 dots in one line",
		"a = " + strings.Repeat("{\na = ", 2000):    "f.toml: has 2000 braces",
		"a = " + strings.Repeat("[", 20000) + "1":   "f.toml:1: not valid TOML",
	} {
		if _, err := Parse("f.toml", []byte(text)); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%.10q: %v, want %s", text, err, message)
		}
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("[" + strings.Repeat("x", i+1) + "]\n")
	}
	return b.String()
}

func TestTextsLoseControlSequences(t *testing.T) {
	text := strings.NewReplacer(`"MINE"`, `"MI\u001b[31mNE"`, "my own measurements",
		`my\u001b]0;title\u0007 own\nmeasurements\u202e`).Replace(whole)
	p, err := Parse("f\x1b[2J.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "MINE" || p.Source != "my own measurements" {
		t.Errorf("%q, %q", p.Name, p.Source)
	}
	_, err = Parse("f\x1b[2J.toml", []byte("name = \"\\u001b[2J\\u009b1m\""))
	if strings.ContainsAny(err.Error(), "\x1b\u009b") {
		t.Errorf("%q", err)
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                      "plain",
		"PD混部 a":                     "PD混部 a",
		" a\t b\r\nc ":               "a b c",
		"\x1b[1;31mred\x1b[0m":       "red",
		"\u009b2Jx":                  "x",
		"\x1b]52;c;aGk=\x07y":        "y",
		"\x1b]0;t\x1b\\z":            "z",
		"\x1bPq#0\x1b\\s":            "s",
		"\x1bcreset":                 "reset",
		"a\x00b\x7fc\u0085d\x08":     "abc d",
		"\u202eevil\u2066":           "evil",
		"bad\xffbyte\u200b, \ufeffz": "badbyte, z",
		"\x1b[":                      "",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
