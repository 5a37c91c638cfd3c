package field

import (
	"errors"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan/file"
	"fathom/sim/report"
)

// ToTOML writes the answers as a saved plan, each with its source as a comment. What stands on its default by absence
// is left out; what cannot be read is kept as it was typed.
func ToTOML(a Answers) string {
	var c Catalog
	r := Read(&a, &c)
	var out []file.Entry
	for id := range NumIDs {
		f := &Table[id]
		if !a[id].Given() || f.Group == GroupOutput || f.Group == GroupScreen {
			continue
		}
		e := file.Entry{Key: f.Name, Comment: a[id].Label().String()}
		v := r.Values[id]
		switch words := v.tokens(); {
		case r.Problems[id] != nil:
			e.Words = []string{a[id].Text}
		case len(words) == 0 || f.Arity == Any && len(v.Ints) == 0 && len(v.Words) == 0:
			if a[id].Source == CLIDefault {
				continue
			}
			e.Words, e.Bare = []string{strconv.FormatBool(v.On)}, len(f.Choices) == 2 || f.Arity == Any || f.Arity == None
			if !e.Bare {
				e.Words[0] = "none"
			}
		case f.Arity == None || v.On && len(v.Ints) == 0 && len(v.Words) == 0:
			e.Words, e.Bare = []string{"true"}, true
		default:
			e.Words, e.Bare, e.List = words, len(v.Words) == 0, f.Arity == Many || f.Arity == Any
		}
		out = append(out, e)
	}
	return file.Encode(out)
}

// FromTOML reads a saved plan. path marks the answers and the messages. Keys may be spelled in snake or kebab case, and
// as any spelling of the flag.
func FromTOML(text, path string) Parsed {
	var p Parsed
	entries, err := file.Decode(text)
	if err != nil {
		line, said := 0, message.Of(err)
		var fault *file.Error
		if errors.As(err, &fault) {
			line, said = fault.Line, fault.Said
		}
		p.fail(path, "", "toml", strconv.Itoa(line), said)
		return p
	}
	for _, e := range entries {
		name := Clean(e.Key)
		f, ok := Lookup(strings.ReplaceAll(name, "-", "_"))
		s, isFlag := knownSpellings[strings.ReplaceAll(name, "_", "-")]
		switch {
		case ok:
			s = spelling{field: f}
		case !isFlag || len(name) == 1:
			p.fail(name, "", "unknown-key", strconv.Itoa(e.Line), nearestKey(name))
			continue
		case s.deprecated:
			p.Notes = append(p.Notes, message.New("issue.about", name, *problem("deprecated", s.field.Name)))
		}
		for i := range e.Words {
			e.Words[i] = Clean(e.Words[i])
		}
		answer := s.field.text(e.Words)
		switch {
		case s.isSwitch && s.text != "on": // disagg = true
			if answer != "on" {
				continue
			}
			answer = s.text
		case len(e.Words) == 1 && !e.List:
			answer = e.Words[0]
		}
		p.set(name, s.field, answer, FromPlan, path)
	}
	p.Answers = Derive(p.Answers)
	return p
}

func nearestKey(name string) message.Message {
	var names []string
	for i := range Table {
		names = append(names, Table[i].Name)
	}
	if near := hw.Meant(names, name); near != "" {
		return message.New("issue.near", near)
	}
	return message.New("issue.keys")
}

// Overlay puts answers over others: what is given on top wins (flags over a plan file).
func Overlay(bottom, top Answers) Answers {
	for id := range NumIDs {
		if top[id].Given() {
			bottom[id] = top[id]
		}
	}
	return bottom
}

// wholeLine words a fault of a pasted text as a whole.
func wholeLine(p *Problem) report.Issue {
	return report.Issue{Severity: report.Error, Field: "command",
		Message: line(message.Name{Text: "command", Key: "column.command"}, message.Name{}, p)}
}
