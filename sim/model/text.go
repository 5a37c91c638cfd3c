package model

import (
	"regexp"
	"strings"

	"fathom/hw/message"
)

// description is the part of a configuration that describes the decoder, and its family.
type description struct {
	text    *reader
	parents []*reader // objects around it, the outermost first
	family  *family
	outer   *family // of the outermost model_type
	known   bool    // the family is that of the file
	assumed []message.Message
}

// homes are the objects in which multi-modal configurations keep their language model.
var homes = []string{"thinker_config", "text_config", "llm_config", "language_config", "language_model_config"}

// describe finds the language model and its family: that of the outermost model type that has one. chosen: the user
// names it.
func describe(r *reader, architecture string, chosen bool) (*description, error) {
	t := vocabulary()
	d := &description{known: !chosen || architecture == r.text("model_type", "")}
	d.outer = t.family(architecture)
	d.family = d.outer
	text := r
	for depth := 0; depth < 3; depth++ {
		var inner *reader
		for _, h := range homes {
			if text.has(h) {
				inner = text.child(h)
				break
			}
		}
		if inner == nil {
			break
		}
		d.parents = append(d.parents, text)
		text = inner
		if d.family == nil && !chosen {
			d.family = t.family(text.text("model_type", ""))
		}
	}
	if *r.err != nil {
		return nil, *r.err
	}
	if d.family == nil {
		if chosen {
			return nil, message.Fault("load.unknown-architecture", r.file, show(architecture),
				strings.Join(Architectures(), ", "))
		}
		d.family, d.known = &family{}, false
		d.assumed = append(d.assumed, message.New("assumed.unknown-type", show(architecture)))
	}
	if key := d.family.Unless; key != "" && text.has(key) {
		priced := *d.family
		priced.Unsupported = ""
		d.family = &priced
	}
	if d.family.Unsupported != "" { // nobody asks whether its keys agree
		text = &reader{file: text.file, prefix: text.prefix, values: text.values, err: new(error)}
	}
	if inner := text.text("model_type", ""); d.outer == nil && d.family.Types != nil && !t.wrappers[architecture] {
		d.assumed = append(d.assumed, message.New("assumed.unknown-wrapper", show(architecture), inner))
	}
	d.text = canonical(text, d.family)
	for _, p := range d.parents { // what is said once for the whole
		for _, key := range []string{"tie_word_embeddings", "vocab_size", "max_position_embeddings"} {
			if v, ok := p.values[key]; ok && (d.text.values[key] == nil || d.text.facts.defaulted[key]) {
				d.text.values[key], d.text.facts.spelling[key] = v, key
				delete(d.text.facts.defaulted, key)
			}
		}
	}
	if v, ok := text.values["tie_word_embeddings"].(bool); ok && !v && len(d.parents) > 0 {
		if tied, ok := d.parents[0].values["tie_word_embeddings"].(bool); ok && tied {
			d.text.values["tie_word_embeddings"] = true // the library reads the outer one
		}
	}
	return d, nil
}

// sized matches names of keys that sound like a size or a kind of layer: where nobody knows what they mean, a family
// that ignores them prices another model.
var sized = regexp.MustCompile(`head|dim|size|expert|layer|rank|lora|window|attn|attention|ssm|mamba|conv|` +
	`intermediate|hidden|^num_|_num_|^n_|kv|moe|width|latent|block|sparse|index|shared`)

// account refuses a family that leaves unread what decides a cost, and keeps the keys that nobody understands.
func (d *description) account(m *Model) error {
	if m.Unsupported != "" {
		return nil
	}
	cost, unknown := d.text.unread()
	m.NotUnderstood = unknown
	if !d.known {
		for _, u := range unknown {
			if name, _, _ := strings.Cut(u, " = "); sized.MatchString(name) {
				cost = append(cost, u)
			}
		}
	}
	if len(cost) == 0 {
		return nil
	}
	fix := message.New("load.fix-remove")
	if !d.known {
		fix = message.New("load.fix-choose")
	}
	return message.Fault("load.leaves-out", d.text.file, show(m.Architecture),
		strings.Join(cost, ", "), fix)
}

// around reads only the sizes around the layers.
func (b *builder) around() {
	b.m.Hidden = b.r.wholeOr("hidden_size", 0, 1, maxWidth)
	b.m.Vocab = b.r.wholeOr("vocab_size", 0, 1, maxVocab)
	b.m.MaxPositions = b.r.wholeOr("max_position_embeddings", 0, 1, maxPositions)
}
