package state

import (
	"fathom/sim/plan"
	"fathom/state/field"
)

// reopen drops the answers that hang on a changed one: those whose question went away with the change, and those whose
// meaning changed with it.
func reopen(before *field.Answers, after field.Answers, c *field.Catalog) field.Answers {
	was := field.Read(before, c)
	for range field.NumIDs { // a dropped answer may take others with it; each round drops at least one
		now, dropped := field.Read(&after, c), false
		for id := range field.NumIDs {
			gone := was.Applies(id) && (!now.Applies(id) || stale(id, was, now)) || sizeless(id, was, now)
			if after[id].Given() && after[id] == before[id] && gone {
				after[id], dropped = field.Answer{}, true
			}
		}
		if !dropped {
			break
		}
		was = now
	}
	return after
}

// sizeless reports whether images that are asked for now still have the size of none, which nobody chose.
func sizeless(id field.ID, was, now *field.Reading) bool {
	return (id == field.ImageHeight || id == field.ImageWidth) && now.Answers[id].Source == field.CLIDefault &&
		now.Int(field.ImageBatch) > 0 && was.Int(field.ImageBatch) == 0
}

// stale reports whether an unchanged answer means something else now. The reference tool's defaults suit any model.
func stale(id field.ID, was, now *field.Reading) bool {
	if now.Answers[id].Source == field.CLIDefault {
		return false
	}
	switch id {
	case field.EP, field.MoEDP, field.SharedExpertTP, field.NonExpert, field.MTP, field.MTPTokens, field.Acceptance,
		field.ImageBatch, field.ImageHeight, field.ImageWidth:
		// another model has other experts and heads
		return was.Model != nil && (now.Model == nil || was.Model.Name != now.Model.Name)
	case field.DeviceCount: // of an instance, or the whole budget
		return (was.Mode == plan.PDRatio) != (now.Mode == plan.PDRatio)
	}
	return false
}
