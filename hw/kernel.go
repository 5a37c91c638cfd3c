package hw

// Precision is how the weights of a linear layer, or the KV cache of an attention kernel, are stored.
type Precision uint8

// The precisions of measured runs: 8-bit floats with one scale per tensor or per block, 4-bit floats (NVFP4, MXFP4), integers.
const (
	PrecBF16 Precision = iota
	PrecFP8
	PrecFP8Block
	PrecFP4
	PrecINT8
	PrecINT4
	NumPrecisions
)

var precisionNames = [NumPrecisions]string{"bf16", "fp8", "fp8_block", "fp4", "int8", "int4"}

func (p Precision) String() string { return precisionNames[p] }

// Kernel holds what a device's kernels were measured to reach of its peaks. A zero entry means "not measured": the reader falls back to
// Step, and from there to the efficiencies of the profile.
type Kernel struct {
	Source string // where these figures come from, shown to users

	Step Step

	GEMM      Class  // roofline: peak of the precision, or all three matrices at the weight's bytes
	Attention Class  // by KV precision; decode against KV bytes, prefill against the bf16 peak, causal
	MoE       Class  // routed experts; decode against the weights of the experts that are really hit
	Dispatch  Phases // expert dispatch and combine, two calls a layer, any precision

	Elementwise Reach // norms, embeddings, activations: bytes over memory bandwidth

	Groups        []Group // all-reduce and buffers by group size, ascending
	ReservedBytes float64 // what engines keep per device beside weights, KV cache and collective buffers
}

// Step are the constants of the step-time formula of serving-dynamics 2: shares of a peak, and a fixed time for every layer.
type Step struct {
	GEMMMemory    float64 // e_m: linear layers, bytes over memory bandwidth
	GEMMBF16      float64 // e_c: linear layers, bf16 peak
	GEMMQuantised float64 // e_c: linear layers, fp8 and fp4 peak
	AttnPrefill   float64 // e_ap: causal prefill attention, bf16 peak
	AttnDecode    float64 // e_ad: decode attention, KV bytes over memory bandwidth
	MoEMemory     float64 // moe_m: weights of the experts that are hit
	MoECompute    float64 // moe_c: routed experts, peak of the precision
	LayerFloor    float64 // seconds a layer, whatever its size
}

// Class is one class of operators. Time of n calls = roofline time / Eff + n * Floor.
type Class struct{ Decode, Prefill [NumPrecisions]Reach }

// Phases is a class whose figures do not depend on the precision.
type Phases struct{ Decode, Prefill Reach }

// Reach is the two-number model of an operator class.
type Reach struct {
	Eff   float64 // share of the roofline, 0..1; 0: not measured
	Floor float64 // seconds per call
	Err   float64 // median absolute error of the fit, as a fraction; 0: exact or not stated
}

// Measured tells whether there are figures at all.
func (r Reach) Measured() bool { return r.Eff > 0 }

// Group is one size of a communicating group inside a node. Time of one all-reduce = Fixed + bytes / Payload
// + Ramp * bytes / (bytes + RampBytes): small messages reach less of the bandwidth.
type Group struct {
	Ranks       int
	Fixed       float64 // seconds
	Payload     float64 // bytes per second; 0: not measured, use the grid
	Ramp        float64 // seconds that a large message takes beyond its size; 0: none
	RampBytes   float64 // of a message that takes half of them
	Err         float64 // median absolute error of the fit, as a fraction
	BufferBytes float64 // memory that the collective library reserves per device
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
