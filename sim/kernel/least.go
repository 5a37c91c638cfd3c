package kernel

import "fathom/hw"

// Least are the shortest times that the peaks of a device allow, whatever its kernels reach: what a run measured below
// them, it did not do.

// LeastStep is the time in seconds to read the weights that a step of so many sequences needs at the full memory
// bandwidth: all of linear layers and head, and of routed experts as many as so many tokens choose. Pipeline stages
// take turns. Cache and collectives are left out.
func (s *Stepper) LeastStep(sequences float64) float64 {
	d := &s.d
	bytes := float64(d.Model.Hidden) * perRank(d.Model.Vocab, d.TP) * d.Formats.Head.Bytes()
	for i := range s.shapes {
		sh := &s.shapes[i]
		layer := sh.attention*d.Formats.Attention.Bytes() + sh.dense*d.Formats.Dense.Bytes() + sh.router*hw.FormatBF16.Bytes()
		if sh.experts > 0 {
			layer += 3 * s.hidden * float64(sh.inner) * s.hit(sh, &work{all: sequences}) / s.moeRanks * s.expertBytes
		}
		bytes += float64(sh.count) * layer
	}
	return bytes / s.bandwidth
}

// LeastPrompt is the time in seconds of the matrix products of a prompt of so many tokens at the full peak of the
// formats, on the devices of one attention rank, its experts spread over all. Attention and collectives are left out.
func (s *Stepper) LeastPrompt(tokens float64) float64 {
	d := &s.d
	peak := func(f hw.Format) float64 { return d.Profile.Cube[f.Unit(d.Profile)] }
	var t float64
	for i := range s.shapes {
		sh := &s.shapes[i]
		layer := sh.attention/peak(d.Formats.Attention) + sh.dense/peak(d.Formats.Dense)
		if sh.experts > 0 {
			layer += 3 * s.hidden * float64(sh.inner*sh.topK) / s.moeRanks / peak(d.Formats.Expert)
		}
		t += float64(sh.count) * 2 * layer * tokens
	}
	return t
}
