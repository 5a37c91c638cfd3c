package kernel

import (
	"math"

	"fathom/hw"
	"fathom/sim/traffic"
)

// Stepper prices steps of one deployment. It is immutable and safe for concurrent use.
type Stepper struct {
	d       Deployment
	shapes  []shape
	linears []linear // of all layers, with their counts

	k         Constants
	bandwidth float64
	peak16    float64

	expert                  hw.Product
	expertPeak, expertBytes float64 // peak operations per second, bytes per weight
	kvBytes                 float64 // per element
	reduce                  allReduce
	link                    hw.Link // that the experts' ranks span
	elementwise             float64 // seconds of all layers for a token
	hidden                  float64
	moeRanks, load          float64 // ranks of the experts; of the fullest one, in units of the mean
	floor                   float64 // seconds of all layers, whatever the step
	kernels                 float64 // launched in a step
}

// linear is a part of a layer that is priced as one matrix product.
type linear struct {
	count           float64
	params          float64
	flopTime, bytes float64 // seconds per token; seconds to read the weights
	rowTime         float64 // seconds per token to read and write its rows
	head            bool
}

// New prepares the step time of a deployment.
func New(d Deployment) (*Stepper, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	p := d.Profile
	s := &Stepper{d: d, bandwidth: p.MemoryBandwidth, hidden: float64(d.Model.Hidden)}
	if d.Constants != nil {
		s.k = *d.Constants
	} else {
		s.k = Unfitted(p)
	}
	s.peak16 = p.Cube[hw.FormatBF16.Unit(p)]
	s.expert = s.k.Expert[d.Formats.Expert]
	s.expertPeak = p.Cube[d.Formats.Expert.Unit(p)] * s.expert.Compute
	s.shapes = shapes(d.Model, d.TP)
	for i := range s.shapes {
		sh := &s.shapes[i]
		s.add(float64(sh.count), sh.attention, sh.attentionRows, d.Formats.Attention, false)
		s.add(float64(sh.count), sh.dense, sh.denseRows, d.Formats.Dense, false)
		s.add(float64(sh.count), sh.router, sh.routerRows, hw.FormatBF16, false)
	}
	for i := range s.shapes {
		s.floor += float64(s.shapes[i].count) * s.layer(&s.shapes[i])
		s.kernels += float64(s.shapes[i].count) * s.shapes[i].kernels()
		s.elementwise += float64(s.shapes[i].count) * s.passes(&s.shapes[i]) / (elementwiseReach * s.bandwidth)
	}
	if d.Model.Vocab > 0 {
		s.add(1, float64(d.Model.Hidden)*perRank(d.Model.Vocab, d.TP), float64(d.Model.Hidden)+perRank(d.Model.Vocab, d.TP),
			d.Formats.Head, true)
		s.floor += s.k.Linear[d.Formats.Head].Floor
	}
	s.expertBytes = d.Formats.Expert.Bytes()
	s.kvBytes = d.Formats.KV.Bytes()
	s.reduce, s.link = reduce(p, d.TP, s.k.Curve), p.Grid.Link(d.TP*d.DP, 1)
	if i := p.Grid.LevelOf(d.TP*d.DP, 1); i >= 0 { // what experts reach of it is measured
		s.link.Bandwidth /= p.Grid.Levels[i].Efficiency
	}
	s.moeRanks = float64(max(1, d.EP) * max(1, d.MoETP))
	s.load = math.Pow(float64(max(1, d.EP)), s.k.Skew)
	return s, nil
}

func (s *Stepper) add(count, params, rows float64, f hw.Format, head bool) {
	if params <= 0 {
		return
	}
	p := s.d.Profile
	reach := s.k.Linear[f]
	s.linears = append(s.linears, linear{
		count: count, params: params, head: head,
		flopTime: 2 * params / (p.Cube[f.Unit(p)] * reach.Compute),
		bytes:    params * f.Bytes() / (s.bandwidth * reach.Memory),
		rowTime:  s.k.LinearPasses * 2 * rows / (s.bandwidth * reach.Memory),
	})
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
	dp := float64(s.d.DP)
	w := work{prompts: st.Prompts}
	var prompt, largest, pairs, ends float64
	for _, p := range st.Prompts {
		q := float64(p.Query)
		prompt += q
		largest = math.Max(largest, q)
		pairs += q * (float64(p.Done) + q/2)
		if p.Last {
			ends++
		}
	}
	w.width = math.Max(1, float64(st.Width))
	w.decoding = math.Ceil(float64(st.Decoding) / dp)
	w.context = st.Context / dp
	onRank := math.Max(prompt/dp, largest)
	w.tokens = w.decoding*w.width + onRank
	w.all = float64(st.Decoding)*w.width + prompt
	w.rows = w.decoding*w.width + math.Ceil(ends/dp)
	if prompt > 0 {
		w.pairs = pairs * onRank / prompt
	}
	return w
}

// Seconds implements traffic.Clock with the formula of serving-dynamics 2, without the host's time.
func (s *Stepper) Seconds(st traffic.State) float64 {
	w := s.sum(st)
	var t float64
	for i := range s.linears {
		l := &s.linears[i]
		rows := w.tokens
		if l.head {
			rows = w.rows
		}
		t += l.count * (math.Max(l.flopTime*rows, l.bytes) + l.rowTime*rows)
	}
	layers := 0.0
	for i := range s.shapes {
		sh := &s.shapes[i]
		n := float64(sh.count)
		layers += n
		t += n * (s.attention(sh, &w) + s.routed(sh, &w))
		t += n * (s.collectives(sh, &w) + s.gather(sh, &w) - s.beside(sh, &w))
	}
	t += w.tokens * s.elementwise
	t += s.floor
	if w.width > 1 { // every guess is one more pass through a single layer
		t += (w.width - 1) * (t - s.headTime(&w)) / layers
	}
	// Outside captured graphs the host launches kernel after kernel, and the device waits where they are short.
	switch {
	case len(st.Prompts) > 0:
		launch := s.k.PromptEager
		if s.k.Captured == 0 {
			launch = math.Max(launch, s.k.Eager)
		}
		t = math.Max(t+layers*s.k.PromptFloor, s.kernels*launch)
	case w.decoding > float64(max(1, s.k.Captured)):
		t = math.Max(t, s.kernels*s.k.Eager)
	}
	return t
}

// headTime is the part of a step that is not in layers.
func (s *Stepper) headTime(w *work) float64 {
	var t float64
	for i := range s.linears {
		if l := &s.linears[i]; l.head {
			t += math.Max(l.flopTime*w.rows, l.bytes) + l.rowTime*w.rows
		}
	}
	return t
}

// seen is what a layer attends to: (query, key) pairs of prompts, and tokens of context of decodes.
func (s *Stepper) seen(sh *shape, w *work) (pairs, context float64) {
	pairs, context = w.pairs, w.context
	if sh.window > 0 {
		reach := float64(sh.window)
		context = math.Min(context, reach*w.decoding)
		pairs = 0
		for _, p := range w.prompts {
			pairs += windowed(float64(p.Query), float64(p.Done), reach)
		}
		if s.d.DP > 1 && w.all > 0 {
			pairs = math.Min(pairs, w.pairs)
		}
	}
	return pairs, context
}

// cache is the bytes of cache and recurrent state that a layer reads for so many tokens of context.
func (s *Stepper) cache(sh *shape, w *work, context float64) float64 {
	return (context*sh.kvElements+w.context*sh.extraElements)*s.kvBytes + 2*sh.state*(w.decoding+float64(len(w.prompts)))
}

// attention is the arithmetic over the cache: pairs of prompts against the 16-bit peak, decodes against bandwidth.
func (s *Stepper) attention(sh *shape, w *work) float64 {
	pairs, context := s.seen(sh, w)
	bytes := s.cache(sh, w, context)
	// Many heads that share one latent vector can be bound by arithmetic in decode too.
	prompts := pairs * sh.pairFLOPs / (s.peak16 * s.k.AttnPrefill)
	decodes := math.Max(bytes/(s.bandwidth*s.k.AttnDecode), context*w.width*sh.tokenFLOPs/(s.peak16*s.k.AttnPrefill))
	return prompts + decodes
}

// windowed counts the pairs of q queries after done tokens where each sees at most reach keys back.
func windowed(q, done, reach float64) float64 {
	if done+q <= reach {
		return q * (done + q/2)
	}
	if done >= reach {
		return q * reach
	}
	grow := reach - done
	return grow*(done+grow/2) + (q-grow)*reach
}

// collectives are the all-reduces of a layer: two of the activations, and small ones that take their fixed time.
func (s *Stepper) collectives(sh *shape, w *work) float64 {
	if s.reduce.rate <= 0 {
		return 0
	}
	return 2*s.reduce.seconds(w.tokens*s.hidden*2, s.k.Reduce) + float64(sh.smallReduces)*s.reduce.fixed*s.k.Reduce
}

// elementwiseReach is the share of the memory bandwidth that norms, activations and the like reach (nvidia_devices).
const elementwiseReach = 0.8

// passes are the bytes that the elementwise kernels of a layer move for a token (serving-dynamics 2).
func (s *Stepper) passes(sh *shape) float64 {
	return 2 * (8*s.hidden + s.k.InnerPasses*sh.denseInner)
}

// denseKernels is how many matrix products the layer floor of a dense layer covers.
const denseKernels = 4

// fixed is the time of a layer whatever the step, beside the floors of its products.
func (s *Stepper) fixed(sh *shape) float64 {
	t := s.k.LayerFloor + s.k.KernelFloor*float64(sh.products+sh.mlpProducts+sh.small-denseKernels)
	if sh.experts > 0 {
		t += s.k.KernelFloor // the gate
	}
	if sh.latentAttention {
		t += s.k.LatentFloor
	}
	return t
}

// projections is the fixed time of a layer's attention projections, beside what fixed has of it.
func (s *Stepper) projections(sh *shape) float64 {
	if sh.latentAttention && s.k.LatentFloor > 0 {
		return 0
	}
	return s.k.Linear[s.d.Formats.Attention].Floor * float64(sh.products)
}

// layer is all of a layer that does not depend on the step.
func (s *Stepper) layer(sh *shape) float64 {
	t := s.fixed(sh)
	t += s.projections(sh) + s.k.Linear[s.d.Formats.Dense].Floor*float64(sh.mlpProducts)
	if sh.experts > 0 {
		t += s.k.Linear[hw.FormatBF16].Floor + s.expert.Floor // the gate, the experts
	}
	return t
}
