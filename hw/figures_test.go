package hw

import (
	"math"
	"slices"
	"testing"
)

// The table of simulation-model 1.1 in its order; 0 stands for its dash. Peaks in 1e12/s, bandwidth in TiB/s, static
// costs in µs.
var reference = []struct {
	name                 string
	cube                 [NumDTypes]float64 // fp32, bf16, fp16, int8, fp8, fp4
	vec                  [3]float64
	gib, tibs, comp, mem float64
	static               [3]float64
	grid                 string
}{
	{"TEST_DEVICE", [6]float64{99.5, 353.9, 353.9, 707.8, 707.8, 1415.6}, [3]float64{5.5, 11, 11}, 64, 1.6, 0.7, 0.6,
		[3]float64{5, 2, 0}, "TEST"},
	{"ATLAS_800_A2_376T_64G", [6]float64{99.5, 353.9, 376, 752}, [3]float64{11, 22, 22}, 64, 1.6, 0.7, 0.6,
		[3]float64{5, 2, 10}, "A2"},
	{"ATLAS_800_A2_313T_64G", [6]float64{83, 294.9, 313, 626}, [3]float64{9, 18, 18}, 64, 1.6, 0.7, 0.6,
		[3]float64{5, 2, 10}, "A2"},
	{"ATLAS_800_A2_280T_64G", [6]float64{75, 245.8, 280, 560}, [3]float64{8, 16, 16}, 64, 1.6, 0.7, 0.6,
		[3]float64{5, 2, 10}, "A2"},
	{"ATLAS_800_A2_280T_64G_PCIE", [6]float64{75, 245.8, 280, 560}, [3]float64{8, 16, 16}, 64, 1.6, 0.7, 0.6,
		[3]float64{5, 2, 10}, "A2-PCIe"},
	{"ATLAS_800_A2_280T_32G_PCIE", [6]float64{75, 245.8, 280, 560}, [3]float64{8, 16, 16}, 32, 0.8, 0.7, 0.6,
		[3]float64{5, 2, 10}, "A2-PCIe"},
	{"ATLAS_800_A3_752T_128G_DIE", [6]float64{99.5, 353.9, 376, 752}, [3]float64{11, 22, 22}, 64, 1.6, 0.7, 0.6,
		[3]float64{5, 2, 10}, "A3"},
	{"ATLAS_800_A3_560T_128G_DIE", [6]float64{75, 245.8, 280, 560}, [3]float64{8, 16, 16}, 64, 1.6, 0.7, 0.6,
		[3]float64{5, 2, 10}, "A3"},
	{"ATLAS_800_A3_560T_128G_DIE_ROCE", [6]float64{75, 245.8, 280, 560}, [3]float64{8, 16, 16}, 64, 1.6, 0.7, 0.6,
		[3]float64{5, 2, 10}, "A3-RoCE"},
	{"ATLAS_350_425T_112G", [6]float64{189, 378, 378, 756, 756, 1512}, [3]float64{24, 47, 47}, 112, 1.4, 0.9, 0.8,
		[3]float64{5, 2, 5}, "A5"},
	{"ATLAS_350_425T_84G", [6]float64{189, 378, 378, 756, 756, 1512}, [3]float64{24, 47, 47}, 84, 1.4, 0.9, 0.8,
		[3]float64{5, 2, 5}, "A5"},
}

// The table of simulation-model 1.2: start, full mesh, GB/s, µs, efficiency of each level.
var grids = map[string]struct {
	shape  []int
	levels [][5]float64
}{
	"TEST":    {[]int{256, 8}, [][5]float64{{0, 0, 50, 10, 0.7}, {1, 1, 196, 1.3, 0.7}}},
	"A2":      {[]int{128, 8}, [][5]float64{{0, 0, 25, 1.5, 0.7}, {1, 1, 196, 0.5, 0.7}}},
	"A2-PCIe": {[]int{8}, [][5]float64{{0, 0, 64, 0.2, 0.7}}},
	"A3":      {[]int{48, 8, 2}, [][5]float64{{0, 0, 196, 5.5, 0.7}, {1, 0, 196, 0.5, 0.7}, {2, 0, 224, 0.2, 0.7}}},
	"A3-RoCE": {[]int{2, 8, 2}, [][5]float64{{0, 0, 196.0 / 8, 5.5, 0.7}, {1, 0, 196, 0.5, 0.7}, {2, 0, 224, 0.2, 0.7}}},
	"A5": {[]int{2, 2, 4}, [][5]float64{{0, 0, 24, 4.5, 0.75 * 0.7}, {1, 0, 32, 3, 0.8 * 0.7},
		{2, 1, 53 * 3, 1.5, 0.85}}},
}

func TestReferenceProfiles(t *testing.T) {
	all := Builtin().Profiles()
	if len(all) < len(reference) {
		t.Fatalf("%d profiles", len(all))
	}
	for i, want := range reference {
		p := all[i]
		if p.Name != want.name || !p.Reference {
			t.Errorf("place %d: %s, reference %t; want %s", i, p.Name, p.Reference, want.name)
			continue
		}
		figures := []float64{p.MemoryBytes, p.MemoryBandwidth, p.ComputeEff, p.MemoryEff, p.Static.Cube, p.Static.Vec,
			p.Static.Comm}
		wanted := []float64{want.gib * math.Pow(1024, 3), want.tibs * math.Pow(1024, 4), want.comp, want.mem,
			want.static[0] * 1e-6, want.static[1] * 1e-6, want.static[2] * 1e-6}
		for d := range NumDTypes {
			figures, wanted = append(figures, p.Cube[d]), append(wanted, want.cube[d]*1e12)
		}
		for d, v := range []float64{want.vec[0], want.vec[1], want.vec[2], 0, 0, 0} {
			figures, wanted = append(figures, p.Vec[d]), append(wanted, v*1e12)
		}
		if !slices.EqualFunc(figures, wanted, near) {
			t.Errorf("%s: %v\nwant %v", p.Name, figures, wanted)
		}
		sameGrid(t, p.Name, p.Grid, want.grid)
	}
	for _, p := range all[len(reference):] {
		if p.Reference {
			t.Errorf("%s claims constants of the reference tool", p.Name)
		}
	}
}

func sameGrid(t *testing.T, name string, g Grid, wantName string) {
	t.Helper()
	want := grids[wantName]
	if g.Name != wantName || !slices.Equal(g.Shape, want.shape) || len(g.Levels) != len(want.levels) {
		t.Errorf("%s: grid %s %v with %d levels; want %s %v", name, g.Name, g.Shape, len(g.Levels), wantName, want.shape)
		return
	}
	for i, l := range g.Levels {
		got := []float64{float64(l.Start), float64(l.Topology), l.Bandwidth, l.Latency, l.Efficiency}
		w := want.levels[i]
		if !slices.EqualFunc(got, []float64{w[0], w[1], w[2] * 1e9, w[3] * 1e-6, w[4]}, near) {
			t.Errorf("%s: level %d %v; want %v", name, i, got, w)
		}
	}
}

// The reference values of search-and-serving 8.3.
func TestFacts(t *testing.T) {
	for _, want := range []struct {
		name           string
		cube, vec, hbm float64
		gib            float64
		grid, links    string
	}{
		{"TEST_DEVICE", 247.73, 7.70, 0.960, 64, "256x8", "35 | 137.2"},
		{"ATLAS_800_A2_376T_64G", 247.73, 15.40, 0.960, 64, "128x8", "17.5 | 137.2"},
		{"ATLAS_800_A2_313T_64G", 206.43, 12.60, 0.960, 64, "128x8", "17.5 | 137.2"},
		{"ATLAS_800_A2_280T_64G", 172.06, 11.20, 0.960, 64, "128x8", "17.5 | 137.2"},
		{"ATLAS_800_A2_280T_64G_PCIE", 172.06, 11.20, 0.960, 64, "8", "44.8"},
		{"ATLAS_800_A2_280T_32G_PCIE", 172.06, 11.20, 0.480, 32, "8", "44.8"},
		{"ATLAS_800_A3_752T_128G_DIE", 247.73, 15.40, 0.960, 64, "48x8x2", "137.2 | 137.2 | 156.8"},
		{"ATLAS_800_A3_560T_128G_DIE", 172.06, 11.20, 0.960, 64, "48x8x2", "137.2 | 137.2 | 156.8"},
		{"ATLAS_800_A3_560T_128G_DIE_ROCE", 172.06, 11.20, 0.960, 64, "2x8x2", "17.15 | 137.2 | 156.8"},
		{"ATLAS_350_425T_112G", 340.20, 42.30, 1.120, 112, "2x2x4", "12.6 | 17.92 | 135.15"},
		{"ATLAS_350_425T_84G", 340.20, 42.30, 1.120, 84, "2x2x4", "12.6 | 17.92 | 135.15"},
	} {
		p, err := Find(want.name)
		if err != nil {
			t.Fatal(err)
		}
		f := p.Facts()
		got := []float64{f.CubeTFLOPS, f.VecTFLOPS, f.MemoryTiBs, f.MemoryGiB}
		printed := func(a, b float64) bool { return math.Abs(a-b) < 0.00501 }
		if !slices.EqualFunc(got, []float64{want.cube, want.vec, want.hbm, want.gib}, printed) || f.Grid != want.grid ||
			f.Links() != want.links {
			t.Errorf("%s: %v %s %s; want %+v", want.name, got, f.Grid, f.Links(), want)
		}
	}
}

func TestFactsFallBackToFP16AndThenToTheLargestPeak(t *testing.T) {
	p := &Profile{ComputeEff: 0.5, Cube: [NumDTypes]float64{FP16: 4e12, INT8: 8e12}, Vec: [NumDTypes]float64{FP32: 2e12}}
	if f := p.Facts(); f.CubeTFLOPS != 2 || f.VecTFLOPS != 1 {
		t.Errorf("%+v", f)
	}
}
