package state

import (
	"slices"
	"strings"
)

// HelpLine is one line of the help overlay: a heading (Keys nil) or a binding.
type HelpLine struct {
	Group  string // text key "help.<group>" of a heading
	Keys   []string
	Text   string // in words, as looked up
	Reason string // text key: why the key does nothing now
}

// HelpLines is every key of the situation that help was called from, grouped; text looks up a text key. Only lines that
// hold all words of the filter are left, and headings that have any.
func (m *Model) HelpLines(text func(key string) string) []HelpLine {
	words := strings.Fields(strings.ToLower(m.Overlay.Text))
	var out []HelpLine
	bound := m.Bound(m.Overlay.Over)
	for _, group := range helpGroups(bound) {
		var lines []HelpLine
		for _, b := range bound {
			if b.Group != group {
				continue
			}
			l := HelpLine{Group: group, Keys: b.Keys, Text: text(b.Text()), Reason: b.Reason}
			if at := slices.IndexFunc(lines, func(o HelpLine) bool { return o.Text == l.Text }); at >= 0 {
				lines[at].Keys = slices.Concat(lines[at].Keys, l.Keys) // one line for an action with two bindings
				continue
			}
			lines = append(lines, l)
		}
		lines = slices.DeleteFunc(lines, func(l HelpLine) bool { return !l.holds(words, text) })
		if len(lines) > 0 {
			out = append(append(out, HelpLine{Group: group, Text: text("help." + group)}), lines...)
		}
	}
	return out
}

func (l *HelpLine) holds(words []string, text func(string) string) bool {
	in := strings.ToLower(l.Text + " " + strings.Join(l.Keys, " ") + " " + text("help."+l.Group))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(in, w) })
}

// helpGroups are the groups in the order of the list, what is particular to the pane before moving and the program.
func helpGroups(bound []Bound) []string {
	var own, common []string
	for _, b := range bound {
		list := &own
		if b.Group == "moving" || b.Group == "program" {
			list = &common
		}
		if !slices.Contains(*list, b.Group) {
			*list = append(*list, b.Group)
		}
	}
	return append(own, common...)
}
