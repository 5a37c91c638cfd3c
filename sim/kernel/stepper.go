package kernel

import (
	"math"

	"fathom/hw"
	"fathom/sim/traffic"
)

// Stepper prices steps of one deployment. It is immutable and safe for concurrent use.
type Stepper struct {
	d      Deployment
	shapes []shape
	head   product // Launches 0: none

	k         Constants
	bandwidth float64
	attnPeak  float64 // operations per second of attention

	expert                  hw.Efficiency
	expertPeak, expertBytes float64 // peak operations per second, bytes per weight
	expertTiles             bool    // kernels of experts fill tiles of rows up
	widen                   float64 // seconds to widen a weight of an expert
	reduce                  allReduce
	link                    hw.Link // that the experts' ranks span
	hidden, dp              float64
	devices, moeRanks, load float64 // ranks of a stage and of the experts; of the fullest one, in units of the mean
	above                   float64 // standard deviations of the fullest of the experts' ranks; 0: all have the same
	copies                  float64 // of a layer's experts beyond the first of each
	layers                  float64
	elementwise             float64 // seconds of all layers for a token
	overhead                float64 // seconds of all layers, whatever the step
	kernels                 float64 // launched in a step
}

// New prepares the step time of a deployment.
func New(d Deployment) (*Stepper, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	p, t := d.Profile, &d.Rank.Strategy
	s := &Stepper{d: d, bandwidth: p.MemoryBandwidth, hidden: float64(d.Rank.Model.Hidden), dp: float64(t.DP)}
	if d.Constants != nil {
		s.k = *d.Constants
	} else {
		s.k = Unfitted(p)
	}
	s.attnPeak = p.Cube[hw.FormatBF16.Unit(p)]
	if s.k.AttnInCache && !hw.FormatNVFP4.Widened(p) { // GPUs before Blackwell widen a cache as they read it
		s.attnPeak = p.Cube[d.Formats.KV.Unit(p)]
	}
	s.expert = s.k.Expert[d.Formats.Expert]
	s.expertPeak = p.Cube[d.Formats.Expert.Unit(p)] * s.expert.Compute
	s.expertBytes = d.Formats.Expert.Bytes()
	widened := d.Formats.Expert.Widened(p)
	s.expertTiles = s.k.ExpertTile > 0 && !widened
	if vec := p.Vec[d.Formats.Expert.Unit(p)]; widened && vec > 0 {
		s.widen = s.k.Widening / vec
	}
	s.reduce, s.link = reduce(p, t.TP, s.k.Curve), p.Grid.Link(t.TP*t.DP, 1)
	if i := p.Grid.LevelOf(t.TP*t.DP, 1); i >= 0 { // what experts reach of it is measured
		s.link.Bandwidth /= p.Grid.Levels[i].Efficiency
	}
	s.devices = float64(t.TP * t.DP)
	s.moeRanks = float64(max(1, t.EP) * max(1, t.MoETP))
	if s.load = d.Busiest; s.load == 0 {
		s.load = math.Pow(float64(max(1, t.EP)), s.k.Skew)
	}
	s.copies = float64(t.RedundantExperts)
	if s.k.Fullest {
		s.above = highest(t.EP)
	}
	s.layers = float64(len(d.Rank.Model.Layers))
	s.addShapes()
	if head := &d.Rank.Head; head.Own.Out > 0 {
		s.head.format = d.Formats.Head
		s.head.add(head)
		s.prepare(&s.head)
	}
	return s, nil
}

// addShapes groups equal layers and adds up what does not depend on the step.
func (s *Stepper) addShapes() {
	r := s.d.Rank
	s.shapes = make([]shape, len(r.Kinds))
	for i := range r.Kinds {
		s.shapes[i] = newShape(&r.Kinds[i], &s.d.Formats)
	}
	for _, k := range r.Of {
		s.shapes[k].count++
	}
	for i := range s.shapes {
		sh := &s.shapes[i]
		if sh.experts > 0 {
			sh.missed = math.Log1p(-sh.topK / (sh.experts + s.copies))
		}
		for _, p := range []*product{&sh.projections, &sh.dense, &sh.router} {
			s.prepare(p)
		}
		if sh.latent && s.k.LatentOverhead > 0 { // it covers the launches of the projections
			sh.projections.overhead = 0
		}
		s.overhead += sh.count * s.layerOverhead(sh)
		s.kernels += sh.count * sh.kernels()
		s.elementwise += sh.count * s.passes(sh) / (elementwiseReach * s.bandwidth)
	}
}

// prepare works out the times of a product.
func (s *Stepper) prepare(p *product) {
	if p.params <= 0 {
		*p = product{}
		return
	}
	reach := s.k.Linear[p.format]
	memory := s.bandwidth * reach.Memory
	p.cube = 2 * p.params / (s.d.Profile.Cube[p.format.Unit(s.d.Profile)] * reach.Compute)
	p.weights = p.params * p.format.Bytes() / memory
	p.rows = s.k.LinearPasses * 2 * p.width / memory
	p.overhead = float64(p.launches) * reach.Overhead
}

// work is a step in the sums that matter.
type work struct {
	tokens   float64 // of the fullest attention rank
	all      float64 // of all ranks together
	rows     float64 // that the head sees
	decoding float64 // sequences on the fullest rank
	width    float64 // tokens that each of them has
	context  float64 // sum of their contexts
	pairs    float64 // (query, key) pairs of prompt pieces on the fullest rank
	prompts  []traffic.Piece
}

// sum spreads a step over the attention ranks. Decoding sequences go round robin; a prompt piece stays whole.
func (s *Stepper) sum(st traffic.State) work {
	dp := s.dp
	w := work{prompts: st.Prompts}
	var prompt, largest, pairs, ends float64
	for _, p := range st.Prompts {
		q := float64(p.Query)
		prompt += q
		largest = max(largest, q)
		pairs += q * (float64(p.Done) + q/2)
		if p.Last {
			ends++
		}
	}
	w.width = max(1, float64(st.Width))
	w.decoding = math.Ceil(float64(st.Decoding) / dp)
	w.context = st.Context / dp
	onRank := max(prompt/dp, largest)
	w.tokens = w.decoding*w.width + onRank
	w.all = float64(st.Decoding)*w.width + prompt
	w.rows = w.decoding*w.width + math.Ceil(ends/dp)
	if prompt > 0 {
		w.pairs = pairs * onRank / prompt
	} else if fill := float64(s.k.Graph) * w.width; fill > w.tokens { // no expert works on what fills the graph up
		w.tokens, w.rows = fill, fill
	}
	return w
}

// Seconds implements traffic.Clock with the formula of serving-dynamics 2, without the host's time.
func (s *Stepper) Seconds(st traffic.State) float64 {
	var t tally
	w := s.sum(st)
	s.visit(&w, &t, nil)
	b := t.bounds()
	return b.Total()
}

// Bounds is the same time by what it waits for, and what of it rows are on the way between attention and expert ranks.
func (s *Stepper) Bounds(st traffic.State) (b Bounds, exchange float64) {
	var t tally
	w := s.sum(st)
	s.visit(&w, &t, nil)
	return t.bounds(), t[dispatch].Total()
}

// elementwiseReach is the share of the memory bandwidth that norms, activations and the like reach (nvidia_devices).
const elementwiseReach = 0.8

// passes are the bytes that the elementwise kernels of a layer move for a token (serving-dynamics 2).
func (s *Stepper) passes(sh *shape) float64 {
	return 2 * (8*s.hidden + s.k.InnerPasses*sh.denseInner)
}

// denseKernels is how many matrix products the layer overhead of a dense layer covers.
const denseKernels = 4

// layerOverhead is the time of a layer whatever the step, beside that of its products.
func (s *Stepper) layerOverhead(sh *shape) float64 {
	t := s.k.LayerOverhead + s.k.KernelOverhead*float64(sh.products()+sh.small-denseKernels)
	if sh.experts > 0 {
		t += s.k.KernelOverhead // the gate
	}
	if sh.latent {
		t += s.k.LatentOverhead
	}
	return t
}
