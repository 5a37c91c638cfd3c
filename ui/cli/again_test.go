package cli

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"fathom/hw/unraced"
)

// The command that a report prints gives the report's figures again.
func TestOwnCommandGivesTheSameFigures(t *testing.T) {
	unraced.Skip(t)
	type answer struct {
		Ours    string           `json:"fathom_command"`
		Cross   []map[string]any `json:"cross_hardware"`
		Devices []struct {
			Aggregation map[string]any
			Serving     string `json:"serving_engine"`
		}
	}
	run := func(args []string) (a answer) {
		if err := json.Unmarshal([]byte(ok(t, args...)), &a); err != nil {
			t.Fatal(err)
		}
		return a
	}
	line := "plan Qwen/Qwen3-8B --device H100_SXM H200_SXM --num-devices 2 --input-length 1024 --output-length 256 " +
		"--tpot-limit 30 --ttft-limit 3000 " +
		"--quantize-linear-action FP8 --quantize-attention-action DISABLED --fidelity calibrated --serving-engine sglang " +
		"--lang zh --format json"
	first := run(strings.Fields(line))
	for _, never := range []string{"--format", "--lang"} {
		if strings.Contains(first.Ours, never) {
			t.Errorf("%q has %s, which is about the printing", first.Ours, never)
		}
	}
	words := strings.Fields(first.Ours)
	if len(words) < 3 || words[0] != "fathom" || words[1] != "plan" {
		t.Fatalf("got %q", first.Ours)
	}
	again := run(append(words[1:], "--format", "json"))
	if !reflect.DeepEqual(first, again) {
		t.Errorf("%s gives other figures:\n%v\n%v", first.Ours, first, again)
	}
	if first.Devices[0].Serving != "sglang" || len(first.Cross) != 2 {
		t.Errorf("engine %q, %d profiles", first.Devices[0].Serving, len(first.Cross))
	}
}
