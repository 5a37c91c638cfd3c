package traffic

import (
	"math"
	"math/rand/v2"

	"fathom/hw/message"
	"fathom/sim/prefix"
)

// drawn is an open load as a source: the same requests that Simulate plays.
type drawn struct {
	load Load
	*drawer
}

// Drawn gives the requests of an open load one after the other, as many as it says.
func Drawn(l Load) (Source, error) {
	if l.Arrival == Closed {
		return nil, message.Fault("play.closed-source")
	}
	if err := l.check(); err != nil {
		return nil, err
	}
	d := &drawn{load: l}
	d.drawer = newDrawer(&d.load)
	return d, nil
}

func (d *drawn) Next(c *Call) (bool, error) {
	if d.count == d.load.count() {
		return false, nil
	}
	var q request
	d.next(&q)
	*c = Call{At: q.arrival, Input: q.input, Output: q.output, Cached: q.cached, Class: q.class, Priority: q.priority}
	return true, nil
}

// Sessions are conversations: each begins at random, and each of its turns sends all that was said before, some time
// after the answer to the turn before. Means of exponential draws where nothing else is said.
type Sessions struct {
	Rate          float64 // sessions that begin per second
	Count         int     // how many begin
	Turns         float64 // mean number of turns (geometric), at least 1
	Think         float64 // mean seconds from an answer to the next turn
	Input, Output int     // tokens that a turn adds, and of its answer: 1-Spread to 1 of it, uniform
	Spread        float64
	System        int // tokens of the system prompt, which all sessions of a group share; 0: none
	Groups        int // system prompts that there are; 0: one
	Longest       int // tokens of prompt and answer that no turn exceeds: a session ends before; 0: no bound
	Seed          uint64
}

func (s *Sessions) check() error {
	switch {
	case !(s.Rate > 0 && s.Rate <= 1e9):
		return notFrom("play.session-rate", s.Rate, 0, 1e9)
	case s.Count < 1 || s.Count > 1<<40:
		return notFrom("play.sessions", s.Count, 1, 1<<40)
	case !(s.Turns >= 1 && s.Turns <= 1e4):
		return notFrom("play.turns", s.Turns, 1, 10_000)
	case !(s.Think >= 0 && s.Think <= 1e9):
		return notFrom("play.think", s.Think, 0, 1e9)
	case s.Input < 1 || s.Input > mostTokens:
		return notFrom("play.input", s.Input, 1, mostTokens)
	case s.Output < 1 || s.Output > mostTokens:
		return notFrom("play.output", s.Output, 1, mostTokens)
	case !(s.Spread >= 0 && s.Spread <= 1):
		return notFrom("play.spread", s.Spread, 0, 1)
	case s.System < 0 || s.System > mostTokens:
		return notFrom("play.system", s.System, 0, mostTokens)
	case s.Groups < 0 || s.Groups > mostGroups:
		return notFrom("play.groups", s.Groups, 0, mostGroups)
	case s.Longest > 0 && s.System+s.Input+s.Output > s.Longest:
		return message.Fault("play.first-turn", s.System+s.Input+s.Output, s.Longest)
	}
	return nil
}

// Reached is the mean number of turns that sessions have, of which some end at Longest: by drawing some.
func (s *Sessions) Reached() float64 {
	if s.Longest == 0 || s.check() != nil {
		return s.Turns
	}
	random := rand.New(rand.NewPCG(s.Seed, 0x72656163))
	sessions, turns := 0, 0
	for sessions < 20_000 && turns < 2_000_000 {
		for said := s.System; ; {
			turns++
			said += int(length(random, s.Input, s.Spread)) + int(length(random, s.Output, s.Spread))
			if random.Float64()*s.Turns < 1 || said+s.Input+s.Output > s.Longest {
				break
			}
		}
		sessions++
	}
	return float64(turns) / float64(sessions)
}

// session is a conversation that goes on.
type session struct {
	group         uint64
	said          int32 // tokens of all turns and answers so far, without the system prompt
	input, output int32 // of the latest turn
}

// conversing plays sessions. Every session draws from its own generator, so that what one says does not depend on when
// others end.
type conversing struct {
	Sessions
	random *rand.Rand
	begun  int
	now    float64
	cut    int // sessions that ended as there was no room for another turn
	live   map[int64]*talk
	idle   []*talk        // memory of sessions that ended
	chain  [2]prefix.Span // of the latest turn
	opens  [2]prefix.Span // of the latest first turn: later turns of others are made before it is sent
}

type talk struct {
	session
	pcg    *rand.PCG
	random *rand.Rand
}

// Talking is a source of sessions that knows how many of them so far ended as there was no room for another turn.
type Talking interface {
	Follower
	Cut() (sessions, of int)
}

func (c *conversing) Cut() (sessions, of int) { return c.cut, c.begun }

// Converse is sessions as a source.
func Converse(s Sessions) (Talking, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	return &conversing{Sessions: s, random: rand.New(rand.NewPCG(s.Seed, 0x73657373)), live: map[int64]*talk{}}, nil
}

func (c *conversing) Next(call *Call) (bool, error) {
	if c.begun == c.Count {
		return false, nil
	}
	c.begun++
	c.now += c.random.ExpFloat64() / c.Rate
	id := int64(c.begun)
	var t *talk
	if n := len(c.idle); n > 0 {
		t, c.idle = c.idle[n-1], c.idle[:n-1]
	} else {
		pcg := rand.NewPCG(0, 0)
		t = &talk{pcg: pcg, random: rand.New(pcg)}
	}
	t.pcg.Seed(c.Seed, uint64(id))
	t.session = session{group: t.random.Uint64N(uint64(max(1, c.Groups)))}
	c.live[id] = t
	*call = Call{At: c.now, Session: id}
	c.say(id, call, c.opens[:0])
	return true, nil
}

// Turn makes the next turn of a session.
func (c *conversing) Turn(id int64, call *Call) { c.say(id, call, c.chain[:0]) }

// say makes the next turn of a session with the spans in some memory.
func (c *conversing) say(id int64, call *Call, chain []prefix.Span) {
	t := c.live[id]
	t.input = length(t.random, c.Input, c.Spread)
	t.output = length(t.random, c.Output, c.Spread)
	t.said += t.input
	call.Input, call.Output = int32(c.System)+t.said, t.output
	call.Chain = chain
	if c.System > 0 {
		call.Chain = append(call.Chain, prefix.Span{Key: t.group, Tokens: int32(c.System)})
	}
	call.Chain = append(call.Chain, prefix.Span{Key: 1<<32 + uint64(id), Tokens: t.said, Grows: true})
	t.said += t.output
}

// Ended decides whether a session goes on, and when.
func (c *conversing) Ended(id int64, at float64) (float64, bool) {
	t := c.live[id]
	over := t.random.Float64()*c.Turns < 1
	next := at + t.random.ExpFloat64()*c.Think
	most := c.Longest
	if most == 0 {
		most = math.MaxInt32
	}
	full := c.System+int(t.said)+c.Input+c.Output > most
	if full && !over {
		c.cut++
	}
	if over || full {
		delete(c.live, id)
		c.idle = append(c.idle, t)
		return 0, false
	}
	return next, true
}
