package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fathom/hw/unraced"
)

// The ending of the file chooses the form, and --format does; a form that was asked for wins over the ending.
func TestPagesByEnding(t *testing.T) {
	unraced.Skip(t)
	dir := t.TempDir()
	for _, x := range []struct{ args, file, begins string }{
		{"", "a.html", "<!DOCTYPE html>"}, {"", "a.SVG", "<svg xmlns="}, {"--format html", "a.txt", "<!DOCTYPE html>"},
		{"--format json", "b.html", "{"}, {"", "b.json", "{"}, {"", "b.csv", "device,"}, {"", "b.md", "# "}, {"--lang zh", "c.html", "<!DOCTYPE html>\n<html lang=\"zh-CN\">"},
		{"--sweep input-length=512..8k:4", "d.html", "<!DOCTYPE html>"},
		{"--sweep input-length=512..8k:4", "d.svg", "<svg xmlns="}} {
		path := filepath.Join(dir, x.file)
		o := newLab(t).run(t, strings.Fields("plan "+flagship+" "+x.args+" -o "+path)...)
		data, err := os.ReadFile(path)
		if o.code != Done || o.stdout != "" || err != nil || !strings.HasPrefix(string(data), x.begins) {
			t.Errorf("%s %s: exit %d, %v, %.40q, %s", x.args, x.file, o.code, err, data, o.stderr)
		}
		if swept := strings.Contains(string(data), "aggregation: Input length"); swept != strings.HasPrefix(x.file, "d.") {
			t.Errorf("%s: its sweep is drawn: %v", x.file, swept)
		}
	}
	if s := ok(t, strings.Fields("plan "+flagship+" --format svg")...); !strings.HasPrefix(s, "<svg xmlns=") {
		t.Errorf("%.60q", s)
	}
}

// A frontier alone is drawn with the plans that are laid over it.
func TestFrontierAsSVG(t *testing.T) {
	unraced.Skip(t)
	l := shelf(t)
	path := filepath.Join(t.TempDir(), "f.svg")
	o := l.run(t, append(strings.Fields("plan "+flagship+" --frontier -o "+path), "--overlay", "long")...)
	data, err := os.ReadFile(path)
	if o.code != Done || err != nil || !strings.HasPrefix(string(data), "<svg xmlns=") ||
		!strings.Contains(string(data), "long, "+die) || strings.Contains(string(data), "best answer step by step") {
		t.Errorf("exit %d, %v, %.200q, %s", o.code, err, data, o.stderr)
	}
	o = l.run(t, append(strings.Fields("plan "+flagship+" --frontier --format html"), "--overlay", "long")...)
	if o.code != Done || !strings.HasPrefix(o.stdout, "<!DOCTYPE html>") || !strings.Contains(o.stdout, "long, "+die) {
		t.Errorf("exit %d: %s, a page without what is laid over: %.80q", o.code, o.stderr, o.stdout)
	}
}

// A page without an answer is written and says what misses least; a sweep that cannot be is said before anything runs.
func TestPagesThatHaveNoAnswer(t *testing.T) {
	o := newLab(t).run(t, strings.Fields("plan "+strings.Replace(flagship, "2000", "10", 1)+" --format html")...)
	if o.code != Infeasible || !strings.Contains(o.stdout, "TTFT limit 10 → 157 ms") {
		t.Errorf("exit %d\n%.300s", o.code, o.stderr)
	}
	path := filepath.Join(t.TempDir(), "x.html")
	o = newLab(t).run(t, strings.Fields("plan "+flagship+" --sweep input-length=9..1 -o "+path)...)
	if _, err := os.Stat(path); o.code != BadInput || err == nil {
		t.Errorf("exit %d, %v: %s", o.code, err, o.stderr)
	}
}
