package pass

import "fathom/sim/plan"

// Switches are the places where "corrected" departs from the reference tool (corrected.md, rows about single passes). The
// zero value prices bug for bug as the reference tool does. Each switch works alone.
type Switches struct {
	CausalPrefill    bool // a new token attends to what precedes it, not to the whole sequence
	ExpertBalance    bool // routed rows are split evenly over ranks instead of front-loaded on rank 0
	TableReads       bool // RoPE lookups and row gathers read the rows that are used, not the whole table
	WeightOnly       bool // W8A16 computes in FP16 on 1-byte weights
	FP8Peak          bool // FP8 linears use the FP8 peak, and a profile without one refuses them
	MissingType      bool // a data type without a peak is an error instead of free
	MTPAttention     bool // MTP attention of GQA models is sharded like every other layer
	MTPHeads         bool // MTP is refused where the model has no MTP heads
	ActivationMemory bool // activation memory counts live tensors only
}

// Corrected is every switch on.
func Corrected() Switches {
	return Switches{CausalPrefill: true, ExpertBalance: true, TableReads: true, WeightOnly: true, FP8Peak: true,
		MissingType: true, MTPAttention: true, MTPHeads: true, ActivationMemory: true}
}

// switches are the ones that a setup asks for: its own, or those of its fidelity.
func (s *Setup) switches() Switches {
	if s.Fidelity == plan.Corrected && s.Switches == (Switches{}) {
		return Corrected()
	}
	return s.Switches
}
