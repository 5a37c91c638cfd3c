package op

// Kind is the kind of an operator: one row of the operator table, one name in the reference tool.
type Kind uint8

// Kinds by what they do. The names of generic tensor operators follow the tensor library that the reference tool
// traces, where an operator often has two names: one when run eagerly, one when compiled.
const (
	None Kind = iota

	// Lookups and matrix products.
	Embedding
	IndexTensor // compiled lookup or row gather: reads the whole table
	IndexSelect // eager lookup or row gather
	MM
	AddMM
	BMM
	Int8Linear
	Int4Linear
	FP8Linear
	MXFP4Linear
	Convolution

	// Quantisation.
	Quantize
	DynamicQuantize
	DynamicQuantizeMXFP4

	// Norms and activations.
	RMSNorm
	RMSNormQuant
	RMSNormDynamicQuant
	RMSNormMXFP4
	AddRMSNorm  // the sum is not needed again
	AddRMSNorm2 // returns norm and sum
	AddRMSNormQuant2
	AddRMSNormDynamicQuant2
	AddRMSNormMXFP42
	LayerNorm
	Swiglu
	Silu
	Gelu

	// Attention.
	ApplyRope
	KVWrite
	Attention
	AttentionQuant
	MLAPreprocess
	MLAPreprocessQuant
	MLACacheWrite
	MLAAttention
	MLAAttentionQuant
	SparseMLA
	SparseMLAQuant
	DSAIndexer

	// Linear attention.
	CausalConv
	CausalConvUpdate
	GDNGating
	ChunkDeltaRule
	RecurrentDeltaRule
	GatedRMSNorm
	StateUpdate
	ChunkScan

	// DeepSeek-V4.
	RopeInPlace
	Compressor
	LightningIndexer
	SharedKVAttention
	WindowWrite
	ClampedSwiglu
	HCInvRMS
	HCSinkhorn
	HCPost
	HCHead
	GateTopK
	GateTopKHash

	// Experts.
	GateTopKSoftmax
	InitRouting
	Unpermute
	GroupedMM
	GroupedMMSwiglu
	GroupedInt8
	GroupedInt8Swiglu
	GroupedInt4
	GroupedInt4Swiglu
	GroupedFP8
	GroupedFP8Swiglu
	GroupedMXFP4
	GroupedMXFP4SwigluQuant
	ShiftIDs

	// Collectives.
	AllReduce
	AllGather
	ReduceScatter
	AllToAll
	SendRecv
	MatmulAllReduce
	DispatchFFNCombine

	// Generic tensor operators.
	Add
	AddScalarInPlace
	Amax
	Arange
	Argmax
	BitwiseAnd
	BitwiseNot
	Cat     // compiled and eager
	CatList // a concatenation that the compiler put in
	Clamp
	Clone
	Pad
	Copy
	CopyInPlace
	Cos
	Cumsum
	Div
	DivInPlace
	Empty
	EmptyLike
	Equal
	Exp
	FloorDivide
	Gather
	GreaterEqual
	GreaterThan
	LessThan
	LogicalAnd
	Linspace
	Log1p
	MaskedFill
	Mean
	Mul
	MulInPlace
	Neg
	Pow
	Prod
	Repeat
	RepeatInterleave
	Rsqrt
	ReverseSub
	Scatter
	ScatterInPlace
	SelectScatter
	ShiftRight
	Sigmoid
	Sin
	SliceScatter
	Softmax
	Softplus
	Sqrt
	Stack
	Sub
	Sum
	SumDim
	ToCopy  // eager change of format
	Convert // compiled change of format
	DevicePut
	TopK
	Where
	Zeros
	ZerosLike
	NumKinds
)
