package op

import (
	"testing"

	"fathom/hw"
	"fathom/sim/plan"
)

// Every kind has both names, and no two kinds share what a table calls them except the two forms of a change of format.
func TestNames(t *testing.T) {
	seen := map[string]Kind{}
	for k := None + 1; k < NumKinds; k++ {
		if k.String() == "" || k.Reference() == "" {
			t.Errorf("kind %d has no name", k)
		}
		if other, ok := seen[k.Reference()]; ok {
			t.Errorf("%q and %q are both %s", other, k, k.Reference())
		}
		seen[k.Reference()] = k
	}
}

func TestShape(t *testing.T) {
	int8 := NewScheme(plan.W8A8Dynamic, 0, Choice{})
	for _, c := range []struct {
		o    Op
		want string
	}{
		{RMS(16, 5120), "16x5120"},
		{Matmul(16, 5120, 37984), "16x5120 @ 5120x37984"},
		{GroupedLinear(&int8, 128, 1536, 4096, 8), "8*(128x1536 @ 1536x4096)"},
		{Op{}, ""},
	} {
		if got := c.o.Shape(); got != c.want {
			t.Errorf("shape %q, want %q", got, c.want)
		}
	}
}

// Vector operations and bytes of quantised attention: 8 rows, 16 heads, 4 KV heads, s = 4096 (simulation-model 10.4).
func TestQuantisedAttention(t *testing.T) {
	b := NewBatch([]Piece{{Query: 1, Total: 4096, Count: 8, Decode: true}}, false, false)
	for _, c := range []struct {
		action plan.AttentionAction
		cube   hw.DType
		vec    float64
	}{{plan.AttentionINT8, hw.INT8, 4227072}, {plan.AttentionFP8, hw.FP8, 3162112}} {
		cache := NewCache(c.action)
		o := GroupedAttention(&b, &cache, &Grouped{Heads: 16, KVHeads: 4, Dim: 128, ValueDim: 128})
		if o.Vec16 != c.vec || o.Read != 33573076 || o.CubeType != c.cube {
			t.Errorf("%s: %g vector operations, %g bytes, %s; want %g, 33573076, %s", c.action, o.Vec16, o.Read, o.CubeType,
				c.vec, c.cube)
		}
	}
}

// What each linear action does to a product (16,4096) x (4096,1024) and to its input (simulation-model 3.2 and 4.2).
func TestSchemes(t *testing.T) {
	const m, k, n = 16, 4096, 1024
	for _, c := range []struct {
		action      plan.LinearAction
		cube        hw.DType
		read, vec32 float64
		inputRead   float64
		inputWrite  float64
	}{
		{plan.LinearDisabled, hw.FP16, 2 * (m*k + k*n), 0, 0, 0},
		{plan.W8A8Dynamic, hw.INT8, m*k + k*n + 8, 0, 2 * m * k, m*k + 4},
		{plan.W8A8Static, hw.INT8, m*k + k*n + 8, 0, 2*m*k + 4, m * k},
		{plan.W8A16Dynamic, hw.INT8, m*k + k*n + 8, 0, 2 * m * k, m*k + 4},
		{plan.W4A8Dynamic, hw.INT8, m*k + k*n/2 + 8, k * n, 2 * m * k, m*k + 4},
		{plan.LinearFP8, hw.INT8, m*k + k*n + 8, 0, 2 * m * k, m*k + 4},
		{plan.MXFP4, hw.FP4, m*k/2 + k*n/2 + m*k/32 + n*k/32, 0, 2 * m * k, m*k/2 + m*k/32},
	} {
		s := NewScheme(c.action, 0, Choice{})
		o := Linear(&s, m, k, n, n)
		if o.CubeType != c.cube || o.Read != c.read || o.Vec32 != c.vec32 || o.Write != 2*m*n || o.Cube != 2*m*n*k {
			t.Errorf("%s: %+v", c.action, o)
		}
		if !s.Quantised() {
			continue
		}
		if q := QuantizeInput(&s, m, k); q.Read != c.inputRead || q.Write != c.inputWrite {
			t.Errorf("%s: input %+v", c.action, q)
		}
	}
	weightOnly := NewScheme(plan.W8A16Static, 0, Choice{WeightOnly: true})
	if o := Linear(&weightOnly, m, k, n, n); o.CubeType != hw.FP16 || o.Read != 2*m*k+k*n+4 || weightOnly.Quantised() {
		t.Errorf("weight-only: %+v", o)
	}
	if fp8 := NewScheme(plan.LinearFP8, 0, Choice{FP8Peak: true}); fp8.Cube != hw.FP8 {
		t.Errorf("corrected FP8 runs at the %s peak", fp8.Cube)
	}
}

// A window bounds what a token sees, and what a request reads: its own window and those of its other new tokens.
func TestWindow(t *testing.T) {
	for _, c := range []struct {
		piece        Piece
		window       float64
		interactions float64
		lengths      float64
	}{
		{Piece{Query: 1, Total: 4096, Count: 2}, 128, 2 * 128, 2 * 128},
		{Piece{Query: 1, Total: 100}, 128, 100, 100},
		{Piece{Query: 1000, Total: 1000}, 128, 1000 * 128, 1000},
		{Piece{Query: 100, Total: 1000}, 128, 100 * 128, 227},
	} {
		b := NewBatch([]Piece{c.piece}, false, false)
		if i, l := b.Windowed(c.window); i != c.interactions || l != c.lengths {
			t.Errorf("%+v: %g interactions, %g tokens read; want %g, %g", c.piece, i, l, c.interactions, c.lengths)
		}
	}
}

// A causal batch counts the triangle: 3 new tokens after 2 see 3, 4 and 5.
func TestCausal(t *testing.T) {
	b := NewBatch([]Piece{{Query: 3, Total: 5}}, true, false)
	if b.Interactions != 12 {
		t.Errorf("%g interactions, want 12", b.Interactions)
	}
}
