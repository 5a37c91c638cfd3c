package traffic

import "fathom/sim/prefix"

// request is one request on its way.
type request struct {
	arrival, first, last float64 // seconds: sent, first token, last token

	input, output int32 // tokens
	// tokens to work on before the next token comes out: input, and after a preemption all that was made
	prompt int32
	cached int32 // of input, in the prefix cache
	done   int32 // of prompt
	made   int32 // output tokens out, as far as settled
	turn   int32 // times that it was put back, from that of its birth on
	born   int32 // turn that it began with
	began  int64 // tick at which it began to decode
	stage  stage

	class    uint8
	priority uint8 // 0 goes first

	chain  []prefix.Span // what its prompt may have in common with others, from its start; nil: nothing
	pins   int32         // spans of it that the request holds
	shared int32         // tokens of the prompt that lie in the prefix cache for it: not its own
}

// came is when a request was sent to the replica that it is at: by its client, or by a prefill instance.
func (q *request) came() float64 {
	if q.made > 0 {
		return q.last
	}
	return q.arrival
}

// stage is where a request is; the zero value is before its arrival in a queue.
type stage uint8

const (
	outside stage = iota
	waiting
	prefilling
	decoding
	over
	loading // its room is taken, and what it will find there is on its way from a tier
	loaded
)
