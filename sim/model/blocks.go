package model

import (
	"math"
	"strings"
)

// builder reads the layers of one decoder.
type builder struct {
	r      *reader
	f      *family
	m      *Model
	layers int // as published
	// all kinds of layers have these
	heads int
	norm  Norm
	at    []numbered // of every layer of the model
}

// decoder reads the sizes outside the layers, then the layers.
func (b *builder) decoder() {
	r, m := b.r, b.m
	m.Hidden = r.whole("hidden_size", 1, maxWidth)
	m.Vocab = r.whole("vocab_size", 1, maxVocab)
	if n := r.wholeOr("word_embed_proj_dim", m.Hidden, 1, maxWidth); n != m.Hidden {
		r.fail("word_embed_proj_dim", "config.contradicts", n, "hidden_size", m.Hidden)
	}
	m.MaxPositions = r.whole("max_position_embeddings", 1, maxPositions)
	m.Context = b.context()
	m.NormEps = r.fraction("rms_norm_eps", 1e-6, 0, 1)
	m.TiedEmbedding = r.flag("tie_word_embeddings", false)
	m.OnePlusNorm = b.f.OnePlus
	m.RopeAxes = max(1, b.f.RopeAxes)
	m.Norms = 2
	if b.f.Norms > 0 {
		m.Norms = b.f.Norms
	}
	b.layers = b.layerCount()
	m.LayerCount = b.layers
	b.heads = r.whole("num_attention_heads", 1, maxHeads)
	b.norm = b.queryNorm()
	if *r.err != nil {
		return
	}
	if r.has("block_configs") && b.f.Unless == "block_configs" {
		b.searched()
	} else if r.has("layers_block_type") && b.single() || r.has("hybrid_override_pattern") {
		b.blocks()
	} else {
		b.pairs()
	}
	if *r.err != nil || len(m.Layers) == 0 {
		return
	}
	for i := len(b.at); i < len(m.Layers); i++ {
		at := i * b.layers / len(m.Layers) // several layers of the model may stand for one
		b.at = append(b.at, numbered{at, at})
	}
	if r.has("compress_ratios") {
		b.streams()
	}
	if r.count("hidden_size_per_layer_input") > 0 {
		m.PerLayer = PerLayer{Width: r.count("hidden_size_per_layer_input"), Rows: r.wholeOr("vocab_size_per_layer_input",
			m.Vocab, 1, maxVocab)}
	} else {
		r.skip("vocab_size_per_layer_input")
	}
	for i := range m.Layers {
		m.TableWidth = max(m.TableWidth, m.Layers[i].Attention.tableWidth())
	}
	b.further()
}

// layerCount is stated, or as long as the list of single blocks.
func (b *builder) layerCount() int {
	if s, ok := b.r.value("hybrid_override_pattern").(string); ok && !b.r.has("num_hidden_layers") {
		return len(s)
	}
	if list := b.r.list("layers_block_type"); list != nil && !b.r.has("num_hidden_layers") {
		return len(list)
	}
	return b.r.whole("num_hidden_layers", 1, maxLayers)
}

// queryNorm is the norm of queries and keys. A file may turn it on or off; how it is done is the family's.
func (b *builder) queryNorm() Norm {
	kind := map[string]Norm{"": PerHead, "per_head": PerHead, "full_width": FullWidth, "bare": PerHeadBare}[b.f.QKNorm]
	on := b.r.flag("use_qk_norm", false)
	if b.r.text("qk_norm_type", "") == "per_head" {
		kind = PerHead
	}
	if !on {
		return NoNorm
	}
	return kind
}

// pairs fills layers of an attention block and a feed-forward block each.
func (b *builder) pairs() {
	slots := b.slots()
	if *b.r.err != nil {
		return
	}
	blocks := b.attention(slots)
	ffns := b.feedForward()
	if *b.r.err != nil {
		return
	}
	for i, s := range slots {
		a := blocks[s]
		b.alone(&a, i)
		switch {
		case b.f.Beside:
			b.m.Layers = append(b.m.Layers, Layer{Attention: a}, Layer{blocks[linear], ffns[i]})
		case b.f.Double:
			// The experts work beside the first dense block, which stands here as their shared expert.
			dense := FFN{Inner: b.r.whole("intermediate_size", 1, maxWidth)}
			first := ffns[i]
			first.SharedInner = dense.Inner
			b.m.Layers = append(b.m.Layers, Layer{a, first}, Layer{a, dense})
		default:
			b.m.Layers = append(b.m.Layers, Layer{a, ffns[i]})
		}
	}
}

// alone sets what single layers have for themselves: caches that they share with earlier ones, indexers of their own,
// compressions and experts chosen by a hash.
func (b *builder) alone(a *Attention, i int) {
	r := b.r
	if shared := r.wholeOr("num_kv_shared_layers", 0, 0, maxLayers); shared > 0 && i >= b.layers-shared {
		a.KVShared = true
	}
	if !r.flag("use_cla", false) {
		r.skip("cla_share_factor")
	} else if i%r.wholeOr("cla_share_factor", 2, 1, maxLayers) != 0 {
		a.KVShared = true
	}
	if a.TopK > 0 && a.Kind == MLA {
		words := r.words("indexer_types", b.layers, "full", "shared")
		a.OwnsIndexer = words == nil || words[i] == "full"
		if i == 0 && !a.OwnsIndexer {
			r.fail("indexer_types", "config.first-shared")
		}
		b.m.Reused = words == nil
	}
}

// tableWidth is the width of the RoPE tables that a block needs. Those of DeepSeek-V4 are as wide as a head, though
// only RopeDim columns rotate.
func (a Attention) tableWidth() int {
	if a.Kind == SharedKV {
		return a.HeadDim
	}
	return a.RotaryDim
}

// further reads the layers that predict further tokens: full attention and the last feed-forward block.
func (b *builder) further() {
	r, m := b.r, b.m
	last := m.Layers[len(m.Layers)-1]
	m.MTPHeads = r.wholeOr("num_nextn_predict_layers", 0, 0, maxLayers)
	if !r.flagWhere(m.MTPHeads > 0, "use_mtp", true) {
		m.MTPHeads = 0
	}
	m.MTPLayer = last
	for _, l := range m.Layers {
		if k := l.Attention.Kind; (k == GQA || k == MLA) && l.Attention.Window == 0 && !l.Attention.Cross {
			m.MTPLayer.Attention = l.Attention
			break
		}
	}
	if last.Attention.Kind == SharedKV {
		m.MTPLayer = b.furtherShared(last)
	}
}

// words gives a list of words, each out of the ones allowed, or nil. Its length must be n.
func (r *reader) words(key string, n int, allowed ...string) []string {
	items := r.list(key)
	if items == nil {
		return nil
	}
	if len(items) != n {
		r.fail(key, "config.one-each-layer", len(items), n)
		return nil
	}
	out := make([]string, len(items))
	for i, v := range items {
		word, _ := v.(string)
		for _, a := range allowed {
			if a == word {
				out[i] = a
			}
		}
		if out[i] == "" {
			r.fail(key, "config.entry-one-of", show(v), i, strings.Join(allowed, ", "))
			return nil
		}
	}
	return out
}

// uniform gives an integer that may be written as a list with an entry for each layer, all the same.
func (r *reader) uniform(key string, missing, lo, hi int) int {
	list, ok := r.value(key).([]any)
	if !ok {
		return r.wholeOr(key, missing, lo, hi)
	}
	all := r.wholes(key, lo, hi)
	for i, v := range all {
		if v != all[0] {
			r.fail(key, "config.entry-differs", v, i, all[0])
			return missing
		}
	}
	if len(all) == 0 || len(list) == 0 {
		return missing
	}
	return all[0]
}

// rotary gives the rotated columns of a head from the partial factor, which sits beside or inside the RoPE parameters,
// or from their number.
func (b *builder) rotary(dim int, kind string) int {
	r := b.r
	if b.f.WholeRotary { // the reference tool rotates all columns, whatever rotary_dim says (simulation-model 3.5)
		r.skip("rotary_dim", "partial_rotary_factor")
		return dim
	}
	if r.has("alibi") { // positions are added to the scores
		r.skip("rotary_dim", "partial_rotary_factor")
		return 0
	}
	if n := r.wholeOr("rotary_dim", 0, 0, maxWidth); n > 0 {
		r.skip("partial_rotary_factor")
		return min(n, dim)
	}
	factor := r.fraction("partial_rotary_factor", 1, 0, 1)
	if rope := r.child("rope_parameters"); rope != nil {
		if own := rope.child(kind); own != nil {
			rope = own
		}
		factor = rope.fraction("partial_rotary_factor", factor, 0, 1)
	}
	return int(math.Trunc(float64(dim) * factor))
}
