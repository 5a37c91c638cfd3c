package ui

import (
	"strings"
	"testing"

	"fathom/state"
	"fathom/ui/sample"
	"fathom/ui/text"
)

// A report that leaves the screen carries the commands that give it again.
func TestExportCarriesItsCommands(t *testing.T) {
	s := sample.Results(sample.Flagship())
	c, err := text.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	r := s.M.Entry(s.M.Results.Run).Reports[state.Asked]
	data, err := render(state.Markdown, r, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"fathom plan Qwen/Qwen3-32B --device",
		"python -m cli.inference.throughput_optimizer Qwen/Qwen3-32B"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("lacks %q", want)
		}
	}
	if r.Ours != "" {
		t.Error("the report on screen was changed")
	}
}
