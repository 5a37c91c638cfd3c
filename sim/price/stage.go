package price

import (
	"slices"

	"fathom/hw"
	"fathom/sim/geometry"
	"fathom/sim/kernel"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// stage is one pipeline stage, or several equal ones.
type stage struct {
	count float64
	step  *kernel.Stepper
	bytes float64 // sent to the next stage for every token of a DP rank, by one rank; 0: nothing is sent
	link  hw.Link
}

// send is the transfer of the activations of so many tokens to the next stage.
func (s *stage) send(tokens float64) float64 {
	if s.bytes == 0 || s.link.Bandwidth <= 0 {
		return 0
	}
	return s.link.Latency + tokens*s.bytes/s.link.Bandwidth
}

// stages prepares the pipeline; equal stages stand together. busiest is that of pass.Setup.
func stages(rank *geometry.Rank, p *hw.Profile, g *Given, busiest float64) ([]stage, error) {
	tp, m := rank.Strategy.TP, rank.Model
	cut := plan.Stages(m, rank.Strategy.PP)
	list := make([]stage, 0, 2)
	var kinds []plan.Stage
next:
	for i, c := range cut {
		n := stage{count: 1}
		if !c.Head {
			n.link = p.Grid.Between(i*tp, (i+1)*tp)
			n.bytes = 2 * float64(m.Hidden) / float64(tp) // each rank sends its share in 16 bits
		}
		for k, old := range kinds {
			if old.Head == c.Head && list[k].link == n.link && slices.Equal(old.Layers, c.Layers) {
				list[k].count++
				continue next
			}
		}
		kinds = append(kinds, c)
		own := rank
		if len(cut) > 1 {
			var err error
			if own, err = geometry.Served(part(m, c), rank.Strategy); err != nil {
				return nil, err
			}
		}
		var err error
		n.step, err = kernel.New(kernel.Deployment{Rank: own, Profile: p, Formats: g.Formats, Constants: &g.Costs.Kernel,
			Busiest: busiest})
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}

// part is the model of a stage: its layers, and the head where it has it.
func part(m *model.Model, c plan.Stage) *model.Model {
	own := *m
	own.Layers = c.Layers
	if !c.Head {
		own.Vocab = 0
	}
	return &own
}
