package memory

import (
	"fathom/sim/geometry"
	"fathom/sim/plan"
)

// BlockSize is the number of tokens in a block of a paged cache.
const BlockSize = 128

// cache is a group of equal caches. Its entries are a ring for each request and one for every ratio tokens; the last
// partial block is rounded up once for the whole batch (simulation-model 6.3 and A.3).
type cache struct {
	ring, ratio int
	reach       int     // a request keeps its newest tokens only, 0: all
	factor      int     // decode context parallel ranks that share the blocks
	bytes       float64 // of one entry, over the layers of the group
}

// size gives bytes for a batch with tokens in all, of its requests.
func (c *cache) size(requests, tokens int) float64 {
	entries := requests * c.ring
	if c.ratio > 0 {
		entries += tokens / c.ratio
	}
	return float64(ceil(ceil(entries, BlockSize), c.factor)) * BlockSize * c.bytes
}

// exact is the same without blocks: engines have small ones, a part of the last of which is empty. A request keeps its
// newest tokens only where attention reaches no further.
func (c *cache) exact(requests, tokens int) float64 {
	entries := float64(requests * c.ring)
	if c.ratio > 0 {
		if c.reach > 0 {
			tokens = min(tokens, requests*c.reach)
		}
		entries += float64(tokens) / float64(c.ratio)
	}
	return entries / float64(c.factor) * c.bytes
}

// caches lists the groups of one stage and the bytes of state of a request; MTP layers hold a cache each. The reference
// tool lets every cache grow with the request and counts no states; of models that it was not compared with they count.
func caches(w *weigher, st plan.Stage, from, mtp int, s *Setting) (groups []cache, state float64) {
	g := w.g
	add := func(l *geometry.Layer) {
		a := &l.Attention
		if s.Served || !w.g.Model.Compared {
			state += a.StateBytes()
		}
		for i := range a.Caches {
			c := newCache(g, &a.Caches[i], s)
			if at := same(groups, c); at >= 0 {
				groups[at].bytes += c.bytes
			} else {
				groups = append(groups, c)
			}
		}
	}
	for i := range st.Layers {
		add(g.Layer(from + i))
	}
	for range mtp {
		add(&w.draft)
	}
	return groups, state
}

// Keeps is what one request keeps on one rank of every stage together, with the caches of so many MTP layers: as
// engines hold it, so that windows end and recurrent states count. Only what Request asks is set. kv are the bytes of
// an element. The error names a kind of layer that is not known.
func Keeps(g *geometry.Rank, kv float64, mtp int) (Room, error) {
	s := Setting{Formats: Formats{KV: kv}, Served: true}
	r := Rank{}
	add := func(l *geometry.Layer) {
		r.state += l.Attention.StateBytes()
		for i := range l.Attention.Caches {
			c := newCache(g, &l.Attention.Caches[i], &s)
			if at := same(r.caches, c); at >= 0 {
				r.caches[at].bytes += c.bytes
			} else {
				r.caches = append(r.caches, c)
			}
		}
	}
	for i := range g.Of {
		add(g.Layer(i))
	}
	if mtp > 0 {
		l, err := g.Draft()
		if err != nil {
			return Room{}, err
		}
		for range mtp {
			add(&l)
		}
	}
	return r.room(0, 1), nil
}

// same gives the group of caches like one, -1 where there is none yet.
func same(groups []cache, c cache) int {
	for i := range groups {
		like := groups[i]
		like.bytes = c.bytes
		if like == c {
			return i
		}
	}
	return -1
}

// newCache is the cache of one layer. Ranks that hold the same entries can share the blocks; a model with an indexer
// shares none.
func newCache(g *geometry.Rank, of *geometry.Cache, s *Setting) cache {
	c := cache{ring: of.Ring, ratio: of.Every, factor: 1, bytes: s.Formats.KV * float64(of.Elements)}
	if of.Wide {
		c.bytes = fp16 * float64(of.Elements)
	}
	if s.Served {
		c.reach = of.Reach
	}
	if !g.Indexed {
		c.factor = min(max(1, g.Strategy.DCP), of.Copies)
	}
	return c
}
