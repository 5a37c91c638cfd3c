package model

import "fmt"

// Released checkpoints carry deepseek_v4; conversions of the reference code carry deepseek_ref.
var _ = register(family{types: []string{"deepseek_v4", "deepseek_ref"}, compared: true, read: readDeepSeekV4})

// readDeepSeekV4 reads DeepSeek-V4: one shared KV head of window and compressed entries, hyper-connections around both
// blocks, experts in every layer (simulation-model, appendix A). compress_ratios has an entry more, for the MTP layer.
func readDeepSeekV4(r *reader, m *Model) {
	layers := m.decoder(r)
	base := Attention{
		Kind:         SharedKV,
		Heads:        r.whole("num_attention_heads", 1, maxHeads),
		KVHeads:      1,
		HeadDim:      r.whole("head_dim", 1, maxWidth),
		RopeDim:      r.whole("qk_rope_head_dim", 1, maxWidth),
		QRank:        r.whole("q_lora_rank", 1, maxWidth),
		OutRank:      r.whole("o_lora_rank", 1, maxWidth),
		OutputGroups: r.whole("o_groups", 1, maxHeads),
		Window:       r.whole("sliding_window", 1, maxPositions),
		Sinks:        true,
	}
	base.RotaryDim = base.RopeDim
	base.NopeDim = base.HeadDim - base.RopeDim
	r.atMost("qk_rope_head_dim", base.RopeDim, "head_dim", base.HeadDim)
	r.divides("o_groups", base.OutputGroups, "num_attention_heads", base.Heads)
	// The tables of this family are as wide as a head, though only RopeDim columns rotate.
	m.TableWidth = base.HeadDim

	ratios := r.wholes("compress_ratios", 0, maxWidth)
	if len(ratios) < layers {
		r.fail("compress_ratios", fmt.Sprintf("has %d entries for %d layers: write one for each layer", len(ratios), layers))
		return
	}
	compressed := func(ratio int) Attention {
		a := base
		a.Ratio = ratio
		if ratio == indexedRatio {
			a.TopK = r.whole("index_topk", 1, maxPositions)
			a.IndexHeads = r.whole("index_n_heads", 1, maxHeads)
			a.IndexDim = r.whole("index_head_dim", 1, maxWidth)
			a.OwnsIndexer = true
		}
		return a
	}
	sparse := r.deepseekExperts(SqrtSoftplus)
	sparse.BiasBytes = 2
	sparse.Clamped = true
	hashed := r.wholeOr("num_hash_layers", 0, 0, maxLayers)
	m.repeat(layers, func(i int) Layer {
		f := sparse
		f.HashGate = i < hashed
		return Layer{compressed(ratios[i]), f}
	})
	m.Hyper = &Hyper{Streams: r.whole("hc_mult", 1, 64), Iterations: r.whole("hc_sinkhorn_iters", 1, 1000)}
	m.MTPHeads = r.wholeOr("num_nextn_predict_layers", 0, 0, maxLayers)
	last := ratios[layers-1]
	if len(ratios) > layers {
		last = ratios[layers]
	}
	m.MTPLayer = Layer{compressed(last), sparse}
}

// indexedRatio is the compression whose layers select entries with an indexer; their compressors overlap.
const indexedRatio = 4
