package op

import "fathom/hw"

// Streams are the sizes of hyper-connections: the residual stream is hc streams wide (simulation-model A.1).
type Streams struct {
	Hidden     float64
	Count      float64 // hc
	Iterations float64 // of the sinkhorn normalisation
}

// mix is the number of weights per token that a connection computes: hc to read, hc to write, hc*hc to carry over.
func (s *Streams) mix() float64 { return (2 + s.Count) * s.Count }

// StreamRMS is one over the root mean square of all streams of a token.
func StreamRMS(s *Streams, tokens float64) Op {
	n := tokens * s.Count * s.Hidden
	return Op{Kind: HCInvRMS, Vec32: 6 * n, Read: 2*n + 8*n, Write: 4 * tokens, Dims: dims(tokens, s.Count*s.Hidden, 0, 0)}
}

// StreamMix is the product that computes the weights of a connection.
func StreamMix(s *Streams, tokens float64) Op {
	return Matmul32(tokens, s.Count*s.Hidden, s.mix())
}

// Sinkhorn normalises the weights and reads the block's input out of the streams.
func Sinkhorn(s *Streams, tokens float64) Op {
	t, c, h := tokens, s.Count, s.Hidden
	return Op{Kind: HCSinkhorn,
		Vec32: t*(3*c+2*c*c) + t*(5*c*c+2*c) + t*(s.Iterations-1)*(6*c*c+2*c) + 2*t*c*h, Vec16: t * h,
		Read:  4*t*s.mix() + 2*t*c*h + 12 + 4*s.mix() + 8*t*h,
		Write: 2*t*h + 4*t*c + 4*t*c*c, Dims: dims(t, c, h, 0)}
}

// StreamPost writes the block's output into the streams.
func StreamPost(s *Streams, tokens float64) Op {
	t, c, h := tokens, s.Count, s.Hidden
	return Op{Kind: HCPost, Vec32: 2*t*c*c*h + 2*t*c*h, Vec16: t * c * h,
		Read: 2*t*h + 2*t*c*h + 4*t*c + 4*t*c*c + 8*t*c*h, Write: 2 * t * c * h, Dims: dims(t, c, h, 0)}
}

// StreamHead folds the streams into one before the final norm.
func StreamHead(s *Streams, tokens float64) Op {
	t, c, h := tokens, s.Count, s.Hidden
	return Op{Kind: HCHead, CubeType: hw.FP32, Cube: 2 * t * c * c * h, Vec32: 5*t*c*h + 8*t*c + 2*t*c*h,
		Read: 2*t*c*h + 4*c*c*h + 4 + 4*c + 8*t*h, Write: 2 * t * h, Dims: dims(t, c, h, 0)}
}
