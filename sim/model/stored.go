package model

import (
	"fmt"

	"fathom/hw"
	"fathom/hw/message"
)

// Stored says in which format a checkpoint holds each kind of its modules. The zero value holds all in 16 bits.
type Stored struct {
	Projection hw.Format // queries, keys and values
	Output     hw.Format // back from attention to the hidden states
	State      hw.Format // all products of blocks with a recurrent state
	Dense      hw.Format // dense feed-forward blocks
	Shared     hw.Format // shared experts
	Expert     hw.Format // routed experts
	Head       hw.Format
	KV         hw.Format // that the cache is meant to have
}

// Quantization is what a checkpoint says of its number formats.
type Quantization struct {
	Method  string // as its file calls it
	Source  string // the file
	Modules []ModuleFormat
}

// ModuleFormat is the format of one kind of module.
type ModuleFormat struct {
	Kind   string `json:"kind"`
	Format string `json:"format"`
}

// numbered are the published numbers of the layers that a layer here stands for: of its attention and of its
// feed-forward block.
type numbered struct{ attention, ffn int }

// stored asks the scheme for every kind of module in every layer; what most of them have counts.
func (s *scheme) stored(m *Model, at []numbered) Stored {
	votes := map[string]map[hw.Format]int{}
	vote := func(kind, as string, layer int) {
		if votes[as] == nil {
			votes[as] = map[hw.Format]int{}
		}
		for _, part := range modules[kind] {
			names := make([]string, 0, len(part)*len(layerPrefixes))
			for _, prefix := range layerPrefixes {
				for _, name := range part {
					names = append(names, fmt.Sprint(prefix, layer, ".", name))
				}
			}
			votes[as][s.of(names, false)]++
		}
	}
	seen := map[Layer]bool{}
	for i := range m.Layers {
		l, n := &m.Layers[i], at[i]
		if seen[*l] { // all layers of a kind are alike
			continue
		}
		seen[*l] = !s.named()
		switch l.Attention.Kind {
		case Linear:
			vote("state", "state", n.attention)
		case MLA, SharedKV:
			vote("latent", "projection", n.attention)
			vote("output", "output", n.attention)
		case GQA:
			vote("projection", "projection", n.attention)
			vote("output", "output", n.attention)
		}
		switch {
		case l.FFN.MoE():
			vote("expert", "expert", n.ffn)
			if l.FFN.SharedInner > 0 {
				vote("shared", "shared", n.ffn)
			}
		case !l.FFN.None():
			vote("dense", "dense", n.ffn)
		}
	}
	most := func(kind string) (best hw.Format) {
		for f := range hw.NumFormats {
			if n := votes[kind][f]; n > votes[kind][best] {
				best = f
			}
		}
		return best
	}
	for _, kind := range []string{"projection", "output", "state", "dense", "shared", "expert"} {
		m.told(kind, votes[kind], most(kind))
	}
	return Stored{Projection: most("projection"), Output: most("output"), State: most("state"), Dense: most("dense"),
		Shared: most("shared"), Expert: most("expert"), Head: s.of(heads, true), KV: s.kv}
}

// told names what of a kind of module is stored otherwise than most of it, and is planned as the most all the same.
func (m *Model) told(kind string, votes map[hw.Format]int, most hw.Format) {
	all := 0
	for _, n := range votes {
		all += n
	}
	for f := range hw.NumFormats {
		if n := votes[f]; n > 0 && f != most {
			m.LeftOut = append(m.LeftOut, message.New("omitted.format",
				kind, 100*float64(n)/float64(all), f.String(), most.String()))
		}
	}
}

// formats lists the kinds of modules that the model has, with what they are stored in.
func (m *Model) formats() []ModuleFormat {
	has := map[string]bool{}
	for i := range m.Layers {
		l := &m.Layers[i]
		switch l.Attention.Kind {
		case Linear:
			has["linear_attention"] = true
		case NoAttention:
		default:
			has["attention"] = true
			has["attention_output"] = m.Stored.Output != m.Stored.Projection
		}
		has["experts"] = has["experts"] || l.FFN.MoE()
		has["shared_experts"] = has["shared_experts"] || l.FFN.MoE() && l.FFN.SharedInner > 0
		has["mlp"] = has["mlp"] || !l.FFN.MoE() && !l.FFN.None()
	}
	has["lm_head"], has["embedding"], has["kv_cache"] = true, true, true
	var out []ModuleFormat
	for _, k := range []struct {
		kind   string
		format hw.Format
	}{{"attention", m.Stored.Projection}, {"attention_output", m.Stored.Output}, {"linear_attention", m.Stored.State},
		{"mlp", m.Stored.Dense}, {"shared_experts", m.Stored.Shared}, {"experts", m.Stored.Expert},
		{"lm_head", m.Stored.Head}, {"embedding", hw.FormatBF16}, {"kv_cache", m.Stored.KV}} {
		if has[k.kind] {
			out = append(out, ModuleFormat{k.kind, k.format.String()})
		}
	}
	return out
}
