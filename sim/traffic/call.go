package traffic

import "fathom/sim/prefix"

// Call is one request as it is sent.
type Call struct {
	At            float64 // seconds since the start of the run; never earlier than the call before
	Input, Output int32   // tokens, at least one of each
	// Cached is how much of the prompt is found in some prefix cache whatever the fleet does: a share that was assumed.
	Cached          int32
	Class, Priority uint8 // of a load with classes
	Row             int   // of the file that it comes from, from 1; 0: none
	// Chain is what the prompt may have in common with others, from its start; its spans have no more tokens than the
	// prompt. It is the source's memory, valid until the next call is taken; Next and Turn do not share any, as a call of
	// Next lies ready while others have their turns.
	Chain []prefix.Span
	// Session is what the source knows the call by when it ends (Follower).
	Session int64
}

// Source gives the calls of an open load in order of time, one after the other, so that a trace of any length is
// played in bounded memory. Next fills in a call; false is the end.
type Source interface {
	Next(*Call) (bool, error)
}

// Follower is a source of which some calls depend on the end of others: the next turn of a conversation. Ended says
// when the call is sent that follows the one of a session that ended at a time, never before it; false: none does. Turn
// fills in that call when its time has come.
type Follower interface {
	Source
	Ended(session int64, at float64) (next float64, ok bool)
	Turn(session int64, c *Call)
}
