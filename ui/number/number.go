package number

import (
	"math"
	"strconv"
	"strings"
)

// None stands for a value that does not apply or is not known. It is never 0.
const None = "-"

// Fixed prints v with a fixed count of decimals and separators between thousands: 1643.49 with 1 is "1,643.5".
func Fixed(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return None
	}
	if math.Abs(v) >= 1e15 {
		return strconv.FormatFloat(v, 'e', 2, 64)
	}
	return group(strconv.FormatFloat(v, 'f', decimals, 64))
}

// Signed prints a change with its sign: "+4.20"; one that rounds to nothing has none.
func Signed(v float64, decimals int) string {
	s := Fixed(v, decimals)
	if v > 0 && s != None && strings.Trim(s, "0.,") != "" {
		s = "+" + s
	}
	return s
}

// Int prints a count with separators.
func Int(n int) string { return group(strconv.Itoa(n)) }

// group puts commas into the whole part of a decimal number; "-0.0" loses its sign.
func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		if s = s[1:]; strings.Trim(s, "0.") != "" {
			sign = "-"
		}
	}
	whole, frac := s, ""
	if i := strings.IndexByte(s, '.'); i >= 0 {
		whole, frac = s[:i], s[i:]
	}
	if len(whole) <= 3 {
		return sign + s
	}
	var b strings.Builder
	b.WriteString(sign)
	head := len(whole) % 3
	b.WriteString(whole[:head])
	for i := head; i < len(whole); i += 3 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(whole[i : i+3])
	}
	b.WriteString(frac)
	return b.String()
}

// Digits prints v with n significant digits at most: 1643.49 with 4 is "1,643", 13.392 is "13.39", 0.0042 is "0.0042".
// The digits before the point are counted after rounding: 999.95 with 4 prints as 1,000 and so gets no decimals.
func Digits(v float64, n int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return None
	}
	decimals := n
	for limit := 1.0; decimals > 0 && math.Abs(v) >= limit; limit *= 10 {
		decimals--
	}
	if s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64); decimals > 0 && strings.IndexByte(s, '.')+decimals > n &&
		s[0] != '0' {
		decimals--
	}
	return Fixed(v, decimals)
}

// Short is Digits without zeros that say nothing: 50 stays "50", 13.5 "13.5". Limits are printed so.
func Short(v float64, n int) string {
	s := Digits(v, n)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// Percent prints a fraction: 0.115 is "12%", 0.004 is "0.4%", so that a small share is not shown as nothing.
func Percent(fraction float64) string {
	if math.IsNaN(fraction) || math.IsInf(fraction, 0) {
		return None
	}
	if p := math.Abs(fraction * 100); p >= 0.05 && p < 0.95 {
		return Fixed(fraction*100, 1) + "%"
	}
	return Fixed(fraction*100, 0) + "%"
}

// Share is Percent of a part of a whole: one that is there is never "0%".
func Share(part float64) string {
	if part > 0 && part < 0.0005 {
		return "<0.1%"
	}
	return Percent(part)
}

// Change prints the relative change from was to now with its sign: "+4.2%". Nothing to compare with gives "".
func Change(was, now float64) string {
	if was == 0 || math.IsNaN(was) || math.IsNaN(now) || math.IsInf(was, 0) || math.IsInf(now, 0) {
		return ""
	}
	p := (now/was - 1) * 100
	s := Fixed(p, 1)
	if math.Abs(p) >= 99.95 {
		s = Fixed(p, 0)
	}
	if strings.Trim(s, "-0.") == "" {
		return "=" // printed as no change
	}
	if p > 0 {
		s = "+" + s
	}
	return s + "%"
}

// Parse reads a number that a person typed: separators are allowed, nothing else is.
func Parse(s string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(s), ",", ""), 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}
