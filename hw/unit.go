package hw

import (
	"math"
	"strconv"
)

// unit turns a figure of a file into SI and back: v * up / down. Both factors are exact, so that a short decimal stays
// one.
type unit struct{ up, down float64 }

var (
	plain = unit{1, 1}
	tera  = unit{1e12, 1}
	giga  = unit{1e9, 1}
	micro = unit{1, 1e6}
	nano  = unit{1, 1e9}
	mib   = unit{1 << 20, 1}
	gib   = unit{1 << 30, 1}
	tib   = unit{1 << 40, 1}
)

func (u unit) si(v float64) float64   { return v * u.up / u.down }
func (u unit) file(v float64) float64 { return v * u.down / u.up }

// text gives the shortest decimal that si turns into exactly this value, or the nearest one where there is none.
func (u unit) text(si float64) string {
	v := u.file(si)
	for digits := 1; digits < 17; digits++ {
		s := strconv.FormatFloat(v, 'g', digits, 64)
		if back, err := strconv.ParseFloat(s, 64); err == nil && u.si(back) == si {
			return decimal(back)
		}
	}
	for _, c := range []float64{v, math.Nextafter(v, 0), math.Nextafter(v, math.MaxFloat64)} {
		if u.si(c) == si {
			return decimal(c)
		}
	}
	return decimal(v)
}

// decimal avoids exponents, which few people write in such files, as long as the figure stays short.
func decimal(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if len(s) > 20 {
		return strconv.FormatFloat(v, 'e', -1, 64)
	}
	return s
}
