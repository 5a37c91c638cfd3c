package hw

// Kernel holds what a device's kernels were measured to reach of its peaks. A zero entry means "not measured": the
// reader falls back to Step, and from there to the efficiencies of the profile.
type Kernel struct {
	Source   string // where these figures come from, shown to users
	Software string // the serving engine whose kernels the sums are, unless another brings its own; "": not said

	Step Step

	// Kernel sums: what single kernels reach, without any engine around them, by the format whose kernels they are.
	Linear [NumFormats]Efficiency // overheads per matrix product
	Expert [NumFormats]Efficiency // overheads per layer
	Sum    Sum

	Engines       []EngineKernels // what other engines' kernels reach, by name
	Groups        []Group         // all-reduce and buffers by group size, ascending
	ReservedBytes float64         // what engines keep per device beside weights, KV cache and collective buffers
}

// Step are the constants of the step-time formula of serving-dynamics 2: shares of a peak, and a fixed time for every
// layer.
type Step struct {
	GEMMMemory    float64 // e_m: linear layers, bytes over memory bandwidth
	GEMMBF16      float64 // e_c: linear layers, bf16 peak
	GEMMQuantised float64 // e_c: linear layers, fp8 and fp4 peak
	AttnPrefill   float64 // e_ap: causal prefill attention, bf16 peak
	AttnDecode    float64 // e_ad: decode attention, KV bytes over memory bandwidth
	MoEMemory     float64 // moe_m: weights of the experts that are hit
	MoECompute    float64 // moe_c: routed experts, peak of the precision
	LayerOverhead float64 // seconds a layer, whatever its size
}

// Sum are the numbers of kernel sums that do not depend on the precision.
type Sum struct {
	AttnPrefill    float64 // causal attention of prompts, share of the 16-bit peak
	AttnDecode     float64 // reading the cache, share of memory bandwidth
	LayerOverhead  float64 // seconds a layer: attention and elementwise kernels
	PromptOverhead float64 // more of it in passes with prompts
	LatentOverhead float64 // more of it in layers with latent attention, their projections included

	// Routed experts: seconds for every row that they work on; the fullest of n ranks has n^Skew times the mean; t tokens
	// choose as many different experts as t^ExpertCoverage that choose at random.
	ExpertRow, Skew, ExpertCoverage float64
	HalfRateWidth                   float64 // inner width of a rank's experts at which their weights come half as fast
	TokenPasses                     float64 // passes over the hidden width for every token, whatever the rank's experts

	// Rows of attention ranks to experts and back: share of the link, seconds per call; and the same between servers.
	Gather, GatherFixed, GatherWide, GatherWideFixed float64

	Err float64 // median absolute error of passes of models that the fit had not seen, as a fraction

	// Median absolute errors of linear layers, attention, routed experts and collectives, of the passes that were fitted.
	Errors [4]float64
}

// EngineKernels are what the kernels of one serving engine reach where it brings its own; zero entries are those of the
// device.
type EngineKernels struct {
	Name           string
	Linear, Expert [NumFormats]Efficiency
	Skew           float64 // as in Sum
}

// Engine finds the kernels of an engine; nil where it brings none of its own.
func (k *Kernel) Engine(name string) *EngineKernels {
	for i := range k.Engines {
		if k.Engines[i].Name == name {
			return &k.Engines[i]
		}
	}
	return nil
}

// Measured tells whether there are figures at all.
func (s *Sum) Measured() bool { return s.AttnDecode > 0 }

// Group is one size of a communicating group inside a node. A straight line makes one all-reduce Fixed + bytes /
// Payload; the curve knows that small messages reach less of the bandwidth.
type Group struct {
	Ranks       int
	Fixed       float64 // seconds
	Payload     float64 // bytes per second; 0: not measured, use the grid
	Curve       Curve
	Err         float64 // median absolute error of the curve, or of the line without one, as a fraction
	BufferBytes float64 // memory that the collective library reserves per device
}

// Curve makes one all-reduce Fixed + bytes / Payload + Ramp * bytes / (bytes + RampBytes). A zero payload: not
// measured.
type Curve struct {
	Fixed     float64 // seconds
	Payload   float64 // bytes per second
	Ramp      float64 // seconds that a large message takes beyond its size
	RampBytes float64 // of a message that takes half of them
}

// Group finds the entry of the smallest group that holds so many ranks; false beyond the largest one measured.
func (k *Kernel) Group(ranks int) (Group, bool) {
	for _, g := range k.Groups {
		if g.Ranks >= ranks {
			return g, true
		}
	}
	return Group{}, false
}
