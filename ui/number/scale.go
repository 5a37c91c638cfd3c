package number

import "math"

// A step is one prefix of a scale.
type step struct {
	factor float64
	prefix string
}

var (
	binary  = []step{{1 << 50, "Pi"}, {1 << 40, "Ti"}, {1 << 30, "Gi"}, {1 << 20, "Mi"}, {1 << 10, "Ki"}, {1, ""}}
	seconds = []step{{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}}
)

// pick finds the prefix under which v prints with 3 significant digits. The boundary lies half a last digit below the
// factor, because that is where rounding would print 1000 of the smaller prefix (1024 for binary ones).
func pick(v float64, steps []step) step {
	v = math.Abs(v)
	for _, s := range steps {
		if v >= s.factor*(1-0.0005) {
			return s
		}
	}
	return steps[len(steps)-1]
}

// Bytes prints a size with a binary prefix: 34359738368 is "32.0 GiB".
func Bytes(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return None
	}
	s := pick(v, binary)
	return Digits(v/s.factor, 3) + " " + s.prefix + "B"
}

// Seconds prints a duration in the unit that gives 3 digits before the point at most: 0.0000341 is "34.1 us".
func Seconds(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return None
	}
	if v == 0 {
		return "0 s"
	}
	s := pick(v, seconds)
	return Digits(v/s.factor, 3) + " " + s.prefix
}

// Nice gives about n round ticks that cover lo to hi: steps of 1, 2 or 5 times a power of ten.
func Nice(lo, hi float64, n int) []float64 {
	if !(hi > lo) || n < 1 || math.IsInf(hi-lo, 0) {
		return nil
	}
	raw := (hi - lo) / float64(n)
	base := math.Pow(10, math.Floor(math.Log10(raw)))
	size := base * 10
	for _, m := range []float64{1, 2, 5} {
		if base*m >= raw*0.999 {
			size = base * m
			break
		}
	}
	var ticks []float64
	for i := math.Ceil(lo/size - 1e-9); i*size <= hi*(1+1e-12) && len(ticks) < 100; i++ {
		ticks = append(ticks, i*size)
	}
	return ticks
}
