package file

import (
	"reflect"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"pgregory.net/rapid"
)

const scenario = `schema = "fathom.plan/1"
model = "Qwen/Qwen3-32B"  # flag
device = ["H100_SXM", "H200_SXM"]
num_devices = 8
compile = true
prefix_cache_hit_rate = 0.25

[kept]
at = "2026-11-29T19:52:37Z"
program = "fathom"
fidelity = "calibrated"
search = "exhaustive"

[[kept.result]]
device = "H100_SXM"
profile = "c6c37b9abf67dce9"
phase = "aggregation"
strategy = "TP=4 | PP=1 | DP=2"
throughput_tok_s = 7799.619277078717
concurrency = 340

[[kept.result]]
device = "H200_SXM"
phase = "aggregation"
reason = "over TTFT"
`

// What the quick reader takes, the reader of all TOML takes, and to the same head; it takes what this package writes.
func TestQuickHeadsAreHeads(t *testing.T) {
	h, ok := quickHead(scenario)
	if !ok || len(h.Kept.Results) != 2 || h.Kept.Results[0].Throughput != 7799.619277078717 ||
		!reflect.DeepEqual(Words(h.Device), []string{"H100_SXM", "H200_SXM"}) {
		t.Fatalf("%v %+v", ok, h)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := scenario
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
			end := min(len(text), at+rapid.IntRange(0, 12).Draw(t, "cut"))
			put := rapid.SampledFrom([]string{"", "\"", "]", "[", "[kept]\n", "0", "-", ".", "\n", "model = 5\n", " = ", "#", "\\",
				"\x00", "é", "true", "1e5", "kept = 3\n", "\t", "\r", ","}).Draw(t, "put")
			text = text[:at] + put + text[end:]
		}
		quick, ok := quickHead(text)
		var whole Head
		_, err := toml.Decode(text, &whole)
		if ok && (err != nil || !reflect.DeepEqual(*quick, whole)) {
			t.Fatalf("%v\n%+v\n%+v\n%s", err, quick, whole, text)
		}
	})
	for _, other := range []string{strings.Replace(scenario, "8\n", "0x8\n", 1), strings.Replace(scenario, "[kept]", "[ kept ]", 1),
		scenario + "note = '''a'''\n"} {
		if _, ok := quickHead(other); ok {
			t.Errorf("taken without being read whole:\n%s", other)
		}
	}
}
