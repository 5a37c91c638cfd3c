package parse

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fathom/sim/report"
)

// figures are what a report says of its rows; everything else may differ between two copies of a log.
func figures(r *report.Report) (out []report.Row) {
	for _, d := range r.Devices {
		for _, s := range []*report.Section{d.Aggregation, d.Prefill, d.Decode} {
			if s != nil {
				out = append(out, s.Candidates...)
			}
		}
		if d.PDRatio != nil {
			for _, x := range d.PDRatio.Candidates {
				out = append(out, x.Prefill, x.Decode)
			}
		}
	}
	return out
}

// A log whose tables have lost some or all of their rules gives the same figures: the bars say where cells end.
func TestGridsWithoutRules(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	files, _ := filepath.Glob("testdata/*.log")
	tables := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		whole, _ := Log(data)
		want := figures(whole)
		tables += len(want)
		for n := range 40 {
			var kept [][]byte
			for _, line := range bytes.SplitAfter(data, []byte("\n")) {
				if !isRule(strings.TrimSpace(string(line))) || n > 0 && random.IntN(2) == 0 {
					kept = append(kept, line)
				}
			}
			got, _ := Log(bytes.Join(kept, nil))
			if !reflect.DeepEqual(figures(got), want) {
				t.Errorf("%s without rules %d: %d rows, want %d\n%+v\n%+v", file, n, len(figures(got)), len(want),
					figures(got), want)
				break
			}
		}
	}
	if tables < 20 {
		t.Errorf("only %d rows in all logs", tables)
	}
}

// What the report on the field's own log said: figures cut at the ends of the names above them.
func TestBareGridOfTheField(t *testing.T) {
	for _, file := range []string{"testdata/damaged/rules.log", "testdata/damaged/no_rules.log"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, f := Log(data)
		if f != nil || len(r.Devices) != 1 || r.Devices[0].Device != "TEST_DEVICE" || r.Devices[0].Aggregation == nil {
			t.Fatalf("%s: %v %+v", file, f, r.Devices)
		}
		d := &r.Devices[0]
		b := d.Aggregation.Best
		if *b.TTFT != 12345.67 || *b.TPOT != 48.76 || b.Label != "TP=4 | PP=1 | DP=2" || b.Batch != 64 ||
			!d.Counts.Unsaid {
			t.Errorf("%s: %+v %+v", file, b, d.Counts)
		}
	}
}

// Cells whose places are not certain are not read, and the report says so.
func TestUncertainTablesAreSaid(t *testing.T) {
	title, head := "Top 1 PD Aggregated Configurations:\n",
		"| Top | Throughput (token/s) | TTFT (ms) | concurrency | parallel | batch_size |\n"
	for name, text := range map[string]string{
		"a row with a cell too few": title + head + "| 1 | 3000.12 | 12345.67 | 128 | TP=4 |\n",
		"a row without its end":     title + head + "| 1 | 3000.12 | 12345.67 | 128 | TP=4 | 6\n",
		"no bars at all": title +
			"Top  Throughput (token/s)  TTFT (ms)  parallel  batch_size\n1  3000.12  12345.67  TP=4  64\n",
		"no title":               "Input Configuration:\n" + head + "| 1 | 3000.12 | 12345.67 | 128 | TP=4 | 64 |\n",
		"a head without its end": title + head[:30] + "\n| 1 | 3000.12 | 12345.67 | 128 | TP=4 | 64 |\n",
		"a dump whose columns slipped": "token/s ttft parallel batch_size concurrency\n3000.12 12345.67 TP=4 " +
			"6412345678901 128\n",
	} {
		r, _ := Log([]byte("  Input Configuration:\n    Model: m\n" + text + "[exit 0]\n"))
		if rows := figures(r); len(rows) > 0 {
			t.Errorf("%s: %+v", name, rows)
		}
		said := false
		for _, i := range r.Issues {
			said = said || strings.Contains(i.Message.String(), "could not be read")
		}
		if !said {
			t.Errorf("%s: not said: %+v", name, r.Issues)
		}
	}
}
