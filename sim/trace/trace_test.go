package trace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"fathom/sim/traffic"
)

type call struct {
	at     float64
	input  int32
	output int32
	spans  int
}

func all(t *testing.T, r io.Reader, o Options) ([]call, Summary, error) {
	t.Helper()
	src, err := Open(r, o)
	if err != nil {
		return nil, Summary{}, err
	}
	var list []call
	for {
		var c traffic.Call
		more, err := src.Next(&c)
		if err != nil || !more {
			return list, src.Summary(), err
		}
		for _, s := range c.Chain {
			if s.Tokens < 1 {
				t.Errorf("an empty span: %+v", c)
			}
		}
		list = append(list, call{c.At, c.Input, c.Output, len(c.Chain)})
	}
}

func file(t *testing.T, name string) io.Reader {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(data)
}

// Every public format is known by its content and read as it is.
func TestFormats(t *testing.T) {
	for name, want := range map[string]struct {
		format Format
		calls  []call
	}{
		"azure2023.csv": {Azure, []call{{0, 374, 44, 0}, {4.314579, 396, 109, 0}, {4.541877, 879, 55, 0},
			{4.710427, 91, 16, 0}, {5.892655, 91, 16, 0}, {6.311529, 381, 84, 0}}},
		"azure2024.csv":  {Azure, []call{{0, 100, 10, 0}, {0.04052, 200, 20, 0}, {0.998837, 300, 30, 0}}},
		"mooncake.jsonl": {Mooncake, []call{{0, 2290, 316, 5}, {3, 2012, 354, 4}, {3, 915, 355, 2}, {5.999, 1053, 26, 3}}},
		"burstgpt.csv":   {BurstGPT, []call{{0, 472, 18, 0}, {40, 1087, 230, 0}, {113, 417, 276, 0}}},
		"burstgpt3.csv":  {BurstGPT, []call{{0, 906, 446, 1}, {51, 36, 29, 1}, {80, 80, 20, 0}, {290, 1500, 300, 1}}},
		"tool.csv":       {ShareGPT, []call{{0, 100, 10, 1}, {0.2, 50, 5, 1}, {0.25, 120, 12, 1}}},
	} {
		got, sum, err := all(t, file(t, name), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if sum.Format != want.format || len(got) != len(want.calls) || sum.Played != len(got) {
			t.Errorf("%s: %v, %d calls, want %v, %d", name, sum.Format, len(got), want.format, len(want.calls))
			continue
		}
		for i, c := range got {
			w := want.calls[i]
			if math.Abs(c.at-w.at) > 1e-6 {
				t.Errorf("%s, call %d: at %.7f s, want %.7f", name, i, c.at, w.at)
			}
			if c.at = w.at; c != w {
				t.Errorf("%s, call %d: %+v, want %+v", name, i, c, w)
			}
		}
	}
}

// Files of texts have no times: the rate is asked for. Lengths of texts are estimates.
func TestTextsWithoutTimes(t *testing.T) {
	for name, want := range map[string][]call{
		"sharegpt.json": {{0, 5, 9, 0}, {0, 2, 11, 0}},
		"vllm.jsonl":    {{0, 8, 10, 0}, {0, 7, 1520, 0}},
	} {
		if _, _, err := all(t, file(t, name), Options{}); err == nil || !strings.Contains(err.Error(), "--qps") {
			t.Errorf("%s: %v", name, err)
		}
		got, sum, err := all(t, file(t, name), Options{Rate: 2})
		if err != nil || !sum.Untimed || len(got) != len(want) || got[1].at <= got[0].at {
			t.Errorf("%s: %v, %+v, %v", name, got, sum, err)
			continue
		}
		for i := range got {
			if got[i].at = 0; got[i] != want[i] {
				t.Errorf("%s: %+v, want %+v", name, got[i], want[i])
			}
		}
	}
}

func TestScaleAndWindow(t *testing.T) {
	got, sum, err := all(t, file(t, "azure2023.csv"), Options{Scale: 2, From: 4.5, To: 5.9})
	if err != nil || len(got) != 3 || sum.Outside != 2 {
		t.Fatalf("%v, %+v, %v", got, sum, err)
	}
	for i, want := range []float64{0.0209385, 0.1052135, 0.6963275} {
		if math.Abs(got[i].at-want) > 1e-6 {
			t.Errorf("call %d at %.7f s, want %.7f", i, got[i].at, want)
		}
	}
}

// A request or two in the wrong place are put right and counted; a gap and failed requests are told.
func TestWhatIsLeftOut(t *testing.T) {
	text := "timestamp,input_length,output_length\n0,10,1\n2,10,1\n1,10,1\n3600,10,1\n3601,0,4\n3602,7,0\n"
	got, sum, err := all(t, strings.NewReader(text), Options{})
	if err != nil || len(got) != 4 || got[1].at != 1 || sum.Reordered != 1 || sum.Empty != 2 || sum.Gap != 3598 ||
		sum.GapLine != 5 {
		t.Errorf("%v, %+v, %v", got, sum, err)
	}
}

// What cannot be played is refused with its line, its value and the fix.
func TestBadFiles(t *testing.T) {
	const head = "timestamp,input_length,output_length\n"
	unsorted := &strings.Builder{}
	unsorted.WriteString(head)
	for i := range 5000 {
		fmt.Fprintf(unsorted, "%d,10,1\n", i+10)
	}
	unsorted.WriteString("3,10,1\n")
	for text, want := range map[string]string{
		"":                                     "no requests",
		"\n \n":                                "no requests",
		head:                                   "no requests",
		"hello world":                          `"hello world" begins no trace`,
		"\x00\x01\x02":                         "begins no trace",
		"timestamp,input_length\n1,2\n":        "no column output_length",
		"ts,isl,prompt_tokens,osl\n1,2,3,4\n":  `columns "isl" and "prompt_tokens" both give input_length`,
		head + "soon,10,1\n":                   `line 2: "soon" is no time`,
		head + "1,10,1\n-3,10,1\n":             "line 3: the time -3 is below 0",
		head + "1,-10,1\n":                     `line 2: input_length is "-10"`,
		head + "1,10,many\n":                   `line 2: output_length is "many"`,
		head + "1,99999999999999999999,1\n":    `line 2: input_length is "99999999999999999999"`,
		head + "1,10.5,1\n":                    `line 2: input_length is "10.5"`,
		head + "1,10\n":                        "line 2: the row ends before output_length",
		head + "NaN,10,1\n":                    `"NaN" is no time`,
		head + "1e300,10,1\n":                  "is no time",
		head + "2024-13-01 00:00:00,1,1\n":     `"2024-13-01 00:00:00" is no time`,
		unsorted.String():                      "line 5002: the request is",
		`{"timestamp": 1}`:                     "no input_length",
		`{"timestamp": 1, "input_length": 1}`:  "no output_length",
		`{"timestamp": 1, "input_length": "x"`: "line 1:",
		`[{"prompt": "a", "output_tokens": 1}`: "without ]",
		`{"timestamp": 5, "input_length": 1.5, "output_length": 2}`: `input_length is "1.5"`,
		head + strings.Repeat("1", longestLine+longestLine/2):       "longer than 8 MiB",
	} {
		_, _, err := all(t, strings.NewReader(text), Options{Rate: 1})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		}
	}
	for want, o := range map[string]Options{"--trace-scale": {Scale: -1}, "--trace-window": {From: 5, To: 3},
		"not written as mooncake": {Format: Mooncake}} {
		if _, err := Open(file(t, "burstgpt.csv"), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", o, err, want)
		}
	}
}

// endless is a file that never ends, and counts what was taken of it.
type endless struct {
	n int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.n == 0 {
		e.n++
		return copy(p, "timestamp,input_length,output_length\n"), nil
	}
	n := 0
	for n+64 < len(p) {
		n += copy(p[n:], fmt.Sprintf("%d.25,%d,%d\n", e.n, 100+e.n%900, 1+e.n%90))
		e.n++
	}
	return n, nil
}

// A file without an end is read as far as it is played, in bounded memory, and stops when it is told to.
func TestEndlessFile(t *testing.T) {
	var stop atomic.Bool
	src, err := Open(&endless{}, Options{Stopped: &stop})
	if err != nil {
		t.Fatal(err)
	}
	var c traffic.Call
	for range 10 * slack {
		if more, err := src.Next(&c); !more || err != nil {
			t.Fatal(more, err)
		}
	}
	if n := len(src.held) + len(src.spare); n > slack+1 {
		t.Errorf("%d rows in memory", n)
	}
	stop.Store(true)
	for range 2 * slack {
		if _, err = src.Next(&c); err != nil {
			break
		}
	}
	if !errors.Is(err, traffic.ErrStopped) {
		t.Errorf("%v", err)
	}
}

// A million rows take some tenths of a second, and no memory each.
func BenchmarkRead(b *testing.B) {
	src, err := Open(&endless{}, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var c traffic.Call
	for b.Loop() {
		if more, err := src.Next(&c); !more || err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, name := range []string{"azure2023.csv", "azure2024.csv", "mooncake.jsonl", "burstgpt3.csv", "sharegpt.json",
		"vllm.jsonl", "tool.csv"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		src, err := Open(bytes.NewReader(data), Options{Rate: 1})
		if err != nil {
			return
		}
		last := 0.
		for {
			var c traffic.Call
			more, err := src.Next(&c)
			if err != nil || !more {
				return
			}
			if c.At < last || c.Input < 1 || c.Output < 1 || math.IsNaN(c.At) || math.IsInf(c.At, 0) {
				t.Fatalf("a call that cannot be: %+v after %g s", c, last)
			}
			last = c.At
		}
	})
}

// JSON lines with whole times are Mooncake's, in milliseconds; those with broken ones at their beginning count seconds,
// and one that breaks later is an error unless its format is named.
func TestUnitsOfJSON(t *testing.T) {
	row := func(at string) string {
		return `{"timestamp": ` + at + `, "input_length": 10, "output_length": 2, "hash_ids": [1]}` + "\n"
	}
	for _, c := range []struct {
		text   string
		format Format
		want   float64 // time of the last call
		err    string
	}{
		{row("0") + row("1500"), Auto, 1.5, ""},
		{row("0") + row("1500.0"), Auto, 1.5, ""},
		{row("0") + row("1.5"), Auto, 1.5, ""},
		{row("0") + row("1500.5"), Mooncake, 1.5005, ""},
		{strings.Repeat(row("0"), 1000) + row("1.5"), Auto, 0, "line 1001: the time 1.5 is no whole number"},
	} {
		list, _, err := all(t, strings.NewReader(c.text), Options{Format: c.format})
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%v, want %q", err, c.err)
			}
			continue
		}
		if err != nil || math.Abs(list[len(list)-1].at-c.want) > 1e-9 {
			t.Errorf("%.60q: %v, %v, want %g s", c.text, list, err, c.want)
		}
	}
}
