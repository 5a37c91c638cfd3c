package model

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"fathom/assets"
)

// family is what no key of a config.json tells about one kind of architecture (assets/families.toml).
type family struct {
	Types       []string
	Compared    bool           // whole passes were compared with reference figures
	Unsupported string         // why its operators cannot be priced
	Unless      string         // a key whose file can
	Times       int            // width of feed-forward blocks in hidden sizes where no key says it
	Inside      []string       // objects whose keys stand for those of the file
	Default     map[string]any // values of keys that a file leaves out
	Same        map[string]string

	QKNorm          string `toml:"qk_norm"`
	Router          string
	BiasBytes       int  `toml:"bias_bytes"`
	Norms           int  // of a layer
	AllSlide        bool `toml:"all_slide"`
	SharedGate      bool `toml:"shared_gate"`
	SharedOfExperts bool `toml:"shared_of_experts"`
	Plain           bool
	Beside          bool
	Double          bool
	DenseBeside     bool `toml:"dense_beside"`
	OneWidth        bool `toml:"one_width"`
	Sinks           bool
	ExpertBias      bool `toml:"expert_bias"`
	OnePlus         bool `toml:"one_plus"`
	RopeAxes        int  `toml:"rope_axes"`
	ScaledPositions bool `toml:"scaled_positions"` // positions have any RoPE scaling in them
	JoinedRotary    bool `toml:"joined_rotary"`
	WholeRotary     bool `toml:"whole_rotary"`
	Vision          string
}

// lexicon is what the package knows of names: keys, families, and what changes no cost. A family is read when a file
// first names it.
type lexicon struct {
	keys     map[string]string // spelling to key
	loose    map[string]bool   // keys whose spellings may differ in value
	names    map[string]bool
	patterns []*regexp.Regexp
	families map[string]func() *family
	wrappers map[string]bool // multi-modal types around the text model of another family
	gated    []string        // towers with gated feed-forward blocks
}

// free reports whether a key is known to change no cost.
func (w *lexicon) free(name string) bool {
	return w.names[name] || slices.ContainsFunc(w.patterns, func(p *regexp.Regexp) bool { return p.MatchString(name) })
}

// vocabulary reads assets/families.toml once. The file is embedded and tested, so that a mistake in it is a mistake of
// the program.
var vocabulary = sync.OnceValue(func() *lexicon {
	var file struct {
		Spelling map[string][]string
		Loose    struct{ Keys []string }
		Free     struct{ Names, Patterns []string }
		Tower    struct{ Gated []string }
		Wrapper  []struct{ Types []string }
	}
	head, families, _ := strings.Cut(string(assets.Families), familyHead)
	decodeFamilies(head, &file)
	w := &lexicon{keys: map[string]string{}, loose: map[string]bool{}, names: map[string]bool{},
		families: map[string]func() *family{}, wrappers: map[string]bool{}, gated: file.Tower.Gated}
	for key, others := range file.Spelling {
		w.keys[key] = key
		for _, o := range others {
			w.keys[o] = key
		}
	}
	for _, k := range file.Loose.Keys {
		w.loose[k] = true
	}
	for _, n := range file.Free.Names {
		w.names[n] = true
	}
	for _, p := range file.Free.Patterns {
		w.patterns = append(w.patterns, regexp.MustCompile(p))
	}
	for part := range strings.SplitSeq(families, familyHead) {
		read := sync.OnceValue(func() *family {
			var one struct{ Family [1]family }
			decodeFamilies(familyHead+part, &one)
			return &one.Family[0]
		})
		_, types, _ := strings.Cut(part, "types = [")
		types, _, _ = strings.Cut(types, "]")
		for _, t := range strings.FieldsFunc(types, func(r rune) bool { return strings.ContainsRune("\", \n", r) }) {
			w.families[t] = read
		}
	}
	for _, g := range file.Wrapper {
		for _, t := range g.Types {
			w.wrappers[t] = true
		}
	}
	return w
})

// familyHead begins a family in families.toml, of which they are the last.
const familyHead = "[[family]]\n"

func decodeFamilies(part string, to any) {
	meta, err := toml.Decode(part, to)
	if err != nil || len(meta.Undecoded()) > 0 {
		panic("assets/families.toml: " + show(err) + show(meta.Undecoded()))
	}
}

// family gives the family of a model type, nil where none is known.
func (w *lexicon) family(name string) *family {
	if read := w.families[name]; read != nil {
		return read()
	}
	return nil
}

// Architectures gives every known model_type in alphabetical order, those that cannot be priced included.
func Architectures() []string {
	var names []string
	for t := range vocabulary().families {
		names = append(names, t)
	}
	slices.Sort(names)
	return names
}
