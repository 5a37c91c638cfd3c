package geometry

import (
	"fathom/sim/model"
	"fathom/sim/plan"
)

// Served is the rank of a model as serving engines lay it out, whatever the strategy says of it: the table of the
// embedding is split by vocabulary over the TP ranks, shared experts like a dense block, and MTP layers like the others
// (vLLM VocabParallelEmbedding, SharedFusedMoE; SGLang has the same).
func Served(m *model.Model, s plan.Strategy) (*Rank, error) {
	s.WordEmbeddingTP = plan.EmbeddingRow
	s.SharedExpertTP = true
	return New(m, s, true)
}
