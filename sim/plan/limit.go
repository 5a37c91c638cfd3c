package plan

import (
	"fathom/hw/message"
	"slices"
	"strconv"
	"strings"
)

// Percentile is the statistic of a latency over requests that a limit binds.
type Percentile uint8

// Mean is what a limit without a statistic binds.
const (
	Mean Percentile = iota
	P50
	P90
	P95
	P99
	NumPercentiles
)

var percentileNames = [NumPercentiles]string{"mean", "p50", "p90", "p95", "p99"}

func (p Percentile) String() string { return percentileNames[p] }

// Percentiles are the names of the statistics.
func Percentiles() []string { return slices.Clone(percentileNames[:]) }

// PercentileOf finds a statistic by its name; any other text is Mean.
func PercentileOf(name string) Percentile {
	return Percentile(max(0, slices.Index(percentileNames[:], strings.ToLower(strings.TrimSpace(name)))))
}

// Limit is the most that a statistic of a latency may be.
type Limit struct {
	At Percentile
	MS float64 // 0: none
}

// String writes "p99=2000", or the number alone where it is the mean's.
func (l Limit) String() string {
	n := strconv.FormatFloat(l.MS, 'f', -1, 64)
	if l.At == Mean {
		return n
	}
	return l.At.String() + "=" + n
}

// SplitLimit takes the statistic off "p99=2000" and gives it with what stands behind it; a text without one binds the
// mean. The error names the statistics that there are.
func SplitLimit(text string) (Percentile, string, error) {
	name, rest, ok := strings.Cut(text, "=")
	if !ok {
		return Mean, text, nil
	}
	at := PercentileOf(name)
	if at == Mean && !strings.EqualFold(strings.TrimSpace(name), "mean") {
		return Mean, text, message.Fault("bad.statistic", strings.TrimSpace(name), percentileNames[:])
	}
	return at, strings.TrimSpace(rest), nil
}
