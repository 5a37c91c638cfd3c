package op

// RouteRows copies every token once per expert that it goes to: tokens rows become rows.
func RouteRows(tokens, rows, width, indexBytes float64) Op {
	return Op{Kind: InitRouting, Read: 2*tokens*width + indexBytes*rows, Write: 2 * rows * width,
		Dims: dims(rows, width, 0, 0)}
}

// UnpermuteRows brings expert results back into token order.
func UnpermuteRows(rows, width, indexBytes float64) Op {
	return Op{Kind: Unpermute, Read: 2*rows*width + indexBytes*rows, Write: 2 * rows * width,
		Dims: dims(rows, width, 0, 0)}
}

// GroupedSwiglu is the first product of all experts that have rows, gate and up together (k -> 2*inner), with the
// activation. In MXFP4 it quantises its result, too. rows are of all experts together.
func GroupedSwiglu(s *Scheme, rows, k, inner, experts float64) Op {
	o := Op{Kind: s.GroupedSwiglu, CubeType: s.Cube, Cube: 4 * rows * k * inner, Vec16: 7 * rows * inner,
		Read: rows*k*s.Act + experts*(2*k*inner*s.Weight+s.Scales), Write: 2 * rows * inner,
		Dims: dims(rows, k, 2*inner, experts), Form: List}
	if s.Dequant {
		o.Vec32 = experts * 2 * k * inner
	}
	if s.Input == BlockScale {
		// The activation scales are counted once per expert, the weight scales of the first member only.
		o.Read += experts * (rows + inner) * s.blocks(k)
		bytes, vec := s.output(rows, inner)
		o.Vec16 += vec
		o.Write = bytes
	}
	return o
}

// AddExpertBias gives a grouped product an FP16 bias of n elements for each of the experts with rows.
func (o *Op) AddExpertBias(n, experts float64) { o.Read += 2 * n * experts }

// GroupedLinear is one product of all experts that have rows.
func GroupedLinear(s *Scheme, rows, k, n, experts float64) Op {
	o := Op{Kind: s.Grouped, CubeType: s.Cube, Cube: 2 * rows * k * n,
		Read: rows*k*s.Act + experts*(k*n*s.Weight+s.Scales), Write: 2 * rows * n,
		Dims: dims(rows, k, n, experts), Form: List}
	if s.Dequant {
		o.Vec32 = experts * k * n
	}
	if s.Input == BlockScale {
		o.Read += experts * (rows + n) * s.blocks(k)
	}
	return o
}

// FusedExperts is dispatch, both expert products and combine as one kernel, without its exchanges: tokens come in, sent
// routed rows go out, rows are multiplied.
func FusedExperts(s *Scheme, tokens, sent, rows, hidden, inner, experts float64) Op {
	scales := 0.0
	if s.Quantised() {
		scales = 8
	}
	return Op{Kind: DispatchFFNCombine, CubeType: s.Cube, Cube: 6 * rows * hidden * inner, Vec16: 7 * rows * inner,
		Read:  2*tokens*hidden + 8*sent + experts*(3*hidden*inner*s.Weight+scales),
		Write: 2 * sent * hidden, Dims: dims(rows, hidden, inner, experts), Form: List}
}
