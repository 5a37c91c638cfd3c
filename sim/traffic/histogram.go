package traffic

import "math"

// histogram is a distribution of positive times in bounded memory: its quantiles are those of the values to half a
// percent, its mean is exact.
type histogram struct {
	count  int64
	sum    float64
	counts []uint32
}

// A bucket is 1% wide; they cover a microsecond to a month.
const (
	shortest = 1e-6
	width    = 0.01
	buckets  = 2900
)

func (h *histogram) add(v float64) {
	if h.counts == nil {
		h.counts = make([]uint32, buckets)
	}
	h.count++
	h.sum += v
	i := int(math.Log(max(v, shortest)/shortest) / width)
	h.counts[min(i, buckets-1)]++
}

// quantile interpolates between the two values that a share falls between, as tally does: they may be buckets apart.
func (h *histogram) quantile(share float64) float64 {
	at := share * float64(h.count-1)
	low, high := h.value(math.Floor(at)), h.value(math.Ceil(at))
	return low + (at-math.Floor(at))*(high-low)
}

// value is the one of a rank, from 0; those of a bucket are spread over it.
func (h *histogram) value(rank float64) float64 {
	var below float64
	for i, n := range h.counts {
		if n > 0 && float64(n)+below > rank {
			return shortest * math.Exp(width*(float64(i)+(rank-below+0.5)/float64(n)))
		}
		below += float64(n)
	}
	return 0
}

func (h *histogram) stat() Stat {
	if h.count == 0 {
		return Stat{}
	}
	return Stat{Mean: h.sum / float64(h.count), P50: h.quantile(0.5), P90: h.quantile(0.9), P95: h.quantile(0.95),
		P99: h.quantile(0.99)}
}
