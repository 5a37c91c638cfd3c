package score

import (
	"math"

	"fathom/sim/traffic"
)

// change is one thing about a run that may be other than its file or its plan says. The zero value changes nothing.
type change struct {
	cached   float64 // share of every prompt that the prefix cache holds
	accept   float64 // tokens that a speculative step yields beyond the first
	outputs  float64 // real output length over the nominal one; 0: the same
	interval int     // tokens that are streamed at once
	stall    float64 // seconds in which the server answers nothing at the start
	room     float64 // KV room over the planned one; 0: the same
	budget   int     // token budget of a step, per attention rank
	tp       int     // tensor parallel size
}

// drafted is how many tokens are guessed ahead for a mean of so many right ones, where nothing more is known.
func drafted(accept float64) int { return max(1, int(math.Ceil(accept/0.7))) }

func (c *change) engine(e *traffic.Engine, s Side) {
	if c.accept > 0 {
		e.Draft, e.Accept = drafted(c.accept), c.accept
	}
	if c.interval > 0 {
		e.Interval = c.interval
	}
	if c.room > 0 {
		e.KVTokens = max(1, int(float64(e.KVTokens)*c.room))
	}
	if c.budget > 0 {
		e.BatchedTokens = c.budget * s.DP
	}
}

func (c *change) load(l *traffic.Load) {
	if c.cached > 0 {
		l.Cached = c.cached
	}
	if c.outputs > 0 {
		l.Output = max(1, int(math.Round(float64(l.Output)*c.outputs)))
	}
}

// side gives the sizes with another tensor parallel size; experts spread over the ranks that there are.
func (c *change) side(s Side) Side {
	if c.tp == 0 {
		return s
	}
	s.TP = c.tp
	if s.EP > 1 {
		s.EP = 0
	}
	s.MoETP = 0
	s.fill(0)
	return s
}

// figures adds what happens outside of the scheduler: a stall holds back the requests of the first wave, and the whole
// run by as much.
func (c *change) figures(p *Prediction, r *Row, waves int) {
	if c.stall == 0 {
		return
	}
	first := 1 / float64(max(1, waves))
	p.TTFT += c.stall * first
	p.Traffic.TTFT.Mean += c.stall * first
	for _, at := range traffic.Percents {
		if 1-at/100 < first { // the requests of the first wave are the slowest
			*p.Traffic.TTFT.At(at) += c.stall
		}
	}
	if tokens := float64(r.Concurrency*max(1, waves)) * float64(r.Output); p.Throughput > 0 && tokens > 0 {
		p.Throughput = tokens / (tokens/p.Throughput + c.stall)
	}
}
