package prefix

// entry is a span as one level holds it: the tokens low to high of it. In the devices' memory low is 0.
type entry struct {
	key        uint64
	low, high  int32
	pins       int32
	prev, next int32 // in the order of use, while nobody pins it
	grows      bool
}

// outgrows reports that a span of a conversation is not what the entry was: its prompt is shorter than the text so far.
func (e *entry) outgrows(s *Span) bool { return s.Grows && e.grows && s.Tokens < e.high }

// level is one place with its spans in the order of their latest use. Entry 0 is the ring's joint.
type level struct {
	room    int // tokens; of the devices' memory 0, as it depends on what runs
	size    int // tokens held
	pinned  int // tokens of pinned entries
	at      map[uint64]int32
	entries []entry
	free    []int32
}

func (l *level) init(room int) {
	l.room, l.at, l.entries = room, map[uint64]int32{}, make([]entry, 1)
}

func (l *level) find(key uint64) *entry {
	if i, ok := l.at[key]; ok {
		return &l.entries[i]
	}
	return nil
}

// upTo is how many tokens of a span are held from its start.
func (l *level) upTo(s *Span) int {
	e := l.find(s.Key)
	if e == nil || e.low > 0 || e.outgrows(s) {
		return 0
	}
	return int(min(e.high, s.Tokens))
}

// take gives the entry of a key out of the order of use, a new one where there is none.
func (l *level) take(key uint64) *entry {
	if i, ok := l.at[key]; ok {
		e := &l.entries[i]
		if e.pins == 0 {
			l.unlink(i)
		}
		return e
	}
	i := int32(len(l.entries))
	if n := len(l.free); n > 0 {
		i, l.free = l.free[n-1], l.free[:n-1]
	} else {
		l.entries = append(l.entries, entry{})
	}
	l.entries[i] = entry{key: key}
	l.at[key] = i
	return &l.entries[i]
}

func (l *level) unlink(i int32) {
	e := &l.entries[i]
	l.entries[e.prev].next, l.entries[e.next].prev = e.next, e.prev
}

// touch puts an entry at the end of the order of use.
func (l *level) touch(i int32) {
	e, joint := &l.entries[i], &l.entries[0]
	e.prev, e.next = joint.prev, 0
	l.entries[joint.prev].next, joint.prev = i, i
}

// pin holds a span up to so many tokens; it gives the tokens that become pinned by it.
func (l *level) pin(s *Span, tokens int) (more int) {
	e := l.take(s.Key)
	if e.pins == 0 {
		if e.outgrows(s) { // another text under the same key: the old one can go
			l.size -= int(e.high)
			e.high = 0
		} else if e.high > s.Tokens { // more than is asked for does not become what running requests hold
			l.size -= int(e.high - s.Tokens)
			e.high = s.Tokens
		}
		more = int(e.high)
		l.pinned += more
	}
	e.pins, e.grows = e.pins+1, e.grows || s.Grows
	return more + l.raise(e, tokens)
}

// extend lengthens a pinned span; it gives the tokens added.
func (l *level) extend(s *Span, tokens int) int { return l.raise(l.find(s.Key), tokens) }

func (l *level) raise(e *entry, tokens int) int {
	more := max(0, tokens-int(e.high))
	e.high += int32(more)
	l.size += more
	l.pinned += more
	return more
}

// unpin lets go of a span; it gives the tokens that nobody pins any more.
func (l *level) unpin(key uint64) int {
	i := l.at[key]
	e := &l.entries[i]
	if e.pins--; e.pins > 0 {
		return 0
	}
	l.pinned -= int(e.high)
	l.touch(i)
	return int(e.high)
}

// piece is a part of a span on its way down.
type piece struct {
	key       uint64
	low, high int32
	grows     bool
}

// evict takes about so many tokens, in whole blocks, off the end of the span that was used longest ago.
func (l *level) evict(tokens int) piece {
	i := l.entries[0].next
	e := &l.entries[i]
	p := piece{key: e.key, high: e.high, grows: e.grows}
	p.low = max(e.low, (e.high-int32(min(tokens, int(e.high))))/Block*Block)
	l.size -= int(p.high - p.low)
	if e.high = p.low; e.high == e.low {
		l.unlink(i)
		delete(l.at, p.key)
		l.free = append(l.free, i)
	}
	return p
}

// put takes in tokens that leave the place above.
func (l *level) put(p piece) {
	e := l.take(p.key)
	l.size -= int(e.high - e.low)
	if e.low == e.high || p.high < e.low || p.low > e.high { // none held, or not next to what is
		e.low, e.high = p.low, p.high
	} else {
		e.low, e.high = min(e.low, p.low), max(e.high, p.high)
	}
	e.grows = p.grows
	l.touch(l.at[p.key])
	l.size += int(e.high - e.low)
}
