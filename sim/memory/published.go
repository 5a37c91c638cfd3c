package memory

import (
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// AsPublished gives the bytes of all weights of a model as its checkpoint stores them, in 16 bits where those are
// wider. It is 0 for a model whose operators cannot be priced.
func AsPublished(m *model.Model) (float64, error) {
	if m.Unsupported != "" || len(m.Layers) == 0 {
		return 0, nil
	}
	s := plan.Strategy{TP: 1, PP: 1, DP: 1}
	if m.MoE() {
		s.EP, s.MoETP, s.MoEDP = 1, 1, 1
	}
	g, err := geometry.Served(m, s)
	if err != nil {
		return 0, err
	}
	q := plan.Quant{Linear: plan.AsPublished}
	ranks, err := NewRanks(g, Setting{Formats: ReferenceFormats(q, m), Quant: q, Served: true})
	if err != nil {
		return 0, err
	}
	return ranks[0].Weight(false), nil
}
