package op

// RMS is a fused RMS norm of FP16 rows: 5 vector operations an element, in FP32.
func RMS(rows, width float64) Op {
	n := rows * width
	return Op{Kind: RMSNorm, Vec32: 5 * n, Read: 2*n + 2*width, Write: 2 * n, Dims: dims(rows, width, 0, 0)}
}

// RMSQuantized is an RMS norm fused with the quantisation of its result. The reference tool counts no vector work for
// it.
func RMSQuantized(s *Scheme, rows, width float64) Op {
	n := rows * width
	bytes, _ := s.output(rows, width)
	o := Op{Kind: s.NormQuant, Read: 2*n + 2*width, Write: bytes, Dims: dims(rows, width, 0, 0)}
	if s.Input == StaticScale {
		o.Read += 4
	}
	return o
}

// AddRMS adds the residual and norms the sum; it returns both.
func AddRMS(rows, width float64) Op {
	n := rows * width
	return Op{Kind: AddRMSNorm2, Read: 4*n + 2*width, Write: 4 * n, Dims: dims(rows, width, 0, 0)}
}

// AddRMSLast is AddRMS where nobody needs the sum: the final norm when layers fuse across their borders.
func AddRMSLast(rows, width float64) Op {
	n := rows * width
	return Op{Kind: AddRMSNorm, Read: 4*n + 2*width, Write: 2 * n, Dims: dims(rows, width, 0, 0)}
}

// AddRMSQuantized adds the residual, norms the sum and quantises the result; it returns the sum, too.
func AddRMSQuantized(s *Scheme, rows, width float64) Op {
	n := rows * width
	bytes, _ := s.output(rows, width)
	o := Op{Kind: s.AddNormQuant, Read: 4*n + 2*width, Write: bytes + 2*n, Dims: dims(rows, width, 0, 0)}
	if s.Input == StaticScale {
		o.Read += 4
	}
	return o
}

// SwigluOf is silu(gate) * up on two FP16 tensors; as an operator of its own it counts no vector work.
func SwigluOf(rows, width float64) Op {
	n := rows * width
	return Op{Kind: Swiglu, Read: 4 * n, Write: 2 * n, Dims: dims(rows, width, 0, 0)}
}

// LayerNormOf is a layer norm with weight and bias; it returns mean and deviation in FP32, too.
func LayerNormOf(rows, width float64) Op {
	n := rows * width
	return Op{Kind: LayerNorm, Read: 2*n + 4*width, Write: 2*n + 8*rows, Dims: dims(rows, width, 0, 0)}
}
