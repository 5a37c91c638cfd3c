package cost

import (
	"math"
	"testing"

	"fathom/hw"
	"fathom/sim/op"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Abs(want) {
		t.Errorf("%s: %g, want %g", what, got, want)
	}
}

func die(t *testing.T) *hw.Profile {
	d, err := hw.Find("ATLAS_800_A3_752T_128G_DIE")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The hand computations of simulation-model 10.1 and 10.2: microseconds to the nanosecond.
func TestWorkedOperators(t *testing.T) {
	r := NewRates(die(t))
	grid := die(t).Grid
	four, sixteen := NewGroup(grid, 4, 1), NewGroup(grid, 16, 1)
	for _, c := range []struct {
		name string
		o    op.Op
		g    *Group
		us   float64
	}{
		{"int8 linear", op.Op{CubeType: hw.INT8, Cube: 2 * 16 * 2560 * 5120, Read: 13189128, Write: 81920}, nil, 17.573},
		{"attention", op.Op{CubeType: hw.FP16, Cube: 5.36871e8, Vec16: 4194304, Read: 67178888, Write: 65536}, nil, 68.707},
		{"nothing", op.Op{}, nil, 0},
		{"all-reduce, tree", op.ReduceAll(16, 5120, 2), &four, 14.388},
		{"all-reduce, ring", op.ReduceAll(7000, 5120, 2), &four, 796.673},
		{"all-gather", op.GatherAll(4, 16, 37984, 2), &four, 37.578},
		{"all-to-all", op.Exchange(32, 128, 120, 4096, 2), &sixteen, 19.165},
	} {
		var got Time
		if c.g != nil {
			r.Collective(&c.o, c.g, &got)
		} else {
			r.Price(&c.o, &got)
		}
		if math.Abs(got.Seconds*1e6-c.us) > 6e-4 {
			t.Errorf("%s: %.4f us, want %.3f", c.name, got.Seconds*1e6, c.us)
		}
	}
}

// A format without a peak computes for free, and its operator pays the static cost of the vector unit.
func TestMissingFormatIsFree(t *testing.T) {
	r := NewRates(die(t))
	var got Time
	r.Price(&op.Op{CubeType: hw.FP8, Cube: 1e15, Read: 1000}, &got)
	near(t, "static", got.Static, 2e-6)
	near(t, "cube", got.Cube+1, 1)
	if got.Bound != Mem {
		t.Errorf("bound by %s, want mem", got.Bound)
	}
}

// Cube and vector work are added, and the larger one names the bound; a collective whose buffers take longer than the
// wire is bound by memory; extra kernels cost extra static time.
func TestBounds(t *testing.T) {
	r := NewRates(die(t))
	var got Time
	r.Price(&op.Op{CubeType: hw.FP16, Cube: 376e12 * 0.7, Vec16: 2 * 22e12 * 0.7, Extra: 15}, &got)
	near(t, "seconds", got.Seconds, 3+16*5e-6)
	if got.Bound != Vec {
		t.Errorf("bound by %s, want vec", got.Bound)
	}
	pair := NewGroup(die(t).Grid, 2, 1)
	o := op.GatherAll(2, 1, 1, 2)
	o.Read = 1e12
	r.Collective(&o, &pair, &got)
	if got.Bound != Mem || got.Seconds < 0.9 {
		t.Errorf("bound by %s in %g s, want mem", got.Bound, got.Seconds)
	}
}

// Logarithms are not rounded: six ranks take log2(6) steps.
func TestUnevenGroup(t *testing.T) {
	g := NewGroup(die(t).Grid, 6, 1)
	near(t, "gather", g.Wire(op.AllGather, 0), math.Log2(6)*0.5e-6)
	near(t, "scatter", g.Wire(op.ReduceScatter, 6e6), math.Log2(6)*0.5e-6+5e6/(196e9*0.7))
}
