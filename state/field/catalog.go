package field

import (
	"path"
	"strings"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// Catalog is what the caller knows: models, profiles and read files, by name or path as typed. A model that is only
// named is read by the caller when Unresolved asks for it.
type Catalog struct {
	Models     map[string]*model.Model
	ModelNames []string // every name that can be loaded, in listing order
	Profiles   hw.List
	Lengths    map[string][]plan.Bin // length-distribution files that were read
	Failed     map[string]string     // a path or name that could not be loaded: the reason
}

// Model finds a model that was read: by name or path as typed, by its name in other letter case, or by the part after
// the slash where only one model has it. The answer is nil for a model that is known by name only.
func (c *Catalog) Model(text string) *model.Model {
	if m, ok := c.Models[text]; ok {
		return m
	}
	return c.Models[c.ModelName(text)]
}

// ModelName is the full name of a model of the catalog, "" if there is none.
func (c *Catalog) ModelName(text string) string {
	found, hits := "", 0
	for _, name := range c.ModelNames {
		if strings.EqualFold(name, text) {
			return name
		}
		if strings.EqualFold(path.Base(name), text) {
			found = name
			hits++
		}
	}
	if hits != 1 {
		return ""
	}
	return found
}

// Profile finds a profile by name, short name or alias.
func (c *Catalog) Profile(text string) *hw.Profile {
	p, err := c.Profiles.Find(text)
	if err != nil {
		return nil
	}
	return p
}

// nearProfile words what an unknown profile may have meant.
func (c *Catalog) nearProfile(text string) string {
	if near := c.Profiles.Nearest(text, 3); len(near) > 0 {
		return "did you mean " + strings.Join(near, ", ") + "?"
	}
	return "fathom devices list shows all"
}

// Load is something that the caller has to read before the answers can be judged.
type Load struct {
	ID   ID
	Text string
}
