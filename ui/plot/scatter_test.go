package plot

import (
	"strings"
	"testing"
)

// Right predictions lie on the diagonal, too high ones above it; a decade is as long up as to the right, in shares of
// the plot.
func TestScatter(t *testing.T) {
	got := strings.Join(Scatter([]float64{1, 10, 100, 10, -3}, []float64{1, 10, 100, 100, 5}, 40, 12, "ms"), "\n")
	want := strings.Join([]string{
		"        ms",
		"    100 |               .             /.",
		"        |                         ////",
		"        |                     ////",
		"        |                 ////",
		"     10 |              /./",
		"        |          ////",
		"        |      ////",
		"        |  ////",
		"      1 |./",
		"        +-------------------------------",
		"         1             10            100"}, "\n")
	if trim(got) != trim(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if Scatter([]float64{1}, []float64{2}, 40, 12, "") != nil ||
		Scatter([]float64{1, 2}, []float64{2, 3}, 10, 12, "") != nil {
		t.Error("one point, or no room, is no plot")
	}
}

func trim(s string) string {
	var out []string
	for _, l := range strings.Split(s, "\n") {
		out = append(out, strings.TrimRight(l, " "))
	}
	return strings.Join(out, "\n")
}
