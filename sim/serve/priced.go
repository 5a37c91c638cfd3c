package serve

import "fathom/sim/pass"

// priced keeps the forwards that the steps of a schedule ask for over and over, by the few numbers that differ between
// them.
type priced struct {
	known   bool
	images  int
	answers []answer // by requests
	prompts []prompt // by the end of the chunk; a later one takes the place of an earlier
	waves   map[waveKey]wave
}

type answer struct {
	priced bool
	pass.Result
}

type prompt struct {
	requests, query, total int
	pass.Result
}

// Bounds of what is kept; beyond them forwards are asked for anew.
const (
	mostAnswers = 1 << 15
	mostPrompts = 1 << 12
)

// reset forgets what was priced for another load, or for other images.
func (c *priced) reset(l *Load, batch int) {
	images := 0
	if l.ImageHeight > 0 {
		images = l.images(batch)
	}
	if c.known && c.images == images {
		return
	}
	c.known, c.images = true, images
	clear(c.answers)
	clear(c.waves)
	chunks := (l.effective()+l.Budget-1)/l.Budget + 1
	c.prompts = append(c.prompts[:0], make([]prompt, min(chunks, mostPrompts))...)
}

func (e *Evaluator) pricedAnswers(batch, requests int) *pass.Result {
	c := &e.priced
	if requests >= mostAnswers {
		r := e.answers(batch, requests)
		return &r
	}
	if requests >= len(c.answers) {
		c.answers = append(c.answers, make([]answer, requests+1-len(c.answers)+16)...)
	}
	a := &c.answers[requests]
	if !a.priced {
		a.priced, a.Result = true, e.answers(batch, requests)
	}
	return &a.Result
}

func (e *Evaluator) pricedPrompts(batch, requests, query, total int) *pass.Result {
	c := &e.priced
	// Totals of chunks are multiples of the budget, but for the last.
	p := &c.prompts[(total+e.load.Budget-1)/e.load.Budget%len(c.prompts)]
	if p.requests != requests || p.query != query || p.total != total {
		*p = prompt{requests, query, total, e.prompts(batch, requests, query, total)}
	}
	return &p.Result
}
