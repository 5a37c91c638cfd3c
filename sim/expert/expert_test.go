package expert

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestShares(t *testing.T) {
	for _, x := range []struct {
		n, k     int
		exponent float64
		want     []float64
	}{
		{4, 1, 0, []float64{0.25, 0.25, 0.25, 0.25}},
		{3, 1, 1, []float64{6. / 11, 3. / 11, 2. / 11}},
		// no expert gets more than every token: half the choices with two of them a token
		{3, 2, 1, []float64{0.5, 0.3, 0.2}},
		{2, 2, 5, []float64{0.5, 0.5}},
		// the second is over the most once the first has left its rest
		{4, 2, 3, []float64{0.5, 0.5 * (1. / 8) / (1./8 + 1./27 + 1./64), 0.5 * (1. / 27) / (1./8 + 1./27 + 1./64),
			0.5 * (1. / 64) / (1./8 + 1./27 + 1./64)}},
	} {
		got := Zipf(x.n, x.k, x.exponent)
		for i := range got {
			if !near(got[i], x.want[i]) {
				t.Errorf("%d experts, %d a token, exponent %g: %v, want %v", x.n, x.k, x.exponent, got, x.want)
				break
			}
		}
	}
}

// Eight experts on four ranks, worked out by hand.
func TestFullestRank(t *testing.T) {
	loads := []float64{8, 4, 1, 1, 1, 1, 4, 4} // 24 in all, 6 a rank
	one, two := Load{Layers: [][]float64{loads}}, Load{Layers: [][]float64{loads, {1, 1, 1, 1, 1, 1, 1, 1}}}
	for _, x := range []struct {
		name string
		load Load
		at   Layout
		want Spread
	}{
		{"nothing known", Load{}, Layout{Experts: 8, Ranks: 4}, Spread{1, 1}},
		{"one rank", one, Layout{Experts: 8, Ranks: 1}, Spread{1, 1}},
		{"by number: 12, 2, 2, 8", one, Layout{Experts: 8, Ranks: 4}, Spread{2, 2}},
		{"a layer that is even beside: (2+1)/2", two, Layout{Experts: 8, Ranks: 4}, Spread{1.5, 2}},
		{"packed: 8+1, 4+1, 4+1, 4+1", one, Layout{Experts: 8, Ranks: 4, Balanced: true}, Spread{1.5, 1.5}},
		// copies make three of the 8 and two of the first and the second 4: 4+2+1, and three times 8/3+2+1
		{"four copies", one, Layout{Experts: 8, Ranks: 4, Redundant: 4}, Spread{7. / 6, 7. / 6}},
	} {
		if got := x.load.On(x.at); !near(got.Expected, x.want.Expected) || !near(got.Worst, x.want.Worst) {
			t.Errorf("%s: %+v, want %+v", x.name, got, x.want)
		}
	}
}

// Of 6 3 2 1 the first is copied twice, since of equals the lowest number goes first: 3, 2 2 2, 2, 1 are packed as 3,
// 2, 2 beside the 2, 2 beside the 3, 2 onto the 4, and 1 where there is room.
func TestBalance(t *testing.T) {
	p := Balance([]float64{6, 3, 2, 1}, 2, 2)
	if want := [][]int{{1, 0, 3}, {0, 0, 2}}; !reflect.DeepEqual(p.Ranks, want) {
		t.Errorf("ranks %v, want %v", p.Ranks, want)
	}
	if want := []float64{6, 6}; !reflect.DeepEqual(p.Loads, want) {
		t.Errorf("loads %v, want %v", p.Loads, want)
	}
}

// Whatever the loads: nothing is lost, ranks hold equally many, and packing by load is never worse than twice the least
// that is possible.
func TestPlacementsKeepEverything(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 200 {
		ranks, each := 1+r.IntN(8), 1+r.IntN(5)
		loads := make([]float64, max(1, ranks*each-r.IntN(ranks)))
		var sum float64
		for i := range loads {
			loads[i] = r.ExpFloat64()
			sum += loads[i]
		}
		copies := ranks*each - len(loads) + ranks*r.IntN(3)
		p := Balance(loads, ranks, copies)
		var got float64
		count := 0
		for i := range p.Ranks {
			got += p.Loads[i]
			count += len(p.Ranks[i])
			if len(p.Ranks[i]) != (len(loads)+copies)/ranks {
				t.Fatalf("%d experts, %d copies on %d ranks: %v", len(loads), copies, ranks, p.Ranks)
			}
		}
		if !near(got, sum) || count != len(loads)+copies {
			t.Fatalf("%v of %v, %d of %d", got, sum, count, len(loads)+copies)
		}
		if at := (Layout{Experts: len(loads), Ranks: ranks, Balanced: true, Redundant: copies}); copies > 0 {
			of := Load{Layers: [][]float64{loads}}
			if s := of.On(at); s.Expected < 1-1e-9 || !near(s.Expected, slices.Max(p.Loads)*float64(ranks)/sum) {
				t.Fatalf("%+v: %v", at, s)
			}
		}
	}
}

// A skew is worse the larger it is, and copies take from it.
func TestSkew(t *testing.T) {
	before := 1.0
	for _, skew := range []float64{0.1, 0.3, 0.6, 1} {
		l := Load{Skew: skew}
		plain, moved := l.On(Layout{Experts: 256, TopK: 8, Ranks: 32}), l.On(Layout{Experts: 256, TopK: 8, Ranks: 32,
			Balanced: true})
		copied := l.On(Layout{Experts: 256, TopK: 8, Ranks: 32, Redundant: 32})
		if !(plain.Expected > before && plain.Worst > plain.Expected && moved.Expected < plain.Expected &&
			copied.Expected <= moved.Expected) {
			t.Errorf("skew %g: as numbered %v, moved %v, copied %v, less skew %v", skew, plain, moved, copied, before)
		}
		if again := l.On(Layout{Experts: 256, TopK: 8, Ranks: 32}); again != plain {
			t.Errorf("skew %g: %v, then %v", skew, plain, again)
		}
		before = plain.Expected
	}
}

func TestFills(t *testing.T) {
	for _, x := range []struct {
		experts, ranks, most int
		want                 []int
	}{{256, 32, 64, []int{32, 64}}, {256, 64, 32, nil}, {250, 8, 16, []int{6, 14}}, {256, 320, 64, []int{64}}} {
		if got := Fills(x.experts, x.ranks, x.most); !slices.Equal(got, x.want) {
			t.Errorf("%d experts on %d ranks: %v, want %v", x.experts, x.ranks, got, x.want)
		}
	}
}

func TestHistograms(t *testing.T) {
	for text, want := range map[string][][]float64{
		"1,2,3\n4 5\t6\n":     {{1, 2, 3}, {4, 5, 6}},
		"# loads\n1\n2 # b\n": {{1, 2}},
		"[1, 2.5]":            {{1, 2.5}},
		"[[1,2],[3,4]]":       {{1, 2}, {3, 4}},
		"\ufeff7;8\r\n":       {{7, 8}},
	} {
		if got, err := Read([]byte(text), "f"); err != nil || !reflect.DeepEqual(got.Layers, want) {
			t.Errorf("%q: %v, %v", text, got.Layers, err)
		}
	}
	for text, part := range map[string]string{"": "empty", "expert,load\n": "line 1: expert", "[1,": "JSON",
		"1,-2": "expert 1: load -2", "0,0\n": "layer 1: all loads are 0", "1,2\nNaN,1": "layer 2, expert 0"} {
		if _, err := Read([]byte(text), "f"); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: %v, want %q", text, err, part)
		}
	}
	for _, x := range []struct {
		layers [][]float64
		part   string
	}{
		{[][]float64{{1, 1, 1, 1}}, ""},
		{[][]float64{{1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}}, ""},
		{[][]float64{{1, 1}, {1, 1}}, "2 lines of loads, but 3 layers"},
		{[][]float64{{1, 1, 1}}, "3 loads, but the model has 4"},
		{[][]float64{{5, 1, 1, 1}}, "expert 0 has 62.5%"},
	} {
		l := Load{Layers: x.layers}
		if err := l.Check(4, 2, 3); (err == nil) != (x.part == "") || err != nil && !strings.Contains(err.Error(), x.part) {
			t.Errorf("%v: %v, want %q", x.layers, err, x.part)
		}
	}
}
