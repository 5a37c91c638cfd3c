package hw

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// Figures of aiconfigurator 095f58a5, systems/*.yaml: peaks in 1e12/s, memory in GB/s and bytes, links in GB/s.
func TestNVIDIAProfiles(t *testing.T) {
	for _, want := range []struct {
		name                         string
		bf16, int8, fp8, fp4         float64
		memory, capacity             float64
		node                         int
		inside, outside, host, watts float64
	}{
		{"A100_SXM", 312, 624, 0, 0, 2039, 85899345920, 8, 300, 25, 32, 400},
		{"A100_PCIE", 312, 624, 0, 0, 1935, 85899345920, 8, 32, 25, 32, 300},
		{"H100_SXM", 989, 1978, 1978, 0, 3350, 85899345920, 8, 450, 50, 64, 700},
		{"H100_PCIE", 756.5, 1513, 1513, 0, 2000, 85899345920, 8, 64, 50, 64, 350},
		{"H200_SXM", 989, 1978, 1978, 0, 4800, 151397597184, 8, 450, 50, 64, 700},
		{"B200_SXM", 2250, 4500, 4500, 9000, 7700, 193273528320, 8, 900, 100, 128, 1000},
		{"B300_SXM", 2250, 153.5, 4500, 14000, 7750, 288400343040, 8, 900, 100, 128, 1100},
		{"GB200", 2500, 5000, 5000, 10000, 8000, 198674743296, 4, 900, 100, 64, 1200},
		{"GB300", 2500, 165, 5000, 15000, 8000, 298013687808, 4, 900, 100, 64, 1400},
		{"L40S", 362.05, 733, 733, 0, 864, 48305799168, 8, 32, 50, 32, 350},
		{"L4", 121, 242, 242, 0, 300, 25769803776, 8, 32, 25, 32, 72},
		{"A30", 165, 330, 0, 0, 933, 25769803776, 8, 32, 25, 32, 165},
		{"RTX_PRO_6000_SERVER", 467.8, 935.6, 935.6, 1871.2, 1792, 102641958912, 8, 64, 50, 64, 600},
	} {
		p, err := Find(want.name)
		if err != nil {
			t.Error(err)
			continue
		}
		inside, outside := p.Grid.Link(2, 1), p.Grid.Link(p.Grid.Ranks(), 1)
		levels := p.Grid.Levels
		got := []float64{p.Cube[BF16], p.Cube[FP16], p.Cube[INT8], p.Cube[FP8], p.Cube[FP4], p.MemoryBandwidth, p.MemoryBytes,
			inside.Bandwidth / levels[1].Efficiency, outside.Bandwidth / levels[0].Efficiency, p.HostBandwidth, p.PowerWatts,
			float64(p.Grid.Node)}
		wanted := []float64{want.bf16 * 1e12, want.bf16 * 1e12, want.int8 * 1e12, want.fp8 * 1e12, want.fp4 * 1e12,
			want.memory * 1e9, want.capacity,
			want.inside * 1e9, want.outside * 1e9, want.host * 1e9, want.watts, float64(want.node)}
		if !slices.EqualFunc(got, wanted, near) {
			t.Errorf("%s: %v\nwant %v", p.Name, got, wanted)
		}
		if p.Vendor != "NVIDIA" || p.Reference || p.Kernel == nil {
			t.Errorf("%s: vendor %s, reference %t, kernel %v", p.Name, p.Vendor, p.Reference, p.Kernel)
		}
	}
}

// Figures as public tables state them (each profile names its source): bf16, int8, fp8 peaks, GB/s, GiB, GB/s inside a
// server, W. No kernel of these devices was measured, and they say so.
func TestProfilesFromPublicFigures(t *testing.T) {
	for _, want := range []struct {
		name                                        string
		bf16, int8, fp8, memory, gib, inside, watts float64
	}{
		{"H800_SXM", 989, 1978, 1978, 3350, 80, 200, 700},
		{"H20", 148, 296, 296, 4000, 96, 450, 400},
		{"MI300X", 1307.4, 2614.9, 2614.9, 5300, 192, 448, 750},
		{"ATLAS_800_A2_400T_64G", 376.5, 800, 0, 1.6 * 1099.511627776, 64, 196, 0},
		{"ATLAS_800_A2_280T_32G", 245.8, 560, 0, 0.8 * 1099.511627776, 32, 196, 0},
		{"ATLAS_800_A3_800T_128G_DIE", 376.5, 800, 0, 1.6 * 1099.511627776, 64, 196, 0},
	} {
		p, err := Find(want.name)
		if err != nil {
			t.Error(err)
			continue
		}
		got := []float64{p.Cube[BF16], p.Cube[INT8], p.Cube[FP8], p.MemoryBandwidth, p.MemoryBytes,
			p.Grid.Levels[1].Bandwidth,
			p.PowerWatts}
		wanted := []float64{want.bf16 * 1e12, want.int8 * 1e12, want.fp8 * 1e12, want.memory * 1e9, want.gib * (1 << 30),
			want.inside * 1e9, want.watts}
		if !slices.EqualFunc(got, wanted, near) {
			t.Errorf("%s: %v\nwant %v", p.Name, got, wanted)
		}
		if p.Reference || !strings.HasPrefix(p.Kernel.Source, "No kernels measured") ||
			p.Calibrated != nil && p.Calibrated.Runs != 0 {
			t.Errorf("%s claims measurements: %q", p.Name, p.Kernel.Source)
		}
	}
}

func TestARackOfNVL72IsOneLevel(t *testing.T) {
	p, _ := Find("GB200")
	if tray, rack := p.Grid.Link(4, 1), p.Grid.Link(72, 1); tray != rack {
		t.Errorf("inside a tray %v, inside a rack %v", tray, rack)
	}
	if rack, two := p.Grid.Link(72, 1), p.Grid.Link(144, 1); two.Bandwidth >= rack.Bandwidth {
		t.Errorf("two racks %v, one %v", two, rack)
	}
}

// Kernel figures are shares and times: whatever is measured lies in the physical range, on every profile that has any.
func TestKernelFiguresArePhysical(t *testing.T) {
	for _, p := range Builtin().Profiles() {
		if p.Kernel == nil {
			continue
		}
		tables := products(&p.Kernel.Linear, &p.Kernel.Expert, "kernel")
		for i := range p.Kernel.Engines {
			tables = append(tables, p.Kernel.Engines[i].products()...)
		}
		for _, class := range tables {
			r := *class.to

			if r.Memory < 0 || r.Memory > 1 || r.Compute < 0 || r.Compute > 1 || r.Overhead < 0 || r.Overhead > 1e-3 ||
				r.Passes < 0 ||
				r.Passes > 50 {
				t.Errorf("%s: %v: %+v", p.Name, class.path, r)
			}
		}
		s := p.Kernel.Step
		if shares := []float64{s.GEMMMemory, s.GEMMBF16, s.GEMMQuantised, s.AttnPrefill, s.AttnDecode, s.MoEMemory,
			s.MoECompute}; slices.Min(shares) <= 0 {
			t.Errorf("%s: %v", p.Name, shares)
		}
		for i, g := range p.Kernel.Groups {
			if i > 0 && g.Ranks <= p.Kernel.Groups[i-1].Ranks {
				t.Errorf("%s: groups are not in order", p.Name)
			}
			if g.Payload > p.Grid.Levels[len(p.Grid.Levels)-1].Bandwidth {
				t.Errorf("%s: an all-reduce of %d moves more than its links carry", p.Name, g.Ranks)
			}
		}
	}
}

// The tables of aiconfigurator 0.12.0, at one place each.
func TestKernelTables(t *testing.T) {
	p, _ := Find("H100_SXM")
	k := p.Kernel
	if k.Step.LayerOverhead != 35e-6 || k.Step.MoECompute != 0.35 || k.ReservedBytes != 3758096384 {
		t.Errorf("%+v, %v", k.Step, k.ReservedBytes)
	}
	for ranks, want := range map[int]int{2: 2, 3: 4, 8: 8} {
		if g, ok := k.Group(ranks); !ok || g.Ranks != want {
			t.Errorf("group of %d: %+v", ranks, g)
		}
	}
	if g, _ := k.Group(4); !near(g.Fixed, 3.7e-6) || !near(g.Payload, 173e9) || !near(g.Curve.Payload, 229e9) ||
		g.BufferBytes != 411041792 {
		t.Errorf("%+v", g)
	}
	if _, ok := k.Group(16); ok {
		t.Error("sixteen were not measured")
	}
}

// Better hardware never gives a worse link, on any built-in grid and any group.
func TestMoreBandwidthNeverGivesLess(t *testing.T) {
	for _, p := range Builtin().Profiles() {
		for _, size := range []int{1, 2, 3, 4, 8, 16, 64, 5000} {
			for _, stride := range []int{1, 2, 4, 8, 16} {
				before := p.Grid.Link(size, stride)
				if before.Bandwidth <= 0 || before.Latency < 0 || math.IsNaN(before.Bandwidth) || math.IsInf(before.Bandwidth, 0) {
					t.Errorf("%s, group %d by %d: %v", p.Name, size, stride, before)
				}
				faster := p.Grid
				faster.Levels = slices.Clone(faster.Levels)
				for i := range faster.Levels {
					faster.Levels[i].Bandwidth *= 1.1
				}
				if after := faster.Link(size, stride); after.Bandwidth <= before.Bandwidth || after.Latency != before.Latency {
					t.Errorf("%s, group %d by %d: %v became %v", p.Name, size, stride, before, after)
				}
			}
		}
	}
}
