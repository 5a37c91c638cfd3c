package fleet

import (
	"bufio"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"fathom/hw/message"
)

// Point is the rate of arrivals at a time: seconds, and requests per second.
type Point struct{ At, Rate float64 }

// Curve is the rate over time, linear between its points, which are in order of time; at least two.
type Curve []Point

// Bounds of a curve.
const (
	mostPoints = 100_000
	mostRate   = 1e7
	mostTime   = 400 * 86400
)

// Length is the time from the first point to the last, in seconds.
func (c Curve) Length() float64 { return c[len(c)-1].At - c[0].At }

// after is the index of the first point behind a time.
func (c Curve) after(t float64) int {
	i, _ := slices.BinarySearchFunc(c, t, func(p Point, t float64) int {
		if p.At <= t {
			return -1
		}
		return 1
	})
	return i
}

// At is the rate at a time.
func (c Curve) At(t float64) float64 {
	i := c.after(t)
	switch {
	case i == 0:
		return c[0].Rate
	case i == len(c):
		return c[i-1].Rate
	}
	a, b := c[i-1], c[i]
	return a.Rate + (b.Rate-a.Rate)*(t-a.At)/(b.At-a.At)
}

// Sum is how many requests come between two times.
func (c Curve) Sum(from, to float64) (sum float64) {
	at, rate := from, c.At(from)
	for i := c.after(from); i < len(c) && c[i].At < to; i++ {
		sum += (rate + c[i].Rate) / 2 * (c[i].At - at)
		at, rate = c[i].At, c[i].Rate
	}
	return sum + (rate+c.At(to))/2*(to-at)
}

// Peak is the highest rate between two times, and when it is reached first.
func (c Curve) Peak(from, to float64) (at, rate float64) {
	at, rate = from, c.At(from)
	for i := c.after(from); i < len(c) && c[i].At <= to; i++ {
		if c[i].Rate > rate {
			at, rate = c[i].At, c[i].Rate
		}
	}
	if last := c.At(to); last > rate {
		at, rate = to, last
	}
	return at, rate
}

// Scaled is the curve with a peak of so many requests per second.
func (c Curve) Scaled(peak float64) Curve {
	top := 0.
	for _, p := range c {
		top = math.Max(top, p.Rate)
	}
	out := slices.Clone(c)
	for i := range out {
		out[i].Rate *= peak / top
	}
	return out
}

// Read reads a curve from lines of time,rate: times as seconds, as hh:mm or hh:mm:ss, or with a sign as 2h; rates in
// requests per second. A first line of words says what times without a sign count (hour, minute), else seconds; empty
// lines and lines that begin with # are passed over. Errors name the line, the value and the fix.
func Read(r io.Reader) (Curve, error) {
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, 1<<16)
	var c Curve
	unit := 1.0
	for line := 1; scan.Scan(); line++ {
		text := strings.TrimSpace(strings.TrimPrefix(scan.Text(), "\ufeff"))
		if text == "" || text[0] == '#' {
			continue
		}
		a, b, ok := strings.Cut(text, ",")
		if !ok {
			a, b, ok = strings.Cut(text, "\t")
		}
		a, b = strings.TrimSpace(a), strings.TrimSpace(b)
		at, err := clock(a, unit)
		rate, err2 := strconv.ParseFloat(b, 64)
		switch {
		case !ok:
			return nil, message.Fault("fleet.no-pair", line, message.Clean(text))
		case err != nil && err2 != nil && len(c) == 0:
			var known bool
			if unit, known = unitsOf(a, b); !known {
				return nil, message.Fault("fleet.bad-names", line, message.Clean(text))
			}
			continue // the names of the columns
		case err != nil || !(at >= 0 && at <= mostTime):
			return nil, message.Fault("fleet.bad-time", line, message.Clean(a))
		case err2 != nil || !(rate >= 0 && rate <= mostRate):
			return nil, message.Fault("fleet.bad-rate", line, message.Clean(b), mostRate)
		case len(c) > 0 && at <= c[len(c)-1].At:
			return nil, message.Fault("fleet.unsorted", line, message.Clean(a))
		case len(c) == mostPoints:
			return nil, message.Fault("fleet.long", mostPoints)
		}
		c = append(c, Point{at, rate})
	}
	if err := scan.Err(); err != nil {
		return nil, err
	}
	if len(c) < 2 {
		return nil, message.Fault("fleet.short")
	}
	if _, top := c.Peak(c[0].At, c[len(c)-1].At); top == 0 {
		return nil, message.Fault("fleet.zero")
	}
	begin := c[0].At
	for i := range c {
		c[i].At -= begin
	}
	return c, nil
}

var (
	rated = regexp.MustCompile(`(?i)minute|hour|day|rpm|rph|/ ?(min|h|d)|per.?min|_min$`)
	timed = regexp.MustCompile(`(?i)^(?:.*[^a-z])?(ms|millis(?:econds)?|min(?:ute)?s?|h(?:ou)?rs?|h|days?)\W*$`)
)

// unitsOf gives the seconds of one unit of the times in a column of a name; known is false where it, or the rates', is
// none of ours.
func unitsOf(time, rate string) (seconds float64, known bool) {
	if rated.MatchString(rate) {
		return 0, false
	}
	m := timed.FindStringSubmatch(time)
	if m == nil {
		return 1, true
	}
	switch unit := strings.ToLower(m[1]); unit[:1] {
	case "h":
		return 3600, true
	case "d":
		return 86400, true
	default:
		if unit[:2] == "mi" && !strings.HasPrefix(unit, "milli") {
			return 60, true
		}
	}
	return 1e-3, true
}

var errTime = errors.New("no time")

// clock reads a time in seconds; a number without a sign counts units of so many.
func clock(text string, unit float64) (float64, error) {
	if parts := strings.Split(text, ":"); len(parts) == 2 || len(parts) == 3 {
		sum := 0.
		for i, p := range parts {
			n, err := strconv.ParseUint(p, 10, 16)
			if err != nil || i > 0 && n > 59 {
				return 0, errTime
			}
			sum += float64(n) * math.Pow(60, float64(2-i))
		}
		return sum, nil
	}
	by := unit
	for sign, seconds := range map[string]float64{"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400} {
		if n, ok := strings.CutSuffix(text, sign); ok && n != "" && (n[len(n)-1] >= '0' && n[len(n)-1] <= '9' ||
			n[len(n)-1] == '.') {
			text, by = n, seconds
			break
		}
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, errTime
	}
	return x * by, nil
}
