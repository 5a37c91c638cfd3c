package traffic

import (
	"slices"
	"testing"

	"fathom/sim/prefix"

	"pgregory.net/rapid"
)

// taken counts the KV room of a replica from what is there: what each request holds for itself, and the spans that any
// of them has pinned, once each. It is in grains.
func taken(r *replica) (n int) {
	for _, id := range r.all() {
		switch q := &r.requests[id]; {
		case q.stage == decoding && !r.engine.Reserve:
			n += r.own(q, r.held(q))
		case q.stage == prefilling || q.stage == decoding || q.stage == loading || q.stage == loaded:
			n += r.own(q, r.want(q))
		}
	}
	if r.cache != nil {
		n += r.cache.Pinned() * grain
	}
	return n
}

// blocks are calls of a trace: blocks in common from the start of prompts, the last of them cut off, and conversations
// by name, whose turns may overlap and say something else.
func blocks(t *rapid.T) (list []Call) {
	at := 0.
	for range rapid.IntRange(1, 80).Draw(t, "calls") {
		at += rapid.Float64Range(0, 2).Draw(t, "gap")
		c := Call{At: at, Input: int32(rapid.IntRange(1, 2500).Draw(t, "input")),
			Output: int32(rapid.IntRange(1, 300).Draw(t, "output"))}
		if rapid.Bool().Draw(t, "named") {
			c.Chain = []prefix.Span{{Key: 9, Tokens: c.Input, Grows: true}}
		} else {
			family := uint64(rapid.IntRange(1, 3).Draw(t, "family"))
			for left := c.Input; left > 0; left -= 512 {
				c.Chain = append(c.Chain, prefix.Span{Key: family*100 + uint64(len(c.Chain)), Tokens: min(left, 512)})
			}
		}
		list = append(list, c)
	}
	return list
}

// In every step of every run the KV cache holds no more than there is room for: the tokens of running requests, those
// that they share counted once, and the prompts that lie there in case somebody asks again.
func TestRoomIsNeverExceeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := chats(rapid.Float64Range(0.5, 20).Draw(t, "rate"), rapid.Uint64().Draw(t, "seed"))
		s.Count = rapid.IntRange(1, 60).Draw(t, "count")
		s.Turns = rapid.Float64Range(1, 12).Draw(t, "turns")
		s.Think = rapid.Float64Range(0, 60).Draw(t, "think")
		s.System = rapid.IntRange(0, 2000).Draw(t, "system")
		s.Groups = rapid.IntRange(0, 50).Draw(t, "groups")
		f := chatFleet(rapid.IntRange(1, 4).Draw(t, "replicas"), Routing(rapid.IntRange(0, 2).Draw(t, "routing")))
		f.Engine.KVTokens = rapid.IntRange(3000, 20_000).Draw(t, "room")
		f.Engine.Reserve = rapid.Bool().Draw(t, "reserve")
		f.Engine.Policy = Policy(rapid.IntRange(0, 2).Draw(t, "policy"))
		if f.Engine.Draft = rapid.IntRange(0, 3).Draw(t, "draft"); f.Engine.Draft > 0 {
			f.Engine.Accept = rapid.Float64Range(0, float64(f.Engine.Draft)).Draw(t, "accept")
		}
		for i := range f.Tiers {
			f.Tiers[i] = Tier{Tokens: rapid.IntRange(0, 20_000).Draw(t, "tier"),
				Rate: rapid.Float64Range(1e3, 1e6).Draw(t, "rate up"), Latency: 1e-3}
		}
		at := 0.
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			at += rapid.Float64Range(0, 20).Draw(t, "after")
			f.Changes = append(f.Changes, Change{At: at, Replicas: rapid.IntRange(1, 4).Draw(t, "to"),
				Fails: rapid.Bool().Draw(t, "fails")})
		}
		var src Source = &listed{calls: blocks(t)}
		if rapid.Bool().Draw(t, "sessions") {
			var err error
			if src, err = Converse(s); err != nil {
				t.Fatal(err)
			}
		}
		var fleet *service
		f.Clock = ClockFunc(func(state State) float64 {
			for i, r := range fleet.replicas {
				if n := taken(r); n != r.used {
					t.Fatalf("replica %d: %d grains are taken, %d in the books", i, n, r.used)
				}
				for _, id := range r.all() {
					q := &r.requests[id]
					chain := slices.Clone(q.chain[:q.pins])
					for k := range chain {
						chain[k].Grows = false // an answer that was added meanwhile takes nothing away
					}
					if h, _ := r.cache.Match(chain, 1<<30); int(q.shared) >= h.Device+prefix.Block {
						t.Fatalf("request %d: %d tokens of its prompt are to lie in the cache, %d do", id, q.shared, h.Device)
					}
				}
				r.trim()
				if n := r.used + r.cache.Idle()*grain; n > r.engine.KVTokens*grain {
					t.Fatalf("replica %d: %d grains of %d: %d running, %d loading, %d queued, cache %d",
						i, n, r.engine.KVTokens*grain,
						r.decoding+len(r.started), r.loading.size, r.queue.size, r.cache.Idle())
				}
			}
			return plain(state)
		})
		var err error
		if fleet, err = newService(src, f); err != nil {
			t.Fatal(err)
		}
		if err := fleet.play(); err != nil {
			t.Fatal(err)
		}
		p := fleet.result()
		if p.KVPeak > 1 {
			t.Fatalf("peak %.3f of the room", p.KVPeak)
		}
	})
}

// The first call of a session stays what it is while others have their turns: it finds its own text and no other.
func TestTurnsLeaveTheNextCallAlone(t *testing.T) {
	src, err := Converse(chats(1, 3))
	if err != nil {
		t.Fatal(err)
	}
	var first, next, turn Call
	for _, c := range []*Call{&first, &next} {
		if _, err := src.Next(c); err != nil {
			t.Fatal(err)
		}
	}
	src.Turn(first.Session, &turn)
	sum := int32(0)
	for _, s := range next.Chain {
		sum += s.Tokens
	}
	if last := next.Chain[len(next.Chain)-1].Key; sum != next.Input || last == turn.Chain[len(turn.Chain)-1].Key {
		t.Errorf("spans of %d tokens of a call of %d, key %d", sum, next.Input, last)
	}
}
