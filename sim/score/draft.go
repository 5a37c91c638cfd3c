package score

import (
	"math"

	"fathom/sim/traffic"
)

// Where a file says that tokens were guessed ahead by the model's own layers, and not how many or how many were right:
// one after the other is right with usualChance, 1.2 of three as public sweeps of DeepSeek-R1 show, and whoever tuned
// the run took as many, up to mostDraft, as were fastest at its load. Prompts of these sweeps are random, and long
// answers to them repeat themselves: with answers of longAnswer tokens more are right (by the token times of aggregated
// TensorRT-LLM runs on H200, 1.2 times as many tokens a step as with 1024).
const (
	usualChance, longChance = 0.61, 0.72
	usualAnswer, longAnswer = 1024, 8192
	mostDraft               = 3
)

// chance that a guess after right ones is right, for an answer of so many tokens.
func chance(output int) float64 {
	octaves := math.Log(float64(min(longAnswer, max(usualAnswer, output)))/usualAnswer) / math.Log(longAnswer/usualAnswer)
	return usualChance + (longChance-usualChance)*octaves
}

// drafts reads how tokens were guessed ahead: a method, and the mean tokens of a step where that is known.
func (r *Row) drafts(c *cells) {
	length := c.number("acceptance_length", 65)
	switch method := c.text("draft"); {
	case method == "" && length == 0 || method == "none":
	case method == "either":
		r.Suspect = or(r.Suspect, "with or without speculation: the file does not say")
	case length >= 1:
		r.Draft, r.Accept = drafted(length-1), length-1
	case length > 0:
		c.fail("acceptance_length", c.text("acceptance_length"), "1 or more: the mean tokens of a step")
	default:
		r.tuned, r.Speculative = true, true
	}
}

// tune gives the fastest prediction of a run whose draft was tuned.
func (o *oracle) tune(r *Row) (best Prediction, err error) {
	for n := 1; n <= mostDraft; n++ {
		run := *r
		run.guesses(n)
		p, err := o.predict(&run)
		if err != nil {
			return Prediction{}, err
		}
		if n == 1 || p.Throughput > best.Throughput {
			best = p
		}
	}
	return best, nil
}

// guesses settles how many tokens are guessed ahead, of which as many are right as usually.
func (r *Row) guesses(n int) {
	r.tuned, r.Draft, r.Accept = false, n, 0
	one := chance(r.Output)
	for right := one; n > 0; n-- {
		r.Accept += right
		right *= one
	}
}

// guess sets what the file says of tokens that are guessed ahead.
func (r *Row) guess(e *traffic.Engine) {
	if r.Draft > 0 {
		e.Draft, e.Accept = r.Draft, r.Accept
	}
}
