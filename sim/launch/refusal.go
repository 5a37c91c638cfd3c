package launch

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/software"
)

// Deployment is one instance as the rules of engines see it. OnProfile may be nil where the hardware is not known.
type Deployment struct {
	Request   *plan.Request
	OnProfile *hw.Profile
	Strategy  plan.Strategy
	MTP       int
	Phase     plan.Phase
}

// Refusal says why an engine does not start a deployment; nothing where nothing is known against it.
func Refusal(e *software.Engine, of Deployment) message.Message {
	if of.Request.Model == nil {
		return message.Message{}
	}
	d := deployed{Deployment: of}
	return e.Refusal(d.number)
}

// deployed are the numbers of a deployment by the names that rules of engines use (assets/engines).
type deployed struct {
	Deployment
	rank *geometry.Rank // made when a rule asks for a width
}

func (d *deployed) number(name string) (values []int, known bool) {
	s := d.Strategy
	one := func(n int) ([]int, bool) { return []int{n}, true }
	switch name {
	case "none":
		return nil, true
	case "tp":
		return one(s.TP)
	case "pp":
		return one(max(1, s.PP))
	case "dp":
		return one(s.DP)
	case "ep":
		return one(s.EP)
	case "moe_dp":
		return one(s.MoEDP)
	case "ranks":
		return one(s.TP * s.DP)
	case "mtp":
		return one(d.MTP)
	case "redundant":
		return one(s.RedundantExperts)
	case "half_batches":
		return one(1 + flag(s.TwoBatch))
	case "prefill":
		return one(flag(d.Phase == plan.PhasePrefill))
	}
	if values, known := d.facts(name); known {
		return values, true
	}
	return d.widths(name)
}

func flag(on bool) int {
	if on {
		return 1
	}
	return 0
}

// facts are the numbers of the model.
func (d *deployed) facts(name string) (values []int, known bool) {
	var of func(*model.Layer) int
	switch name {
	case "query_heads":
		of = func(l *model.Layer) int { return l.Attention.Heads }
	case "kv_heads":
		of = func(l *model.Layer) int {
			if l.Attention.Kind != model.GQA {
				return 0
			}
			return l.Attention.KVHeads
		}
	case "state_heads":
		of = func(l *model.Layer) int { return l.Attention.ValueHeads }
	case "experts":
		of = func(l *model.Layer) int { return l.FFN.Experts }
	default:
		return nil, false
	}
	for i := range d.Request.Model.Layers {
		if n := of(&d.Request.Model.Layers[i]); n > 0 {
			values = append(values, n)
		}
	}
	return plan.Unique(values), true
}

// shares are the widths that a rank has of split matrices, and the blocks of scales that cut them, by the role of the
// matrix.
var shares = map[string]struct {
	role  geometry.Role
	block bool
}{
	"expert_share": {geometry.Expert, false}, "expert_block": {geometry.Expert, true},
	"dense_share": {geometry.Dense, false}, "dense_block": {geometry.Dense, true},
	"projection_share": {geometry.Projection, false}, "projection_block": {geometry.Projection, true},
}

func (d *deployed) widths(name string) (values []int, known bool) {
	of, known := shares[name]
	if !known {
		return nil, false
	}
	if of.block {
		return d.block(of.role), true
	}
	if d.rank == nil {
		var err error
		if d.rank, err = geometry.New(d.Request.Model, d.Strategy, true); err != nil {
			return nil, true // who prices it says so
		}
	}
	for i := range d.rank.Kinds {
		l := &d.rank.Kinds[i]
		for _, list := range [][]geometry.Matrix{l.Attention.Matrices, l.FFN.Matrices, l.FFN.Expert} {
			for _, m := range list {
				switch {
				case m.Role.Kin() != of.role, headGate(m, l.Attention.Own):
				case m.Dealt == geometry.Columns:
					values = append(values, m.Own.Out)
				case m.Dealt == geometry.Rows:
					values = append(values, m.Own.In)
				}
			}
		}
	}
	return plan.Unique(values), true
}

// headGate reports a matrix with one output for every head: those of indexers and of delta rules. Published checkpoints
// with scales for blocks keep them in 16 bits (modules_to_not_convert of Qwen3-Next-80B-A3B-Instruct-FP8; vLLM
// qwen_gdn_linear_attn: "ba_proj doesn't support blockwise fp8 quantization").
func headGate(m geometry.Matrix, own model.Attention) bool {
	switch m.Part {
	case geometry.IndexWeight, geometry.DeltaBeta:
		return true
	case geometry.DeltaDecay:
		return m.Own.Out == own.ValueHeads
	}
	return false
}

// block is how many outputs share a scale in the format that the engine runs; none where scales do not cut outputs.
func (d *deployed) block(role geometry.Role) []int {
	if d.OnProfile == nil {
		return nil
	}
	f, err := price.Formats(d.Request.Quant, d.OnProfile, d.Request.Model)
	if err != nil {
		return nil
	}
	if outputs := map[geometry.Role]hw.Format{geometry.Expert: f.Expert, geometry.Dense: f.Dense,
		geometry.Projection: f.Attention}[role].Layout().Outputs; outputs > 1 {
		return []int{outputs}
	}
	return nil
}
