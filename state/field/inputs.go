package field

import (
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Inputs lists every input of a run after defaults, in asking order, each with where it came from: the report's request
// block. A value is nil where there is none: no limit, a dimension that is not searched, a question that the mode does
// not put. An input that is off stands as its default, so that a reader need not know the defaults.
func Inputs(a Answers, c Catalog) []report.Input {
	filled := FillDefaults(Derive(a))
	r := Read(&filled, &c)
	var out []report.Input
	for id := range NumIDs {
		f := &Table[id]
		switch given := a.Given(id) && a[id].Source != CLIDefault; {
		case f.Group == GroupOutput || f.Group == GroupScreen || id == Engine: // the report names its engine
			continue
		case !given && (f.Group == GroupReference || f.Group == GroupEngine), // machinery only where somebody set it
			!given && (f.Unsaid || id == PrefillPools || id == DecodePools):
			continue
		}
		if f.Unbuilt || f.Flag == "" && !r.Applies(id) {
			continue
		}
		in := report.Input{Name: f.Name, Source: filled[id].Label()}
		switch q := r.Quant(); {
		case id == Linear: // recommended quantisation answers both actions
			in.Value, in.Source = q.Linear.String(), quantSource(&filled, id)
		case id == Attention:
			in.Value, in.Source = q.Attention.String(), quantSource(&filled, id)
		case id == Device && r.paired(): // both sides have hardware of their own, and the command does not name another
			in.Source = message.Message{}
		case (id == PrefillDevices || id == DecodeDevices) && r.Mode == plan.PDRatio && r.Int(id) == 0:
			in.Source = message.New("origin.searched")
		case id == Fidelity && r.Word(Fidelity) == "":
			in.Value = common(r.fidelities(), plan.Fidelity.String)
		case id == Search && r.Word(Search) == "":
			in.Value = common(r.fidelities(), searchOf)
		default:
			in.Value = r.plain(id)
		}
		if in.Source.IsZero() {
			in.Source = message.New("origin.none")
		}
		out = append(out, in)
	}
	return out
}

// searchOf is the search that a fidelity brings with it (cli.md).
func searchOf(f plan.Fidelity) string {
	if f == plan.Reference {
		return plan.SearchReference.String()
	}
	return plan.SearchExhaustive.String()
}

// common is what all profiles share, "mixed" where they differ, nil without any.
func common(of []plan.Fidelity, name func(plan.Fidelity) string) any {
	var out any
	for _, f := range of {
		switch {
		case out == nil:
			out = name(f)
		case out != name(f):
			return "mixed"
		}
	}
	return out
}

func quantSource(a *Answers, id ID) message.Message {
	if a.Given(id) {
		return a[id].Label()
	}
	return a[Quantization].Label()
}

// plain is a value as JSON has it: a number, a text, a boolean, a list of them, or nil for none.
func (r *Reading) plain(id ID) any {
	f, v := &Table[id], r.Values[id]
	many := f.Arity == Many || f.Arity == Any
	switch {
	case f.Arity == None, id == PrefixCache, id == MTP:
		return v.On
	case len(v.Words) > 0 && len(v.Floats)+len(v.Ints) > 0 && !many:
		return v.tokens()[0]
	case len(v.Words) > 0 && len(v.Floats)+len(v.Ints) > 0:
		return v.tokens()
	case len(v.Words) > 0:
		return pack(v.Words, many)
	case len(v.Ints) > 0:
		return pack(v.Ints, many)
	case len(v.Floats) > 0:
		return pack(v.Floats, many)
	case v.On:
		return "auto"
	}
	return nil
}

func pack[T any](list []T, many bool) any {
	if many {
		return list
	}
	return list[0]
}
