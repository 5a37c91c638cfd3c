package op_test

import (
	"math"
	"testing"

	"fathom/sim/op"
)

// The single-operator figures of simulation-model A.1 and A.2: 16 requests on a rank at s = 8192, TP 4, H 4096, 64
// heads of 512, 64 index heads of 128, top-k 512, four streams, 20 sinkhorn iterations. All 16 requests finish an
// entry.
func TestDeepSeekV4Figures(t *testing.T) {
	b := op.NewBatch([]op.Piece{{Query: 1, Total: 8192, Count: 16, Decode: true}}, false, false)
	streams := op.Streams{Hidden: 4096, Count: 4, Iterations: 20}
	head := func(ratio float64) *op.SharedHead {
		return &op.SharedHead{Hidden: 4096, QRank: 1024, Dim: 512, Rope: 64, Heads: 16, AllHeads: 64, Window: 128,
			Ratio:      ratio,
			IndexHeads: 16, IndexDim: 128, TopK: 512, CacheWidth: 512, Split: true}
	}
	for _, c := range []struct {
		name                 string
		op                   op.Op
		cube, vec, microsecs float64 // 0 where the text gives none
	}{
		{"sinkhorn", op.Sinkhorn(&streams, 16), 0, 558016 + 65536, 0},
		{"compressor of the indexer", op.Compress(&b, head(4), 128, 2, true), 67.1e6, 242688, 13.739},
		{"compressor, ratio 4", op.Compress(&b, head(4), 512, 2, false), 268.4e6, 673792, 38.093},
		{"compressor, ratio 128", op.Compress(&b, head(128), 512, 2, false), 134.2e6, 6432768, 21.640},
		{"lightning indexer", op.SelectEntries(&b, head(4)), 8388608, 528384, 5.133},
		{"attention, window only", op.SharedAttention(&b, head(0)), 67.1e6, 622336, 7.492},
		{"attention, ratio 4", op.SharedAttention(&b, head(4)), 335.5e6, 2586368, 15.470},
		{"attention, ratio 128", op.SharedAttention(&b, head(128)), 100.7e6, 867840, 8.489},
	} {
		if math.Abs(c.op.Cube-c.cube) > 1e-3*c.cube {
			t.Errorf("%s: %g matrix operations, want %g", c.name, c.op.Cube, c.cube)
		}
		if got := c.op.Vec16 + c.op.Vec32; got != c.vec {
			t.Errorf("%s: %.0f vector operations, want %.0f", c.name, got, c.vec)
		}
		if got := microseconds(t, c.op); c.microsecs > 0 && math.Abs(got-c.microsecs) > 0.0006 {
			t.Errorf("%s: %.3f us, want %.3f", c.name, got, c.microsecs)
		}
	}
}

// A prompt that is compressed whole, or in two parts, makes the same number of entries.
func TestCompressionOfChunks(t *testing.T) {
	a := &op.SharedHead{Hidden: 8, Dim: 4, Rope: 2, Ratio: 4}
	entries := func(pieces ...op.Piece) (rows float64) {
		for _, p := range pieces {
			b := op.NewBatch([]op.Piece{p}, false, false)
			o := op.Compress(&b, a, 4, 2, false)
			fixed := 2*b.Tokens*8 + 8*8*8 + 16*b.Requests + 8*b.Tokens*8
			rows += (o.Read - fixed) / (6 * 4)
		}
		return rows
	}
	whole := entries(op.Piece{Query: 103, Total: 103})
	parts := entries(op.Piece{Query: 50, Total: 50}, op.Piece{Query: 53, Total: 103})
	if whole != 25 || parts != 25 {
		t.Errorf("103 tokens make %v entries at once and %v in two parts, want 25", whole, parts)
	}
}
