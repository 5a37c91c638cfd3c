package serve

import (
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"fathom/sim/pass"
	"fathom/sim/plan"
)

func example(t testing.TB) []plan.Bin {
	t.Helper()
	text, err := os.ReadFile("testdata/lengths.yaml")
	if err != nil {
		t.Fatal(err)
	}
	bins, err := ParseLengths(text)
	if err != nil {
		t.Fatal(err)
	}
	return bins
}

// Averages and samples of the reference tool's example file, as search-and-serving 3.7 states them.
func TestExampleDistribution(t *testing.T) {
	bins := example(t)
	if l := NewLengths(bins, 0.1); l.Mean != 3807 {
		t.Errorf("average at hit rate 0.1: %d, want 3807", l.Mean)
	}
	l := NewLengths(bins, 0)
	got := map[int]int{}
	for i, n := range l.Samples(6, nil) {
		if n > 0 {
			got[l.Bins[i].Prompt] = n
		}
	}
	if want := map[int]int{250: 2, 1750: 1, 2250: 1, 2750: 1, 3250: 1}; !reflect.DeepEqual(got, want) {
		t.Errorf("six requests fall on %v, want %v", got, want)
	}
}

func TestSamplesAddUp(t *testing.T) {
	l := NewLengths(example(t), 0)
	for c := 1; c < 700; c++ {
		sum := 0
		for _, n := range l.Samples(c, nil) {
			sum += n
		}
		if sum != c {
			t.Fatalf("%d requests dealt as %d", c, sum)
		}
	}
}

func TestTiedRemaindersGoToTheLongerQuery(t *testing.T) {
	l := NewLengths([]plan.Bin{{Min: 0, Max: 100, Weight: 1}, {Min: 100, Max: 300, Weight: 1}}, 0)
	if got := l.Samples(3, nil); !reflect.DeepEqual(got, []int{1, 2}) {
		t.Errorf("got %v", got)
	}
}

// recorder keeps the pieces of each chunk; a chunk takes as many seconds as it has tokens.
type recorder struct{ chunks [][]pass.Piece }

func (r *recorder) Uniform(s pass.Shape) pass.Result { return pass.Result{Seconds: 1} }

func (r *recorder) Mixed(pieces []pass.Piece) pass.Result {
	r.chunks = append(r.chunks, append([]pass.Piece(nil), pieces...))
	n := 0
	for _, p := range pieces {
		n += p.Query * p.Count
	}
	return pass.Result{Seconds: float64(n)}
}

// Queries 50, 50, 200, 200 in chunks of 200 (search-and-serving 3.7).
func TestChunkPlan(t *testing.T) {
	lengths := NewLengths([]plan.Bin{{Min: 0, Max: 100, Weight: 1}, {Min: 100, Max: 300, Weight: 1}}, 0)
	r := &recorder{}
	var e Evaluator
	e.Prepare(Load{TP: 1, DP: 2, Lengths: lengths, Output: 10, Budget: 200, Accepted: 1}, r, nil)
	p, _ := e.At(4)
	want := [][]pass.Piece{
		{{Query: 50, Total: 50, Count: 2}, {Query: 100, Total: 100, Count: 1}},
		{{Query: 100, Total: 200, Count: 1}, {Query: 100, Total: 100, Count: 1}},
		{{Query: 100, Total: 200, Count: 1}},
	}
	if !reflect.DeepEqual(r.chunks, want) {
		t.Errorf("got %v, want %v", r.chunks, want)
	}
	// Ends at 200 (two), 400 and 500 s. TPOT = (TTFT + 1 s * 10) / 10, throughput = 8 requests / TPOT.
	if p.TTFT != 325 || p.TPOT != 33.5 || p.Throughput != 8/33.5 || p.Chunks != 3 {
		t.Errorf("TTFT %v, TPOT %v, %v tok/s, %d chunks", p.TTFT, p.TPOT, p.Throughput, p.Chunks)
	}
}

func TestPrefillOfADistribution(t *testing.T) {
	lengths := NewLengths([]plan.Bin{{Min: 0, Max: 100, Weight: 1}, {Min: 100, Max: 300, Weight: 1}}, 0)
	var e Evaluator
	e.Prepare(Load{Phase: plan.PhasePrefill, TP: 1, DP: 2, Lengths: lengths, Output: 10, Budget: 200, HandOff: 3,
		Accepted: 1}, &recorder{}, nil)
	p, _ := e.At(4)
	if p.TTFT != 328 || p.Makespan != 503 || p.Throughput != 2*500.0/503 {
		t.Errorf("TTFT %v, makespan %v, %v tok/s", p.TTFT, p.Makespan, p.Throughput)
	}
}

func TestBadDistributions(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "want a mapping",
		"- 1":                                    "want a mapping",
		"bins: 3":                                "list of at least one",
		"bins: []":                               "list of at least one",
		"bins: [":                                "not valid YAML",
		"bins: [3]":                              "want {min_tokens, max_tokens, weight}",
		"bins: [{min_tokens: 1, max_tokens: 2}]": "weight is missing",
		"bins: [{min_tokens: -1, max_tokens: 2, weight: 1}]": "min_tokens -1",
		"bins: [{min_tokens: 2, max_tokens: 2, weight: 1}]": "max_tokens 2 " +
			"must be above",
		"bins: [{min_tokens: 1, max_tokens: 2, weight: 0}]":                                            "weight 0",
		"bins: [{min_tokens: 1, max_tokens: 2, weight: .nan}]":                                         "finite",
		"bins: [{min_tokens: 1, max_tokens: 2, max_tokens: 9, weight: 1}]":                             `says "max_tokens" twice`,
		"bins: [{min_tokens: a, max_tokens: 2, weight: 1}]":                                            `"a" must be a finite number`,
		"bins: [{min_tokens: 5, max_tokens: 9, weight: 1}, {min_tokens: 1, max_tokens: 6, weight: 1}]": "overlaps bin 1 to 6",
	} {
		if _, err := ParseLengths([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func TestTouchingBinsInAnyOrderAreFine(t *testing.T) {
	bins, err := ParseLengths([]byte("bins: [{min_tokens: 5, max_tokens: 9, weight: 2}, {min_tokens: '1', max_tokens: " +
		"5.9, weight: 1}]"))
	if err != nil || !reflect.DeepEqual(bins, []plan.Bin{{Min: 1, Max: 5, Weight: 1}, {Min: 5, Max: 9, Weight: 2}}) {
		t.Errorf("%v, %v", bins, err)
	}
}

func FuzzParseLengths(f *testing.F) {
	f.Add("bins: [{min_tokens: 0, max_tokens: 500, weight: 0.25}]")
	f.Add("bins: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		bins, err := ParseLengths([]byte(text))
		if err != nil {
			return
		}
		if l := NewLengths(bins, 0.5); l.Mean < 1 || math.IsNaN(l.Bins[0].Ratio) {
			t.Errorf("%q: mean %d, ratio %v", text, l.Mean, l.Bins[0].Ratio)
		}
	})
}
