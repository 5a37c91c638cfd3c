package memory

import (
	"fmt"

	"fathom/sim/geometry"
	"fathom/sim/plan"
)

// Rank is the fullest rank of one pipeline stage, ready to be asked about many batches.
type Rank struct {
	weight, vision float64
	caches         []cache
	state          float64 // bytes of recurrent state of a request
	extraTokens    int     // tokens that each request's cache keeps room for: one, and one for each MTP layer
	act            activation
	served         bool
}

// Batch is the work of one DP rank in one pass.
type Batch struct {
	Decode   bool
	Images   bool // images are served, so the vision tower is resident
	Requests int
	Tokens   int // new tokens of all requests (T)
	Total    int // context and new tokens of all requests
	Longest  int // context and new tokens of the longest request
	Patches  int // image patches that the vision tower runs on in this pass
}

// Setting is what a rank holds its model with.
type Setting struct {
	Formats Formats
	plan.Quant
	plan.Options
	MTP int // MTP layers that run
	// Served counts weights and caches as serving engines hold them: a tied table once, nothing for MTP layers that the
	// model has already, windows as long as they are, and the state of linear attention. Else they are the reference
	// tool's.
	Served bool
	// Replayed prepares the activations of the reference tool's tracker, for which each kind of attention has a form of
	// its own.
	Replayed bool
}

// NewRanks gives a rank for each pipeline stage: usually one. The error names a kind of attention whose activations are
// not known where they are wanted.
func NewRanks(g *geometry.Rank, s Setting) ([]Rank, error) {
	m := g.Model
	stages := plan.Stages(m, g.Strategy.PP)
	ranks := make([]Rank, len(stages))
	w, err := newWeigher(g, &s)
	if err != nil {
		return nil, err
	}
	from := 0
	for i, st := range stages {
		r, layers := &ranks[i], 0
		if st.Head {
			layers = s.MTP
		}
		r.weight, r.extraTokens = w.stage(st, from, layers), s.MTP+1
		r.caches, r.state = caches(&w, st, from, layers, &s)
		if r.served = s.Served; s.Served {
			r.extraTokens = 0
		}
		if s.Replayed {
			if r.act, err = newActivation(&w, st, from, layers, &s); err != nil {
				return nil, fmt.Errorf("model %s: %w", m.Name, err)
			}
		}
		if st.Embedding && m.Vision != nil {
			r.vision, r.act.perPatch = vision(m.Vision, g.Strategy.VisionTP), visionPeak(m.Vision)
		}
		from += len(st.Layers)
	}
	return ranks, nil
}

// Weight gives bytes of weights and RoPE tables; the vision tower counts only with images.
func (r *Rank) Weight(images bool) float64 {
	if images {
		return r.weight + r.vision
	}
	return r.weight
}

// KV gives bytes of the caches for a batch.
func (r *Rank) KV(b Batch) float64 {
	total := float64(b.Requests) * r.state
	for i := range r.caches {
		if c := &r.caches[i]; r.served {
			total += c.exact(b.Requests, b.Total)
		} else {
			total += c.size(b.Requests, r.cached(b))
		}
	}
	return total
}

// cached is the number of tokens that the reference tool's caches of a batch have room for.
func (r *Rank) cached(b Batch) int { return b.Total + b.Requests*r.extraTokens }

// KVPerToken gives the bytes of one token in all layers, before context parallel ranks share them. For DeepSeek-V4,
// whose caches are not linear in tokens, it is the mean over the tokens of whole blocks. As engines hold them it is the
// mean over the tokens of the batch.
func (r *Rank) KVPerToken(b Batch) float64 {
	if r.served {
		return r.KV(b) / float64(max(1, b.Total))
	}
	total := 0.0
	for _, c := range r.caches {
		if c.ring > 0 {
			return r.KV(b) / float64(max(1, ceil(r.cached(b), BlockSize))*BlockSize)
		}
		total += c.bytes
	}
	return total
}

// Activation gives bytes beside weights and caches, never less than 0. It is the first forward's figure; later ones of
// the reference tool depend on its history and are not modelled.
func (r *Rank) Activation(b Batch) float64 { return max(0, r.act.bytes(b)) }

// CapacityFactor is how many times more tokens fit than KVPerToken says, because context parallel ranks share blocks.
func (r *Rank) CapacityFactor() int {
	factor := 0
	for _, c := range r.caches {
		if factor == 0 || c.factor < factor {
			factor = c.factor
		}
	}
	return max(1, factor)
}

// Available gives what is left of a device after weights, caches, activations and the reserve, all in bytes; below 0
// the batch does not fit. Where prefill requests of different lengths share the batch and it does not fit, the
// reference tool counts a tenth of the activation instead (simulation-model 6.1).
func Available(capacity, weight, kv, activation, reserved float64, mixedPrefill bool) float64 {
	left := capacity - weight - kv - activation - reserved
	if left < 0 && mixedPrefill {
		left += 0.9 * activation
	}
	return left
}
