package op

import "fathom/hw"

// Matmul is an FP16 product (m,k) x (k,n) without a bias.
func Matmul(m, k, n float64) Op {
	return Op{Kind: MM, CubeType: hw.FP16, Cube: 2 * m * n * k, Read: 2 * (m*k + k*n), Write: 2 * m * n,
		Dims: dims(m, k, n, 0), Form: Product}
}

// Matmul32 is a product in FP32, which routers use.
func Matmul32(m, k, n float64) Op {
	return Op{Kind: MM, CubeType: hw.FP32, Cube: 2 * m * n * k, Read: 4 * (m*k + k*n), Write: 4 * m * n,
		Dims: dims(m, k, n, 0), Form: Product}
}

// BatchMatmul is b products (m,k) x (k,n) whose elements have the given format; all operands are read once.
func BatchMatmul(t hw.DType, b, m, k, n float64) Op {
	w := t.Bytes()
	return Op{Kind: BMM, CubeType: t, Cube: 2 * b * m * n * k, Read: w * b * (m*k + k*n), Write: w * b * m * n,
		Dims: dims(m, k, n, b), Form: List}
}

// MatmulBias is an FP16 product with a bias; adding it is free.
func MatmulBias(m, k, n float64) Op {
	o := Matmul(m, k, n)
	o.Kind, o.Read = AddMM, o.Read+2*n
	return o
}

// Linear is the product of one linear layer, (m,k) activations that are already in the scheme's format. scaleCols is
// the width of the first of the layers that were merged into this product: only its MXFP4 scale is read
// (simulation-model 4.2).
func Linear(s *Scheme, m, k, n, scaleCols float64) Op {
	o := Op{Kind: s.Linear, CubeType: s.Cube, Cube: 2 * m * n * k, Read: m*k*s.Act + k*n*s.Weight + s.Scales,
		Write: 2 * m * n, Dims: dims(m, k, n, 0), Form: Product}
	if s.Dequant {
		o.Vec32 = k * n
	}
	if s.Input == BlockScale {
		o.Read += (m + scaleCols) * s.blocks(k)
	}
	return o
}

// AddBias gives a product an FP16 bias of n elements. An unquantised product is then an addmm; adding itself is free.
func (o *Op) AddBias(n float64) {
	o.Read += 2 * n
	if o.Kind == MM {
		o.Kind = AddMM
	}
}

// QuantizeInput brings rows of FP16 activations into the scheme's format.
func QuantizeInput(s *Scheme, rows, width float64) Op {
	bytes, vec := s.output(rows, width)
	o := Op{Kind: s.Quantise, Vec16: vec, Read: 2 * rows * width, Write: bytes, Dims: dims(rows, width, 0, 0)}
	if s.Input == StaticScale {
		o.Read += 4
	}
	return o
}

// StaticQuantize brings n elements to one byte with a stored scale; the KV cache uses it.
func StaticQuantize(rows, width float64) Op {
	n := rows * width
	return Op{Kind: Quantize, Read: 2*n + 4, Write: n, Dims: dims(rows, width, 0, 0)}
}

// Lookup reads rows of a table by index: whole is the number of rows that are charged, which compiled code makes the
// whole table (simulation-model 4.2).
func Lookup(k Kind, whole, rows, width float64) Op {
	return Op{Kind: k, Read: 2*whole*width + 8*rows, Write: 2 * rows * width, Dims: dims(whole, width, 0, 0)}
}

// Embed reads the embedding of t token ids.
func Embed(t, width float64) Op {
	return Op{Kind: Embedding, Read: 8*t + 2*t*width, Write: 2 * t * width, Dims: dims(t, width, 0, 0)}
}

// WeightBytes is what a product reads of its weights, scales included.
func WeightBytes(s *Scheme, k, n, scaleCols float64) float64 {
	b := k * n * s.Weight
	if s.Input == BlockScale {
		b += scaleCols * s.blocks(k)
	}
	return b
}

// Frequencies multiplies positions by the inverse frequencies of RoPE in FP32, once per position axis.
func Frequencies(axes, tokens, frequencies float64) Op {
	n := axes * tokens * frequencies
	return Op{Kind: BMM, CubeType: hw.FP32, Cube: 2 * n, Read: 4 * axes * (tokens + frequencies), Write: 4 * n,
		Dims: dims(tokens, 1, frequencies, axes), Form: List}
}
