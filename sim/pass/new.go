package pass

import (
	"fmt"
	"slices"

	"fathom/sim/cost"
	"fathom/sim/memory"
	"fathom/sim/model"
	"fathom/sim/op"
	"fathom/sim/plan"
)

// New checks a setup and prepares a pricer. Every error names the field, its value and the fix.
func New(s Setup) (*Pricer, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	m, sw := s.Model, s.switches()
	nonExpert := s.Quant.Linear
	if s.Quant.NonExpert != plan.LinearDisabled {
		nonExpert = s.Quant.NonExpert
	}
	choice := op.Choice{WeightOnly: sw.WeightOnly, FP8Peak: sw.FP8Peak}
	p := &Pricer{
		setup: s, switches: sw, rates: cost.NewRates(s.Profile), groups: newGroups(s.Profile.Grid, s.Strategy),
		compile: s.Options.Compile, exactEps: m.NormEps == 1e-6, onePlus: m.OnePlusNorm,
		linear: op.NewScheme(nonExpert, s.Quant.MXFP4Group, choice),
		expert: op.NewScheme(s.Quant.Linear, s.Quant.MXFP4Group, choice),
		cache:  op.NewCache(s.Quant.Attention),
		hidden: float64(m.Hidden), vocab: float64(m.Vocab),
		positions: float64(m.MaxPositions), table: float64(m.TableWidth), axes: float64(max(1, m.RopeAxes)),
		tp: float64(s.Strategy.TP), mtp: s.MTP,
	}
	if m.Hyper != nil {
		p.streams = op.Streams{Hidden: p.hidden, Count: float64(m.Hyper.Streams), Iterations: float64(m.Hyper.Iterations)}
	}
	p.sequence = p.compile && !p.onePlus && s.Options.SequenceParallel && s.Strategy.TP > 1 && !s.Strategy.SharedExpertTP
	p.fuseReduce = p.compile && s.Options.MatmulAllReduce
	p.fuseExperts = p.compile && s.Options.DispatchFFNCombine
	p.across = p.compile && !p.onePlus && m.Hyper == nil && (s.Options.NoRepetition || !m.Reused)
	if err := p.addLayers(m); err != nil {
		return nil, err
	}
	p.ranks = memory.NewRanks(m, s.Strategy, s.Quant, s.Options, s.MTP)
	if err := p.checkTypes(); err != nil {
		return nil, err
	}
	return p, nil
}

// addLayers finds the distinct layers and splits them over the stages.
func (p *Pricer) addLayers(m *model.Model) error {
	for i := range m.Layers {
		if p.find(&m.Layers[i]) >= 0 {
			continue
		}
		l, err := p.newLayer(m.Layers[i])
		if err != nil {
			return err
		}
		p.layers = append(p.layers, l)
	}
	tp, grid := p.setup.Strategy.TP, p.setup.Profile.Grid
	for i, st := range plan.Stages(m, p.setup.Strategy.PP) {
		s := p.newStage(st)
		s.next = grid.Between(i*tp, (i+1)*tp) // TP is the fastest dimension, the stage the next one
		p.stages = append(p.stages, s)
	}
	if p.setup.MTP == 0 {
		return nil
	}
	var err error
	p.draft, err = p.newDraft(m.MTPLayer)
	return err
}

// find gives the distinct layer that equals the given one, -1 where there is none yet. Models have a handful of kinds,
// so looking through them beats hashing.
func (p *Pricer) find(facts *model.Layer) int {
	for i := range p.layers {
		if p.layers[i].facts == *facts {
			return i
		}
	}
	return -1
}

// newStage groups equal layers. With fusion across layers the first one of a stage differs: nothing is added before it.
func (p *Pricer) newStage(st plan.Stage) stage {
	s := stage{first: st.Embedding, last: st.Head, order: make([]int16, len(st.Layers))}
	for i := range st.Layers {
		l, fused := &p.layers[p.find(&st.Layers[i])], p.across && i > 0
		at := slices.IndexFunc(s.runs, func(n repeat) bool { return n.layer == l && n.fused == fused })
		if at < 0 {
			at = len(s.runs)
			s.runs = append(s.runs, repeat{layer: l, fused: fused})
		}
		s.runs[at].times++
		s.order[i] = int16(at)
	}
	return s
}

// newLayer prepares one kind of layer: an attention block and a feed-forward block, each of which checks that its sizes
// divide.
func (p *Pricer) newLayer(facts model.Layer) (layer, error) {
	l := layer{facts: facts}
	var err error
	switch facts.Attention.Kind {
	case model.GQA:
		l.gqa, err = p.newGQA(&facts.Attention)
	case model.MLA:
		l.mla, err = p.newMLA(&facts.Attention)
	case model.SharedKV:
		l.shared, err = p.newShared(&facts.Attention)
	case model.Linear:
		l.delta, err = p.newDelta(&facts.Attention)
	default:
		err = fmt.Errorf("model %s: the operators of its attention are not written yet", p.setup.Model.Name)
	}
	if err != nil {
		return l, err
	}
	if facts.FFN.MoE() {
		l.moe, err = p.newMoE(&facts.FFN)
	} else {
		l.ffn = p.newFFN(&facts.FFN)
	}
	return l, err
}
