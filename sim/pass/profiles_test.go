package pass

import "fathom/hw"

// The device profiles of simulation-model chapter 1 that the reference rows name.

const (
	tera = 1e12
	gib  = 1024 * 1024 * 1024
	tib  = 1024 * gib
	us   = 1e-6
	gb   = 1e9
)

var (
	gridA2 = hw.Grid{Name: "A2", Shape: []int{128, 8}, Levels: []hw.Level{
		{Start: 0, Bandwidth: 25 * gb, Latency: 1.5 * us, Efficiency: 0.7},
		{Start: 1, Topology: hw.FullMesh, Bandwidth: 196 * gb, Latency: 0.5 * us, Efficiency: 0.7}}}
	gridPCIe = hw.Grid{Name: "A2-PCIe", Shape: []int{8}, Levels: []hw.Level{
		{Start: 0, Bandwidth: 64 * gb, Latency: 0.2 * us, Efficiency: 0.7}}}
	gridA3 = hw.Grid{Name: "A3", Shape: []int{48, 8, 2}, Levels: []hw.Level{
		{Start: 0, Bandwidth: 196 * gb, Latency: 5.5 * us, Efficiency: 0.7},
		{Start: 1, Bandwidth: 196 * gb, Latency: 0.5 * us, Efficiency: 0.7},
		{Start: 2, Bandwidth: 224 * gb, Latency: 0.2 * us, Efficiency: 0.7}}}
	gridRoCE = hw.Grid{Name: "A3-RoCE", Shape: []int{2, 8, 2}, Levels: []hw.Level{
		{Start: 0, Bandwidth: 24.5 * gb, Latency: 5.5 * us, Efficiency: 0.7},
		{Start: 1, Bandwidth: 196 * gb, Latency: 0.5 * us, Efficiency: 0.7},
		{Start: 2, Bandwidth: 224 * gb, Latency: 0.2 * us, Efficiency: 0.7}}}
	gridA5 = hw.Grid{Name: "A5", Shape: []int{2, 2, 4}, Levels: []hw.Level{
		{Start: 0, Bandwidth: 24 * gb, Latency: 4.5 * us, Efficiency: 0.525},
		{Start: 1, Bandwidth: 32 * gb, Latency: 3 * us, Efficiency: 0.56},
		{Start: 2, Topology: hw.FullMesh, Bandwidth: 159 * gb, Latency: 1.5 * us, Efficiency: 0.85}}}
)

// profiles are by name; peaks in tera-operations per second.
var profiles = map[string]*hw.Profile{
	"ATLAS_800_A2_376T_64G":           atlas("ATLAS_800_A2_376T_64G", 99.5, 353.9, 376, 11, gridA2),
	"ATLAS_800_A2_280T_64G_PCIE":      atlas("ATLAS_800_A2_280T_64G_PCIE", 75, 245.8, 280, 8, gridPCIe),
	"ATLAS_800_A3_752T_128G_DIE":      atlas("ATLAS_800_A3_752T_128G_DIE", 99.5, 353.9, 376, 11, gridA3),
	"ATLAS_800_A3_560T_128G_DIE_ROCE": atlas("ATLAS_800_A3_560T_128G_DIE_ROCE", 75, 245.8, 280, 8, gridRoCE),
	"ATLAS_350_425T_112G": {Name: "ATLAS_350_425T_112G",
		Cube:        [hw.NumDTypes]float64{hw.FP32: 189 * tera, hw.BF16: 378 * tera, hw.FP16: 378 * tera, hw.INT8: 756 * tera, hw.FP8: 756 * tera, hw.FP4: 1512 * tera},
		Vec:         [hw.NumDTypes]float64{hw.FP32: 24 * tera, hw.BF16: 47 * tera, hw.FP16: 47 * tera},
		MemoryBytes: 112 * gib, MemoryBandwidth: 1.4 * tib, ComputeEff: 0.9, MemoryEff: 0.8,
		Static: hw.Static{Cube: 5 * us, Vec: 2 * us, Comm: 5 * us}, Grid: gridA5, Reference: true},
}

func atlas(name string, fp32, bf16, fp16, vec32 float64, g hw.Grid) *hw.Profile {
	return &hw.Profile{Name: name,
		Cube:        [hw.NumDTypes]float64{hw.FP32: fp32 * tera, hw.BF16: bf16 * tera, hw.FP16: fp16 * tera, hw.INT8: 2 * fp16 * tera},
		Vec:         [hw.NumDTypes]float64{hw.FP32: vec32 * tera, hw.BF16: 2 * vec32 * tera, hw.FP16: 2 * vec32 * tera},
		MemoryBytes: 64 * gib, MemoryBandwidth: 1.6 * tib, ComputeEff: 0.7, MemoryEff: 0.6,
		Static: hw.Static{Cube: 5 * us, Vec: 2 * us, Comm: 10 * us}, Grid: g, Reference: true}
}
