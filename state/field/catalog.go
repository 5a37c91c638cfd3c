package field

import (
	"errors"
	"path"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/expert"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/workload"
)

// Catalog is what the caller knows: models, profiles and read files, by name or path as typed. A model that is only
// named is read by the caller when Unresolved asks for it.
type Catalog struct {
	Models     map[string]*model.Model
	ModelNames []string // every name that can be loaded, in listing order
	Profiles   hw.List
	Lengths    map[string][]plan.Bin // length-distribution files that were read
	Workloads  map[string]*plan.Workload
	Loads      map[string]*expert.Load    // of experts, from files
	Served     map[string]bool            // files of a trace or a day that can be read
	Failed     map[string]message.Message // a path or name that could not be loaded: the reason
}

// Found is what stands behind a text that had to be read; the member that its question asks for.
type Found struct {
	Model    *model.Model
	Bins     []plan.Bin
	Workload *plan.Workload
	Loads    *expert.Load
	Served   bool // a trace or a day: it can be read, which is all that answers are judged by
}

// Put takes what was read into maps of its own, which nobody else has; false where it is nothing.
func (c *Catalog) Put(l Load, f Found) bool {
	switch {
	case l.ID == Model && f.Model != nil:
		c.Models = with(c.Models, l.Text, f.Model)
	case l.ID == InputLength && f.Bins != nil:
		c.Lengths = with(c.Lengths, l.Text, f.Bins)
	case l.ID == Workload && f.Workload != nil:
		c.Workloads = with(c.Workloads, l.Text, f.Workload)
	case l.ID == ExpertLoads && f.Loads != nil:
		c.Loads = with(c.Loads, l.Text, f.Loads)
	case (l.ID == Trace || l.ID == Fleet) && f.Served:
		c.Served = with(c.Served, l.Text, true)
	default:
		return false
	}
	return true
}

func with[T any](m map[string]T, key string, v T) map[string]T {
	out := map[string]T{key: v}
	for k, old := range m {
		if k != key {
			out[k] = old
		}
	}
	return out
}

// failed tells whether a path or name could not be loaded.
func (c *Catalog) failed(name string) bool { return !c.Failed[name].IsZero() }

// Workload finds a mix that was read, or one that comes with the program; nil for any other name.
func (c *Catalog) Workload(text string) *plan.Workload {
	if w := c.Workloads[text]; w != nil {
		return w
	}
	return workload.Find(text)
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

// Profile finds a profile by any name that it answers to.
func (c *Catalog) Profile(text string) *hw.Profile {
	p, err := c.Profiles.Find(text)
	if err != nil {
		return nil
	}
	return p
}

// Could lists the names of the profiles that a text may mean: one, several, or none.
func (c *Catalog) Could(text string) []string {
	p, err := c.Profiles.Find(text)
	var wrong *hw.NameError
	switch {
	case err == nil:
		return []string{p.Name}
	case errors.As(err, &wrong):
		return wrong.Could
	}
	return nil
}

// devices puts words together that are one name: "NVIDIA H100 80GB HBM3" as nvidia-smi prints it is four words.
func (c *Catalog) devices(words []string) []string {
	if !slices.ContainsFunc(words, func(w string) bool { return !c.exact(w) }) {
		return words // as most lists are; a key must not wait for the search of spellings
	}
	var out []string
	for len(words) > 0 {
		n := min(len(words), mostNameWords)
		for n > 1 && !c.Profiles.Names(strings.Join(words[:n], " ")) {
			n--
		}
		out = append(out, strings.Join(words[:n], " "))
		words = words[n:]
	}
	return out
}

// exact reports whether a word is the very name of a profile.
func (c *Catalog) exact(word string) bool {
	return slices.ContainsFunc(c.Profiles, func(e *hw.Entry) bool { return e.Name == word })
}

// mostNameWords is more than any device's name has.
const mostNameWords = 8

// noProfile says why a name means no profile: it could be several, its memory is another one, or it is unknown.
func (c *Catalog) noProfile(id ID, text string) report.Issue {
	_, err := c.Profiles.Find(text)
	var wrong *hw.NameError
	switch errors.As(err, &wrong); {
	case wrong == nil || len(wrong.Near)+len(wrong.Could)+len(wrong.Other) == 0:
		return fault(id, text, "unknown-device", message.New("issue.devices"))
	case len(wrong.Could) > 0:
		return fault(id, text, "several-devices", wrong.Could)
	case len(wrong.Other) > 0:
		return fault(id, text, "other-memory", hw.Sizes(wrong.Other))
	}
	return fault(id, text, "unknown-device", message.New("issue.near", wrong.Near))
}

// Load is something that the caller has to read before the answers can be judged.
type Load struct {
	ID   ID
	Text string
}
