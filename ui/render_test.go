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
	data, err := render(state.Export{Format: state.Markdown, Report: r}, c, "")
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

// The export menu's page is the one of fathom plan -o report.html: every format is whole and in the language on screen.
func TestExportedPages(t *testing.T) {
	s := sample.Results(sample.Flagship())
	r := s.M.Entry(s.M.Results.Run).Reports[state.Asked]
	for _, lang := range text.Languages {
		c, err := text.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		page, err := render(state.Export{Format: state.HTML, Report: r}, c, "fathom test")
		if err != nil || !strings.Contains(string(page), "<h1>") || !strings.Contains(string(page), "<svg") ||
			!strings.HasSuffix(string(page), "</html>\n") || strings.Contains(string(page), `lang="zh-CN"`) != (lang == "zh") {
			t.Errorf("%s: %v, %d bytes", lang, err, len(page))
		}
		drawing, err := render(state.Export{Format: state.SVG, Report: r}, c, "fathom test")
		if err != nil || !strings.HasPrefix(string(drawing), "<svg xmlns=") {
			t.Errorf("%s: %v", lang, err)
		}
	}
	if !r.Request.KeepAll || r.Devices[0].Explained != nil {
		t.Error("the report on screen was changed")
	}
}
