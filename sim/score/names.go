package score

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/BurntSushi/toml"

	"fathom/assets"
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/kernel"
	"fathom/sim/model"
	"fathom/sim/software"
)

// table is score.toml: what names in measured files mean.
type table struct {
	Alias  map[string]string
	Suffix struct{ Drop []string }
	Device map[string]string

	Precision []precision
	Cache     []cache
	Recipe    []recipe
	Layout    []layout
	Study     []study
	Newest    string // date of the latest runs behind the fits that ship

	known sync.Map // what shipped found
}

// precision is one line of the table of formats.
type precision struct {
	Name                     []string
	Linear                   string // mode of the linear layers, "" for any
	LinearExpert             string `toml:"linear_expert"`
	Model                    string
	Experts                  *bool
	Attention, Dense, Expert string
}

// cache is one line of the table of KV formats.
type cache struct {
	Engine, Model     string
	Precision, Device []string
	Format            string
}

// names reads the table once.
var names = sync.OnceValues(func() (*table, error) {
	var t table
	meta, err := toml.Decode(string(assets.Score), &t)
	if err != nil {
		return nil, fmt.Errorf("score.toml: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("score.toml: unknown key %s", unknown[0])
	}
	for _, e := range software.All() {
		for _, v := range e.Version {
			t.Recipe = append(t.Recipe, recipe{Runs: "any", Engine: e.Name, Stated: v.Stated, Captures: v.Captures,
				EagerUS: v.EagerUS})
		}
	}
	return &t, t.check()
})

// check refuses formats that do not exist.
func (t *table) check() error {
	for _, p := range t.Precision {
		for _, f := range []string{p.Attention, p.Dense, p.Expert} {
			if _, err := format(f); err != nil {
				return fmt.Errorf("score.toml, precision %v: %w", p.Name, err)
			}
		}
	}
	for _, l := range t.Layout {
		for _, name := range []string{l.Prefill, l.Decode} {
			if _, err := parse(name); err != nil {
				return fmt.Errorf("score.toml: %w", err)
			}
		}
	}
	for _, c := range t.Cache {
		if _, err := format(c.Format); err != nil {
			return fmt.Errorf("score.toml, cache of %s: %w", c.Engine, err)
		}
	}
	return nil
}

// format reads a name of a format; "" is bf16.
func format(name string) (hw.Format, error) {
	if name == "" {
		return hw.FormatBF16, nil
	}
	return hw.ParseFormat(name)
}

// modelOf finds a row's model: by its path, else by what its path and its name mean in the alias list, with and without
// the parts that only say how a checkpoint is stored.
func (t *table) modelOf(r *Row) (*model.Model, error) {
	for _, name := range []string{r.Path, base(r.Path), r.Model, base(r.Model), filepath.Base(r.Path)} {
		for _, candidate := range t.spellings(name) {
			if m, err := model.Find(candidate); err == nil {
				return m, nil
			}
			if m := alike(candidate); m != nil {
				return m, nil
			}
		}
	}
	name := r.Path
	if name == "" {
		name = r.Model
	}
	return nil, message.Fault("csv.model", clip(name), model.Nearest(name, 2))
}

// alike finds the one model of the catalog whose name differs by its owner, case and separators only; nil where there
// is none or more than one.
func alike(name string) *model.Model {
	want := letters(name)
	var found string
	for _, n := range model.Names() {
		if letters(base(n)) == want {
			if found != "" {
				return nil
			}
			found = n
		}
	}
	if found == "" {
		return nil
	}
	m, _ := model.Find(found)
	return m
}

// letters are those and the digits of a name, in lower case.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

func base(path string) string {
	if _, after, ok := strings.Cut(path, "/"); ok {
		return after
	}
	return path
}

// spellings lists a name, its alias, and the same with storage suffixes dropped one after the other.
func (t *table) spellings(name string) []string {
	if name == "" {
		return nil
	}
	var out []string
	for {
		if alias, ok := t.Alias[strings.ToLower(name)]; ok {
			out = append(out, alias)
		}
		out = append(out, name)
		shorter := name
		for _, s := range t.Suffix.Drop {
			if strings.HasSuffix(strings.ToLower(shorter), s) {
				shorter = shorter[:len(shorter)-len(s)]
				break
			}
		}
		if shorter == name {
			return out
		}
		name = shorter
	}
}

// formatsOf applies the tables of precisions and caches to a row.
func (t *table) formatsOf(r *Row, m *model.Model) (kernel.Formats, error) {
	var f kernel.Formats
	found := false
	for _, p := range t.Precision {
		if !p.fits(r, m) {
			continue
		}
		f.Attention, _ = format(p.Attention)
		f.Dense, _ = format(p.Dense)
		f.Expert, _ = format(p.Expert)
		found = true
		break
	}
	if !found {
		return f, message.Fault("csv.precision", clip(r.Precision))
	}
	kv := r.KV
	for _, c := range t.Cache {
		if kv == "" && c.Engine == r.Engine.String() && strings.Contains(m.Name, c.Model) &&
			slices.Contains(c.Precision, r.Precision) && t.starts(r.Device, c.Device) {
			kv = c.Format
		}
	}
	if kv == "auto" {
		kv = ""
	}
	var err error
	if f.KV, err = format(kv); err != nil {
		return f, message.Fault("csv.cache", clip(kv))
	}
	return f, nil
}

func (p *precision) fits(r *Row, m *model.Model) bool {
	return slices.Contains(p.Name, r.Precision) &&
		(p.Linear == "" || p.Linear == r.GEMM) &&
		(p.LinearExpert == "" || p.LinearExpert == r.MoE) &&
		strings.Contains(m.Name, p.Model) &&
		(p.Experts == nil || *p.Experts == m.MoE())
}

// starts reports whether the name of the device's profile starts with one of the prefixes, or whether there are none.
func (t *table) starts(device string, prefixes []string) bool {
	if len(prefixes) == 0 {
		return true
	}
	device = t.shipped(device)
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(device, p) })
}

// shipped is the name of the profile that comes with the program for a device, in lower case; else the name that was
// given. Files have few names and many rows.
func (t *table) shipped(device string) string {
	if known, ok := t.known.Load(device); ok {
		return known.(string)
	}
	name := device
	if p, err := hw.Find(t.device(device)); err == nil {
		name = p.Name
	}
	name = strings.ToLower(name)
	t.known.Store(device, name)
	return name
}

// Stored gives a row's model and how its parts are stored.
func Stored(r *Row) (*model.Model, kernel.Formats, error) {
	t, err := names()
	if err != nil {
		return nil, kernel.Formats{}, err
	}
	m, err := shared.modelOf(t, r)
	if err != nil {
		return nil, kernel.Formats{}, err
	}
	f, err := t.formatsOf(r, m)
	return m, f, err
}

// shared is the library behind Stored.
var shared library

// library remembers the models of a run, so that each is read once.
type library struct {
	mu     sync.Mutex
	models map[string]found
}

type found struct {
	model *model.Model
	err   error
}

// modelOf is the table's, remembered.
func (l *library) modelOf(t *table, r *Row) (*model.Model, error) {
	if r.Checkpoint != nil {
		return r.Checkpoint, nil
	}
	key := r.Path + "\n" + r.Model
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.models[key]
	if !ok {
		f.model, f.err = t.modelOf(r)
		if l.models == nil {
			l.models = map[string]found{}
		}
		l.models[key] = f
	}
	return f.model, f.err
}

// profileOf finds a row's device.
func (t *table) profileOf(r *Row, find func(string) (*hw.Profile, error)) (*hw.Profile, error) {
	return find(t.device(r.Device))
}

// device is a row's device under the name that a profile answers to.
func (t *table) device(name string) string {
	if alias, ok := t.Device[strings.ToLower(name)]; ok {
		return alias
	}
	return name
}

// DeviceOf finds the profile that a row's device name means, as predictions do.
func DeviceOf(name string, find func(string) (*hw.Profile, error)) (*hw.Profile, error) {
	t, err := names()
	if err != nil {
		return nil, err
	}
	return t.profileOf(&Row{Device: name}, find)
}

// SameDevice reports whether a row's device name means a profile.
func SameDevice(name string, p *hw.Profile) bool {
	t, err := names()
	if err != nil {
		return false
	}
	found, err := hw.ListOf(p).Find(t.device(name))
	return err == nil && found == p && !t.another(name, p)
}

// another reports whether a name that several devices share means a device with a profile of its own.
func (t *table) another(name string, p *hw.Profile) bool {
	_, err := hw.Find(t.device(name))
	var wrong *hw.NameError
	return errors.As(err, &wrong) && len(wrong.Could) > 1
}
