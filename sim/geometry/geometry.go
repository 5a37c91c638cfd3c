package geometry

import (
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// Rank is a model as one rank of a strategy holds it.
type Rank struct {
	Model    *model.Model
	Strategy plan.Strategy
	// Kinds are the distinct layers in the order in which they first appear, Of the kind of each layer.
	Kinds []Layer
	Of    []int
	split bool // blocks of MTP layers are split like the others

	Embedding, Head Matrix
	Hyper           []Vector // joins the streams of hyper-connections before the head
	Indexed         bool     // some layer selects tokens with an indexer of its own
}

// Layer is one decoder layer. It has no pointers into the model and is read-only.
type Layer struct {
	Facts     model.Layer // of the whole layer
	Attention Attention
	FFN       FFN
	Vectors   []Vector // norms before both blocks, hyper-connections
}

// kinds builds each kind of attention.
var kinds = [model.NumAttentionKinds]func(*builder, model.Attention) Attention{
	model.GQA:      (*builder).grouped,
	model.MLA:      (*builder).latent,
	model.SharedKV: (*builder).shared,
	model.Linear:   (*builder).recurrent,

	model.NoAttention: func(_ *builder, a model.Attention) Attention { return Attention{Own: a} },
}

// builder is what the builders of blocks share.
type builder struct {
	hidden int
	vocab  int
	sizes  [NumGroups]int
	s      plan.Strategy
	draft  bool // the block of an MTP layer
	plain  bool // feed-forward blocks are not gated
	// wholeHeads leaves the queries, keys and values of grouped attention whole on every rank.
	wholeHeads bool
}

// New gives the rank of a model under a strategy, sizes of 0 standing for what plan.Strategy says of them. Heads that
// the ranks do not divide are rounded up: it is the fullest rank. With split every block of an MTP layer is split like
// the others; the reference tool leaves the queries, keys and values of grouped attention whole there (simulation-model
// 8.1). The error names a kind of layer that is not known here.
func New(m *model.Model, s plan.Strategy, split bool) (*Rank, error) {
	b := builder{hidden: m.Hidden, vocab: m.Vocab, sizes: sizes(s), s: s}
	r := &Rank{Model: m, Strategy: s, split: split, Of: make([]int, len(m.Layers)), Kinds: make([]Layer, 0, 2)}
	for i := range m.Layers {
		k := r.find(&m.Layers[i])
		if k < 0 {
			l, err := b.layer(m, m.Layers[i])
			if err != nil {
				return nil, err
			}
			k = len(r.Kinds)
			r.Kinds = append(r.Kinds, l)
		}
		r.Of[i] = k
		r.Indexed = r.Indexed || m.Layers[i].Attention.OwnsIndexer
	}
	r.Embedding, r.Head = b.embedding(), b.head()
	if m.Hyper != nil {
		n := m.Hyper.Streams
		r.Hyper = []Vector{whole(n*n*m.Hidden+n+1, wide)}
	}
	return r, nil
}

// Draft builds the block of an MTP layer. The error names a kind of layer that is not known here.
func (r *Rank) Draft() (Layer, error) {
	m := r.Model
	b := builder{hidden: m.Hidden, vocab: m.Vocab, sizes: sizes(r.Strategy), s: r.Strategy, draft: true,
		wholeHeads: !r.split}
	return b.layer(m, m.MTPLayer)
}

// find gives the kind of a layer, -1 where it is new. Models have a handful, so looking through them beats hashing.
func (r *Rank) find(l *model.Layer) int {
	for i := range r.Kinds {
		if r.Kinds[i].Facts == *l {
			return i
		}
	}
	return -1
}

// Layer gives the geometry of a layer of the model.
func (r *Rank) Layer(i int) *Layer { return &r.Kinds[r.Of[i]] }

// layer builds one decoder layer.
func (b *builder) layer(m *model.Model, facts model.Layer) (Layer, error) {
	k := facts.Attention.Kind
	if k >= model.NumAttentionKinds || kinds[k] == nil {
		return Layer{}, message.Fault("pass.of-model", m.Name, Unknown{"geometry", k})
	}
	l := Layer{Facts: facts, Attention: kinds[k](b, facts.Attention), FFN: b.ffn(facts.FFN)}
	norms := m.Norms
	if facts.FFN.None() || k == model.NoAttention { // the norms of one block only
		norms = max(1, norms/2)
	}
	l.Vectors = []Vector{whole(norms*m.Hidden, narrow)}
	if w := m.PerLayer.Width; w > 0 { // a gate, a projection and a norm bring the layer's own embedding in
		l.Vectors = append(l.Vectors, whole(2*w*m.Hidden+m.Hidden, narrow))
	}
	if h := m.Hyper; h != nil { // two connections: projection, base and three scales (simulation-model A.3)
		mix := (2 + h.Streams) * h.Streams
		l.Vectors = append(l.Vectors, whole(2*(mix*h.Streams*m.Hidden+mix+3), wide))
	}
	return l, nil
}

// Unknown is the error of a room that cannot price a kind of attention.
type Unknown struct {
	Room string
	Kind model.AttentionKind
}

func (u Unknown) Error() string { return u.Message().String() }

// Message names the kind and the room.
func (u Unknown) Message() message.Message {
	return message.New("pass.unknown-attention", u.Kind, u.Room)
}

// embedding is the table of the word embedding: whole on every rank unless it is split.
func (b *builder) embedding() Matrix {
	m := Matrix{Part: Embedding, Role: Vocabulary, All: Size{b.vocab, b.hidden}, Group: TP}
	switch b.s.WordEmbeddingTP {
	case plan.EmbeddingCol:
		m.Dealt = Columns
	case plan.EmbeddingRow:
		m.Dealt = Rows
	}
	return b.deal(m, 0)
}

// head gives the logits of a rank's part of the vocabulary.
func (b *builder) head() Matrix {
	return b.deal(Matrix{Part: Head, Role: Vocabulary, All: Size{b.hidden, b.vocab}, Group: HeadTP, Dealt: Columns}, 0)
}
