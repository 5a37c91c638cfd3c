package model

import (
	"fmt"
	"math"
)

// Layers that a search has cut one by one (Llama-Nemotron, DeciLM): block_configs says of each layer how many heads
// share keys and values, how wide its feed-forward block is, and which of the two it does not have.

// searched fills the layers of block_configs.
func (b *builder) searched() {
	r := b.r
	list := r.list("block_configs")
	if len(list) != b.layers {
		r.fail("block_configs", "config.one-each-layer", len(list), b.layers)
		return
	}
	r.skip("num_key_value_heads", "intermediate_size") // null, or those of the model that was cut
	plain := b.grouped(full)
	for i, v := range list {
		at := &reader{file: r.file, prefix: fmt.Sprintf("%sblock_configs.%d.", r.prefix, i), err: r.err}
		at.values, _ = v.(map[string]any)
		attention, ffn := at.child("attention"), at.child("ffn")
		if attention == nil || ffn == nil {
			at.fail("attention and ffn", "config.missing")
			return
		}
		l := Layer{Attention: Attention{Kind: NoAttention}}
		if !attention.without() {
			l.Attention = plain
			share := attention.whole("n_heads_in_group", 1, maxHeads)
			attention.divides("n_heads_in_group", share, "num_attention_heads", b.heads)
			l.Attention.KVHeads = b.heads / share
			l.Attention.Window = attention.wholeOr("window_length", 0, 0, maxPositions)
			attention.none("sparsify", "num_sink_tokens")
		}
		if !ffn.without() {
			l.FFN = FFN{Inner: ffn.width(b.m.Hidden), Plain: b.plain()}
			ffn.none("sparsify", "moe")
		}
		if *r.err != nil {
			return
		}
		b.m.Layers = append(b.m.Layers, l)
	}
}

// without reports whether a layer does not have the block.
func (r *reader) without() bool {
	r.none("replace_with_linear")
	return r.flag("no_op", false)
}

// none refuses what is not priced.
func (r *reader) none(keys ...string) {
	for _, key := range keys {
		if v := r.values[key]; !neutral(v) {
			r.fail(key, "config.cut-layer", show(v))
		}
	}
}

// width is the inner size of a block: stated, or two thirds of so many times the hidden size, up to a multiple of 256
// (modeling_decilm.py, _ffn_mult_to_intermediate_size).
func (r *reader) width(hidden int) int {
	if n := r.wholeOr("intermediate_size", 0, 0, maxWidth); n > 0 {
		return n
	}
	times, ok := r.number("ffn_mult")
	if !ok || times <= 0 || times > maxWidth {
		r.fail("ffn_mult", "config.missing")
		return 1
	}
	return min(maxWidth, int(math.Ceil(math.Trunc(2*times*float64(hidden)/3)/256))*256)
}
