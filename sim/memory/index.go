package memory

import (
	"math"

	"fathom/hw/message"
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// indexGap is how far the size of all weights may be from what the configuration comes to: biases and buffers that no
// operator reads, and layers that predict further tokens, are less.
const indexGap = 0.03

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

// OfIndex says that the index of a checkpoint contradicts its configuration, nothing where it does not or there is none.
func OfIndex(m *model.Model) message.Message {
	size, err := AsPublished(m)
	if m.Wide {
		size *= 2
	}
	if m.TotalBytes <= 0 || err != nil || size <= 0 {
		return message.Message{}
	}
	off := size/m.TotalBytes - 1
	if math.Abs(off) <= indexGap {
		return message.Message{}
	}
	return message.New("omitted.index", m.TotalBytes/(1<<30), size/(1<<30), 100*off)
}
