package kernel

// Least are the shortest times that the peaks of a device allow, whatever its kernels reach: what a run measured below
// them, it did not do.

// LeastStep is the time in seconds to read the weights that a step of so many sequences needs at the full memory
// bandwidth: all of linear layers and head, and of routed experts as many as so many tokens choose. Pipeline stages
// take turns. Cache and collectives are left out.
func (s *Stepper) LeastStep(sequences float64) float64 {
	bytes := func(p *product) float64 { return p.params * p.format.Bytes() }
	total := bytes(&s.head)
	for i := range s.shapes {
		sh := &s.shapes[i]
		layer := bytes(&sh.projections) + bytes(&sh.dense) + bytes(&sh.router)
		if sh.experts > 0 {
			layer += sh.expertParams * s.hit(sh, sequences) / s.moeRanks * s.expertBytes
		}
		total += sh.count * layer
	}
	return total / s.bandwidth
}

// LeastPrompt is the time in seconds of the matrix products of a prompt of so many tokens at the full peak of the
// formats, on the devices of one attention rank, its experts spread over all. Attention and collectives are left out.
func (s *Stepper) LeastPrompt(tokens float64) float64 {
	p := s.d.Profile
	var t float64
	for i := range s.shapes {
		sh := &s.shapes[i]
		layer := sh.projections.params/p.Cube[sh.projections.format.Unit(p)] + sh.dense.params/p.Cube[sh.dense.format.Unit(p)]
		if sh.experts > 0 {
			layer += sh.expertParams * sh.topK / s.moeRanks / p.Cube[s.d.Formats.Expert.Unit(p)]
		}
		t += sh.count * 2 * layer * tokens
	}
	return t
}
