package calibrate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// Bars hold as many of groups that they have not seen as they claim, whatever the groups have in common.
func TestBarsHoldUnseenGroups(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var held, all float64
	for range 200 {
		var points []point
		draw := func(name string) []point {
			shift := 0.15 * random.NormFloat64()
			var out []point
			for range 3 + random.IntN(20) {
				out = append(out, point{shift + 0.1*random.NormFloat64(), name, name})
			}
			return out
		}
		for g := range 12 {
			points = append(points, draw(fmt.Sprint(g))...)
		}
		c := covered(points)
		unseen := draw("new")
		for _, q := range unseen {
			if x := math.Exp(q.x); x >= c.Low && x <= c.High {
				held += 1 / float64(len(unseen))
			}
		}
		all++
		if *c.Held < 0.5 || c.Low >= c.High {
			t.Fatalf("%+v", c)
		}
	}
	if share := held / all; share < 0.77 || share > 0.92 {
		t.Errorf("bars hold %.2f of unseen groups; they claim 0.80", share)
	}
	if c := covered(make([]point, 30)); c != (Covered{}) {
		t.Errorf("a bar from a single group: %+v", c)
	}
}

// Parts of one deployment say as little of the next one as the deployment: the bar is three times as wide as what its
// runs have.
func TestBarsOfOneDeployment(t *testing.T) {
	var one, many []point
	for g := range 8 {
		for i := range 11 {
			x := 0.01 * float64(i-5)
			one = append(one, point{x, fmt.Sprint(g), "only"})
			many = append(many, point{x, fmt.Sprint(g), fmt.Sprint(g)})
		}
	}
	width := func(c Covered) float64 { return math.Log(c.High / c.Low) }
	if a, b := width(covered(one)), width(covered(many)); math.Abs(a/b-3/1.25) > 0.05 {
		t.Errorf("width %.3f from one deployment, %.3f from eight", a, b)
	}
	if c := covered(one[:33]); c.High == 0 || c.Held != nil {
		t.Errorf("three groups: nothing is left to test a bar of two: %+v", c)
	}
	for i := range one {
		one[i].x += 0.4
	}
	if c := covered(one); c.Low > 1 || c.High < 1 || c.beside < 0.2 {
		t.Errorf("a bar holds the prediction itself: %+v", c)
	}
}

// Fits whose predictions are far off are refused, in all figures together, in one, or to one side.
func TestPlausible(t *testing.T) {
	of := func(ttft, tpot float64) Error {
		return Error{Rows: 9, TTFTMid: ttft, TPOTMid: tpot, measured: [terms]int{9, 9, 0}}
	}
	for _, c := range []struct {
		after  Error
		beside float64
		want   string
	}{
		{of(0.3, 0.1), 0.2, ""},
		{of(0.6, 0.5), 0, "typical error of 0.55"},
		{of(0.1, 0.8), 0, "have their tpot predicted more than 0.80 off"},
		{of(0.3, 0.3), 0.7,
			"vllm: eight of ten runs that were left out have their tpot off to the same side by a factor of 2.0"},
	} {
		err := plausible(&Cross{After: c.after, Engines: []EngineBars{{Engine: "vllm", TPOT: Covered{beside: c.beside}}}})
		if (err == nil) != (c.want == "") || err != nil && (!IsRefusal(err) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %q", c.after, err, c.want)
		}
	}
	before, after := of(0.3, 0.1), of(0.2, 0.12)
	if worse := after.worse(&before); len(worse) != 1 || worse[0] != "tpot" {
		t.Errorf("worse: %v", worse)
	}
}
