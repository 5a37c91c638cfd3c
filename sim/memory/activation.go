package memory

import (
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// activation holds the constants of the closed forms of simulation-model 6.4. The reference tool replays the operators
// through a tracker that frees every view of a buffer again, so its level sinks from layer to layer and the peak is
// what the first executed layer needs, plus what the tracker counts again for every replayed layer. Bytes, per token
// where the name says so.
type activation struct {
	compiled     bool
	routes       bool // some layers route to experts
	dispatched   bool // their rows travel between EP ranks
	lateInDecode bool // in decode the first expert layer can need more than the dense ones before it
	firstPerTok  float64
	residual     float64 // one token's row of the residual stream
	perPatch     float64 // the vision tower, per image patch
	floor        float64 // unquantised copy of a weight that lives inside the first layer
	expertLayer  expertPeak
	tables       float64 // cosine and sine rows of a token
	replays      float64 // layers of the most frequent kind
	copies       float64 // unquantised copies of latent up projections and router weights
	strategy     plan.Strategy
	moe          model.FFN
	expert       float64 // weights of one routed expert in all layers
	leak         float64 // what one padded row leaves behind in all layers
}

func newActivation(w *weigher, st plan.Stage, from, mtp int, o *Setting) (activation, error) {
	g := w.g
	m, first := g.Model, g.Layer(from)
	a := activation{
		compiled:     o.Compile,
		dispatched:   g.Strategy.EP > 1,
		lateInDecode: first.Facts.Attention.Kind == model.MLA,
		residual:     fp16 * float64(m.Hidden),
		tables:       2 * fp16 * float64(m.TableWidth),
		replays:      1,
		strategy:     g.Strategy,
	}
	var err error
	if a.firstPerTok, err = firstLayer(g, first, o); err != nil {
		return a, err
	}
	if m.Reused && !o.NoRepetition {
		a.replays = float64(mostEqual(g.Of[from : from+len(st.Layers)]))
	}
	if down := first.Attention.Find(geometry.OutputDown); !o.Compile && o.Linear != plan.LinearDisabled {
		a.floor = fp16 * down.Own.Elements()
	}
	for i := range st.Layers {
		a.count(w, g.Layer(from+i), o)
	}
	if a.routes {
		a.expertLayer = newExpertPeak(g, first, a.moe, o)
	}
	for range mtp {
		a.count(w, &w.draft, o)
	}
	return a, nil
}

// count adds what one layer keeps resident besides its weights.
func (a *activation) count(w *weigher, l *geometry.Layer, o *Setting) {
	// Both halves of the up projection and the projection itself, while the stored one is never touched.
	if up := l.Attention.Find(geometry.LatentUp); up.Part == geometry.LatentUp {
		a.copies += up.Own.Elements() * (2*w.formats.KV - float64(w.formats.Projection.Bits)/8)
	}
	f := l.Facts.FFN
	if !f.MoE() {
		return
	}
	a.routes, a.moe = true, f
	a.expert += w.expert(l)
	if o.Compile {
		hidden := float64(w.g.Model.Hidden)
		a.leak += fp16 * hidden
		if f.Router == model.RawLogits || f.Router == model.GroupedSigmoid {
			a.copies += (fp32 - fp16) * float64(f.Experts) * hidden
		}
	}
}

// mostEqual counts the layers of the most frequent kind.
func mostEqual(kinds []int) int {
	most := 0
	for i, k := range kinds {
		n := 0
		for _, other := range kinds[i:] {
			if other == k {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// bytes gives the activation of a batch; it is negative where weights that no row touches outweigh it.
func (a *activation) bytes(b Batch) float64 {
	peak := max(float64(b.Tokens)*a.firstPerTok, a.floor)
	if b.Patches > 0 {
		peak = max(peak, float64(b.Tokens)*a.residual+float64(b.Patches)*a.perPatch)
	}
	if !a.routes {
		return a.phantom(b) + a.copies + peak
	}
	rows := a.strategy.Route(a.moe, b.Tokens)
	if !a.dispatched || a.lateInDecode && b.Decode {
		peak = max(peak, a.expertLayer.bytes(b.Tokens, rows))
	}
	untouched := float64(rows.Local-rows.Active) * a.expert
	return a.phantom(b) + a.copies + peak - untouched + float64(rows.Surplus())*a.leak
}

// phantom is what replayed layers count again: tables, slots, block tables and lengths.
func (a *activation) phantom(b Batch) float64 {
	t, n := float64(b.Tokens), float64(b.Requests)
	blocks := float64(ceil(b.Longest, BlockSize))
	return t*(a.replays-1)*a.tables + a.replays*(8*t+8*n*blocks+8*(n+1)+16*n) + 16*t
}
