package cli

import (
	"path/filepath"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/engine"
	"fathom/sim/expert"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/serve"
	"fathom/sim/workload"
	"fathom/state/field"
	"fathom/ui/runs"
)

// configDir is $XDG_CONFIG_HOME/fathom, also on macOS if it is set, else ~/.config/fathom; "" without a home.
func (p *Program) configDir() string {
	if dir := p.Getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "fathom")
	}
	if home := p.Getenv("HOME"); home != "" {
		return filepath.Join(home, ".config", "fathom")
	}
	return ""
}

// profiles are the built-in ones, the user's own, and those of --device-file. A broken file of the user's directory is
// a warning: it must not keep other profiles from being used; a broken --device-file is an error.
func (p *Program) profiles(files []string) (list hw.List, warnings []message.Message, err error) {
	list = hw.Builtin()
	if dir := p.configDir(); dir != "" {
		own, bad := hw.LoadUserDir(filepath.Join(dir, "devices"))
		if bad != nil {
			warnings = append(warnings, message.Each(bad)...)
		}
		for _, one := range own {
			if list, bad = list.Add(one.Profile()); bad != nil {
				warnings = append(warnings, message.Of(bad))
			}
		}
	}
	for _, file := range files {
		one, err := hw.LoadFile(p.expand(file))
		if err == nil {
			list, err = list.Add(one)
		}
		if err != nil {
			return nil, warnings, message.Fault("bad.device-file", err)
		}
	}
	return list, warnings, nil
}

// expand replaces a leading ~ by the home directory.
func (p *Program) expand(path string) string {
	if home := p.Getenv("HOME"); home != "" && (path == "~" || strings.HasPrefix(path, "~/")) {
		return filepath.Join(home, path[1:])
	}
	return path
}

// catalog is what answers are held against; profiles come from the answers' device files too.
func (p *Program) catalog(a *field.Answers) (*field.Catalog, []message.Message, error) {
	c := &field.Catalog{Models: map[string]*model.Model{}, ModelNames: model.Names(), Lengths: map[string][]plan.Bin{},
		Workloads: map[string]*plan.Workload{},
		Failed:    map[string]message.Message{}}
	r := field.Read(a, c)
	var warnings []message.Message
	var err error
	c.Profiles, warnings, err = p.profiles(r.Values[field.DeviceFile].Words)
	if err != nil {
		return nil, nil, err
	}
	return c, warnings, p.resolve(a, c)
}

// resolve reads what the answers name and the catalog does not hold yet.
func (p *Program) resolve(a *field.Answers, c *field.Catalog) error {
	r := field.Read(a, c)
	for _, load := range r.Unresolved() {
		switch load.ID {
		case field.Model:
			m, err := p.model(load.Text, r.Word(field.Architecture))
			switch {
			case err == nil:
				c.Models[load.Text] = m
			case !isUnknown(err, load.Text): // an unknown name is worded by the field table
				c.Failed[load.Text] = model.Reason(err)
			}
		case field.InputLength:
			bins, err := p.lengths(load.Text)
			if err != nil {
				c.Failed[load.Text] = message.Of(err)
				continue
			}
			c.Lengths[load.Text] = bins
		case field.Trace, field.Fleet:
			of := plan.Service{Trace: load.Text}
			if load.ID == field.Fleet {
				of = plan.Service{Fleet: load.Text}
			}
			if err := engine.Readable(of); err != nil {
				c.Failed[load.Text] = message.Of(err)
				continue
			}
			c.Put(load, field.Found{Served: true})
		case field.ExpertLoads:
			data, err := p.readFile(load.Text)
			if err != nil {
				c.Failed[load.Text] = message.Of(pathReason(err))
				continue
			}
			found, err := expert.Read(data, load.Text)
			if err != nil {
				c.Failed[load.Text] = message.Of(err)
				continue
			}
			c.Put(load, field.Found{Loads: &found})
		case field.Workload:
			data, err := p.readFile(load.Text)
			if err != nil {
				err = workload.Unread(load.Text, pathReason(err))
			} else if c.Workloads[load.Text], err = workload.Parse(data, load.Text); err == nil {
				continue
			}
			c.Failed[load.Text] = message.Of(err)
		}
	}
	return nil
}

// model reads a model of the catalog, a path, or one of the local caches.
func (p *Program) model(text, architecture string) (*model.Model, error) {
	return model.Resolve(p.expand(text), architecture, model.CachesFrom(p.Getenv, p.Getenv("HOME")))
}

// isUnknown tells a name that is nowhere from a model that is there and cannot be read.
func isUnknown(err error, text string) bool {
	_, unknown := model.Find(text)
	return unknown != nil && unknown.Error() == err.Error()
}

// maxText is more than any length distribution or saved plan is long.
const maxText = 4 << 20

// lengths reads a length-distribution file.
func (p *Program) lengths(path string) ([]plan.Bin, error) {
	data, err := p.readFile(path)
	if err != nil {
		return nil, message.Fault("load.lengths", pathReason(err)) // field and value are named before it
	}
	return serve.ParseLengths(data)
}

// readFile reads a small regular file.
func (p *Program) readFile(path string) ([]byte, error) {
	return hw.ReadInput(p.expand(path), maxText)
}

// pathReason drops the operation and path that the message has already.
func pathReason(err error) error { return runs.Reason(err) }
