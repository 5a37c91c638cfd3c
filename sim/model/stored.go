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

	Mean Means // of kinds that are not all stored alike
}

// Means are the bytes of a weight of each kind relative to the format that Stored has for it; 0: the same.
type Means struct{ Projection, Output, State, Dense, Shared, Expert float64 }

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

// stored asks the scheme for every kind of module in every layer; what most of their weights have counts.
func (s *scheme) stored(m *Model, at []numbered) Stored {
	votes := map[string]map[hw.Format]float64{}
	vote := func(kind, as string, layer int, sizes ...int) {
		if votes[as] == nil {
			votes[as] = map[hw.Format]float64{}
		}
		for i, part := range modules[kind] {
			names := make([]string, 0, len(part)*len(layerPrefixes))
			for _, prefix := range layerPrefixes {
				for _, name := range part {
					names = append(names, fmt.Sprint(prefix, layer, ".", name))
				}
			}
			size := 1
			if i < len(sizes) {
				size = sizes[i]
			}
			votes[as][s.of(names, false)] += float64(size)
		}
	}
	feed := func(f *FFN) []int { // into the block, and back
		if f.Plain {
			return []int{1, 1}
		}
		return []int{2, 1}
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
			a, low := &l.Attention, l.Attention.QRank
			if low == 0 {
				low = m.Hidden
			}
			vote("latent", "projection", n.attention, m.Hidden*a.QRank, low*a.Heads*a.HeadDim, m.Hidden*(a.KVRank+a.RopeDim),
				a.KVRank*a.Heads*(a.NopeDim+a.Values()))
			vote("output", "output", n.attention)
		case GQA:
			a := &l.Attention
			vote("projection", "projection", n.attention, a.Heads*a.HeadDim, a.KVHeads*a.HeadDim, a.KVHeads*a.Values())
			vote("output", "output", n.attention)
		}
		switch {
		case l.FFN.MoE():
			vote("expert", "expert", n.ffn, feed(&l.FFN)...)
			if l.FFN.SharedInner > 0 {
				vote("shared", "shared", n.ffn)
			}
		case !l.FFN.None():
			vote("dense", "dense", n.ffn, feed(&l.FFN)...)
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
	var mean Means
	for _, kind := range []struct {
		name string
		mean *float64
	}{{"projection", &mean.Projection}, {"output", &mean.Output}, {"state", &mean.State}, {"dense", &mean.Dense},
		{"shared", &mean.Shared}, {"expert", &mean.Expert}} {
		*kind.mean = m.told(kind.name, votes[kind.name], most(kind.name))
	}
	return Stored{Projection: most("projection"), Output: most("output"), State: most("state"), Dense: most("dense"),
		Shared: most("shared"), Expert: most("expert"), Head: s.of(heads, true), KV: s.kv, Mean: mean}
}

// told names what of a kind of module is stored otherwise than most of it, and gives the bytes of its weights relative
// to those that all would have as most do; 0 where all are alike.
func (m *Model) told(kind string, votes map[hw.Format]float64, most hw.Format) (mean float64) {
	all := 0.0
	for _, n := range votes {
		all += n
	}
	for f := range hw.NumFormats {
		n := votes[f]
		if n > 0 && f != most {
			m.LeftOut = append(m.LeftOut, message.New("omitted.format", kind, 100*n/all, f.String(), most.String()))
		}
		if n < all {
			mean += n / all * f.Bytes() / most.Bytes()
		}
	}
	return mean
}

// floats tells that a checkpoint of 32-bit floats is planned as engines serve it: in 16.
func (m *Model) floats(d *description) {
	for _, r := range append([]*reader{d.text}, d.parents...) {
		for _, key := range []string{"torch_dtype", "dtype"} {
			switch name, _ := r.values[key].(string); name {
			case "float32", "torch.float32", "fp32":
				if m.Quantization == nil {
					m.Wide, m.LeftOut = true, append(m.LeftOut, message.New("omitted.float32"))
				}
				return
			}
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
