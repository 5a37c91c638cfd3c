package pass

import (
	"fmt"

	"fathom/sim/cost"
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
		positions: float64(m.MaxPositions), table: float64(m.TableWidth), tp: float64(s.Strategy.TP),
	}
	p.across = p.compile && !p.onePlus && (s.Options.NoRepetition || !m.Reused)
	if err := p.addLayers(m); err != nil {
		return nil, err
	}
	return p, nil
}

// addLayers finds the distinct layers and splits them over the stages.
func (p *Pricer) addLayers(m *model.Model) error {
	index := make(map[model.Layer]int)
	for _, facts := range m.Layers {
		if _, ok := index[facts]; ok {
			continue
		}
		l, err := p.newLayer(facts)
		if err != nil {
			return err
		}
		index[facts] = len(p.layers)
		p.layers = append(p.layers, l)
	}
	pp := max(1, p.setup.Strategy.PP)
	from := 0
	for i := range pp {
		to := from + stageLayers(len(m.Layers), pp, i)
		p.stages = append(p.stages, p.newStage(m.Layers[from:to], index, i == 0, i == pp-1))
		from = to
	}
	return nil
}

// stageLayers splits L layers contiguously; what is left over goes one each to the stages before the last one, from the back
// (simulation-model 8.5).
func stageLayers(layers, stages, i int) int {
	n, rest := layers/stages, layers%stages
	if i < stages-1 && i >= stages-1-rest {
		n++
	}
	return n
}

// newStage groups equal layers. With fusion across layers the first one of a stage differs: nothing is added before it.
func (p *Pricer) newStage(layers []model.Layer, index map[model.Layer]int, first, last bool) stage {
	s := stage{first: first, last: last}
	for i, facts := range layers {
		fused := p.across && i > 0
		found := false
		for j := range s.runs {
			if n := &s.runs[j]; n.layer == &p.layers[index[facts]] && n.fused == fused {
				n.times++
				found = true
				break
			}
		}
		if !found {
			s.runs = append(s.runs, repeat{layer: &p.layers[index[facts]], times: 1, fused: fused})
		}
	}
	return s
}

func (p *Pricer) newLayer(facts model.Layer) (layer, error) {
	l := layer{facts: facts}
	if facts.Attention.Kind != model.GQA {
		return l, fmt.Errorf("model %s: the operators of its attention are not written yet", p.setup.Model.Name)
	}
	var err error
	if l.gqa, err = p.newGQA(&facts.Attention); err != nil {
		return l, err
	}
	if facts.FFN.MoE() {
		l.moe, err = p.newMoE(&facts.FFN)
	} else {
		l.ffn = p.newFFN(&facts.FFN)
	}
	return l, err
}

func (p *Pricer) newGQA(a *model.Attention) (gqa, error) {
	tp := p.setup.Strategy.TP
	if a.Heads%tp != 0 {
		return gqa{}, fmt.Errorf("tp %d does not divide the %d query heads of %s: choose a divisor", tp, a.Heads, p.setup.Model.Name)
	}
	if a.KVHeads%tp != 0 && tp%a.KVHeads != 0 {
		return gqa{}, fmt.Errorf("tp %d neither divides nor is a multiple of the %d KV heads of %s: choose another",
			tp, a.KVHeads, p.setup.Model.Name)
	}
	heads, kv, dim := float64(a.Heads/tp), float64(max(1, a.KVHeads/tp)), float64(a.HeadDim)
	g := gqa{Grouped: op.Grouped{Heads: heads, KVHeads: kv, Dim: dim, Window: float64(a.Window), Sinks: a.Sinks},
		projected: kv, norm: a.QKNorm, rotary: float64(a.RotaryDim), joined: a.JoinedRotary,
		bias: a.Bias}
	g.out = p.newRow(&p.groups.out, float64(a.Heads)*dim, heads*dim, a.OutputBias)
	return g, nil
}

// newRow prepares a row-parallel linear that gets fed columns of full on this rank.
func (p *Pricer) newRow(g *cost.Group, full, fed float64, bias bool) row {
	return row{group: g, full: full, fed: fed, weights: full / g.Size, out: p.hidden, bias: bias,
		regroup: g.Ranks > 1 && g.Ranks != p.setup.Strategy.TP}
}

func (p *Pricer) newFFN(f *model.FFN) ffn {
	g := &p.groups.mlp
	inner := ceil(float64(f.Inner), g.Size)
	down := p.newRow(g, float64(f.Inner), inner, false)
	down.weights = inner
	if down.regroup {
		down.fed = down.full
	}
	return ffn{inner: inner, full: float64(f.Inner), regroup: down.regroup, down: down}
}
