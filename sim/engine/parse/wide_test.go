package parse

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Digits, bars and blanks as wide as ideographs are those of the tool: a table of them is no empty one. Tables that a
// terminal has wrapped are said to be unreadable, whatever its width.
func TestWideForms(t *testing.T) {
	data, err := os.ReadFile("testdata/agg_single.log")
	if err != nil {
		t.Fatal(err)
	}
	plain := regexp.MustCompile("\x1b\\[[\\d;]*m").ReplaceAllString(string(data), "")
	want, _ := Log([]byte(plain))
	wide := func(of string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(of, r) {
				return r - '!' + 0xff01
			}
			return r
		}, plain)
	}
	for _, of := range []string{"0123456789", "0123456789|.", "|", ":()=/"} {
		got, _ := Log([]byte(wide(of)))
		if reportText(got) != reportText(want) {
			t.Errorf("wide %q:\n%s", of, reportText(got))
		}
	}
	rows := regexp.MustCompile(`(?m)^\|.*$`).ReplaceAllStringFunc(plain, func(s string) string {
		return strings.ReplaceAll(s, " ", "\u3000")
	})
	if got, _ := Log([]byte(rows)); reportText(got) != reportText(want) {
		t.Errorf("wide blanks:\n%s", reportText(got))
	}
	r := New(nil)
	r.Write([]byte(strings.ReplaceAll(plain, "|", "¦")))
	if r.Close(); r.Unreadable().IsZero() {
		t.Errorf("bars that nobody knows: %s", reportText(r.Report()))
	}
	for _, width := range []int{60, 80, 100, 120, 150} {
		var b strings.Builder
		for line := range strings.SplitSeq(plain, "\n") {
			for len(line) > width {
				b.WriteString(line[:width] + "\n")
				line = line[width:]
			}
			b.WriteString(line + "\n")
		}
		r := New(nil)
		r.Write([]byte(b.String()))
		r.Close()
		if r.Unreadable().IsZero() {
			t.Errorf("wrapped at %d: %s", width, reportText(r.Report()))
		}
	}
}

// Shells that speak Chinese say what the rules know in English.
func TestChineseShell(t *testing.T) {
	for text, field := range map[string]string{"bash: python: 未找到命令\n[exit 127]": "python",
		"bash: python3：未找到命令\n[exit 127]": "python", "已杀死\n[exit 137]": ""} {
		english := map[string]string{"python": "bash: python: command not found\n[exit 127]", "": "Killed\n[exit 137]"}[field]
		_, got := Log([]byte("$ python -m cli.inference.throughput_optimizer m --device A\n" + text + "\n"))
		_, want := Log([]byte("$ python -m cli.inference.throughput_optimizer m --device A\n" + english + "\n"))
		if got == nil || want == nil || got.Class != want.Class || got.Field != want.Field || got.Advice.Key != want.Advice.Key {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}
