package kernel

import "math"

// moe is a block of routed experts with its gate, its shared experts and the dispatch of rows.
func (s *Stepper) moe(sh *shape, w *work, t *tally, c *counts) {
	n := sh.count
	routed, gather := s.routed(sh, w), s.gather(w)
	s.product(expertGate, &sh.router, n, w.tokens, t, c)
	// shared experts run next to the routed ones
	if s.k.SharedExpertOverlap && len(w.prompts) == 0 && sh.dense.params > 0 {
		var own tally
		s.product(denseMLP, &sh.dense, 1, w.tokens, &own, nil)
		shared := own[denseMLP].Total()
		t[denseMLP].add(n*(1-math.Min(shared, routed.Total()+gather.Total())/shared), own[denseMLP])
		c.add(denseMLP, n, n*2*sh.dense.params*w.tokens, n*sh.dense.params*sh.dense.format.Bytes())
	} else {
		s.product(denseMLP, &sh.dense, n, w.tokens, t, c)
	}
	t[routedExperts].add(n, routed)
	if c != nil {
		c.add(routedExperts, n, n*2*sh.expertParams*sh.topK*w.all/s.moeRanks,
			n*sh.expertParams*s.hit(sh, w.all)/s.moeRanks*s.expertBytes)
	}
	if s.dp > 1 && s.k.Dispatch > 0 {
		t[dispatch].Static += n * s.dispatched()
		c.add(dispatch, n, 0, 0)
	}
	if gather != (Bounds{}) {
		t[dispatch].add(n, gather)
		c.add(dispatch, 2*n, 0, n*2*w.all*s.hidden*2)
	}
}

// dispatched is the fixed time of a layer whose experts take rows from several attention ranks: between servers both
// ways take what kernels were measured to take there.
func (s *Stepper) dispatched() float64 {
	if int(s.devices) > s.d.Profile.Grid.Node {
		return math.Max(s.k.Dispatch, 2*s.k.GatherWideFixed)
	}
	return s.k.Dispatch
}

// gather is the time to bring the rows of all attention ranks to the experts of each, and the results back.
func (s *Stepper) gather(w *work) (b Bounds) {
	if s.k.Gather <= 0 || s.dp <= 1 || s.link.Bandwidth <= 0 {
		return b
	}
	share, fixed := s.k.Gather, s.k.GatherFixed
	if s.k.GatherWide > 0 && int(s.devices) > s.d.Profile.Grid.Node {
		share, fixed = s.k.GatherWide, s.k.GatherWideFixed
	}
	b.Static = 2 * fixed
	b.Comm = 2 * w.all * s.hidden * 2 * (s.devices - 1) / s.devices / (s.link.Bandwidth * share)
	return b
}

// hit is how many different experts of a layer so many tokens need; of those with copies, how many copies.
func (s *Stepper) hit(sh *shape, tokens float64) float64 {
	if s.k.ExpertCoverage != 1 {
		tokens = math.Exp(s.k.ExpertCoverage * math.Log(tokens))
	}
	return (sh.experts + s.copies) * (1 - math.Exp(sh.missed*tokens)) // a simulation comes by a million times: no math.Pow
}

// fullest is like hit, of ranks that all have as many experts to read as the one with most: tokens choose at random,
// and with few of them some rank has more than its share. Of n experts on a rank each is needed with the same chance;
// of so many ranks the fullest is so many standard deviations above the mean.
func (s *Stepper) fullest(sh *shape, hit float64) float64 {
	if s.above == 0 {
		return hit
	}
	ranks := float64(s.d.Rank.Strategy.EP)
	n := (sh.experts + s.copies) / ranks
	chance := hit / (sh.experts + s.copies)
	return ranks * math.Min(n, n*chance+s.above*math.Sqrt(n*chance*(1-chance)))
}

// highest is how many standard deviations the largest of n normal values is above their mean (Blom 1958).
func highest(n int) float64 {
	if n < 2 {
		return 0
	}
	return math.Sqrt2 * math.Erfinv(2*(float64(n)-0.375)/(float64(n)+0.25)-1)
}

// routed is the expert part: weights of the experts that tokens really hit, and arithmetic. In the kernel tables the
// two add up: with some rows per expert a grouped product neither streams nor computes at full rate. Kernels work on
// whole tiles of rows; what an expert's rows leave empty costs what it is longer than the weights take to stream in.
// Kernels that widen their weights are made for few rows and have small tiles.
func (s *Stepper) routed(sh *shape, w *work) (b Bounds) {
	t := &s.d.Rank.Strategy
	hit := s.hit(sh, w.all)
	b.Cube = s.load * 2 * sh.expertParams * sh.topK * w.all / s.moeRanks / s.expertPeak
	hit = s.fullest(sh, hit)
	bytes := sh.expertParams * hit / s.moeRanks * s.expertBytes
	passes := s.k.ExpertPasses
	if s.expert.Passes > 0 {
		passes = s.expert.Passes
	}
	rows := s.load * sh.topK * w.all / float64(max(1, t.EP))
	b.Static = rows*s.k.ExpertRow + s.expert.Overhead
	b.Mem = (rows*passes + w.tokens*s.k.TokenPasses) * s.hidden * 2 / s.bandwidth
	if s.k.HalfRateWidth > 0 {
		bytes *= 1 + s.k.HalfRateWidth*float64(max(1, t.MoETP))/sh.inner
	}
	// weights stream in, or are widened, whichever takes longer
	stream := math.Max(bytes/(s.bandwidth*s.expert.Memory), s.widen*sh.expertParams*hit/s.moeRanks)
	if s.expertTiles {
		if tiles := 2 * sh.expertParams * s.k.ExpertTile * hit / s.moeRanks / s.expertPeak; tiles > stream {
			b.Cube += tiles
			return b
		}
	}
	b.Mem += stream
	return b
}
