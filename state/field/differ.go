package field

import "slices"

// Differing lists the questions that plans answer differently, in the order of asking; how the answer is shown or
// written is none of them. An optional question without an answer has its default.
func Differing(plans []Answers) (out []ID) {
	filled := make([]Answers, len(plans))
	for i, a := range plans {
		filled[i] = FillDefaults(a)
	}
	for id := range NumIDs {
		f := &Table[id]
		if f.Group == GroupOutput || f.Group == GroupScreen {
			continue
		}
		if slices.ContainsFunc(filled, func(a Answers) bool { return a[id].Text != filled[0][id].Text }) {
			out = append(out, id)
		}
	}
	return out
}
