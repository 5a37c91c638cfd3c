package traffic

// State is what one step of one engine replica works on.
type State struct {
	Decoding int     // sequences that get a token each
	Width    int     // tokens that each of them has in the step: 1, and what is guessed ahead
	Context  float64 // sum of their contexts, tokens, the token of this step included
	Prompts  []Piece // prompt pieces of the step, nil in a decode step; lent for the call only
}

// Piece is the part of one prompt that a step works on.
type Piece struct {
	Query int  // tokens of the piece
	Done  int  // tokens of the same prompt that earlier steps worked on
	Last  bool // the prompt ends with it, so that a token comes out
}

// Clock gives the seconds that a step keeps the devices busy. It must be pure, positive and finite, and for equal
// Decoding without prompts linear in Context: runs of equal decode steps are then priced exactly by their two ends.
type Clock interface{ Seconds(State) float64 }

// ClockFunc makes a Clock of a function.
type ClockFunc func(State) float64

// Seconds implements Clock.
func (f ClockFunc) Seconds(s State) float64 { return f(s) }
