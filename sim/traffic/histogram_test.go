package traffic

import (
	"math"
	"testing"
)

// TestQuantilesReachAcrossGaps: a tail of one value shows in the percentiles that it should move, as with the values
// themselves.
func TestQuantilesReachAcrossGaps(t *testing.T) {
	for _, c := range []struct {
		values []float64
		share  float64
		want   float64
	}{
		{[]float64{1, 3}, 0.5, 2},
		{[]float64{0.02, 2}, 0.99, 1.9802},
		{[]float64{1, 1, 1, 1, 11}, 0.9, 7},
		{[]float64{5}, 0.99, 5},
	} {
		var h histogram
		for _, v := range c.values {
			h.add(v)
		}
		if got := h.quantile(c.share); math.Abs(got/c.want-1) > 0.006 {
			t.Errorf("%v at %g: %g, want %g", c.values, c.share, got, c.want)
		}
	}
}
