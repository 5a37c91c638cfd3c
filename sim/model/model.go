// Package model turns a config.json or a catalog entry into the structural facts that the operator model needs.
package model

import (
	"strconv"

	"fathom/hw"
)

// Model is one decoder, with its vision tower if it has one. A family fills it from its configuration; nothing
// downstream asks for a family by name, only for these facts.
type Model struct {
	Name         string // catalog name or path
	Source       string // where the facts come from
	Architecture string // model_type of the configuration
	Compared     bool   // the family was compared with reference figures
	Unsupported  string // why its operators cannot be priced yet, "" where they can

	Hidden, Vocab int
	MaxPositions  int     // rows of the RoPE tables
	TableWidth    int     // columns of the RoPE tables
	NormEps       float64 // norm+quant fuses only at exactly 1e-6
	OnePlusNorm   bool    // norms multiply by 1 + weight
	RopeAxes      int     // 1, or 3 for multi-axis position ids
	TiedEmbedding bool    // informational: lm_head always has its own weight

	Layers []Layer // in order
	// Reused is true where structurally equal layers are recorded once and replayed (almost always).
	Reused bool

	// Published is how the linear layers of the checkpoint are stored, where the configuration says that they are
	// quantised; else 16 bits.
	Published hw.Format

	MTPHeads int   // next-token-prediction layers that the checkpoint has
	MTPLayer Layer // the block of an MTP layer

	Vision *Vision // nil for a text model
	Hyper  *Hyper  // nil without hyper-connections
}

// Layer is one decoder layer. Layers that compare equal cost the same.
type Layer struct {
	Attention Attention
	FFN       FFN
}

// AttentionKind selects the operator list of an attention block.
type AttentionKind uint8

// The attention blocks that are modelled.
const (
	GQA      AttentionKind = iota // grouped queries over a paged KV cache; MHA and MQA are special cases
	MLA                           // multi-head latent attention; sparse with TopK > 0
	SharedKV                      // DeepSeek-V4: one shared KV head, windows and compressors
	Linear                        // gated delta rule, no KV cache
	NumAttentionKinds
)

var attentionKinds = [NumAttentionKinds]string{"GQA", "MLA", "shared KV", "gated delta rule"}

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

	QRank, KVRank    int // latent ranks (MLA; SharedKV uses QRank); QRank 0: queries are projected directly
	NopeDim, RopeDim int

	TopK                  int  // sparse attention selects this many tokens, 0: dense
	IndexHeads, IndexDim  int  // of the indexer
	OwnsIndexer           bool // false: reuses the selection of an earlier layer
	Ratio                 int  // SharedKV: tokens per compressed entry (0, 4, 128)
	OutputGroups, OutRank int  // SharedKV: grouped output projection

	KeyHeads, ValueHeads int // Linear
	KeyDim               int // Linear: dk; ValueDim is dv
	ConvKernel           int
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
)

// FFN are the facts of one feed-forward block. Experts 0: dense.
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
}

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
