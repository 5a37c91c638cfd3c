package parse

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"fathom/hw/unraced"
	"fathom/sim/report"
)

func allRecorded(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/*.log")
	if err != nil || len(files) == 0 {
		t.Fatal("no recorded logs", err)
	}
	out := map[string][]byte{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(f)] = data
	}
	return out
}

// However the output is cut into pieces, the report is the same.
func TestPiecesDoNotMatter(t *testing.T) {
	for name, data := range allRecorded(t) {
		whole, failure := Log(data)
		for _, n := range []int{1, 7, 4096} {
			r := New(nil)
			for rest := data; len(rest) > 0; rest = rest[min(n, len(rest)):] {
				r.Write(rest[:min(n, len(rest))])
			}
			r.Close()
			if !reflect.DeepEqual(r.Report(), whole) || !reflect.DeepEqual(r.Failure(), failure) {
				t.Errorf("%s in pieces of %d differs", name, n)
			}
		}
	}
}

// A log that ends anywhere gives a partial report with rows of the whole one, never one that is half read.
func TestCutOffAnywhere(t *testing.T) {
	unraced.Skip(t)
	for name, data := range allRecorded(t) {
		whole, _ := Log(data)
		rows := map[string]bool{}
		for l := range strings.Lines(reportText(whole)) {
			rows[l] = true
		}
		step := max(1, len(data)/500)
		for n := 0; n < len(data); n += step {
			r, _ := Log(data[:n])
			for l := range strings.Lines(reportText(r)) {
				if strings.Contains(l, "tok/s") && !rows[l] && !strings.Contains(l, "instances - -") {
					t.Fatalf("%s up to byte %d has a row of its own: %s", name, n, l)
				}
			}
			if !bytes.Contains(data[:n], []byte("All experiments")) && !r.Partial {
				t.Fatalf("%s up to byte %d is not partial", name, n)
			}
		}
	}
}

// A snapshot is a value: what comes later does not change it.
func TestSnapshotsStay(t *testing.T) {
	data := recorded(t, "disagg_both_multi_device")
	r := New(nil)
	var taken []*report.Report
	var texts []string
	for rest := data; len(rest) > 0; rest = rest[min(500, len(rest)):] {
		before := r.Revision()
		r.Write(rest[:min(500, len(rest))])
		snapshot := r.Report()
		if r.Revision() == before && len(taken) > 0 && reportText(snapshot) != texts[len(texts)-1] && !r.finished() {
			t.Error("rows came without a new revision")
		}
		taken, texts = append(taken, snapshot), append(texts, reportText(snapshot))
	}
	for i := range taken {
		if reportText(taken[i]) != texts[i] {
			t.Fatalf("snapshot %d has changed", i)
		}
	}
}

// Progress bars redraw a line with carriage returns: only the newest state is kept.
func TestTailOfProgressBars(t *testing.T) {
	r := New(nil)
	r.Write([]byte("start\r\n"))
	for i := range 1000 {
		fmt.Fprintf(r, "\r%3d%%|###|", i/10)
	}
	r.Write([]byte("\r100%|####|\ndone\nlast without an end"))
	if got := strings.Join(r.Tail(), "/"); got != "start/100%|####|/done" {
		t.Errorf("%q", got)
	}
	r.Close()
	for i := range 500 {
		fmt.Fprintf(r, "line %d\n", i)
	}
	tail := r.Tail()
	if len(tail) != tailKept || tail[0] != "line 300" || tail[tailKept-1] != "line 499" {
		t.Errorf("%d lines, %q to %q", len(tail), tail[0], tail[len(tail)-1])
	}
}

// Whatever is printed, and however much, little is kept.
func TestFloodsAreBounded(t *testing.T) {
	unraced.Skip(t)
	row := "|  1  | 5391.20 | 1116.40 | 23.74 | 128 | 4 | TP=1 | PP=1 | DP=4 | 32 |\n"
	for name, piece := range map[string]string{
		"lines":    "some text that goes on and on\n",
		"one line": strings.Repeat("x", 1000),
		"rows":     row,
		"devices": "  Input Configuration:\n    Devices: 4 D%d\n+--+\n| Throughput | TTFT | TPOT | concurrency | " +
			"num_devices | parallel | batch_size |\n+--+\n" + row + "+--+\n",
		"headers":   "    Model: m%d\n    TTFT Limits: 5 ms\n",
		"errors":    "[ERROR] [a.b] this is wrong %d\n",
		"builds":    "[ERROR] [a.b] Failed to build model 'm%d'\n",
		"warnings":  "[WARNING] [a.b] this is odd %d\n",
		"traces":    "Traceback (most recent call last):\n  File \"x.py\", line %d, in f\n",
		"exception": "Traceback (most recent call last):\n  File \"x.py\", line 1, in f\nValueError: %d\n",
		"commands":  "$ python -m cli.inference.throughput_optimizer m --a \\\n",
		"cross":     "+--+\n| Device | Balanced QPS | P QPS | D QPS |\n+--+\n| D%d | 1 | 2 | 3 |\n+--+\n",
		"returns":   "\r",
	} {
		r := New(nil)
		r.Write([]byte("Top 1 PD Aggregated Configurations: \n+--+\n| Throughput | TTFT | TPOT | concurrency | " +
			"num_devices | parallel | batch_size |\n+--+\n"))
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i, n := 0, 0; n < 3<<20; i++ {
			p := piece
			if strings.Contains(p, "%d") {
				p = fmt.Sprintf(p, i)
			}
			r.Write([]byte(p))
			n += len(p)
		}
		r.Close()
		rep := r.Report()
		runtime.GC()
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
			t.Errorf("%s: %d MiB kept", name, grown>>20)
		}
		runtime.KeepAlive(r)
		runtime.KeepAlive(rep)
	}
}

// FuzzParse reads logs of eight runs of lines that were recorded, or that once broke the parser, with a few bytes of
// one of them changed. Arguments are numbers, because the fuzzer spends a minute on making any text shorter that does
// something new.
func FuzzParse(f *testing.F) {
	seen := map[string]bool{}
	var lines []string
	add := func(text string) {
		for line := range strings.Lines(text) {
			if !seen[line] && len(line) < 400 {
				seen[line] = true
				lines = append(lines, line)
			}
		}
	}
	recorded := allRecorded(f)
	for _, name := range slices.Sorted(maps.Keys(recorded)) {
		add(string(recorded[name]))
	}
	add("concurrency ttft tpot token/s parallel batch_size output_length\n          8    1    2       3     " +
		"TP=1          8             5\n          8  nan  nan       3     TP=1          8             5\n")
	add("parallel_p parallel_d pd_ratio p_qps d_qps batch_size_p batch_size_d concurrency_p concurrency_d\n   " +
		"   TP=1       TP=1        1     1     1            1            1             1             1\n")
	add("+-+\n|\n+-+\n||\n+-+\n[exit -9999999999]\n[exit -9]")
	add("$ python -m cli.inference.throughput_optimizer 'a --b=\"\\")
	f.Add(uint64(0), uint64(1), uint64(4))
	f.Add(uint64(0x0001000200030004), uint64(0x0005000600070008), ^uint64(0))
	f.Fuzz(func(t *testing.T, a, b, raw uint64) {
		var data []byte
		for _, part := range [...]uint64{a, b} {
			for ; part > 0; part >>= 16 { // up to four lines as they follow each other
				at := int(part&0xffff>>2) % len(lines)
				for _, line := range lines[at:min(len(lines), at+1+int(part&3))] {
					data = append(data, line...)
				}
			}
		}
		if len(data) > 0 {
			var odd [8]byte
			binary.LittleEndian.PutUint64(odd[:], raw)
			copy(data[int(raw>>40)%len(data):], odd[:raw%6])
		}
		rep, failure := Log(data)
		text, err := report.JSON(rep)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsRune(text, 0x1b) || bytes.Contains(text, []byte("NaN")) {
			t.Errorf("%s", text)
		}
		if failure != nil && (failure.Class == "" || failure.Message.IsZero() ||
			strings.ContainsAny(failure.Message.String(), "\n\x1b")) {
			t.Errorf("%+v", failure)
		}
		for i := range rep.Devices {
			for _, s := range []*report.Section{rep.Devices[i].Aggregation, rep.Devices[i].Prefill, rep.Devices[i].Decode} {
				if s != nil && (s.Best == nil) != (len(s.Candidates) == 0) {
					t.Error("a best row without candidates, or the other way round")
				}
			}
		}
	})
}
