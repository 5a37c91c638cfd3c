package serve

import (
	"math"
	"testing"

	"fathom/sim/pass"
)

// line is a forward whose time grows with what is attended to: in stairs of a block, with a bend, and with a curve at
// its end.
func line(k int) (t term) {
	blocks := float64((k + 127) / 128)
	t.seconds = 0.05 + 6e-8*float64(k) + 1e-10*blocks + 5e-8*math.Max(0, float64(k-41_003))
	if k > 90_000 {
		t.seconds += 1e-11 * float64((k-90_000)*(k-90_000))
	}
	t.shares.sum.Mem, t.shares.sum.Cube, t.shares.weight = 0.05/t.seconds, 1-0.05/t.seconds, 1
	t.memory = pass.Memory{Available: 1e6 - float64(k)}
	return t
}

// A long prompt is added up from a few of its chunks as if from all of them.
func TestAlong(t *testing.T) {
	for _, ends := range [][2]int{{0, 100_000}, {7, 99_999}, {3, 1026}, {3, 1027}, {3, 1028}, {0, 5}, {4, 4}} {
		var e Evaluator
		asked, want := 0, total{}
		want.memory.Available = math.Inf(1)
		got, done := e.along(ends[0], ends[1], func(_ *Evaluator, k int) term { asked++; return line(k) })
		for k := ends[0]; k < ends[1]; k++ {
			want.add(line(k), 1)
			want.memory.Available = min(want.memory.Available, 1e6-float64(k))
		}
		same := func(a, b, within float64) bool { return math.Abs(a-b) <= within*math.Abs(b) }
		if !done || !same(got.seconds, want.seconds, straight) || got.shares.weight != want.shares.weight ||
			!same(got.shares.sum.Mem, want.shares.sum.Mem, blurred) ||
			!same(got.shares.sum.Cube, want.shares.sum.Cube, blurred*want.shares.weight) ||
			got.memory.Available != want.memory.Available {
			t.Errorf("%v: %+v, want %+v", ends, got.term, want.term)
		}
		if ends[1] > 10*manyChunks && asked > ends[1]/10 {
			t.Errorf("%v: %d chunks were priced", ends, asked)
		}
	}
}

// One that does not fit is found, wherever it comes.
func TestAlongOutOfMemory(t *testing.T) {
	for _, at := range []int{0, 1, 500, 60_000, 99_999} {
		var e Evaluator
		got, _ := e.along(0, 100_000, func(_ *Evaluator, k int) term {
			r := line(k)
			r.memory.Available = float64(at-k) - 0.5
			return r
		})
		if !got.short {
			t.Errorf("chunk %d on does not fit", at)
		}
	}
}
