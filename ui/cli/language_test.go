package cli

import (
	"regexp"
	"strings"
	"testing"

	"fathom/hw/unraced"
	"fathom/ui/cell"
)

// untranslated are words that stay as they are in every language: models, profiles, flags, values of flags, keys of the
// field.
var untranslated = regexp.MustCompile(`--[a-z-]+|[\w./-]*/[\w./-]+|TEST_DEVICE|token|ms\b|tok/s|req/s|reference|corrected|calibrated|exhaustive|exponential|embedded|compile|fidelity|search|` +
	`causal|rank|auto|norm|rope|gather|int8|makespan|python -m .*|fathom plan .*|vllm serve .*|vllm bench serve.*|(?:python3 -m )?sglang\.bench.*|guidellm benchmark.*|aiperf profile.*|sh -c .*mindie_llm_server.*|trtllm-serve .*`)

var englishWord = regexp.MustCompile(`\b[a-z]{4,}\b`)

// With --lang zh the tables and the Markdown of a plan are Chinese throughout, and their columns stand straight.
func TestPlanInChinese(t *testing.T) {
	unraced.Skip(t)
	ratio := strings.Replace(flagship, "--num-devices 8",
		"--num-devices 12 --enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 4"+
			" --decode-devices-per-instance 8", 1)
	for name, line := range map[string]string{
		"two profiles": strings.Replace(flagship, die, die+" ATLAS_800_A2_376T_64G", 1),
		"corrected":    flagship + " --fidelity corrected",
		"nothing fits": strings.Replace(flagship, "--ttft-limit 2000", "--ttft-limit 2", 1),
		"no memory": strings.Replace(flagship, "--num-devices 8",
			"--num-devices 2 --reserved-memory-gb 40 --batch-range 8 16", 1),
		"phases":         flagship + " --disagg",
		"ratio":          ratio,
		"target":         flagship + " --target-qps 10 --device-cost " + die + "=2",
		"warnings":       flagship + " --tp-sizes 1 3 --ep-sizes",
		"MTP, reference": flagship + " --num-mtp-tokens 1",
	} {
		for _, format := range []string{"table", "md"} {
			t.Run(name+"/"+format, func(t *testing.T) {
				o := newLab(t).run(t, append([]string{"plan"}, strings.Fields(line+" --lang zh --format "+format)...)...)
				if o.code != Done && o.code != Infeasible {
					t.Fatalf("exit %d: %s", o.code, o.stderr)
				}
				for _, l := range strings.Split(o.stdout, "\n") {
					if rest := untranslated.ReplaceAllString(l, ""); englishWord.MatchString(rest) {
						t.Errorf("English is left: %q", l)
					}
				}
				if format == "table" {
					straight(t, o.stdout)
				}
			})
		}
	}
}

// straight checks that every line of a table begins its columns where the rules under the header do.
func straight(t *testing.T, text string) {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if !strings.HasPrefix(l, "  --") && !strings.HasPrefix(l, "  -  ") {
			continue
		}
		for _, row := range append([]string{lines[i-1]}, lines[i+1:]...) {
			if !strings.HasPrefix(row, "  ") {
				break
			}
			for at, r := range []rune(l) {
				// Where a gap between rules is, no row has ink.
				if r == ' ' && at < cell.Width(row) && strings.TrimSpace(cell.Cut(row, at+1,
					"")[len(cell.Cut(row, at, "")):]) != "" {
					t.Errorf("a cell stands between the columns at %d:\n%s\n%s", at, l, row)
				}
			}
		}
	}
}

// Scripts read what a plan prints: neither the locale nor the language changes JSON and CSV, and the locale no table.
func TestLanguageChangesNoData(t *testing.T) {
	unraced.Skip(t)
	without := regexp.MustCompile(`(?m)^\s*"elapsed_ms".*$`)
	run := func(l *lab, more ...string) string {
		return without.ReplaceAllString(l.run(t, append(append([]string{"plan"}, strings.Fields(flagship)...),
			more...)...).stdout, "")
	}
	chinese := newLab(t)
	chinese.env = map[string]string{"LANG": "zh_CN.UTF-8"}
	for _, format := range []string{"json", "csv"} {
		if run(newLab(t), "--format", format) != run(chinese, "--format", format, "--lang", "zh") {
			t.Errorf("%s differs", format)
		}
	}
	if run(newLab(t)) != run(chinese) {
		t.Error("the locale changes the table")
	}
	if run(newLab(t)) == run(newLab(t), "--lang", "zh") {
		t.Error("--lang zh changes nothing")
	}
}

// A length that cannot be read is refused in the reader's language, the value named once.
func TestUnreadLengthIsRefusedInTheLanguage(t *testing.T) {
	o := newLab(t).run(t, append([]string{"plan"}, strings.Fields(strings.Replace(flagship, "--input-length 3500",
		"--input-length 50%", 1)+" --lang zh")...)...)
	if o.code != BadInput || !strings.Contains(o.stderr, "输入长度 50%：既不是 token 数，也不是可以读取的文件（没有这个文件）") {
		t.Errorf("code %d: %s", o.code, o.stderr)
	}
}

// The tables of the other commands are Chinese with --lang zh, and what scripts read of them is the same in both.
func TestOtherCommandsInChinese(t *testing.T) {
	unraced.Skip(t)
	elapsed := regexp.MustCompile(`(?m)^\s*"elapsed_ms".*$`)
	names := regexp.MustCompile(untranslated.String() + `|\b(?:prefill|decode|vllm|sglang)\b`)
	for _, line := range []string{"models list", "models show Qwen/Qwen3-32B", "devices list",
		"pass Qwen/Qwen3-32B --device " + die + " --num-queries 4 --query-length 100",
		"score ../../sim/score/testdata/long_prompts.csv"} {
		words := strings.Fields(line)
		head, _, _ := strings.Cut(newLab(t).run(t, append(words, "--lang", "zh")...).stdout, "\n")
		if rest := names.ReplaceAllString(head, ""); head == "" || englishWord.MatchString(rest) {
			t.Errorf("%s: English is left: %q", line, head)
		}
		for _, format := range []string{"json", "csv"} {
			if words[1] == "show" && format == "csv" {
				continue
			}
			own := append(words, "--format", format)
			en := elapsed.ReplaceAllString(newLab(t).run(t, own...).stdout, "")
			zh := elapsed.ReplaceAllString(newLab(t).run(t, append(own, "--lang", "zh")...).stdout, "")
			if en == "" || en != zh {
				t.Errorf("%s: %s differs by language:\n%.300s\n%.300s", line, format, en, zh)
			}
		}
	}
}
