package memory

import (
	"fathom/sim/model"
	"fathom/sim/plan"
)

// BlockSize is the number of tokens in a block of a paged cache.
const BlockSize = 128

// cache is a group of equal paged caches. Its entries are a window for each request and one for every ratio tokens; the
// last partial block is rounded up once for the whole batch (simulation-model 6.3 and A.3).
type cache struct {
	window, ratio int
	factor        int     // decode context parallel ranks that share the blocks
	bytes         float64 // of one entry, over the layers of the group
}

// size gives bytes for a batch with tokens in all, of its requests.
func (c cache) size(requests, tokens int) float64 {
	entries := requests * c.window
	if c.ratio > 0 {
		entries += tokens / c.ratio
	}
	return float64(ceil(ceil(entries, BlockSize), c.factor)) * BlockSize * c.bytes
}

// caches lists the groups of one stage; MTP layers hold a cache each, linear attention holds none.
func caches(m *model.Model, st plan.Stage, s plan.Strategy, q plan.Quant, mtp int) []cache {
	var groups []cache
	add := func(c cache) {
		for i := range groups {
			g := &groups[i]
			if g.window == c.window && g.ratio == c.ratio && g.factor == c.factor {
				g.bytes += c.bytes
				return
			}
		}
		groups = append(groups, c)
	}
	indexed := hasIndexer(m)
	for _, l := range st.Layers {
		layerCaches(l.Attention, s, q, indexed, false, add)
	}
	for range mtpLayers(st, mtp) {
		layerCaches(m.MTPLayer.Attention, s, q, indexed, true, add)
	}
	return groups
}

func mtpLayers(st plan.Stage, mtp int) int {
	if !st.Head {
		return 0
	}
	return mtp
}

// layerCaches adds what one layer keeps. The cache of latents is whole on every rank, as is that of an indexer.
func layerCaches(a model.Attention, s plan.Strategy, q plan.Quant, indexed, mtp bool, add func(cache)) {
	kvb := kvBytes(q.Attention)
	tp, dcp := max(1, s.TP), max(1, s.DCP)
	main, index := a.CacheWidth(localKV(a, tp))
	switch a.Kind {
	case model.GQA:
		factor := min(dcp, max(1, tp/a.KVHeads))
		add(cache{ratio: 1, factor: factor, bytes: kvb * float64(main)})
	case model.MLA:
		factor := dcp
		if indexed {
			factor = 1
		}
		add(cache{ratio: 1, factor: factor, bytes: kvb * float64(main+index)})
	case model.SharedKV:
		// The main cache stays FP16; rows of an MTP layer keep the rotated columns apart (simulation-model 8.1).
		if mtp {
			main += a.RopeDim
		}
		add(cache{window: a.Window, ratio: a.Ratio, factor: 1, bytes: fp16 * float64(main)})
		if index > 0 {
			add(cache{ratio: a.Ratio, factor: 1, bytes: kvb * float64(index)})
		}
	}
}

// hasIndexer reports whether any layer selects tokens with an indexer; such a model shares no blocks between ranks.
func hasIndexer(m *model.Model) bool {
	for i := range m.Layers {
		if m.Layers[i].Attention.OwnsIndexer {
			return true
		}
	}
	return false
}
