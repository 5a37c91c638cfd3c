package cli

import (
	"os/exec"
	"strings"
	"testing"

	"fathom/state/field"
	"fathom/ui/text"
)

// TestEveryFlagIsInHelpManualAndCompletion: the three are made from the field table; this guards what they leave out.
func TestEveryFlagIsInHelpManualAndCompletion(t *testing.T) {
	help, man := ok(t, "--help"), ok(t, "man")
	completion := ok(t, "__complete", "--")
	for i := range field.Table {
		f := &field.Table[i]
		if f.Flag == "" {
			continue
		}
		if f.Unbuilt {
			if strings.Contains(help, "--"+f.Flag+" ") {
				t.Errorf("--%s is in help, but this version cannot do it", f.Flag)
			}
			continue
		}
		for what, s := range map[string]string{"help": help, "the manual": strings.ReplaceAll(man, `\-`, "-"),
			"completion": completion} {
			if !strings.Contains(s, "--"+f.Flag) {
				t.Errorf("--%s is not in %s", f.Flag, what)
			}
		}
	}
	for _, s := range []string{help, ok(t, "plan", "--help"), ok(t, "help", "pass"), man} {
		if strings.Contains(s, "<") && strings.Contains(s, ".help>") {
			t.Errorf("a text is missing: %s", s[strings.Index(s, "<"):][:60])
		}
		for _, l := range strings.Split(s, "\n") {
			if len(l) > 160 && !strings.HasPrefix(l, ".") && s != man {
				t.Errorf("a line of help is %d wide: %s", len(l), l)
			}
		}
	}
}

// TestEveryQuestionHasTexts in every language that there is.
func TestEveryQuestionHasTexts(t *testing.T) {
	for _, lang := range text.Languages {
		c, err := text.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		own := map[string]bool{}
		for _, k := range c.Keys() {
			own[k] = true
		}
		for i := range field.Table {
			f := &field.Table[i]
			for _, key := range []string{f.Text() + ".label", f.Text() + ".help", "group." + string(f.Group)} {
				if !own[key] {
					t.Errorf("%s: %s is missing", lang, key)
				}
			}
		}
		for s := field.You; s < field.NumSources; s++ {
			if !own["source."+s.Key()] {
				t.Errorf("%s: source.%s is missing", lang, s.Key())
			}
		}
	}
}

func TestCompletion(t *testing.T) {
	for _, test := range []struct{ line, want, not string }{
		{"__complete pla", "plan\t", "Qwen"},
		{"__complete Qwen/Qwen3-3", "Qwen/Qwen3-32B\n", "deepseek"},
		{"__complete plan Qwen/Qwen3-32B --device atlas_800_a3", "ATLAS_800_A3_752T_128G_DIE\n", "TEST_DEVICE"},
		{"__complete plan Qwen/Qwen3-32B --device ATLAS_800_A3_752T_128G_DIE atlas_350", "ATLAS_350_425T_112G\n", "--"},
		{"__complete plan Qwen/Qwen3-32B --quantize-linear-action W8", "W8A8_DYNAMIC\n", "MXFP4"},
		{"__complete plan Qwen/Qwen3-32B --ttft", "--ttft-limit\n", "--ttft-limits"},
		{"__complete pass Qwen/Qwen3-32B --tp", "", "--ttft"},
		{"__complete devices show b20", "B200", "A100"},
		{"__complete models show glm-5", "", "Qwen"},
		{"__complete completion ba", "bash\n", "zsh"},
	} {
		got := ok(t, strings.Fields(test.line)...)
		if !strings.Contains(got, test.want) || strings.Contains(strings.Split(got, "\n:")[0], test.not) {
			t.Errorf("%s:\n%s", test.line, got)
		}
	}
	for _, shell := range shells {
		if s := ok(t, "completion", shell); !strings.Contains(s, "fathom") {
			t.Errorf("%s: no completion script", shell)
		}
	}
}

// The script completes in a bash that has no bash-completion package, too; there a part of a word before a colon cannot
// be cut off.
func TestBashCompletesWithoutThePackage(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash")
	}
	script := ok(t, "completion", "bash")
	ask := `
fathom() { echo "asked $*" >&2; printf '%s\n' ATLAS_A ATLAS_B :4; }
COMP_WORDS=(fathom plan M --device ATL); COMP_CWORD=4; COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
__start_fathom 2>/dev/null; echo "${COMPREPLY[*]}"`
	out, err := exec.Command("bash", "--norc", "-c", script+ask).CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "ATLAS_A ATLAS_B" {
		t.Errorf("%v: %s", err, out)
	}
}
