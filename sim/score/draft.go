package score

import "fathom/sim/traffic"

// Where a file says that tokens were guessed ahead by the model's own layers, and not how many were right: three, and
// what public sweeps of DeepSeek-R1 show.
const usualDraft, usualAccept = 3, 1.2

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
		r.Draft, r.Accept, r.Speculative = usualDraft, usualAccept, true
	}
}

// guess sets what the file says of tokens that are guessed ahead.
func (r *Row) guess(e *traffic.Engine) {
	if r.Draft > 0 {
		e.Draft, e.Accept = r.Draft, r.Accept
	}
}
