package field

import (
	"fathom/sim/report"
)

// Inputs lists every input of a run after defaults, in asking order, each with where it came from: the report's request block.
// A value that does not apply is nil.
func Inputs(a Answers, c Catalog) []report.Input {
	filled := FillDefaults(Derive(a))
	r := Read(&filled, &c)
	var out []report.Input
	for id := range NumIDs {
		f := &Table[id]
		switch f.Group {
		case GroupOutput, GroupScreen, GroupReference, GroupEngine: // the report names its engine
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
		case r.Applies(id):
			in.Value = r.plain(id)
		}
		out = append(out, in)
	}
	return out
}

func quantSource(a *Answers, id ID) string {
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
	case len(v.Words) > 0 && len(v.Floats) > 0:
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
