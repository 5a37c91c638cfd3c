package op

import "fathom/hw"

// FullAttention is attention of all patches of one image with each other, without a cache.
func FullAttention(patches, heads, dim float64) Op {
	n := patches * heads * dim
	return Op{Kind: Attention, CubeType: hw.FP16, Cube: 4 * patches * n, Vec16: 4 * patches * patches * heads,
		Read: 6 * n, Write: 2 * n, Dims: dims(patches, heads, dim, 0)}
}

// PatchConvolution turns patches of some pixel values into rows of a width.
func PatchConvolution(patches, pixels, width float64) Op {
	return Op{Kind: Convolution, CubeType: hw.FP16, Cube: 2*patches*width*pixels + patches*width,
		Read: 2 * (patches*pixels + width*pixels + width), Write: 2 * patches * width,
		Dims: dims(patches, pixels, width, 0), Form: Product}
}
