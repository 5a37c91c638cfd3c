package pass

import "fathom/sim/op"

// visionPositions prepares the interpolated position ids and weights of one image of h x w patches. Nothing here
// depends on pixels, but it runs once per image (simulation-model 8.3).
func (r *run) visionPositions(h, w float64) {
	for _, x := range [2]float64{h, w} {
		r.move(op.Linspace, 0, 4*x, x, 1)
		r.move(op.ToCopy, 4*x, 4*x, x, 1)
		r.move(op.Add, 4*x, 4*x, x, 1)
		r.move(op.Clamp, 4*x, 4*x, x, 1)
		r.move(op.Sub, 8*x, 4*x, x, 1)
		r.move(op.ReverseSub, 4*x, 4*x, x, 1)
		r.move(op.ReverseSub, 4*x, 4*x, x, 1)
		r.move(op.Arange, 0, 8*x, x, 1)
		r.move(op.Arange, 0, 8*x, x, 1)
	}
	p := h * w
	r.move(op.Mul, 4*h, 4*h, h, 1)
	r.move(op.Mul, 4*h, 4*h, h, 1)
	for range 4 { // the four neighbours: their ids and their weights
		r.move(op.Add, 4*h+4*w, 4*p, h, w)
		r.move(op.Mul, 4*h+4*w, 4*p, h, w)
	}
	r.move(op.Mul, 8*h, 8*h, h, 1)
	r.move(op.Add, 8*h+8*w, 8*p, h, w)
	for range 3 {
		r.move(op.Clone, 8*p, 8*p, h, w)
	}
	r.move(op.Repeat, 8*p, 8*p, p, 1)
	for range 8 {
		r.move(op.IndexTensor, 12*p, 4*p, p, 1)
	}
	r.move(op.Stack, 16*p, 16*p, p, 2)
	r.move(op.Repeat, 16*p, 16*p, p, 2)
}

// visionBatch joins the positions of all images and finds where each image begins.
func (r *run) visionBatch(v *tower) {
	p, n := v.patches, v.images
	for range 8 {
		r.move(op.Cat, 4*p, 4*p, p, 1)
	}
	r.move(op.Stack, 16*p, 16*p, p, 4)
	r.move(op.Stack, 16*p, 16*p, p, 4)
	r.move(op.Cat, 16*p, 16*p, p, 2)
	r.move(op.Mul, 16*n, 8*n, n, 1)
	r.move(op.RepeatInterleave, 8*n, 8*n, n, 1)
	r.move(op.IndexSelect, 16*n, 8*n, n, 1)
	r.move(op.Cumsum, 8*n, 4*n, n, 1)
	r.move(op.Pad, 4*n, 4*n+4, n, 1)
}

// visionEmbed is the patch convolution, the interpolated position embedding and the RoPE tables.
func (r *run) visionEmbed(v *tower) {
	p, h := v.patches, v.hidden
	n := p * h
	r.add(op.PatchConvolution(p, v.pixels, h))
	r.move(op.Embedding, 16*p+8*n, 8*n, 4*p, h)
	r.move(op.Mul, 8*n+16*p, 16*n, 4*p, h)
	r.move(op.SumDim, 16*n, 4*n, 4*p, h)
	r.move(op.ToCopy, 4*n, 2*n, p, h)
	r.move(op.Add, 4*n, 2*n, p, h)
	table := 4 * p * v.dim
	r.move(op.Mul, 16*p+v.dim, table/2, p, v.dim/2)
	r.move(op.Cat, table, table, p, v.dim)
	r.move(op.Cos, table, table, p, v.dim)
	r.move(op.Sin, table, table, p, v.dim)
}
