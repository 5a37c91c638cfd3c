package plan

// Switches are the places where "corrected" departs from the reference tool, one per row of the design's table and in
// its order. The zero value does as the reference tool does, defects included; each switch works alone. Passes read the
// first nine, serving and search the others; sim/search lists them all with what each does to a winner.
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
	MemoryAtEnd      bool // decode must fit at input + output tokens, not in the middle of the answer
	PrefixAttended   bool // cached prefix tokens cost no linear work but are attended to and occupy KV memory
	// each of I, 2I, 4I and 8192 tokens is tried, not the first that does not run out of memory at once
	EveryBudget bool
	DepthFirst  bool // a prompt's chunks run one after the other, and the KV of all admitted requests counts
	MakespanQPS bool // requests per second of a prefill phase over its makespan, not over its mean TTFT
	SplitByRate bool // a PD ratio's instances maximise the requests per second of all devices
	// a breakdown's classes keep their names where one is zero, and static cost is a class of its own
	RightLabels   bool
	PriceDirectly bool // every profile is priced by itself, never re-priced from the first one's record
	CostInMoney   bool // cost is money per device and hour, not milliseconds that aggregation ignores
	// memory has weights and caches as serving engines lay them out: an embedding that is not split otherwise is split by
	// vocabulary, a tied table counts once, windows end, and states and compressors count
	ServedMemory bool
	OneToken     bool // an answer of one token is the prefill's: no decode step, no TPOT, and no limit on it
}

// EverySwitch is what corrected means.
func EverySwitch() Switches {
	return Switches{CausalPrefill: true, ExpertBalance: true, TableReads: true, WeightOnly: true, FP8Peak: true,
		MissingType:  true,
		MTPAttention: true, MTPHeads: true, ActivationMemory: true, MemoryAtEnd: true, PrefixAttended: true,
		EveryBudget: true,
		DepthFirst:  true, MakespanQPS: true, SplitByRate: true, RightLabels: true, PriceDirectly: true, CostInMoney: true,
		ServedMemory: true, OneToken: true}
}

// Shown are the two that only name figures. They are on whatever the fidelity, because what the reference tool prints
// under a wrong name would mislead every reader of a row; Switches that leave them out show it for comparison.
func Shown() Switches { return Switches{RightLabels: true, CostInMoney: true} }
