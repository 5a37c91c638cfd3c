package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// logs are recorded outputs of the reference tool (msmodeling 84fec85).
const logs = "../../sim/engine/parse/testdata"

func TestParse(t *testing.T) {
	l := newLab(t)
	flagship := filepath.Join(logs, "agg_flagship_compile.log")
	o := l.run(t, "parse", flagship, "--format", "json")
	r := planOf(t, o.stdout)
	if o.code != Done || o.stderr != "" || r.Schema != "fathom.report/1" || r.Engine != "msmodeling" ||
		r.Fidelity != "reference" || r.Partial {
		t.Fatalf("%+v", o)
	}
	if c := r.Devices[0].Aggregation.Candidates; len(c) != 4 || c[0].Label != "TP=8 | PP=1 | DP=1" ||
		c[0].Throughput != 1643.49 || c[0].TTFT != 1964.26 || c[0].Batch != 22 {
		t.Errorf("%+v", c)
	}
	for format, want := range map[string]string{"table": "Best: 1643.49 tok/s", "md": "| 1643.49 |",
		"csv": "device,phase"} {
		file := filepath.Join(l.home, "out."+format)
		o := l.run(t, "parse", flagship, "--format", format, "-o", file)
		if data, _ := os.ReadFile(file); o.code != Done || o.stdout != "" || !strings.Contains(string(data), want) {
			t.Errorf("%s: %+v\n%s", format, o, data)
		}
	}
	// The same text on standard input, its end cut off: the rows up to there, and a word about it.
	data, _ := os.ReadFile(flagship)
	cut := string(data[:strings.LastIndex(string(data), "All experiments")])
	if o := l.typed(t, cut, "parse", "-", "--format", "json"); o.code != Done || !planOf(t, o.stdout).Partial ||
		!strings.Contains(o.stderr, "ends before the run does") {
		t.Errorf("cut off: exit %d, %s", o.code, o.stderr)
	}
}

// TestParseExitCodes: every recorded log, by what became of its run.
func TestParseExitCodes(t *testing.T) {
	files, err := filepath.Glob(logs + "/*.log")
	if err != nil || len(files) < 15 {
		t.Fatalf("%v %v", files, err)
	}
	l := newLab(t)
	for _, file := range files {
		o := l.run(t, "parse", file, "--format", "json")
		switch name := filepath.Base(file); {
		case strings.HasPrefix(name, "err_"):
			if o.code != Failed || !strings.Contains(o.stderr, "\n  class: ") ||
				!strings.Contains(o.stderr, "\n  correction: ") {
				t.Errorf("%s: %+v", name, o)
			}
			if f := planOf(t, o.stdout).Failure; f.Class == "" || f.Message == "" || f.Correction == "" {
				t.Errorf("%s: a script is told %+v", name, f)
			}
			if o := l.run(t, "parse", file); o.code != Failed || o.stdout != "" {
				t.Errorf("%s as a table: %+v", name, o)
			}
			// Also without the command above and the status below, which only recordings have.
			data, _ := os.ReadFile(file)
			_, text, _ := strings.Cut(string(data), "\n")
			text = regexp.MustCompile(`\[exit \d+\]\n`).ReplaceAllString(text, "")
			if o := l.typed(t, text, "parse", "-", "--format", "json"); o.code != Failed ||
				planOf(t, o.stdout).Failure.Class == "" {
				t.Errorf("%s, its two streams alone: %+v", name, o)
			}
		case name == "agg_infeasible.log":
			if o.code != Infeasible || planOf(t, o.stdout).Devices[0].Aggregation.Best != nil ||
				o.stderr != "the log holds no row: no configuration met the limits, or none could be built\n" {
				t.Errorf("%s: %+v", name, o)
			}
		case o.code != Done || o.stderr != "" || len(planOf(t, o.stdout).Devices) == 0:
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestParseOfWhatIsNoLog(t *testing.T) {
	l := newLab(t)
	other := filepath.Join(l.home, "notes.txt")
	os.WriteFile(other, []byte("nothing to see here\n\x1b[31mred\n"), 0o600)
	for _, test := range []struct{ line, want string }{
		{"parse " + other,
			"notes.txt: this text holds no output of throughput_optimizer; save what the reference tool prints"},
		{"parse " + l.home, "is a directory; name what the reference tool printed"},
		{"parse " + l.home + "/nosuch.log", "nosuch.log: there is no such file"},
		{"parse", "parse: needs the saved output of throughput_optimizer"},
		{"parse " + other + " -o /no/such/x.json", "there is no directory /no/such"},
	} {
		if o := l.run(t, strings.Fields(test.line)...); o.code != BadInput || o.stdout != "" ||
			!strings.Contains(o.stderr, test.want) || !strings.Contains(o.stderr, "usage: fathom parse") {
			t.Errorf("%s: %+v", test.line, o)
		}
	}
	begun := "$ python -m cli.inference.throughput_optimizer m --device TEST_DEVICE --input-length 1 --output-length 1\n"
	if o := l.typed(t, begun, "parse", "-"); o.code != Infeasible ||
		!strings.Contains(o.stderr, "before its first table") {
		t.Errorf("a log without a row: %+v", o)
	}
}
