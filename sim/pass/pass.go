package pass

import (
	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/op"
	"fathom/sim/plan"
)

// Setup is everything about a pass that stays the same from one probe of a search to the next.
type Setup struct {
	Model      *model.Model
	Profile    *hw.Profile
	Strategy   plan.Strategy
	Quant      plan.Quant
	Options    plan.Options
	MTP        int     // MTP layers that run, 0: none
	Guess      int     // tokens that something else guesses ahead; priced by whoever knows what
	ReservedGB float64 // GiB kept free
	Fidelity   plan.Fidelity
	Switches   Switches     // zero: as Fidelity says
	Serving    plan.Serving // whose constants a calibrated profile is asked for
	// Busiest is what the fullest expert rank gets of the routed rows, in units of the mean; 0: nothing is known of loads,
	// and the fidelity deals the rows. The reference tool's own dealing (simulation-model 5.4) has no place for it.
	Busiest float64
}

// Shape is a uniform batch: Requests over the whole instance (the fullest DP rank gets the ceiling), each with Query
// new tokens of Total.
type Shape struct {
	Decode       bool
	Requests     int
	Query, Total int // tokens; Total counts context and Query
	Images       int // images per request
	ImageHeight  int
	ImageWidth   int
	// Replayed prices attention as the reference tool does when it re-prices a recorded forward (search-and-serving 7).
	Replayed bool
}

// Piece is a number of equal requests of a mixed batch on this rank.
type Piece = op.Piece

// Bound is the reference tool's step breakdown in seconds: the dominant class of each operator only. Static costs are
// in no bucket of it; Static keeps them apart.
type Bound struct{ Mem, Comm, Cube, Vec, Static float64 }

// Memory of the fullest rank, in bytes. Available is what is left after the reserve; negative means out of memory.
type Memory struct{ Total, Weight, KV, Activation, Reserved, Available float64 }

// Result is one priced pass.
type Result struct {
	Seconds float64
	// Slowest is the time of the slowest pipeline stage with its transfer to the next, the pace of a filled pipeline; 0
	// without stages.
	Slowest float64
	// Exchange is what of the time rows are on the way between attention and expert ranks, there and back.
	Exchange float64
	Bound    Bound
	Memory   Memory
}
