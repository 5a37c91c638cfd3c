package cli

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/state"
	"fathom/state/field"

	"github.com/BurntSushi/toml"
)

// config is $XDG_CONFIG_HOME/fathom/config.toml: what a user wants of every dashboard and plan. Everything in it is
// optional.
type config struct {
	Language string `toml:"language"` // of the dashboard; a plan speaks English unless its line says otherwise
	Theme    string `toml:"theme"`
	ASCII    bool   `toml:"ascii"`
	Mouse    *bool  `toml:"mouse"`

	Engine string `toml:"engine"`
	Root   string `toml:"msmodeling_root"`
	Python string `toml:"python"`

	Devices     []string `toml:"devices"` // profiles where no question names any
	DeviceFiles []string `toml:"device_files"`

	Keys map[string]keyList `toml:"keys"`

	path string
}

// keyList is one key or a list of keys.
type keyList []string

// UnmarshalTOML reads "q" like ["q"].
func (k *keyList) UnmarshalTOML(value any) error {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	*k = keyList{}
	for _, v := range list {
		s, ok := v.(string)
		if !ok {
			return message.Fault("bad.keys")
		}
		*k = append(*k, s)
	}
	return nil
}

// configFile is where the file is, whether there is one or not.
func (p *Program) configFile() string {
	dir := p.configDir()
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "config.toml")
}

// config reads the file, or the one that a line names. What is wrong in it is told and left out; the rest holds. A
// missing file is an empty one, but for one that was named.
func (p *Program) config(named string) (c config, warnings []message.Message, fault error) {
	path := p.configFile()
	if named != "" {
		path = p.expand(named)
	}
	if path == "" {
		return config{}, nil, nil
	}
	data, err := p.readFile(path)
	switch {
	case err != nil && named != "":
		return config{}, nil, message.Fault("bad.settings", hw.Clean(named), err)
	case errors.Is(err, os.ErrNotExist):
		return config{}, nil, nil
	}
	wrong := func(what message.Message) {
		warnings = append(warnings, message.New("settings.at", path, what))
	}
	if err != nil {
		wrong(message.Of(err))
		return config{}, warnings, nil
	}
	read, err := toml.Decode(string(data), &c)
	if err != nil {
		var at toml.ParseError
		if errors.As(err, &at) {
			wrong(message.New("settings.syntax", at.Position.Line, hw.Clean(at.Message)))
		} else {
			wrong(message.New("settings.unread", err))
		}
		return config{}, warnings, nil
	}
	for _, k := range read.Undecoded() {
		if near := hw.Meant(settings, k.String()); near != "" {
			wrong(message.New("settings.meant", hw.Clean(k.String()), near))
		} else {
			wrong(message.New("settings.unknown", hw.Clean(k.String()), settings))
		}
	}
	for _, one := range []struct {
		name  string
		value *string
		of    []string
	}{{"language", &c.Language, []string{"en", "zh"}}, {"theme", &c.Theme, []string{"auto", "dark", "light"}},
		{"engine", &c.Engine, []string{"embedded", "msmodeling", "both"}}} {
		if *one.value != "" && !slices.Contains(one.of, *one.value) {
			wrong(message.New("settings.one-of", one.name, hw.Clean(*one.value), one.of))
			*one.value = ""
		}
	}
	c.path, c.Root, c.Python = path, p.expand(c.Root), p.expand(c.Python)
	return c, warnings, nil
}

var settings = []string{"language", "theme", "ascii", "mouse", "engine", "msmodeling_root", "python", "devices",
	"device_files", "keys"}

// answer fills in what neither the line nor its plan says. Each answer names the file as its source.
func (c *config) answer(a *field.Answers) {
	set := func(id field.ID, text string) {
		if text != "" && !a.Given(id) {
			a[id] = field.Answer{Text: text, Source: field.LocalFile, Note: c.path}
		}
	}
	set(field.Engine, c.Engine)
	set(field.Root, c.Root)
	set(field.Python, c.Python)
	set(field.Device, field.Join(c.Devices))
	set(field.DeviceFile, field.Join(c.DeviceFiles))
}

// bindings are the keys of the dashboard.
func (c *config) bindings() (list []state.Binding, warnings []message.Message) {
	wishes := map[string][]string{}
	for name, keys := range c.Keys {
		wishes[name] = keys
	}
	list, problems := state.Rebound(state.Bindings, wishes)
	for _, text := range problems {
		warnings = append(warnings, message.New("settings.at", c.path, text))
	}
	return list, warnings
}
