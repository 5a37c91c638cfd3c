package kernel

import "math"

// gather is the time to bring the rows of all attention ranks to the experts of each, and the results back.
func (s *Stepper) gather(sh *shape, w *work) float64 {
	if s.k.Gather <= 0 || sh.experts == 0 || s.d.DP <= 1 || s.link.Bandwidth <= 0 {
		return 0
	}
	share, fixed := s.k.Gather, s.k.GatherFixed
	if s.k.GatherWide > 0 && s.d.TP*s.d.DP > s.d.Profile.Grid.Node {
		share, fixed = s.k.GatherWide, s.k.GatherWideFixed
	}
	ranks := float64(s.d.TP * s.d.DP)
	return 2 * (fixed + w.all*s.hidden*2*(ranks-1)/ranks/(s.link.Bandwidth*share))
}

// hit is how many different experts of a layer a step needs.
func (s *Stepper) hit(sh *shape, w *work) float64 {
	e, t := float64(sh.experts), w.all
	if s.k.Spread != 1 {
		t = math.Pow(t, s.k.Spread)
	}
	return e * (1 - math.Pow(1-float64(sh.topK)/e, t))
}

// routed is the expert part: weights of the experts that tokens really hit, and arithmetic. In the kernel tables the
// two add up: with some rows per expert a grouped product neither streams nor computes at full rate. Kernels work on
// whole tiles of rows; what an expert's rows leave empty costs what it is longer than the weights take to stream in.
// Kernels that widen their weights are made for few rows and have small tiles.
func (s *Stepper) routed(sh *shape, w *work) float64 {
	if sh.experts == 0 {
		return 0
	}
	k := float64(sh.topK)
	params := 3 * s.hidden * float64(sh.inner)
	flops := 2 * params * k * w.all / s.moeRanks
	bytes := params * s.hit(sh, w) / s.moeRanks * s.expertBytes
	passes := s.k.ExpertPasses
	if s.expert.Passes > 0 {
		passes = s.expert.Passes
	}
	rows := k * w.all / float64(max(1, s.d.EP)) * (s.k.ExpertRow + passes*s.hidden*2/s.bandwidth)
	if s.k.Narrow > 0 {
		bytes *= 1 + s.k.Narrow*float64(max(1, s.d.MoETP))/float64(sh.inner)
	}
	tokens := w.tokens * s.k.TokenPasses * s.hidden * 2 / s.bandwidth
	stream := bytes / (s.bandwidth * s.expert.Memory)
	if s.k.ExpertTile > 0 && !s.d.Formats.Expert.Widened(s.d.Profile) {
		stream = math.Max(stream, 2*params*s.k.ExpertTile*s.hit(sh, w)/s.moeRanks/s.expertPeak)
	}
	return s.load*(flops/s.expertPeak+rows) + tokens + stream
}

// beside is what a layer saves where its shared experts run next to the routed ones and their dispatch.
func (s *Stepper) beside(sh *shape, w *work) float64 {
	if !s.k.Beside || sh.experts == 0 || sh.dense == 0 || len(w.prompts) > 0 {
		return 0
	}
	f := s.d.Formats.Dense
	reach := s.k.Linear[f]
	cube, mem := 2*sh.dense*w.tokens/(s.d.Profile.Cube[f.Unit(s.d.Profile)]*reach.Compute),
		sh.dense*f.Bytes()/(s.bandwidth*reach.Memory)
	shared := math.Max(cube, mem) + s.k.LinearPasses*2*sh.denseRows*w.tokens/(s.bandwidth*reach.Memory) +
		reach.Floor*float64(sh.mlpProducts)
	return math.Min(shared, s.routed(sh, w)+s.expert.Floor+s.gather(sh, w))
}
