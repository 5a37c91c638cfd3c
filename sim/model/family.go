package model

import (
	"strings"

	"fathom/hw"
	"fathom/hw/message"
)

// Option changes how a configuration is read.
type Option func(*options)

type options struct {
	architecture string
	file         string
	preprocessor []byte
	quantised    []byte
	described    []byte
}

// As reads the configuration as another architecture than the one that it names ("" keeps its own).
func As(architecture string) Option { return func(o *options) { o.architecture = architecture } }

// InFile names the file in errors.
func InFile(path string) Option { return func(o *options) { o.file = path } }

// Preprocessor gives the content of preprocessor_config.json, for the pixel limits of images.
func Preprocessor(data []byte) Option { return func(o *options) { o.preprocessor = data } }

// QuantFile gives the content of hf_quant_config.json.
func QuantFile(data []byte) Option { return func(o *options) { o.quantised = data } }

// Described gives the content of quant_model_description.json.
func Described(data []byte) Option { return func(o *options) { o.described = data } }

// ParseJSON reads the content of a config.json. Errors name the file, the key, its value and what would be right.
func ParseJSON(name, source string, data []byte, opts ...Option) (*Model, error) {
	config, err := decode(data)
	if err != nil {
		o := apply(opts)
		return nil, message.Fault("load.correct-file", o.fileOr("config.json"), err)
	}
	return Parse(name, source, config, opts...)
}

// Parse reads a decoded configuration. The result is complete or an error; a family that is known but cannot be priced
// is no error, its Unsupported says why.
func Parse(name, source string, config map[string]any, opts ...Option) (*Model, error) {
	o := apply(opts)
	r := newReader(hw.Clean(o.fileOr("config.json")), config)
	architecture := o.architecture
	if architecture == "" {
		architecture = r.text("model_type", "")
	}
	draft := purpose(r)
	if *r.err != nil {
		return nil, *r.err
	}
	if architecture == "" {
		return nil, message.Fault("load.no-model-type", r.file, strings.Join(Architectures(), ", "))
	}
	d, err := describe(r, architecture, o.architecture != "")
	if err != nil {
		return nil, err
	}
	f := d.family
	m := &Model{
		Name: hw.Clean(name), Source: hw.Clean(source), Architecture: architecture,
		Compared: f.Compared && d.outer == f && d.known, Unsupported: f.Unsupported, Reused: true, RopeAxes: 1, Draft: draft,
		Guessed: len(f.Types) == 0,
	}
	if draft {
		m.LeftOut = append(m.LeftOut, message.New("omitted.draft"))
	}
	if blockFP8(config) {
		m.Published = hw.FormatFP8Block
	}
	b := builder{r: d.text, f: f, m: m}
	if m.Unsupported != "" {
		b.around()
	} else {
		b.decoder()
		b.towers(d.parents, architecture)
		m.quantised(r, d.text, o.quantised, o.described, b.at)
		m.floats(d)
	}
	if o.preprocessor != nil && m.Vision != nil && *r.err == nil {
		readPixels(m.Vision, o.preprocessor, r)
	}
	if *r.err != nil {
		return nil, *r.err
	}
	m.Assumed = append(d.assumed, d.text.facts.assumed...)
	if err := d.account(m); err != nil {
		return nil, err
	}
	return m, nil
}

// blockFP8 tells whether weights are published as 8-bit floats with a scale for every block: what Hugging Face calls
// the fp8 method, unless the size of its blocks is null.
func blockFP8(config map[string]any) bool {
	q, ok := config["quantization_config"].(map[string]any)
	if text, nested := config["text_config"].(map[string]any); !ok && nested {
		q, _ = text["quantization_config"].(map[string]any)
	}
	size, stated := q["weight_block_size"]
	return q["quant_method"] == "fp8" && (!stated || size != nil)
}

func apply(opts []Option) options {
	var o options
	for _, f := range opts {
		f(&o)
	}
	return o
}

func (o options) fileOr(file string) string {
	if o.file != "" {
		return o.file
	}
	return file
}
