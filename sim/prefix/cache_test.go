package prefix

import (
	"testing"

	"pgregory.net/rapid"
)

func hit(t *testing.T, c *Cache, chain []Span, most, device, host, ssd int) {
	t.Helper()
	if h, _ := c.Match(chain, most); h != (Hit{device, [Tiers]int{host, ssd}}) {
		t.Errorf("%v: %+v, want %d on devices, %d in host memory, %d on SSD", chain, h, device, host, ssd)
	}
}

// serve is the life of a request that runs alone: what is held of it is pinned, the rest computed, all of it kept.
func serve(c *Cache, chain []Span, answer int) {
	h, _ := c.Match(chain, 1<<30)
	spans, _, _ := c.Pin(chain, h.Total())
	spans, _, _ = c.Store(chain, spans)
	c.Grow(chain, answer)
	c.Free(chain, spans)
}

// A schedule computed by hand: blocks of 16, a device room of 96 tokens, a host tier of 64.
func TestByHand(t *testing.T) {
	c := Make([Tiers]int{64, 0})
	system := Span{Key: 1, Tokens: 32}
	a, b := []Span{system, {Key: 2, Tokens: 32}}, []Span{system, {Key: 3, Tokens: 48}}
	serve(c, a, 0)
	hit(t, c, a, 63, 48, 0, 0) // the last token is computed, so the last block is
	hit(t, c, a, 64, 64, 0, 0)
	hit(t, c, b, 80, 32, 0, 0) // the system prompt is in common
	serve(c, b, 0)             // 32 + 32 + 48 = 112 tokens
	c.Shrink(96)               // a's own span was used longest ago: its end leaves
	hit(t, c, a, 64, 48, 16, 0)
	c.Shrink(48) // the rest of it leaves, then the end of b's own: deeper spans leave before the system prompt
	hit(t, c, a, 64, 32, 32, 0)
	hit(t, c, b, 80, 48, 32, 0)
	c.Shrink(0) // 48 tokens more come down, to 64: of 112 the 48 that came first leave for good
	if c.Idle() != 0 {
		t.Errorf("%d tokens left", c.Idle())
	}
	hit(t, c, b, 80, 0, 64, 0)
	hit(t, c, a, 64, 0, 32, 0)
}

// A conversation finds its last turn with the answer; another text under its name finds nothing.
func TestConversationGrows(t *testing.T) {
	c := Make([Tiers]int{})
	turn := func(tokens int32) []Span { return []Span{{Key: 7, Tokens: tokens, Grows: true}} }
	serve(c, turn(100), 60)
	hit(t, c, turn(300), 299, 160, 0, 0)
	serve(c, turn(300), 20)
	hit(t, c, turn(350), 349, 320, 0, 0)
	hit(t, c, turn(64), 63, 0, 0, 0)
	serve(c, turn(64), 0)
	if c.Idle() != 64 {
		t.Errorf("%d tokens of the old text are left", c.Idle()-64)
	}
}

// What leaves host memory goes on to the SSD, and comes back from there.
func TestTiersInOrder(t *testing.T) {
	c := Make([Tiers]int{32, 1024})
	for k := range uint64(4) {
		serve(c, []Span{{Key: k, Tokens: 32}}, 0)
	}
	c.Shrink(32)
	for k, want := range [][3]int{{0, 0, 32}, {0, 0, 32}, {0, 32, 0}, {32, 0, 0}} {
		hit(t, c, []Span{{Key: uint64(k), Tokens: 32}}, 32, want[0], want[1], want[2])
	}
	serve(c, []Span{{Key: 0, Tokens: 32}}, 0)
	hit(t, c, []Span{{Key: 0, Tokens: 32}}, 32, 32, 0, 0)
}

// Whatever is asked in whatever order: nothing pinned leaves, the sums are those of the entries, no tier is over its
// room, and a hit is at most what was asked for, in whole blocks.
func TestSumsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		host, ssd := rapid.IntRange(0, 500).Draw(t, "host"), rapid.IntRange(0, 500).Draw(t, "ssd")
		c := Make([Tiers]int{host, ssd})
		type running struct {
			chain []Span
			spans int
		}
		var run []running
		used := 0
		for range rapid.IntRange(1, 60).Draw(t, "requests") {
			if len(run) > 0 && rapid.Bool().Draw(t, "end") {
				q := run[0]
				run = run[1:]
				if q.spans == len(q.chain) {
					used += c.Grow(q.chain, rapid.IntRange(0, 99).Draw(t, "answer"))
				}
				used -= c.Free(q.chain, q.spans)
			} else {
				var chain []Span
				total := 0
				for i := range rapid.IntRange(1, 4).Draw(t, "spans") {
					s := Span{Key: uint64(rapid.IntRange(0, 3).Draw(t, "key")*10 + i),
						Tokens: int32(rapid.IntRange(1, 120).Draw(t, "tokens"))}
					s.Grows = s.Key >= 30 // the last of four
					chain, total = append(chain, s), total+int(s.Tokens)
				}
				most := rapid.IntRange(0, total).Draw(t, "most")
				h, pinned := c.Match(chain, most)
				if n := h.Total(); n > most || n%Block != 0 || n < 0 || pinned > h.Device || pinned < 0 {
					t.Fatalf("hit %+v of at most %d, %d pinned", h, most, pinned)
				}
				spans, _, more := c.Pin(chain, h.Total())
				used += more
				spans, _, more = c.Store(chain, spans)
				used += more
				run = append(run, running{chain, spans})
			}
			c.Shrink(rapid.IntRange(0, 300).Draw(t, "room"))
			if used != c.device.pinned {
				t.Fatalf("%d tokens pinned by the count, %d by the cache", used, c.device.pinned)
			}
			sums(t, c)
		}
	})
}

func sums(t *rapid.T, c *Cache) {
	for i, l := range []*level{&c.device, &c.below[0], &c.below[1]} {
		size, pinned := 0, 0
		for _, at := range l.at {
			e := l.entries[at]
			size += int(e.high - e.low)
			if e.pins > 0 {
				pinned += int(e.high - e.low)
			}
		}
		if size != l.size || pinned != l.pinned || i > 0 && l.size > l.room {
			t.Fatalf("level %d of %d: size %d and %d, pinned %d and %d", i, l.room, size, l.size, pinned, l.pinned)
		}
	}
}

// Steady use of a full cache allocates nothing.
func BenchmarkChain(b *testing.B) {
	c := Make([Tiers]int{1 << 20, 1 << 22})
	chain := make([]Span, 24)
	b.ReportAllocs()
	n := uint64(0)
	for b.Loop() {
		n++
		for i := range chain {
			chain[i] = Span{Key: n%4096*100 + uint64(i), Tokens: 512}
		}
		chain[0].Key = 0
		serve(c, chain, 0)
		c.Shrink(1 << 18)
	}
}
