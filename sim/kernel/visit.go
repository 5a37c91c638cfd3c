package kernel

import (
	"fathom/sim/geometry"
)

// Bounds are seconds by what bounds them: matrix units, memory, links, or nothing that a faster device would shorten.
type Bounds struct{ Cube, Mem, Comm, Static float64 }

// Total is all of them.
func (b *Bounds) Total() float64 { return b.Cube + b.Mem + b.Comm + b.Static }

// add puts so many times other seconds to it.
func (b *Bounds) add(n float64, o Bounds) {
	b.Cube += n * o.Cube
	b.Mem += n * o.Mem
	b.Comm += n * o.Comm
	b.Static += n * o.Static
}

// kind is a kind of kernels of a step.
type kind uint8

const (
	projections kind = iota
	denseMLP
	expertGate
	lmHead
	attention
	routedExperts
	collectives
	dispatch
	elementwise
	overhead
	drafts
	launches
	numKinds
)

// tally is a step taken apart.
type tally [numKinds]Bounds

// bounds adds the kinds up.
func (t *tally) bounds() (sum Bounds) {
	for i := range t {
		sum.add(1, t[i])
	}
	return sum
}

// counts are how often each kind runs, its operations and its bytes.
type counts [numKinds]struct {
	runs         float64
	flops, bytes float64
}

func (c *counts) add(k kind, runs, flops, bytes float64) {
	if c != nil {
		c[k].runs += runs
		c[k].flops += flops
		c[k].bytes += bytes
	}
}

// visit walks through the kernels of a step (serving-dynamics 2). Its total, its parts and what they wait for are all
// read off this one walk; c is nil where only times are wanted.
func (s *Stepper) visit(w *work, t *tally, c *counts) {
	for i := range s.shapes {
		sh := &s.shapes[i]
		n := sh.count
		s.product(projections, &sh.projections, n, w.tokens, t, c)
		s.attention(sh, w, t, c)
		if s.reduce.rate > 0 {
			message := w.tokens * s.hidden * 2
			t[collectives].Comm += n * (2*s.reduce.seconds(message, s.k.Reduce) + float64(sh.reduces)*s.reduce.fixed*s.k.Reduce)
			c.add(collectives, n*float64(2+sh.reduces), 0, 2*n*message)
		}
		if sh.experts > 0 {
			s.moe(sh, w, t, c)
		} else {
			s.product(denseMLP, &sh.dense, n, w.tokens, t, c)
		}
		c.add(elementwise, 8*n, 0, n*w.tokens*s.passes(sh))
	}
	t[elementwise].Mem += w.tokens * s.elementwise
	t[overhead].Static += s.overhead
	c.add(overhead, s.layers, 0, 0)
	s.product(lmHead, &s.head, 1, w.rows, t, c)
	if w.width > 1 { // every guess is one more pass through a single layer
		s.guess(w, t)
		c.add(drafts, w.width-1, 0, 0)
	}
	s.launch(w, t)
	c.add(launches, 1, 0, 0)
}

// product is a matrix product of n layers: arithmetic or the reading of weights, whichever is longer; rows are moved
// beside.
func (s *Stepper) product(k kind, p *product, n, rows float64, t *tally, c *counts) {
	if p.params == 0 {
		return
	}
	b := &t[k]
	if cube := p.cube * rows; cube > p.weights {
		b.Cube += n * cube
	} else {
		b.Mem += n * p.weights
	}
	b.Mem += n * p.rows * rows
	b.Static += n * p.overhead
	c.add(k, n, n*2*p.params*rows, n*p.params*p.format.Bytes())
}

// attention is the arithmetic over the cache: pairs of prompts against the peak, decodes against bandwidth. Many heads
// that share one latent vector can be bound by arithmetic in decode too.
func (s *Stepper) attention(sh *shape, w *work, t *tally, c *counts) {
	var pairs, keys float64
	for _, span := range sh.sees {
		p, k := s.seen(span, w)
		pairs += p
		keys += k
	}
	bytes := keys*sh.keyBytes + w.context*sh.indexBytes + 2*sh.state*(w.decoding+float64(len(w.prompts)))
	b := &t[attention]
	b.Cube += sh.count * pairs * sh.pairFLOPs / (s.attnPeak * s.k.AttnPrefill)
	read, compute := bytes/(s.bandwidth*s.k.AttnDecode), keys*w.width*sh.cachedFLOPs/(s.attnPeak*s.k.AttnPrefill)
	if compute > read {
		b.Cube += sh.count * compute
	} else {
		b.Mem += sh.count * read
	}
	c.add(attention, sh.count, sh.count*(pairs*sh.pairFLOPs+keys*w.width*sh.cachedFLOPs), sh.count*bytes)
}

// seen is what a layer attends to: (query, key) pairs of prompts, and keys of the contexts of decodes.
func (s *Stepper) seen(span geometry.Span, w *work) (pairs, keys float64) {
	pairs, keys = w.pairs, w.context
	if span.Reach > 0 {
		reach := float64(span.Reach)
		keys = min(keys, reach*w.decoding)
		pairs = 0
		for _, p := range w.prompts {
			pairs += windowed(float64(p.Query), float64(p.Done), reach)
		}
		if s.dp > 1 && w.all > 0 {
			pairs = min(pairs, w.pairs)
		}
	}
	if span.Every > 1 {
		pairs, keys = pairs/float64(span.Every), keys/float64(span.Every)
	}
	return pairs, keys
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

// guess adds the layers that guess tokens ahead.
func (s *Stepper) guess(w *work, t *tally) {
	sum := t.bounds()
	head := t[lmHead]
	head.Static = 0 // of the head only what depends on the rows is not in layers
	sum.add(-1, head)
	t[drafts].add((w.width-1)/s.layers, sum)
}

// launch adds what a step waits for its kernels to be launched. Outside captured graphs the host launches kernel after
// kernel, and the device waits where they are short.
func (s *Stepper) launch(w *work, t *tally) {
	per := 0.0
	switch {
	case len(w.prompts) > 0:
		t[overhead].Static += s.layers * s.k.PromptOverhead
		if w.tokens > float64(s.k.PromptCaptured) {
			per = s.k.PromptEager
		}
		if s.k.Captured == 0 {
			per = max(per, s.k.Eager)
		}
	case w.decoding > float64(max(1, s.k.Captured)):
		per = s.k.Eager
	}
	if per > 0 {
		b := t.bounds()
		t[launches].Static += max(0, s.kernels*per-b.Total())
	}
}
