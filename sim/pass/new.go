package pass

import (
	"slices"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/cost"
	"fathom/sim/geometry"
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
	p := &Pricer{
		setup: s, switches: sw, rates: cost.NewRates(s.Profile), groups: newGroups(s.Profile.Grid, s.Strategy),
		compile: s.Options.Compile, exactEps: m.NormEps == 1e-6, onePlus: m.OnePlusNorm,
		norms: m.Norms, perLayer: float64(m.PerLayer.Width),
		cache:  op.NewCache(s.Quant.Attention),
		hidden: float64(m.Hidden), vocab: float64(m.Vocab),
		positions: float64(m.MaxPositions), table: float64(m.TableWidth), axes: float64(max(1, m.RopeAxes)),
		tp: float64(s.Strategy.TP), mtp: s.MTP,
	}
	p.schemes()
	if m.Hyper != nil {
		p.streams = op.Streams{Hidden: p.hidden, Count: float64(m.Hyper.Streams), Iterations: float64(m.Hyper.Iterations)}
	}
	p.sequence = p.compile && !p.onePlus && s.Options.SequenceParallel && s.Strategy.TP > 1 && !s.Strategy.SharedExpertTP
	p.fuseReduce = p.compile && s.Options.MatmulAllReduce
	p.fuseExperts = p.compile && s.Options.DispatchFFNCombine
	p.across = p.compile && !p.onePlus && m.Hyper == nil && (s.Options.NoRepetition || !m.Reused)
	layout := s.Strategy
	if sw.ServedMemory && layout.WordEmbeddingTP == plan.EmbeddingWhole {
		layout.WordEmbeddingTP = plan.EmbeddingRow
	}
	g, err := geometry.New(m, layout, sw.MTPAttention)
	if err != nil {
		return nil, err
	}
	if err := p.addLayers(g); err != nil {
		return nil, err
	}
	if p.ranks, err = memory.NewRanks(g, memory.Setting{Formats: memory.ReferenceFormats(s.Quant, m), Quant: s.Quant,
		Options: s.Options, MTP: s.MTP, Served: sw.ServedMemory, Replayed: !sw.ActivationMemory}); err != nil {
		return nil, err
	}
	if err := p.checkTypes(); err != nil {
		return nil, err
	}
	return p, nil
}

// schemes sets how each kind of module is quantised: as an action of the reference tool does, or as the weights are
// stored.
func (p *Pricer) schemes() {
	q, choice := p.setup.Quant, op.Choice{WeightOnly: p.switches.WeightOnly, FP8Peak: p.switches.FP8Peak}
	stored := q.Stored(p.setup.Model)
	experts, others := q.Parts()
	for _, part := range []struct {
		to     *op.Scheme
		action plan.LinearAction
		format hw.Format
	}{
		{&p.projection, others, stored.Projection}, {&p.output, others, stored.Output}, {&p.recurrent, others, stored.State},
		{&p.linear, others, stored.Dense}, {&p.shared, others, stored.Shared}, {&p.expert, experts, stored.Expert},
	} {
		if part.action.Ours() {
			*part.to = op.StoredScheme(part.format, p.setup.Profile)
		} else {
			*part.to = op.NewScheme(part.action, q.MXFP4Group, choice)
		}
	}
}

// addLayers prepares the distinct layers and splits them over the stages.
func (p *Pricer) addLayers(g *geometry.Rank) error {
	p.layers = make([]layer, 0, len(g.Kinds)) // stages point into it
	for i := range g.Kinds {
		l, err := p.newLayer(&g.Kinds[i])
		if err != nil {
			return err
		}
		p.layers = append(p.layers, l)
	}
	tp, grid, from := p.setup.Strategy.TP, p.setup.Profile.Grid, 0
	for i, st := range plan.Stages(g.Model, p.setup.Strategy.PP) {
		s := p.newStage(st, g.Of[from:from+len(st.Layers)])
		s.next = grid.Between(i*tp, (i+1)*tp) // TP is the fastest dimension, the stage the next one
		p.stages = append(p.stages, s)
		from += len(st.Layers)
	}
	if p.setup.MTP == 0 {
		return nil
	}
	draft, err := g.Draft()
	if err != nil {
		return err
	}
	p.draft, err = p.newDraft(&draft)
	return err
}

// newStage groups equal layers. With fusion across layers the first one of a stage differs: nothing is added before it.
func (p *Pricer) newStage(st plan.Stage, kinds []int) stage {
	s := stage{first: st.Embedding, last: st.Head, order: make([]int16, len(kinds))}
	for i, k := range kinds {
		l, fused := &p.layers[k], p.across && i > 0
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

// blocks prepares the attention of each kind; run.attention prices it.
var blocks = [model.NumAttentionKinds]func(p *Pricer, l *layer, a *geometry.Attention) error{
	model.GQA:      (*Pricer).newGQA,
	model.MLA:      (*Pricer).newMLA,
	model.SharedKV: (*Pricer).newShared,
	model.Linear:   (*Pricer).newLinear,

	model.NoAttention: func(*Pricer, *layer, *geometry.Attention) error { return nil },
}

// newLayer prepares one kind of layer: an attention block and a feed-forward block, each of which checks that its sizes
// divide.
func (p *Pricer) newLayer(g *geometry.Layer) (layer, error) {
	l := layer{facts: g.Facts, live: float64(g.Attention.Live)}
	k := g.Facts.Attention.Kind
	if k >= model.NumAttentionKinds || blocks[k] == nil {
		return l, message.Fault("pass.of-model", p.setup.Model.Name, geometry.Unknown{Room: "operators", Kind: k})
	}
	if err := blocks[k](p, &l, &g.Attention); err != nil {
		return l, err
	}
	var err error
	switch {
	case g.Facts.FFN.None():
	case g.Facts.FFN.MoE():
		l.moe, err = p.newMoE(&g.Facts.FFN, &g.FFN)
	default:
		l.ffn = p.newFFN(&g.FFN)
	}
	return l, err
}
