package field

import (
	"slices"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/refusal"
	"fathom/sim/report"
)

func checkModel(r *Reading) []report.Issue {
	name := r.Word(Model)
	switch m := r.Model; {
	case name == "":
		return nil
	case m == nil && r.Catalog.failed(name):
		return one(r.unread(Model, name))
	case m == nil && r.Catalog.ModelName(name) != "":
		return nil // known, not read yet
	case m == nil:
		return one(r.unknownModel(Model, name))
	case m.Unsupported != "" && r.embedded():
		return one(fault(Model, name, "unsupported", m.Unpriced()))
	case m.Draft:
		return one(fault(Model, name, "model-draft"))
	case m.Guessed:
		return append(doubts(name, m), warn(Model, name, "model-guessed", m.Architecture))
	case !referenceModelName.MatchString(m.Name):
		return append(doubts(name, m), warn(Model, name, "model-chars"))
	default:
		return doubts(name, m)
	}
}

// doubts are what the files beside a configuration say otherwise than it, and weights that are planned otherwise than
// they are stored.
func doubts(name string, m *model.Model) (out []report.Issue) {
	for _, said := range append(slices.Clone(m.LeftOut), refusal.OfIndex(m)) {
		switch said.Key {
		case "omitted.adapter", "omitted.both", "omitted.float32", "omitted.index":
			out = append(out, warn(Model, name, "model-doubt", said))
		}
	}
	return out
}

// unread says why a model could not be read, without its name a second time.
func (r *Reading) unread(id ID, name string) report.Issue {
	why := r.Catalog.Failed[name]
	if why.Key == "load.unknown-model" || why.Key == "load.unknown-model-near" {
		return r.unknownModel(id, name)
	}
	return fault(id, name, "model-load", model.Reason(&message.Error{Said: why}))
}

func (r *Reading) unknownModel(id ID, name string) report.Issue {
	return fault(id, name, "unknown-model", didYouMean(name, r.Catalog.ModelNames, "issue.models"))
}

func checkDevice(r *Reading) (out []report.Issue) {
	seen := map[string]bool{}
	for _, name := range r.Values[Device].Words {
		p := r.Catalog.Profile(name)
		switch {
		case p == nil && r.Catalog.failed(name):
			out = append(out, fault(Device, name, "device-load", r.Catalog.Failed[name]))
		case p == nil:
			out = append(out, r.Catalog.noProfile(Device, name))
		case seen[p.Name]:
			out = append(out, note(Device, name, "duplicate"))
		default:
			seen[p.Name] = true
			if !p.Reference && r.asksReference() {
				out = append(out, warn(Device, name, "not-theirs"))
			}
		}
	}
	return out
}

// checkPools judges the hardware of one side of a PD ratio.
func checkPools(r *Reading, id ID) (out []report.Issue) {
	if r.Mode != plan.PDRatio {
		if r.flagged(id) && r.pooled(id) {
			return one(fault(id, r.Answers[id].Text, "instance-mode"))
		}
		return nil
	}
	var seen []*hw.Profile
	for _, name := range r.Values[id].Words {
		switch p := r.Catalog.Profile(name); {
		case p == nil && r.Catalog.failed(name):
			out = append(out, fault(id, name, "device-load", r.Catalog.Failed[name]))
		case p == nil:
			out = append(out, r.Catalog.noProfile(id, name))
		case slices.Contains(seen, p):
			out = append(out, note(id, name, "duplicate"))
		default:
			seen = append(seen, p)
		}
	}
	if id == DecodePools && r.paired() && r.flagged(Device) {
		for _, name := range r.Values[Device].Words {
			if p := r.Catalog.Profile(name); p != nil && !slices.Contains(r.Profiles, p) {
				out = append(out, warn(Device, name, "no-effect", message.New("issue.while-pools")))
			}
		}
	}
	return out
}
