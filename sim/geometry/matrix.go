package geometry

import "fathom/sim/plan"

// Group names a set of ranks that share a matrix.
type Group uint8

// The groups. Sizes that a strategy does not name follow TP.
const (
	TP Group = iota
	OutputTP
	MLPTP
	MoETP
	HeadTP
	NumGroups
)

func sizes(s plan.Strategy) [NumGroups]int {
	tp := max(1, s.TP)
	own := func(size int) int {
		if size > 0 {
			return size
		}
		return tp
	}
	return [NumGroups]int{TP: tp, OutputTP: own(s.OProjTP), MLPTP: own(s.MLPTP), MoETP: max(1, s.MoETP),
		HeadTP: own(s.LMHeadTP)}
}

// Role says whose number format a matrix is stored in.
type Role uint8

// The roles. Gates of experts are never quantised.
const (
	Projection Role = iota // of attention
	State                  // of blocks with a recurrent state
	Dense                  // MLP of dense layers
	Shared                 // shared experts
	Expert
	Gate
	Vocabulary
)

// Kin is the role of which a role is a kind: blocks with a state have projections, shared experts are dense.
func (r Role) Kin() Role {
	switch r {
	case State:
		return Projection
	case Shared:
		return Dense
	}
	return r
}

// Dealt says what a rank has of a matrix.
type Dealt uint8

// All of it; a share of its outputs; a share of its inputs, the results being summed over the group.
const (
	Whole Dealt = iota
	Columns
	Rows
)

// Part says which matrix of its block it is.
type Part uint8

// The parts. Down and up are the halves of a projection over a latent.
const (
	Embedding Part = iota
	Head
	Query
	QueryDown
	QueryUp
	Key
	Value
	LatentDown
	LatentUp
	OutputDown
	Output
	IndexQuery
	IndexKey
	IndexWeight
	Compressor
	IndexCompressor
	DeltaGate
	DeltaBeta
	DeltaDecay
	DecayDown
	GateDown
	StateInput
	StepUp
	LatentIn
	LatentOut
	Router
	SharedGate
	GateProj
	UpProj
	DownProj
)

// Size is a number of input and of output columns.
type Size struct{ In, Out int }

// Elements is the number of weights.
func (s Size) Elements() float64 { return float64(s.In) * float64(s.Out) }

// Matrix is one linear layer: rows of In columns become rows of Out columns.
type Matrix struct {
	Part  Part
	Role  Role
	Group Group
	Dealt Dealt
	All   Size // of the whole layer
	Own   Size // on this rank
	Bias  bool // one number for every output
	// Joined reads the rows that the matrix before it has read. Launches is how many products run it: usually one, none
	// where it is part of the product before.
	Joined   bool
	Launches int
	Unstored bool // the reference tool keeps no weights of it
}

// deal gives the rank its share. units is the number of whole heads that the dealt side consists of, 0 for single
// columns; a rank keeps at least one.
func (b *builder) deal(m Matrix, units int) Matrix {
	m.Own = m.All
	n := b.sizes[m.Group]
	share := func(size int) int {
		if units == 0 {
			return ceil(size, n)
		}
		return ceil(units, n) * (size / units)
	}
	switch m.Dealt {
	case Columns:
		m.Own.Out = share(m.All.Out)
	case Rows:
		m.Own.In = share(m.All.In)
	}
	m.Launches = 1
	if m.Joined {
		m.Launches = 0
	}
	return m
}

// Vector are parameters of a layer that are no matrix.
type Vector struct {
	All, Own int     // elements of the whole layer and on this rank
	Bytes    float64 // of an element
	Kept     bool    // the reference tool keeps all of them on every rank
	Unstored bool    // the reference tool keeps none
	Table    bool    // no parameters of the model: a table that is looked up
}

// Bytes of elements that are never quantised.
const (
	narrow = 2
	wide   = 4
)

// whole are elements that every rank keeps.
func whole(n int, bytes float64) Vector { return Vector{All: n, Own: n, Bytes: bytes} }

func ceil(a, b int) int { return (a + b - 1) / b }
