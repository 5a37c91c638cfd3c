package chart

import (
	"slices"
	"testing"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"

	"pgregory.net/rapid"
)

// swept is a sweep of two devices over one or two knobs with the cells that give says.
func swept(t *testing.T, texts []string, give func(device string, at []float64) sweep.Cell) *sweep.Result {
	t.Helper()
	req := &plan.Request{Profiles: []*hw.Profile{{Name: "X"}, {Name: "Y"}}, Devices: 8, InputLength: 1, OutputLength: 1}
	axes, err := sweep.Parse(texts, req)
	if err != nil {
		t.Fatal(err)
	}
	out := &sweep.Result{Request: req, Axes: axes}
	for _, x := range axes[0].Values {
		ys := []float64{0}
		if len(axes) > 1 {
			ys = axes[1].Values
		}
		for _, y := range ys {
			for _, p := range req.Profiles {
				c := give(p.Name, []float64{x, y}[:len(axes)])
				c.At, c.Device, c.Phase = []float64{x, y}[:len(axes)], p.Name, "aggregation"
				out.Cells = append(out.Cells, c)
			}
		}
	}
	return out
}

// A curve of two devices: each has its winners with their shares and the steps where they change, and the contest is
// won by whoever has more at a place.
func TestPicturesOfACurve(t *testing.T) {
	r := swept(t, []string{"tpot=10,40,20,30"}, func(device string, at []float64) sweep.Cell {
		switch {
		case device == "Y":
			return sweep.Cell{Label: "dp", Throughput: 25, PerDevice: 3}
		case at[0] == 10:
			return sweep.Cell{Status: report.OverTPOT, Reason: message.Literal("too slow")}
		case at[0] == 20:
			return sweep.Cell{Label: "a", Throughput: at[0], PerDevice: 1}
		}
		return sweep.Cell{Label: "b", Throughput: at[0], PerDevice: 2, Interval: &report.Interval{Low: 20, High: 60}}
	})
	list := Of(r, Throughput)
	if len(list) != 3 || list[0].Device != "X" || list[1].Device != "Y" || !list[2].Contest() {
		t.Fatalf("%d pictures", len(list))
	}
	x, who := list[0], list[2]
	if !slices.Equal(x.X.Values, []float64{10, 20, 30, 40}) || x.Top != 40 || len(x.Rows) != 1 || x.Answered != 4 {
		t.Errorf("%+v", x)
	}
	if len(x.Winners) != 2 || x.Winners[0].Name != "b" || x.Winners[0].Share != 0.5 || x.Winners[0].Sign != 'A' ||
		x.Winners[1].Name != "a" {
		t.Errorf("winners %+v", x.Winners)
	}
	if len(x.Missing) != 1 || x.Missing[0].Sign != 'p' || x.Missing[0].Places != 1 ||
		x.Missing[0].Reason.String() != "too slow" {
		t.Errorf("missing %+v", x.Missing)
	}
	if want := []Change{{0, 0, 1, -1, 1}, {0, 1, 2, 1, 0}}; !slices.Equal(x.Changes, want) {
		t.Errorf("changes %v, want %v", x.Changes, want)
	}
	if want := []Change{{0, 1, 2, 1, 0}}; !slices.Equal(who.Changes, want) || who.Name(who.Rows[0][0].Cell) != "Y" {
		t.Errorf("the contest changes at %v, want %v; winners %+v", who.Changes, want, who.Winners)
	}
	if b := PerDevice.Band(x.Rows[0][3].Cell); b == nil || b.Low != 1 || b.High != 3 {
		t.Errorf("the band by device is %v: in proportion it is 1 to 3", b)
	}
}

// A map has its rows by rising second knob; a place that is not answered yet has no cell. By cost the cheaper wins.
func TestPicturesOfAMap(t *testing.T) {
	r := swept(t, []string{"tpot=10,20", "ttft=300,100,200"}, func(device string, at []float64) sweep.Cell {
		cost := map[string]float64{"X": at[1], "Y": 150}[device]
		return sweep.Cell{Label: "a", Throughput: 1, PerDevice: 1, Cost: &cost}
	})
	r.Cells = r.Cells[:len(r.Cells)-1] // of Y at 20 and 200, the last
	who := Of(r, Cost)[2]
	if len(who.Rows) != 3 || who.Y.Values[0] != 100 || who.Rows[0][0].Cell.At[1] != 100 {
		t.Fatalf("%+v", who)
	}
	for y, want := range []string{"X", "Y", "Y"} {
		if got := who.Winners[who.Rows[y][0].Winner].Name; got != want {
			t.Errorf("ttft %v: %s is cheaper, not %s", who.Y.Values[y], want, got)
		}
	}
	if y := Of(r, Cost)[1]; y.Rows[1][1].Cell != nil || y.Rows[1][1].Winner != -1 || y.Answered != 5 {
		t.Errorf("a place that is not answered: %+v of %d", y.Rows[1][1], y.Answered)
	}
}

// Front and hull against what they mean, word for word.
func TestFrontierEqualsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Frontier{Figure: rapid.SampledFrom([]Figure{PerDevice, Cost}).Draw(t, "figure"),
			Fewer: rapid.Bool().Draw(t, "fewer")}
		var s Set
		for range rapid.IntRange(1, 12).Draw(t, "points") {
			s.Points = append(s.Points, Point{X: float64(rapid.IntRange(1, 9).Draw(t, "x")),
				Y: float64(rapid.IntRange(1, 9).Draw(t, "y")), OK: rapid.Bool().Draw(t, "ok")})
		}
		f.Add(s)
		s = f.Sets[0]
		betterX := func(a, b float64) bool { return a != b && (a > b) != f.Fewer }
		beaten := func(i int) bool {
			p := s.Points[i]
			return !p.OK || slices.ContainsFunc(s.Points, func(o Point) bool {
				no := betterX(p.X, o.X) || f.Figure.Better(p.Y, o.Y)
				return o.OK && !no && (o.X != p.X || o.Y != p.Y)
			})
		}
		has := func(list []int, p Point) bool {
			return slices.ContainsFunc(list, func(n int) bool { return s.Points[n].X == p.X && s.Points[n].Y == p.Y })
		}
		for i, p := range s.Points {
			if has(s.Front, p) != !beaten(i) && p.OK {
				t.Fatalf("point %v: on the front %v, beaten %v; %+v", p, has(s.Front, p), beaten(i), s.Points)
			}
		}
		for n := 1; n < len(s.Front); n++ {
			if s.Points[s.Front[n]].X <= s.Points[s.Front[n-1]].X {
				t.Fatalf("the front does not rise: %v", s.Front)
			}
		}
		for n, i := range s.Front {
			p, passed := s.Points[i], false
			for _, l := range s.Front[:n] {
				for _, r := range s.Front[n+1:] {
					a, b := s.Points[l], s.Points[r]
					at := a.Y + (b.Y-a.Y)*(p.X-a.X)/(b.X-a.X)
					passed = passed || !f.Figure.Better(p.Y, at+1e-9*map[Figure]float64{PerDevice: 1, Cost: -1}[f.Figure])
				}
			}
			if slices.Contains(s.Hull, i) == passed {
				t.Fatalf("%v: on the hull %v, passed %v; front %v of %+v", p, !passed, passed, s.Front, s.Points)
			}
		}
	})
}

// A frontier takes the rows of its phase that fit into memory, and its limit as one line.
func TestFrontierOfAReport(t *testing.T) {
	ms := func(v float64) *float64 { return &v }
	rep := &report.Report{Request: &plan.Request{TPOTLimit: 50}, Devices: []report.Device{{Device: "X",
		Points: []report.Row{
			{Phase: plan.PhaseAggregation, Label: "a", TPOT: ms(20), PerDevice: 100, Throughput: 200, Status: report.OK,
				ThroughputRange: &report.Interval{Low: 100, High: 300}, CostPerMTok: ms(2)},
			{Phase: plan.PhaseAggregation, Label: "b", TPOT: ms(10), PerDevice: 80, Throughput: 160, Status: report.OverTTFT},
			{Phase: plan.PhaseAggregation, Label: "c", TPOT: ms(1), PerDevice: 999, Throughput: 999, Status: report.OOM},
			{Phase: plan.PhaseDecode, Label: "d", TPOT: ms(1), PerDevice: 999, Throughput: 999, Status: report.OK}}}}}
	f := Front(rep, plan.PhaseAggregation, PerDevice)
	if len(f.Sets) != 1 || len(f.Sets[0].Points) != 2 || !slices.Equal(f.Sets[0].Front, []int{0}) || len(f.Limits) != 1 ||
		f.Limits[0].At != 20 || f.Sets[0].Points[0].X != 50 || f.Sets[0].Points[0].Band.Low != 50 {
		t.Errorf("%+v", f)
	}
	if c := Front(rep, plan.PhaseAggregation, Cost); len(c.Sets[0].Points) != 1 || c.Sets[0].Points[0].Y != 2 ||
		c.Sets[0].Points[0].Band.High != 4 {
		t.Errorf("by cost %+v: half the tokens cost twice", c)
	}
}

// A place without an answer has a sign of its own, whatever keeps it from one.
func TestEveryStatusHasASign(t *testing.T) {
	seen := map[rune]report.Status{}
	for _, s := range []report.Status{report.OOM, report.OverTPOT, report.OverTTFT, report.OverE2E, report.Short,
		report.Wasteful, report.Invalid, report.Engine} {
		sign := Failed(s)
		if sign == ' ' || seen[sign] != "" {
			t.Errorf("%s: %q, which is %q's", s, sign, seen[sign])
		}
		seen[sign] = s
	}
}

// A set has its colour in every figure, though another one has no points in some.
func TestPlacesOfSets(t *testing.T) {
	var f Frontier
	f.Add(Set{Device: "A"})
	f.Add(Set{Device: "B", Points: []Point{{X: 1, Y: 1, OK: true}}})
	other := &Frontier{}
	other.Add(Set{Device: "B", Points: []Point{{X: 2, Y: 1, OK: true}}})
	s := Frontiers{List: []*Frontier{&f}}
	if !s.Lay("other", []*Frontier{other}) || len(f.Sets) != 2 || f.Sets[0].Place != 1 || f.Sets[1].Place != 2 {
		t.Errorf("%+v", f.Sets)
	}
}
