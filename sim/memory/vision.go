package memory

import "fathom/sim/model"

// vision gives the bytes of the vision tower on one rank, always FP16 (simulation-model 6.2). It is resident only while
// images are served.
func vision(v *model.Vision, tp int) float64 {
	hidden, inner := float64(v.Hidden), float64(v.Inner)
	share := 1 / float64(max(1, tp))
	patch := hidden*float64(v.Channels*v.TemporalPatch*v.Patch*v.Patch) + hidden
	block := share*(4*hidden*hidden+2*hidden*inner+inner+3*hidden) + 6*hidden
	merged := hidden * float64(v.Merge*v.Merge)
	merger := share*(merged*merged+merged+merged*float64(v.OutHidden)) + float64(v.OutHidden)
	mergers := merger + 2*hidden + float64(v.DeepStack)*(merger+2*merged)
	frequencies := fp32 * hidden / float64(v.Heads) / 4
	return fp16*(patch+float64(v.Positions)*hidden+float64(v.Depth)*block+mergers) + frequencies
}

// visionPeak gives the bytes of a patch in the fullest moment of the tower, pixels included. Simulation-model 6.4 has
// no form for it; 31 FP16-widths meet three reference passes within 4 % of the whole: a block with queries, keys and
// RoPE in FP32.
func visionPeak(v *model.Vision) float64 {
	pixels := v.Channels * v.TemporalPatch * v.Patch * v.Patch
	return 31*float64(v.Hidden) + fp16*float64(pixels)
}
