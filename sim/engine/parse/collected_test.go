package parse

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// told is what a text comes to: its report and failure as JSON.
func told(t *testing.T, text string) string {
	t.Helper()
	r := New(nil)
	r.Write([]byte(text))
	r.Close()
	if why := r.Unreadable(); !why.IsZero() {
		return why.String()
	}
	failure := r.Failure()
	if failure != nil {
		failure.Lines = nil // quoted as they stand
	}
	out, err := json.Marshal([]any{r.Report(), failure})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// What collectors of logs and viewers put around lines changes nothing of the report.
func TestCollectedLogs(t *testing.T) {
	prefixed := func(before string) func(string) string {
		return func(text string) string {
			lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
			for i := range lines {
				lines[i] = strings.ReplaceAll(before, "#", fmt.Sprintf("%02d", i%60)) + lines[i]
			}
			return strings.Join(lines, "\n") + "\n"
		}
	}
	for _, log := range []string{"agg_single", "agg_multi_device", "disagg_both", "pd_ratio", "agg_infeasible",
		"err_tp_too_large"} {
		data, err := os.ReadFile("testdata/" + log + ".log")
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		want := told(t, text)
		for name, f := range map[string]func(string) string{
			"docker":  prefixed("2025-09-16T10:15:#.123456789Z "),
			"kubectl": prefixed("[pod/optim-abc/main] "),
			"compose": prefixed("optim-1  | "),
			"journal": prefixed("Sep 16 10:15:# host python[1#]: "),
			"logger":  prefixed("2025-09-16 10:15:#,123 - INFO - "),
			"quoted":  prefixed("> "),
			"rules lost": func(s string) string {
				out := []string{}
				for _, line := range strings.Split(s, "\n") {
					if !isRule(strings.TrimSpace(line)) {
						out = append(out, line)
					}
				}
				return strings.Join(out, "\n")
			},
			"Windows": func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
			"colours": func(s string) string { return strings.ReplaceAll(s, "\n", "\x1b[0m\n\x1b[32m") },
		} {
			if got := told(t, f(text)); got != want {
				t.Errorf("%s, %s:\n got %.600s\nwant %.600s", log, name, got, want)
			}
		}
	}
}

// A text of several runs is no run, and tables that cannot be read are not tables without rows.
func TestNothingIsConcluded(t *testing.T) {
	read := func(log string) string {
		data, err := os.ReadFile("testdata/" + log + ".log")
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	bare := func(text string) string { // without the lines that a shell and a wrapper add
		_, text, _ = strings.Cut(text, "\n")
		head, _, _ := strings.Cut(text, "\n[exit")
		return head + "\n"
	}
	wrapped := func(text string, width int) string {
		var b strings.Builder
		for _, line := range strings.Split(text, "\n") {
			for ; len(line) > width; line = line[width:] {
				b.WriteString(line[:width] + "\n")
			}
			b.WriteString(line + "\n")
		}
		return b.String()
	}
	single, moe := read("agg_single"), read("agg_moe_ep")
	const several, grids = "the output of several runs", "no line of the tables"
	for name, c := range map[string]struct{ text, want string }{
		"two runs":                   {single + moe, several},
		"two runs, no commands":      {bare(single) + bare(moe), several},
		"one run twice, no commands": {bare(single) + bare(single), several},
		"the first was killed":       {single[:strings.Index(single, "All experiments")] + bare(moe), several},
		"wrapped at 80":              {wrapped(single, 80), grids},
		"wrapped at 120":             {wrapped(read("pd_ratio"), 120), grids},
	} {
		if got := told(t, c.text); !strings.Contains(got, c.want) {
			t.Errorf("%s: %.300s, want %q", name, got, c.want)
		}
	}
}
