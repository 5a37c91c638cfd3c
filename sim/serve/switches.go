package serve

// Switches are the departures from the reference tool that belong to serving and search, one per row of corrected.md. The
// zero value does as the reference tool does, defects included.
type Switches struct {
	MemoryAtEnd    bool // decode must fit at input + output tokens, not in the middle of the answer
	PrefixAttended bool // cached prefix tokens cost no linear work but are attended to and occupy KV memory
	DepthFirst     bool // a prompt's chunks run one after the other, and the KV of all admitted requests counts
	MakespanQPS    bool // requests per second of a prefill phase over its makespan, not over its mean TTFT
	MTPNeedsHeads  bool // draft tokens are refused for a model without MTP heads
	EveryBudget    bool // each of I, 2I, 4I and 8192 tokens is tried, not the first that does not run out of memory at once
	SplitByRate    bool // a PD ratio's instances maximise the requests per second of all devices
	PriceDirectly  bool // every profile is priced by itself, never re-priced from the first one's record
}

// Corrected has every switch on.
func Corrected() Switches {
	return Switches{
		MemoryAtEnd: true, PrefixAttended: true, DepthFirst: true, MakespanQPS: true, MTPNeedsHeads: true,
		EveryBudget: true, SplitByRate: true, PriceDirectly: true,
	}
}
