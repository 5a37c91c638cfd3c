package number

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFiguresAsPeopleReadThem(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Fixed(1643.49, 1), "1,643.5"}, {Fixed(-0.04, 1), "0.0"}, {Fixed(-1234567.8, 0), "-1,234,568"},
		{Fixed(math.NaN(), 1), "-"}, {Fixed(999, 0), "999"}, {Fixed(123456, 2), "123,456.00"}, {Int(1000000), "1,000,000"},
		{Digits(999.95, 4), "1,000"}, {Digits(999.94, 4), "999.9"}, {Digits(99.995, 4), "100.0"},
		{Digits(13.392, 4), "13.39"},
		{Digits(0.00421, 4), "0.0042"}, {Digits(0, 3), "0.000"}, {Digits(205.4, 4), "205.4"},
		{Short(50, 4), "50"}, {Short(13.5, 4), "13.5"}, {Short(2000, 4), "2,000"}, {Short(0, 3), "0"},
		{Bytes(32 << 30), "32.0 GiB"}, {Bytes(512), "512 B"}, {Bytes(1<<30 - 1), "1.00 GiB"},
		{Seconds(34.136e-6), "34.1 us"}, {Seconds(0.99996), "1.00 s"}, {Seconds(0), "0 s"},
		{Percent(0.115), "12%"}, {Percent(0.004), "0.4%"}, {Percent(0), "0%"}, {Percent(1), "100%"},
		{Change(1643.5, 1712.8), "+4.2%"}, {Change(100, 100.01), "="}, {Change(0, 5), ""}, {Change(10, 5), "-50.0%"},
		{Change(1, 4), "+300%"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// The trap: a value just below a power of ten must not grow a digit when it is rounded.
func TestRoundingNeverAddsADigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(0.1, 999999).Draw(t, "v")
		digits := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, Digits(v, 4))
		if n := len(strings.TrimLeft(digits, "0")); v < 9999.5 && n > 4 {
			t.Fatalf("%g prints %s: %d digits", v, Digits(v, 4), n)
		}
		if s := Seconds(v / 1e6); strings.HasPrefix(s, "1000") || strings.HasPrefix(s, "1,000") {
			t.Fatalf("%g prints %s", v, s)
		}
	})
}

func TestTicksAreRoundAndInside(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		n      int
		want   int
	}{{0, 2000, 4, 5}, {0, 53.2, 5, 3}, {3, 3, 4, 0}, {0, math.Inf(1), 4, 0}} {
		got := Nice(c.lo, c.hi, c.n)
		if len(got) != c.want {
			t.Errorf("Nice(%g, %g, %d) = %v", c.lo, c.hi, c.n, got)
		}
		for _, v := range got {
			if v < c.lo-1e-9 || v > c.hi+1e-9 {
				t.Errorf("tick %g outside %g..%g", v, c.lo, c.hi)
			}
		}
	}
}
