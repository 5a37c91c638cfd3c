package model

import "math"

// Limits of the reference tool's image preprocessor where a model has no file of its own (simulation-model 8.3).
const (
	defaultMinPixels = 65_536
	defaultMaxPixels = 16_777_216
)

// readPixels takes the pixel limits out of preprocessor_config.json: min_pixels and max_pixels, or size.shortest_edge
// and size.longest_edge, which hold areas there.
func readPixels(v *Vision, data []byte, parent *reader) {
	config, err := decode(data)
	if err != nil {
		(&reader{file: "preprocessor_config.json", err: parent.err}).fail("", "config.broken", err)
		return
	}
	r := &reader{file: "preprocessor_config.json", values: config, err: parent.err}
	if size := r.child("size"); size != nil {
		v.MinPixels = size.wholeOr("shortest_edge", v.MinPixels, 1, maxPixels)
		v.MaxPixels = size.wholeOr("longest_edge", v.MaxPixels, 1, maxPixels)
	}
	v.MinPixels = r.wholeOr("min_pixels", v.MinPixels, 1, maxPixels)
	v.MaxPixels = r.wholeOr("max_pixels", v.MaxPixels, 1, maxPixels)
	r.atMost("min_pixels", v.MinPixels, "max_pixels", v.MaxPixels)
}

// vision reads the tower of the Qwen families, or gives nil for a configuration without one.
func (r *reader) vision() *Vision {
	v := r.child("vision_config")
	if v == nil {
		return nil
	}
	tower := &Vision{
		Hidden:        v.whole("hidden_size", 1, maxWidth),
		Heads:         v.whole("num_heads", 1, maxHeads),
		Depth:         v.whole("depth", 1, maxLayers),
		Inner:         v.whole("intermediate_size", 1, maxWidth),
		Patch:         v.wholeOr("patch_size", 16, 1, 1024),
		TemporalPatch: v.wholeOr("temporal_patch_size", 2, 1, 64),
		Merge:         v.wholeOr("spatial_merge_size", 2, 1, 64),
		Channels:      v.wholeOr("in_channels", 3, 1, 64),
		OutHidden:     v.whole("out_hidden_size", 1, maxWidth),
		Positions:     v.whole("num_position_embeddings", 1, maxPositions),
		DeepStack:     len(v.list("deepstack_visual_indexes")),
		MinPixels:     defaultMinPixels,
		MaxPixels:     defaultMaxPixels,
	}
	v.divides("num_heads", tower.Heads, "hidden_size", tower.Hidden)
	return tower
}

// Grid gives the patches of one image, in rows and columns, after the reference tool's resize to a multiple of patch
// times merge within the pixel limits (simulation-model 8.3). Halves round to even.
func (v *Vision) Grid(height, width int) (rows, cols int) {
	factor := float64(v.Patch * v.Merge)
	h, w := float64(max(1, height)), float64(max(1, width))
	snap := func(x float64) float64 { return max(factor, math.RoundToEven(x/factor)*factor) }
	newH, newW := snap(h), snap(w)
	switch area := newH * newW; {
	case area > float64(v.MaxPixels):
		beta := math.Sqrt(h * w / float64(v.MaxPixels))
		newH = max(factor, math.Floor(h/beta/factor)*factor)
		newW = max(factor, math.Floor(w/beta/factor)*factor)
	case area < float64(v.MinPixels):
		beta := math.Sqrt(float64(v.MinPixels) / (h * w))
		newH = math.Ceil(h*beta/factor) * factor
		newW = math.Ceil(w*beta/factor) * factor
	}
	return int(newH) / v.Patch, int(newW) / v.Patch
}

// Tokens is the number of prompt tokens that images of one size add to a request: merged patches and two marks each.
func (v *Vision) Tokens(images, height, width int) int {
	rows, cols := v.Grid(height, width)
	return images * (rows*cols/(v.Merge*v.Merge) + 2)
}
