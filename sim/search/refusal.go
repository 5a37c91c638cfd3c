package search

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/report"
)

// refusal says why the serving engine of a job does not start a tuple; nothing where nothing is known against it.
func (j *job) refusal(t *tuple) message.Message {
	if j.req.Model == nil || !t.rule.IsZero() {
		return message.Message{}
	}
	d := deployed{job: j, tuple: t}
	return j.req.Serving.On(j.profile).Engine().Refusal(d.number)
}

// refuse marks the rows of a tuple that the engine does not start. What the reference tool ranks stays ranked and says
// so, like what was asked for all the same.
func (j *job) refuse(f *found, why message.Message) {
	if why.IsZero() {
		return
	}
	stays := j.fidelity == plan.Reference || j.req.AllowRefused
	for i := range f.rows {
		r := &f.rows[i]
		switch {
		case !stays && r.Status != report.Invalid:
			r.Status, r.Reason = report.Engine, why
		case r.Status == report.OK:
			r.Reason = why
		}
	}
	if !stays && f.outcome.End != report.Interrupted {
		f.outcome.End, f.outcome.Reason = report.Refused, why
	}
	f.refused = true
	f.counts = tally(f.rows)
}

// deployed are the numbers of a tuple by the names that rules of engines use (assets/engines).
type deployed struct {
	*job
	*tuple
	rank *geometry.Rank // made when a rule asks for a width
}

func (d *deployed) number(name string) (values []int, known bool) {
	s := d.strategy
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
		return one(d.mtp)
	case "redundant":
		return one(flag(s.RedundantExperts))
	case "prefill":
		return one(flag(d.phase == plan.PhasePrefill))
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
	for i := range d.req.Model.Layers {
		if n := of(&d.req.Model.Layers[i]); n > 0 {
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
		if d.rank, err = geometry.New(d.req.Model, d.strategy, true); err != nil {
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
	f, err := price.Formats(d.req.Quant, d.profile, d.req.Model)
	if err != nil {
		return nil
	}
	if outputs := map[geometry.Role]hw.Format{geometry.Expert: f.Expert, geometry.Dense: f.Dense,
		geometry.Projection: f.Attention}[role].Layout().Outputs; outputs > 1 {
		return []int{outputs}
	}
	return nil
}
