package plan

import "strconv"

// Strategy is a tuple of parallel sizes. TP*PP*DP is the number of devices; EP*MoETP*MoEDP is devices/PP for MoE
// models. Zero in a sub-size (OProjTP, MLPTP, LMHeadTP, VisionTP) means "as TP" (VisionTP: 1).
type Strategy struct {
	TP, PP, DP       int
	EP, MoETP, MoEDP int // all 0 for a dense model
	DCP              int
	OProjTP, MLPTP   int
	LMHeadTP         int
	VisionTP         int
	WordEmbeddingTP  WordEmbedding
	SharedExpertTP   bool
	RedundantExperts int  // copies of experts beyond the first of each, over all EP ranks of a layer
	TwoBatch         bool // two half batches, the exchange of one under the work of the other
	ExternalShared   bool // external shared experts: some ranks host only shared experts
	HostExternal     bool // the simulated rank hosts them
}

// WordEmbedding is how the embedding table is split over the TP group.
type WordEmbedding uint8

// Whole table on every rank, by hidden columns, or by vocabulary rows.
const (
	EmbeddingWhole WordEmbedding = iota
	EmbeddingCol
	EmbeddingRow
)

var embeddingNames = [...]string{"", "col", "row"}

func (e WordEmbedding) String() string { return embeddingNames[e] }

// World is the number of devices of the instance.
func (s Strategy) World() int { return s.TP * max(1, s.PP) * s.DP }

// Label is the reference tool's name of the strategy: the grouping key of every table. mtp and dcp parts appear where
// they are on.
func (s Strategy) Label(mtp int) string {
	var room [96]byte // searches make one for each of tens of thousands of combinations
	b := room[:0]
	size := func(name string, n int) { b = strconv.AppendInt(append(b, name...), int64(n), 10) }
	size("TP=", s.TP)
	size(" | PP=", max(1, s.PP))
	size(" | DP=", s.DP)
	if s.EP > 0 {
		size(" | EP=", s.EP)
		size(" | MOE-TP=", s.MoETP)
		size(" | MOE-DP=", s.MoEDP)
		if s.RedundantExperts > 0 {
			size(" | RED=", s.RedundantExperts)
		}
	}
	if mtp > 0 {
		size(" | MTP=", mtp)
	}
	if s.DCP > 1 {
		size(" | DCP=", s.DCP)
	}
	if s.TwoBatch {
		b = append(b, " | TBO"...)
	}
	return string(b)
}
