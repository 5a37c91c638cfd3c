package field

import (
	"strings"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// Catalog is what the caller knows: models, profiles and read files. Keys of Models and Lengths are names or paths as typed.
type Catalog struct {
	Models       map[string]*model.Model
	ModelNames   []string // listing order; names for completion and "did you mean"
	Profiles     map[string]*hw.Profile
	ProfileNames []string
	Lengths      map[string][]plan.Bin // length-distribution files that were read
	Failed       map[string]string     // a path or name that could not be loaded: the reason
}

// Model finds a model by name or path as typed; letter case does not matter.
func (c *Catalog) Model(text string) *model.Model {
	if m, ok := c.Models[text]; ok {
		return m
	}
	for _, name := range c.ModelNames {
		if strings.EqualFold(name, text) {
			return c.Models[name]
		}
	}
	return nil
}

// Profile finds a profile by name; case, "_" and "-" do not matter.
func (c *Catalog) Profile(text string) *hw.Profile {
	if p, ok := c.Profiles[text]; ok {
		return p
	}
	for _, name := range c.ProfileNames {
		if fold(name) == fold(text) {
			return c.Profiles[name]
		}
	}
	return nil
}

// Load is something that the caller has to read before the answers can be judged.
type Load struct {
	ID   ID
	Text string
}
