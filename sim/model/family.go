package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
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
}

// As reads the configuration as another architecture than the one that it names ("" keeps its own).
func As(architecture string) Option { return func(o *options) { o.architecture = architecture } }

// InFile names the file in errors.
func InFile(path string) Option { return func(o *options) { o.file = path } }

// Preprocessor gives the content of preprocessor_config.json, for the pixel limits of images.
func Preprocessor(data []byte) Option { return func(o *options) { o.preprocessor = data } }

// QuantFile gives the content of hf_quant_config.json.
func QuantFile(data []byte) Option { return func(o *options) { o.quantised = data } }

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
		Compared: f.Compared && d.outer == f && d.known, Unsupported: f.Unsupported, Reused: true, RopeAxes: 1,
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
		m.quantised(r, d.text, o.quantised, b.at)
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

// bare matches a quoted text, or one of the words that Python writes into JSON for numbers that JSON does not have.
var bare = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b`)

// StrictJSON replaces Infinity and NaN by null, as Python's json.dump writes them outside of quoted texts.
func StrictJSON(data []byte) []byte {
	if !bytes.Contains(data, []byte("Infinity")) && !bytes.Contains(data, []byte("NaN")) {
		return data
	}
	return bare.ReplaceAllFunc(data, func(b []byte) []byte {
		if b[0] == '"' {
			return b
		}
		return []byte("null")
	})
}

// decode reads one JSON object. Errors give line and column.
func decode(data []byte) (map[string]any, error) {
	data = StrictJSON(data)
	var v any
	err := json.Unmarshal(data, &v)
	var bad *json.SyntaxError
	if errors.As(err, &bad) {
		before := string(data[:min(int(bad.Offset), len(data))])
		line := 1 + strings.Count(before, "\n")
		return nil, message.Fault("load.json-at", line,
			len(before)-strings.LastIndexByte(before, '\n')-1, hw.Clean(err.Error()))
	}
	if err != nil {
		return nil, message.Fault("load.no-json", hw.Clean(err.Error()))
	}
	config, ok := v.(map[string]any)
	if !ok {
		return nil, message.Fault("load.no-object")
	}
	return config, nil
}
