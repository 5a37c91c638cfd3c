package pass

import (
	"fathom/hw/message"
	"fathom/sim/geometry"
	"fathom/sim/op"
)

// mla holds the constants of a latent attention block on one rank.
type mla struct {
	op.Latent
	indexer op.Indexer
	selects bool // this layer has an indexer of its own
	reuses  bool // compiled, only the first kind of layer computes the local lengths of DCP
	out     row
}

func (p *Pricer) newMLA(l *layer, g *geometry.Attention) error {
	a := &l.facts.Attention
	tp := p.setup.Strategy.TP
	if a.Heads%tp != 0 {
		return message.Fault("pass.heads-divisor", tp, a.Heads, p.setup.Model.Name)
	}
	if p.cache.Quantised && !p.projection.Quantised() {
		return message.Fault("pass.attention-needs-linear",
			p.setup.Quant.Attention, p.setup.Model.Name)
	}
	own := &g.Own
	heads := float64(own.Heads)
	l.mla = mla{Latent: op.Latent{Hidden: p.hidden, Heads: heads, SoftmaxHeads: heads, Shard: 1, QRank: float64(a.QRank),
		KVRank: float64(a.KVRank),
		Nope:   float64(a.NopeDim), Rope: float64(a.RopeDim), Value: float64(a.ValueDim), TopK: float64(a.TopK)},
		indexer: op.Indexer{Hidden: p.hidden, QRank: float64(a.QRank), Rope: float64(a.RopeDim),
			Heads: float64(own.IndexHeads), Dim: float64(a.IndexDim), TopK: float64(a.TopK)},
		selects: a.OwnsIndexer, reuses: p.compile && len(p.layers) > 0}
	l.mla.out = p.newRow(&p.groups.out, g.Find(geometry.Output), heads*float64(a.ValueDim))
	return nil
}

// mlaBlock is latent attention from the normed input to the output projection (simulation-model 3.5).
func (r *run) mlaBlock(m *mla) {
	t, p := r.b.Tokens, r.p
	r.add(op.LatentPreprocess(&m.Latent, &p.projection, t))
	if m.selects {
		r.add(op.SelectTokens(&r.b, &p.cache, &p.projection, &m.indexer))
	}
	if p.cache.Quantised {
		r.add(op.StaticQuantize(t, m.Heads*(m.Nope+m.Rope)))
		r.add(op.StaticQuantize(t, m.KVRank))
		r.add(op.StaticQuantize(t, m.Rope))
	}
	if m.TopK == 0 && r.shardsCache() {
		r.shardedLatents(m)
	} else {
		r.add(op.WriteLatent(&m.Latent, &p.cache, t))
		r.add(op.LatentAttention(&r.b, &p.cache, &p.projection, &m.Latent))
	}
	r.rowLinear(&p.output, &m.out)
}

// shardedLatents attends with the queries of the whole DCP group to this rank's slice of every sequence, and exchanges
// the partial results (simulation-model 5.7).
func (r *run) shardedLatents(m *mla) {
	t, b, p := r.b.Tokens, r.b.Requests, r.p
	r.gatherQueries(m.Heads * (m.Nope + m.Rope))
	if !m.reuses {
		for range 3 { // the local lengths
			r.move(op.Add, 8*b, 8*b, b, 1)
		}
	}
	r.add(op.WriteLatent(&m.Latent, &p.cache, t))
	l := m.Latent
	l.Shard = p.groups.dcp.Size
	l.SoftmaxHeads = l.Heads * l.Shard
	r.add(op.LatentAttention(&r.b, &p.cache, &p.projection, &l))
	r.mergeShards(m.Heads, m.Value)
	n := 2 * t * m.Heads * m.Value
	r.move(op.Clone, n, n, t, m.Heads*m.Value)
	r.convert(2, 4, 1, 1)
	r.addScalar(t, m.Heads*m.Value)
}
