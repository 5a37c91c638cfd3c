package model

import (
	"strconv"

	"fathom/hw"
	"fathom/hw/message"
)

// Model is one decoder, with its vision tower if it has one. A family fills it from its configuration; nothing
// downstream asks for a family by name, only for these facts.
type Model struct {
	Name         string // catalog name or path
	Source       string // where the facts come from
	Architecture string // model_type of the configuration
	Compared     bool   // the family was compared with reference figures
	Unsupported  string // key of the text why its operators cannot be priced yet, "" where they can

	Hidden, Vocab int
	MaxPositions  int     // rows of the RoPE tables
	Context       int     // tokens of the longest request that engines serve, RoPE scaling included; 0: not known
	TableWidth    int     // columns of the RoPE tables
	NormEps       float64 // norm+quant fuses only at exactly 1e-6
	OnePlusNorm   bool    // norms multiply by 1 + weight
	RopeAxes      int     // 1, or 3 for multi-axis position ids
	TiedEmbedding bool    // informational: lm_head always has its own weight

	Layers []Layer // in order
	// LayerCount is the number of layers as the checkpoint counts them; single blocks that stand in one layer here, or
	// blocks beside each other, make another one.
	LayerCount int
	// Reused is true where structurally equal layers are recorded once and replayed (almost always).
	Reused bool

	// Published is how the linear layers of the checkpoint are stored, where the configuration says that they are
	// quantised; else 16 bits.
	Published hw.Format

	Draft    bool  // it guesses tokens for another model, alone it answers nothing
	MTPHeads int   // next-token-prediction layers that the checkpoint has
	MTPLayer Layer // the block of an MTP layer

	Vision *Vision // nil for a text model
	Hyper  *Hyper  // nil without hyper-connections

	Local   bool // read from a file of the user's
	Guessed bool // no family is known for it, its keys alone were read
	// Quantization is what the checkpoint says of its number formats, nil where it says nothing; Stored has them by kind
	// of module.
	Quantization *Quantization
	Stored       Stored
	// TotalBytes is the size of all weights that the index of the checkpoint states, 0 without one.
	TotalBytes float64
	Wide       bool // published in 32-bit floats

	// Norms is the number of norms of a layer: 2, or 4 where the results of both blocks are normed too.
	Norms int
	// PerLayer are further embeddings of every token, one for each layer.
	PerLayer PerLayer
	// Tower is the number of parameters of encoders for images that have no operators here; their weights are resident.
	Tower float64

	// Assumed says for every key that the reader asked for and the file does not have what was taken instead.
	Assumed []message.Message
	// LeftOut names parts of the checkpoint that are not priced.
	LeftOut []message.Message
	// NotUnderstood are keys of the file, with their values, whose meaning is not known here.
	NotUnderstood []string
}

// Unpriced says why the operators of a model cannot be priced, nothing where they can.
func (m *Model) Unpriced() message.Message {
	if m.Unsupported == "" {
		return message.Message{}
	}
	return message.New(m.Unsupported)
}

// PerLayer are embeddings of Rows tokens, Width columns for each layer; 0: none.
type PerLayer struct{ Rows, Width int }

// Layer is one decoder layer: attention, then a feed-forward block. Layers that compare equal cost the same. Where a
// published layer has two blocks of attention, or attention beside a state-space block, it stands here as two layers,
// of which the first may have no feed-forward block.
type Layer struct {
	Attention Attention
	FFN       FFN
}

// AttentionKind selects the operator list of an attention block.
type AttentionKind uint8

// The attention blocks that are modelled.
const (
	GQA         AttentionKind = iota // grouped queries over a paged KV cache; MHA and MQA are special cases
	MLA                              // multi-head latent attention; sparse with TopK > 0
	SharedKV                         // DeepSeek-V4: one shared KV head, windows and compressors
	Linear                           // a recurrent state instead of a KV cache
	NoAttention                      // a feed-forward block alone
	NumAttentionKinds
)

// Rule is how a Linear block updates its state.
type Rule uint8

// The rules. Each has a state of one key by value matrix for every value head.
const (
	DeltaRule Rule = iota // gated delta rule (Qwen3-Next, Qwen3.5)
	KDA                   // Kimi delta attention: the delta rule with a decay for every key column
	Mamba2                // state-space duality: keys and queries in groups of heads, no delta
	Mamba1                // selective state space: one value column a head, steps from a low rank
	Lightning             // a fixed decay of every head, no convolution
)

var attentionKinds = [NumAttentionKinds]string{"GQA", "MLA", "shared KV", "recurrent state", "none"}

// String names a kind in the words of the field; one that is not modelled by its number.
func (k AttentionKind) String() string {
	if k < NumAttentionKinds {
		return attentionKinds[k]
	}
	return "number " + strconv.Itoa(int(k))
}

// Norm tells which norm queries and keys get.
type Norm uint8

// No norm, one per head, one over the whole projected width, or one per head without weights.
const (
	NoNorm Norm = iota
	PerHead
	FullWidth
	PerHeadBare
)

// Attention are the facts of one attention block; fields that its kind does not use are zero.
type Attention struct {
	Kind                    AttentionKind
	Heads, KVHeads, HeadDim int
	RotaryDim               int // rotated columns of a head
	// the model joins rotated and passed-through columns in a copy of its own, also where none pass
	JoinedRotary bool
	ValueDim     int // width of a value head where it differs from HeadDim (MLA: v_head_dim), else 0
	QKNorm       Norm
	Bias         bool // q, k, v have a bias
	OutputBias   bool
	Gated        bool // q is twice as wide, the second half gates the output
	Window       int  // sliding window in tokens, 0: full attention
	Sinks        bool // one learned logit per head
	// keys and values come from image tokens and are kept once for a request, none are added by text
	Cross bool
	// keys and values are those of an earlier layer: no projections and no cache of its own
	KVShared bool
	// values are the keys before their rotation: both are cached, one is projected
	KeyIsValue bool

	QRank, KVRank    int // latent ranks; QRank 0: queries are projected directly
	NopeDim, RopeDim int

	TopK                  int  // sparse attention selects this many tokens, 0: dense
	IndexHeads, IndexDim  int  // of the indexer
	OwnsIndexer           bool // false: reuses the selection of an earlier layer
	Ratio                 int  // SharedKV: tokens per compressed entry (0, 4, 128)
	OutputGroups, OutRank int  // SharedKV: grouped output projection

	Rule                 Rule
	KeyHeads, ValueHeads int // Linear
	KeyDim               int // Linear: dk; ValueDim is dv
	ConvKernel           int // 0: no convolution
	StepRank             int // Mamba1: rank of the time steps
}

// Router selects the operator list of an expert gate.
type Router uint8

// The gates that are modelled (simulation-model 3.5 and A.1).
const (
	SoftmaxTopK    Router = iota // Qwen family: fp16 GEMM, softmax, top-k
	RawLogits                    // DeepSeek-V3, GLM-5: gate on all rows, fp32 GEMM, fused top-k softmax
	GroupedSigmoid               // DeepSeek-V3.2: selection in many small ops, fp32 weights
	BiasedSigmoid                // MiniMax-M2: sigmoid, bias, top-k, fp32 weights
	SqrtSoftplus                 // DeepSeek-V4
	NumRouters
)

// FFN are the facts of one feed-forward block. Experts 0: dense; Inner 0 too: none.
type FFN struct {
	Inner int // dense intermediate size

	Experts, TopK, ExpertInner int
	SharedInner                int  // intermediate size of all shared experts together, 0: none
	SharedGate                 bool // the shared expert has a gate of its own
	Router                     Router
	Groups, TopGroups          int // of grouped selection
	BiasBytes                  int // bytes per element of the selection bias, 0: none stored
	HashGate                   bool
	Clamped                    bool // clamped swiglu in the shared expert
	// the experts and their router (gpt-oss), or the dense block (Llama mlp_bias), have biases
	Bias bool
	// Identity are experts that give back their input: the router knows them, nothing computes. TopK is then what is
	// expected of the real ones.
	Identity int
	Latent   int  // routed experts work on rows of this width, into and out of which a layer projects; 0: the hidden one
	Plain    bool // two matrices, not gated
}

// None reports whether there is no block at all.
func (f FFN) None() bool { return f.Experts == 0 && f.Inner == 0 }

// MoE reports whether the block routes to experts.
func (f FFN) MoE() bool { return f.Experts > 0 }

// MoE reports whether any layer routes to experts.
func (m *Model) MoE() bool {
	for i := range m.Layers {
		if m.Layers[i].FFN.MoE() {
			return true
		}
	}
	return false
}

// Routed gives the feed-forward block of the first layer with experts, and how many layers have some; 0: a dense model.
func (m *Model) Routed() (of FFN, layers int) {
	for i := range m.Layers {
		if f := &m.Layers[i].FFN; f.MoE() {
			if layers == 0 {
				of = *f
			}
			layers++
		}
	}
	return of, layers
}

// First is the model cut to its first n layers, for 1 <= n <= len(m.Layers). An MTP block is of the kind of the last
// layer that is left; in a hybrid, whose configuration lists a kind for each layer, of the next entry (simulation-model
// 8.1).
func (m *Model) First(n int) *Model {
	c := *m
	c.Layers = m.Layers[:n:n]
	if n == len(m.Layers) {
		return &c
	}
	c.MTPLayer.FFN = m.Layers[n-1].FFN
	if k := m.Layers[n].Attention.Kind; k == Linear || k == SharedKV || m.Layers[0].Attention.Kind == Linear {
		c.MTPLayer.Attention = m.Layers[n].Attention
	}
	c.MTPLayer.FFN.HashGate = false
	return &c
}

// Vision is the tower of a vision-language model (simulation-model 8.3).
type Vision struct {
	Hidden, Heads, Depth, Inner int
	Patch, TemporalPatch, Merge int
	Channels, OutHidden         int
	Positions                   int // rows of the position table
	DeepStack                   int // extra mergers
	MinPixels, MaxPixels        int
}

// Hyper are the hyper-connections of DeepSeek-V4.
type Hyper struct {
	Streams    int // hc_mult
	Iterations int // of the sinkhorn normalisation
}

// Values is the width of a value head.
func (a Attention) Values() int {
	if a.ValueDim > 0 {
		return a.ValueDim
	}
	return a.HeadDim
}
