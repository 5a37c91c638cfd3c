package plan

// LinearAction is how linear layers are quantised (reference flag --quantize-linear-action).
type LinearAction uint8

// The actions of the reference tool, in its order.
const (
	LinearDisabled LinearAction = iota
	W8A16Static
	W8A8Static
	W4A8Static
	W8A16Dynamic
	W8A8Dynamic
	W4A8Dynamic
	LinearFP8
	MXFP4
	NumLinearActions
)

var linearActionNames = [NumLinearActions]string{"DISABLED", "W8A16_STATIC", "W8A8_STATIC", "W4A8_STATIC",
	"W8A16_DYNAMIC", "W8A8_DYNAMIC", "W4A8_DYNAMIC", "FP8", "MXFP4"}

func (a LinearAction) String() string { return linearActionNames[a] }

// AttentionAction is how the KV cache and the attention arithmetic are quantised.
type AttentionAction uint8

// FP16, INT8 or FP8 cache.
const (
	AttentionDisabled AttentionAction = iota
	AttentionINT8
	AttentionFP8
	NumAttentionActions
)

var attentionActionNames = [NumAttentionActions]string{"DISABLED", "INT8", "FP8"}

func (a AttentionAction) String() string { return attentionActionNames[a] }

// Quant is a complete quantisation choice.
type Quant struct {
	Linear       LinearAction
	NonExpert    LinearAction // attention, dense MLP, shared experts; LinearDisabled: as Linear
	Attention    AttentionAction
	MXFP4Group   int // 0: 32
	QuantizeHead bool
}

// Options are the graph options of a pass; all off by default.
type Options struct {
	Compile            bool
	Multistream        bool
	SequenceParallel   bool
	MatmulAllReduce    bool
	DispatchFFNCombine bool
	NoRepetition       bool // price every layer by itself instead of one of each kind
	AllowGraphBreak    bool // accepted; changes nothing here
}
