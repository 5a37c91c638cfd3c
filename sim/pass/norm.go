package pass

import "fathom/sim/op"

// norm is an RMS norm of FP16 rows. With residual the residual is added first. s is the scheme of the linears that read
// the result, nil where none does directly; compiled code then quantises once for all of them, in the same operator if
// it can.
func (r *run) norm(rows, width float64, residual bool, s *op.Scheme) {
	p := r.p
	quantised := s != nil && s.Quantised() && p.compile
	if !p.compile || p.onePlus {
		if residual {
			n := rows * width
			r.move(op.Add, 4*n, 2*n, rows, width)
		}
		if p.onePlus {
			r.normOnePlus(rows, width)
		} else {
			r.normEager(rows, width)
		}
	} else if quantised && p.exactEps {
		if residual {
			r.add(op.AddRMSQuantized(s, rows, width))
		} else {
			r.add(op.RMSQuantized(s, rows, width))
		}
		return
	} else if residual {
		r.add(op.AddRMS(rows, width))
	} else {
		r.add(op.RMS(rows, width))
	}
	if quantised {
		r.add(op.QuantizeInput(s, rows, width))
	}
}

// normEager is the norm as eight operators on FP32 copies (simulation-model 3.4).
func (r *run) normEager(rows, width float64) {
	r.normHead(rows, width)
	n := rows * width
	r.convert(4*n, 2*n, rows, width)
	r.move(op.Mul, 2*n+2*width, 2*n, rows, width)
}

// normOnePlus multiplies by 1 + weight in FP32. No pattern of the compiler knows it; only the weight is folded.
func (r *run) normOnePlus(rows, width float64) {
	r.normHead(rows, width)
	n := rows * width
	if !r.p.compile {
		r.convert(2*width, 4*width, 1, width)
		r.move(op.Add, 4*width, 4*width, 1, width)
	}
	r.move(op.Mul, 4*n+4*width, 4*n, rows, width)
	r.convert(4*n, 2*n, rows, width)
}

// normHead is the part that both forms share: the rows divided by their root mean square, in FP32.
func (r *run) normHead(rows, width float64) {
	n := rows * width
	r.convert(2*n, 4*n, rows, width)
	r.move(op.Pow, 4*n, 4*n, rows, width)
	r.move(op.Mean, 4*n, 4*rows, rows, width)
	r.move(op.Add, 4*rows, 4*rows, rows, 1)
	r.move(op.Rsqrt, 4*rows, 4*rows, rows, 1)
	r.move(op.Mul, 4*n+4*rows, 4*n, rows, width)
}
