package pane

import (
	"regexp"
	"strings"
	"testing"

	"fathom/hw/unraced"
	"fathom/ui/cell"
	"fathom/ui/text"

	"github.com/muesli/termenv"
)

// Every scene in every language and dress, at the four sizes: no line is wider than the terminal.
func TestEveryLanguageFits(t *testing.T) {
	unraced.Skip(t)
	for _, sc := range scenes {
		for _, lang := range text.Languages {
			for _, ascii := range []bool{false, true} {
				for _, z := range sizes {
					lines := shoot(sc.open(), theme(ascii, termenv.Ascii), texts(t, lang, ascii), z[0], z[1])
					if len(lines) != z[1] {
						t.Errorf("%s, %s, %dx%d: %d lines", sc.name, lang, z[0], z[1], len(lines))
					}
					for _, l := range lines {
						if cell.Width(l) > z[0] || strings.Contains(l, "\x1b") {
							t.Errorf("%s, %s, %dx%d: %q", sc.name, lang, z[0], z[1], l)
						}
					}
				}
			}
		}
	}
}

var (
	// proper are names that are the same in every language: of models, profiles, flags, files, programs, operators, keys,
	// units.
	proper = regexp.MustCompile(`\S*[/_=]\S*|--?[a-z][a-z-]*|[a-z]+\.(?:jsonl?|toml|yaml|csv|txt|py|cli)\b|\S*[A-Z]\S*|throughput|optimizer|fathom|msmodeling|profiler|token|shift|ctrl\S*|` +
		`(?:all-|int8 |fused |rms )?(?:linear|reduce|gather|matmul|attention|swiglu|norm|rope|embedding)|embedded|reference|corrected|auto|python|batch-range|tmux|space|enter|down|left|right|home|many|vllm\S*|sglang|trtllm|mindie|calibrate|` +
		`assistant|chat|code|summarise|azure|mooncake|burstgpt|sharegpt`) // workloads, their classes, formats of traces
	english = regexp.MustCompile(`\b[a-z]{4,}\b`)
)

// The Chinese screens are Chinese: what is left in English is a name.
func TestChineseScreensAreChinese(t *testing.T) {
	unraced.Skip(t)
	for _, sc := range scenes {
		switch sc.name {
		// a command, a log, another program's error, the source of a fit: shown as they are
		case "text", "running-log", "failed", "results-calibration":
			continue
		}
		for _, z := range sizes {
			for _, l := range shoot(sc.open(), theme(false, termenv.Ascii), texts(t, "zh", false), z[0], z[1]) {
				if rest := proper.ReplaceAllString(l, ""); english.MatchString(rest) {
					t.Errorf("%s, %dx%d: English is left: %q", sc.name, z[0], z[1], strings.TrimSpace(l))
				}
			}
		}
	}
}
