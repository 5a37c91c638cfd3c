package model

import (
	"fmt"
	"strings"
)

// Blocks describes the layers in words, equal ones together, in the order in which they first appear.
type Blocks struct {
	Count int    `json:"count"`
	Text  string `json:"text"`
}

// AttentionBlocks describes the attention of the layers.
func (m *Model) AttentionBlocks() []Blocks {
	return m.blocks(func(l Layer) string { return l.Attention.String() })
}

// FFNBlocks describes the feed-forward blocks of the layers.
func (m *Model) FFNBlocks() []Blocks {
	return m.blocks(func(l Layer) string { return l.FFN.String() })
}

func (m *Model) blocks(text func(Layer) string) []Blocks {
	var out []Blocks
	at := map[string]int{}
	for _, l := range m.Layers {
		t := text(l)
		if t == "none" {
			continue
		}
		i, ok := at[t]
		if !ok {
			i = len(out)
			at[t] = i
			out = append(out, Blocks{Text: t})
		}
		out[i].Count++
	}
	return out
}

// String describes an attention block in the words of the field.
func (a Attention) String() string {
	var b strings.Builder
	switch a.Kind {
	case Linear:
		return a.recurrence()
	case NoAttention:
		return "none"
	case MLA:
		fmt.Fprintf(&b, "MLA, %d heads, KV latent %d + %d", a.Heads, a.KVRank, a.RopeDim)
		if a.TopK > 0 {
			fmt.Fprintf(&b, ", sparse top %d", a.TopK)
		}
		if a.TopK > 0 && !a.OwnsIndexer {
			b.WriteString(" of an earlier layer's indexer")
		}
	case SharedKV:
		fmt.Fprintf(&b, "shared KV, %d heads of %d", a.Heads, a.HeadDim)
		if a.Ratio > 0 {
			fmt.Fprintf(&b, ", compressed %d to 1", a.Ratio)
		}
		if a.TopK > 0 {
			fmt.Fprintf(&b, ", sparse top %d", a.TopK)
		}
	default:
		name := "GQA"
		switch a.KVHeads {
		case a.Heads:
			name = "MHA"
		case 1:
			name = "MQA"
		}
		if a.Gated {
			name = "gated " + name
		}
		fmt.Fprintf(&b, "%s, %d heads, %d KV heads of %d", name, a.Heads, a.KVHeads, a.HeadDim)
	}
	if a.Window > 0 {
		fmt.Fprintf(&b, ", window %d", a.Window)
	}
	switch {
	case a.Cross:
		b.WriteString(", over image tokens")
	case a.KVShared:
		b.WriteString(", cache of an earlier layer")
	case a.KeyIsValue:
		b.WriteString(", values are keys")
	}
	return b.String()
}

func (a Attention) recurrence() string {
	switch a.Rule {
	case KDA:
		return fmt.Sprintf("Kimi delta attention, %d heads of %d", a.ValueHeads, a.ValueDim)
	case Mamba2:
		return fmt.Sprintf("Mamba-2, %d heads of %d, state of %d in %d groups", a.ValueHeads, a.ValueDim, a.KeyDim,
			a.KeyHeads)
	case Mamba1:
		return fmt.Sprintf("Mamba, %d channels, state of %d", a.ValueHeads, a.KeyDim)
	case Lightning:
		return fmt.Sprintf("lightning attention, %d heads of %d", a.ValueHeads, a.ValueDim)
	}
	return fmt.Sprintf("gated delta rule, %d key and %d value heads of %d", a.KeyHeads, a.ValueHeads, a.ValueDim)
}

// String describes a feed-forward block in the words of the field.
func (f FFN) String() string {
	if f.None() {
		return "none"
	}
	if !f.MoE() {
		return fmt.Sprintf("dense, inner size %d", f.Inner)
	}
	s := fmt.Sprintf("%d experts, top %d, inner size %d", f.Experts, f.TopK, f.ExpertInner)
	if f.SharedInner > 0 {
		s += fmt.Sprintf(", shared expert of %d", f.SharedInner)
	}
	if f.Identity > 0 {
		s += fmt.Sprintf(", %d that are the identity", f.Identity)
	}
	return s
}
