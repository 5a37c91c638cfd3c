package hw

import (
	"math"
	"testing"
	"testing/quick"
)

const gb = 1e9

func gridA3() Grid {
	return Grid{Shape: []int{48, 8, 2}, Levels: []Level{
		{"", 0, CLOS, 196 * gb, 5.5e-6, 0.7, Fabric}, {"", 1, CLOS, 196 * gb, 0.5e-6, 0.7, Fabric}, {"", 2, CLOS, 224 * gb,
			0.2e-6, 0.7, Fabric}}}
}

func gridA2() Grid {
	return Grid{Shape: []int{128, 8}, Levels: []Level{
		{"", 0, CLOS, 25 * gb, 1.5e-6, 0.7, Fabric}, {"", 1, FullMesh, 196 * gb, 0.5e-6, 0.7, Fabric}}}
}

// The examples of simulation-model 1.3, and what follows from its rule at the edges.
func TestLink(t *testing.T) {
	for _, c := range []struct {
		name         string
		grid         Grid
		size, stride int
		gbs, us      float64
	}{
		{"A3, the two dies of a package", gridA3(), 2, 1, 156.8, 0.2},
		{"A3, 0..3", gridA3(), 4, 1, 137.2, 0.5},
		{"A3, one server", gridA3(), 16, 1, 137.2, 0.5},
		{"A3, two servers", gridA3(), 32, 1, 137.2, 5.5},
		{"A3, every second die of a server", gridA3(), 8, 2, 137.2, 0.5},
		{"A3, one die of each of two servers", gridA3(), 2, 16, 137.2, 5.5},
		{"A3, ranks 0, 3, 6: the middle digit differs", gridA3(), 3, 3, 137.2, 0.5},
		{"A3, one rank", gridA3(), 1, 1, 156.8, 0.2},
		{"A3, wrapped onto itself: no coordinate differs", gridA3(), 3, 768, 156.8, 0.2},
		{"A3, wrapped onto its neighbour", gridA3(), 2, 769, 156.8, 0.2},
		{"A3, larger than the grid", gridA3(), 1536, 1, 137.2, 5.5},
		{"A2, TP 4 in a node", gridA2(), 4, 1, 196 * 0.7 * 3 / 7, 0.5},
		{"A2, the whole node", gridA2(), 8, 1, 137.2, 0.5},
		{"A2, two of a node", gridA2(), 2, 4, 196 * 0.7 / 7, 0.5},
		{"A2, two nodes", gridA2(), 16, 1, 17.5, 1.5},
		{"A2, one rank keeps its links", gridA2(), 1, 1, 137.2, 0.5},
	} {
		l := c.grid.Link(c.size, c.stride)
		if !near(l.Bandwidth, c.gbs*gb) || !near(l.Latency, c.us*1e-6) {
			t.Errorf("%s: %.4g GB/s, %.3g µs; want %.4g GB/s, %.3g µs", c.name, l.Bandwidth/gb, l.Latency*1e6, c.gbs, c.us)
		}
	}
}

// A level need not start at every dimension: the largest start that is not inside the differing one counts.
func TestLinkWithoutALevelForEachDimension(t *testing.T) {
	g := Grid{Shape: []int{2, 3, 4}, Levels: []Level{{"", 2, CLOS, 9, 1, 1, Fabric}, {"", 0, CLOS, 5, 2, 1, Fabric}}}
	if l := g.Link(2, 4); l.Bandwidth != 5 {
		t.Errorf("ranks 0 and 4 differ in the middle, which the outer level covers: %v", l)
	}
	if l := g.Link(4, 1); l.Bandwidth != 9 {
		t.Errorf("ranks 0..3 differ in the last dimension: %v", l)
	}
}

func TestBetweenTakesNoMeshShare(t *testing.T) {
	if l := gridA2().Between(0, 4); !near(l.Bandwidth, 137.2*gb) || !near(l.Latency, 0.5e-6) {
		t.Errorf("inside a node: %v", l)
	}
	if l := gridA2().Between(7, 8); !near(l.Bandwidth, 17.5*gb) {
		t.Errorf("across nodes: %v", l)
	}
	if l := gridA3().Between(5, 5); !near(l.Bandwidth, 156.8*gb) {
		t.Errorf("a rank and itself: %v", l)
	}
}

// The quick way equals the definition: coordinates of every member, digit by digit.
func TestLevelEqualsTheDefinition(t *testing.T) {
	grids := []Grid{gridA3(), gridA2(), {Shape: []int{2, 2, 4},
		Levels: []Level{{"", 0, CLOS, 1, 1, 1, Fabric}, {"", 1, CLOS, 2, 1, 1, Fabric}, {"", 2, FullMesh, 3, 1, 1, Fabric}}}}
	check := func(gi, size, stride uint16) bool {
		g := grids[int(gi)%len(grids)]
		n, s := int(size)%200+1, int(stride)%300+1
		return g.LevelOf(n, s) == levelByDefinition(g, n, s)
	}
	if err := quick.Check(check, &quick.Config{MaxCount: 3000}); err != nil {
		t.Error(err)
	}
}

func levelByDefinition(g Grid, size, stride int) int {
	diff := len(g.Shape) - 1
	for m := 1; m < size; m++ {
		for d := range g.Shape {
			weight := 1
			for _, n := range g.Shape[d+1:] {
				weight *= n
			}
			if m*stride/weight%g.Shape[d] != 0 {
				diff = min(diff, d)
			}
		}
	}
	best := -1
	for i, l := range g.Levels {
		if l.Start <= diff && (best < 0 || l.Start > g.Levels[best].Start) {
			best = i
		}
	}
	return best
}

func TestLinkOfNothingIsZeroAndFinite(t *testing.T) {
	if l := (Grid{}).Link(8, 1); l != (Link{}) {
		t.Errorf("no grid: %v", l)
	}
	if (Grid{}).LevelOf(8, 1) != -1 {
		t.Error("no grid has no level")
	}
	for _, c := range [][2]int{{0, 0}, {-3, 2}, {8, -1}, {8, 0}} {
		if l := gridA2().Link(c[0], c[1]); math.IsNaN(l.Bandwidth) || math.IsInf(l.Bandwidth, 0) || l.Bandwidth < 0 {
			t.Errorf("group %v: %v", c, l)
		}
	}
}

func TestLinkDoesNotAllocate(t *testing.T) {
	g := gridA3()
	if n := testing.AllocsPerRun(100, func() { g.Link(32, 3); g.Between(1, 40) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkLink(b *testing.B) {
	g := gridA3()
	for b.Loop() {
		g.Link(16, 1)
	}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(b) }
