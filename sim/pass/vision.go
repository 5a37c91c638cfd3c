package pass

import (
	"fathom/sim/cost"
	"fathom/sim/op"
)

// tower holds the constants of a vision tower on one rank. It is never compiled nor quantised (simulation-model 8.3).
type tower struct {
	group           *cost.Group
	hidden, heads   float64 // heads on this rank
	dim             float64
	depth, inner    float64 // inner on this rank
	pixels          float64 // values of one patch
	merge           float64 // patches that become one token
	merged          float64 // inner columns of a merger on this rank
	out             float64
	deep            float64 // mergers beside the last one
	rows, cols      float64 // patches of one image
	images, patches float64 // on this rank
}

// newTower sizes the tower for the images of one pass.
func (r *run) newTower() tower {
	v, g := r.p.setup.Model.Vision, &r.p.groups.vision
	rows, cols := v.Grid(r.shape.ImageHeight, r.shape.ImageWidth)
	h, m := float64(v.Hidden), float64(v.Merge*v.Merge)
	t := tower{group: g, hidden: h, heads: float64(v.Heads) / g.Size, dim: h / float64(v.Heads), depth: float64(v.Depth),
		inner: float64(v.Inner) / g.Size, pixels: float64(v.Channels * v.TemporalPatch * v.Patch * v.Patch), merge: m,
		merged: m * h / g.Size, out: float64(v.OutHidden), deep: float64(v.DeepStack),
		rows: float64(rows), cols: float64(cols), images: r.b.Requests * float64(r.shape.Images)}
	t.patches = t.images * t.rows * t.cols
	return t
}

// vision runs the tower on all images of this rank and puts its tokens among those of the text.
func (r *run) vision() {
	v := r.newTower()
	outer := r.times
	r.times = outer * v.images
	r.visionPositions(v.rows, v.cols)
	r.times = outer
	r.visionBatch(&v)
	r.visionEmbed(&v)
	r.times = outer * v.depth
	r.visionBlock(&v)
	r.times = outer
	r.merger(&v, v.patches, v.hidden)
	r.times = outer * v.deep
	if v.deep > 0 {
		r.merger(&v, v.patches/v.merge, v.merge*v.hidden)
	}
	r.times = outer
	r.visionText(&v)
}

// visionBlock is one transformer block on P patches: attention within each image, RoPE in FP32.
func (r *run) visionBlock(v *tower) {
	p, own := v.patches, v.heads*v.dim
	n := p * own
	r.add(op.LayerNormOf(p, v.hidden))
	r.addmm(p, v.hidden, 3*own)
	r.move(op.ToCopy, 2*n, 4*n, p, own)
	r.move(op.ToCopy, 2*n, 4*n, p, own)
	for range 2 {
		table := 4 * p * v.dim
		r.move(op.Mul, 4*n+table, 4*n, p, own)
		r.move(op.Neg, 2*n, 2*n, p, own/2)
		r.move(op.Cat, 4*n, 4*n, p, own)
		r.move(op.Mul, 4*n+table, 4*n, p, own)
		r.move(op.Add, 8*n, 4*n, p, own)
		r.move(op.ToCopy, 4*n, 2*n, p, own)
	}
	r.move(op.Sub, 8*v.images, 4*v.images, v.images, 1)
	outer := r.times
	r.times = outer * v.images
	r.add(op.FullAttention(v.rows*v.cols, v.heads, v.dim))
	r.times = outer
	r.move(op.Cat, 2*n, 2*n, p, own)
	r.addmm(p, own, v.hidden)
	r.allReduce(v.group, p, v.hidden)
	r.move(op.Add, 4*p*v.hidden, 2*p*v.hidden, p, v.hidden)
	r.add(op.LayerNormOf(p, v.hidden))
	r.addmm(p, v.hidden, v.inner)
	r.move(op.Gelu, 2*p*v.inner, 2*p*v.inner, p, v.inner)
	r.addmm(p, v.inner, v.hidden)
	r.allReduce(v.group, p, v.hidden)
	r.move(op.Add, 4*p*v.hidden, 2*p*v.hidden, p, v.hidden)
}

// merger norms rows and turns groups of patches into tokens of the text's width.
func (r *run) merger(v *tower, normRows, normWidth float64) {
	p := v.patches / v.merge
	r.add(op.LayerNormOf(normRows, normWidth))
	r.addmm(p, v.merge*v.hidden, v.merged)
	r.move(op.Gelu, 2*p*v.merged, 2*p*v.merged, p, v.merged)
	r.addmm(p, v.merged, v.out)
	r.allReduce(v.group, p, v.out)
}

// addmm is an FP16 product with a bias.
func (r *run) addmm(m, k, n float64) { r.add(op.MatmulBias(m, k, n)) }

// visionText finds the places of the image tokens. Eager, their features are joined and counted, too.
func (r *run) visionText(v *tower) {
	t, h := r.b.Tokens, r.p.hidden
	r.move(op.Equal, 8*t, t, t, 1)
	r.move(op.Equal, 8*t, t, t, 1)
	if r.p.compile {
		return
	}
	n := 2 * v.patches / v.merge * v.out
	r.move(op.Cat, n, n, v.patches/v.merge, v.out)
	r.move(op.Sum, t, 8, t, 1)
	r.move(op.Sum, t, 8, t, 1)
	r.move(op.EmptyLike, 2*t*h, 2*t*h, t, h)
	r.move(op.Prod, 24*v.images, 8*v.images, v.images, 3)
	r.move(op.FloorDivide, 8*v.images, 8*v.images, v.images, 1)
}
