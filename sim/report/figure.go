package report

import (
	"math"
	"strconv"

	"fathom/hw"
)

// Six rounds to six decimals, which is more than any figure is known to; what is no number is 0. It rounds the digits
// that Decimal writes, so that JSON and CSV show one number.
func Six(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	out, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'f', 6, 64), 64)
	return out + 0 // no negative zero
}

// Maybe is a figure of six decimals, or null where there is none.
func Maybe(v *float64) *float64 {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return nil
	}
	return ptr(Six(*v))
}

// Decimal writes a number with at most six digits behind the point, without trailing zeros.
func Decimal(v float64) string { return strconv.FormatFloat(Six(v), 'f', -1, 64) }

// Word is a text without control sequences, or null where it is empty.
func Word(s string) *string {
	if s == "" {
		return nil
	}
	return ptr(hw.Clean(s))
}
