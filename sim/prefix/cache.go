package prefix

// Span is a run of tokens of a prompt that other prompts may have too, after the same spans before it: a block of a
// trace with hash ids, a system prompt, the conversation so far.
type Span struct {
	Key    uint64
	Tokens int32
	// Grows says that the next prompt with the key goes on where this request's answer ends: a turn of a conversation.
	// One that is shorter than what is held is another text, of which nothing is held.
	Grows bool
}

// Block is the unit in which tokens are reused: vLLM's block size on GPUs
// (https://docs.vllm.ai/en/stable/design/prefix_caching/: only full blocks are cached).
const Block = 16

// Tiers is how many places there are below the devices' memory: host memory and SSD.
const Tiers = 2

// Cache holds spans. The zero value holds nothing and takes nothing; Make gives one that does.
type Cache struct {
	device level
	below  [Tiers]level
}

// Make is an empty cache over tiers of so many tokens; the devices' room is the caller's (Shrink).
func Make(tiers [Tiers]int) *Cache {
	c := &Cache{}
	c.device.init(0)
	for i := range c.below {
		c.below[i].init(tiers[i])
	}
	return c
}

// Hit is what of a chain is held: tokens in the devices' memory, and in each tier below.
type Hit struct {
	Device int
	Below  [Tiers]int
}

// Total is the tokens that need not be computed.
func (h *Hit) Total() int {
	n := h.Device
	for _, b := range h.Below {
		n += b
	}
	return n
}

// Match tells how much of a chain is held, from its start without a gap, in whole blocks and at most so many tokens: a
// prompt that is held wholly still needs its last token computed. pinned is the part in the devices' memory that some
// running request holds anyway.
func (c *Cache) Match(chain []Span, most int) (h Hit, pinned int) {
	at := 0
	for i := range chain {
		s := &chain[i]
		held := c.device.upTo(s)
		if e := c.device.find(s.Key); e != nil && e.pins > 0 {
			pinned += min(held, most-at)
		}
		h.Device += held
		for t := range c.below {
			if held == int(s.Tokens) {
				break
			}
			if e := c.below[t].find(s.Key); e != nil && int(e.low) <= held && int(e.high) > held && !e.outgrows(s) {
				more := min(int(e.high), int(s.Tokens)) - held
				h.Below[t] += more
				held += more
			}
		}
		at += held
		if held < int(s.Tokens) || at >= most {
			break
		}
	}
	h.cut(at - min(at, most)/Block*Block)
	return h, min(pinned, h.Device)
}

// cut takes tokens off, the lowest tier first.
func (h *Hit) cut(n int) {
	for t := Tiers - 1; t >= 0 && n > 0; t-- {
		k := min(n, h.Below[t])
		h.Below[t], n = h.Below[t]-k, n-k
	}
	h.Device = max(0, h.Device-n)
}

// Pin holds the spans of a hit in the devices' memory until Free, and brings up what lies below. It gives the number of
// spans that it pinned, the tokens of the chain that have their room in them (the hit, and the broken block behind it,
// which is computed again; not what comes up beside another text of the same name), and those that nobody had pinned
// before: what the running requests take more.
func (c *Cache) Pin(chain []Span, hit int) (spans, room, more int) {
	at := 0
	for i := range chain {
		if at >= hit {
			break
		}
		s := &chain[i]
		more += c.device.pin(s, min(int(s.Tokens), hit-at))
		room += c.device.upTo(s)
		at += int(s.Tokens)
		spans++
	}
	return spans, room, more
}

// Store keeps a computed prompt in the devices' memory, pinned for the request that computed it and has pinned so many
// spans. What two requests computed at the same time is kept once; where somebody holds another text under a name, the
// prompt is kept up to there. It gives the spans that are pinned now, their tokens, and what the pinned tokens grew by.
func (c *Cache) Store(chain []Span, spans int) (stored, room, more int) {
	for i := range chain {
		s := &chain[i]
		if i < spans {
			more += c.device.extend(s, int(s.Tokens))
		} else if e := c.device.find(s.Key); e != nil && e.pins > 0 && e.outgrows(s) {
			break
		} else {
			more += c.device.pin(s, int(s.Tokens))
		}
		room += int(s.Tokens)
		stored++
	}
	return stored, room, more
}

// Grow adds an answer to the last span of a pinned chain, so that the next turn finds it; it gives the tokens added.
func (c *Cache) Grow(chain []Span, tokens int) int {
	if len(chain) == 0 || !chain[len(chain)-1].Grows {
		return 0
	}
	s := chain[len(chain)-1]
	s.Tokens += int32(tokens)
	return c.device.extend(&s, int(s.Tokens))
}

// Free unpins so many spans of a chain, the deepest first, so that it is the first to leave (vLLM frees blocks in this
// order). It gives the tokens that no running request holds any more.
func (c *Cache) Free(chain []Span, spans int) (less int) {
	for i := spans - 1; i >= 0; i-- {
		less += c.device.unpin(chain[i].Key)
	}
	return less
}

// Idle is how many tokens lie in the devices' memory that no running request holds.
func (c *Cache) Idle() int { return c.device.size - c.device.pinned }

// Shrink lets go of tokens that no request holds until at most so many are left; they go down to the tiers, and from
// the lowest of them for good.
func (c *Cache) Shrink(most int) {
	for over := c.Idle() - max(0, most); over > 0; over = c.Idle() - max(0, most) {
		c.down(0, c.device.evict(over))
	}
}

// down puts what left the place above into a tier, and what has to leave there into the next.
func (c *Cache) down(t int, p piece) {
	for ; t < Tiers && c.below[t].room == 0; t++ {
	}
	if t == Tiers {
		return
	}
	l := &c.below[t]
	l.put(p)
	for l.size > l.room {
		c.down(t+1, l.evict(l.size-l.room))
	}
}

// Pinned is how many tokens in the devices' memory some running request holds; each counts once.
func (c *Cache) Pinned() int { return c.device.pinned }
