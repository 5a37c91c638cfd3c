package field

import (
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/report"
)

// Parsed is what a command line says.
type Parsed struct {
	Answers Answers
	Notes   []message.Message // one line each: deprecated spellings, repeated flags
	Issues  []report.Issue    // errors of the line itself: unknown flags, missing or surplus values
}

// Err reports whether the line could not be understood.
func (p *Parsed) Err() bool { return HasError(p.Issues) }

func (p *Parsed) fail(name, value, key string, args ...any) {
	p.Issues = append(p.Issues, report.Issue{Severity: report.Error,
		Field:   strings.TrimLeft(strings.ReplaceAll(name, "-", "_"), "_"),
		Message: line(message.Name{Text: name}, message.Name{Text: value}, problem(key, args...))})
}

// spelling is how a flag may be written, and what it then means.
type spelling struct {
	field      *Field
	text       string // the answer that a switch gives
	isSwitch   bool
	deprecated bool
}

// spellings maps every flag, without dashes and in kebab case, to its field.
func spellings() map[string]spelling {
	m := map[string]spelling{}
	for i := range Table {
		f := &Table[i]
		if f.Flag != "" {
			m[f.Flag] = spelling{field: f, text: "on", isSwitch: f.Arity == None}
		}
		for _, s := range f.Switches {
			m[s.Flag] = spelling{field: f, text: s.Text, isSwitch: true}
		}
		for _, s := range f.Also {
			m[s] = m[f.Flag]
		}
		for _, s := range f.Aliases {
			m[s] = spelling{field: f, deprecated: true}
		}
		if f.Short != "" {
			m[f.Short] = m[f.Flag]
		}
	}
	return m
}

var knownSpellings = spellings()

// FlagNames lists every flag of the table without dashes, in asking order; deprecated spellings are left out.
func FlagNames() []string {
	var out []string
	for i := range Table {
		for _, s := range Table[i].Switches {
			out = append(out, s.Flag)
		}
		if Table[i].Flag != "" {
			out = append(out, Table[i].Flag)
		}
	}
	return out
}

// FromArgs reads a command line the way the reference tool's parser does: a flag takes the words that follow it up to
// the next flag (--device A B C, --tp-sizes alone), --flag=value, kebab or snake case, one positional model, "--" ends
// the flags. source and note mark the answers.
func FromArgs(args []string, source Source, from string) Parsed {
	var p Parsed
	positional := func(word string) {
		if p.Answers.Given(Model) {
			p.fail("model", word, "two-models", p.Answers[Model].Text)
			return
		}
		p.Answers[Model] = Answer{word, source, from}
	}
	for i := 0; i < len(args); {
		arg := Clean(args[i])
		i++
		switch {
		case arg == "--":
			for ; i < len(args); i++ {
				positional(Clean(args[i]))
			}
		case !isFlag(arg):
			positional(arg)
		default:
			i += p.flag(arg, args[i:], source, from)
		}
	}
	p.Answers = Derive(p.Answers)
	return p
}

// FirstPositional is the index of the first word that is neither a flag nor a flag's value, -1 if there is none.
func FirstPositional(args []string) int {
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			if i+1 < len(args) {
				return i + 1
			}
			return -1
		}
		if !isFlag(args[i]) {
			return i
		}
		known, ok := lookupFlag(args[i])
		if !ok || known.isSwitch {
			continue // also --flag=value
		}
		for n := 0; i+1 < len(args) && !isFlag(args[i+1]) && (known.field.Arity != One || n == 0); n++ {
			i++
		}
	}
	return -1
}

// Expecting is the field whose value comes next on an unfinished line; nil where a flag or the model is due.
func Expecting(args []string) *Field {
	for i := len(args) - 1; i >= 0; i-- {
		if !isFlag(args[i]) {
			continue
		}
		known, ok := lookupFlag(args[i])
		after := len(args) - 1 - i
		if !ok || known.isSwitch || known.field.Arity == One && after > 0 || known.field.Max > 0 && after >= known.field.Max {
			return nil
		}
		return known.field
	}
	return nil
}

// isFlag tells flags from values: a leading dash that does not begin a negative number.
func isFlag(arg string) bool {
	if len(arg) < 2 || arg[0] != '-' {
		return false
	}
	_, err := strconv.ParseFloat(arg, 64)
	return err != nil
}

// flag reads one flag and the values that follow; it returns how many of them it took.
func (p *Parsed) flag(arg string, rest []string, source Source, from string) int {
	name, value, tied := strings.Cut(arg, "=")
	known, ok := lookupFlag(name)
	if !ok {
		p.fail(name, "", "unknown-flag", nearestFlag(name))
		n := 0 // its values are part of the mistake
		for n < len(rest) && !isFlag(rest[n]) {
			n++
		}
		return n
	}
	f := known.field
	if known.deprecated {
		p.Notes = append(p.Notes, message.New("issue.about", name, *problem("deprecated", "--"+f.Flag)))
	}
	var words []string
	taken := 0
	switch {
	case tied:
		words = []string{value}
	case !known.isSwitch:
		for taken < len(rest) && !isFlag(rest[taken]) && (f.Arity != One || taken == 0) {
			words = append(words, Clean(rest[taken]))
			taken++
		}
	}
	text := f.text(words)
	switch {
	case known.isSwitch && tied:
		p.fail(name, "", "takes-none", value)
		return taken
	case known.isSwitch:
		text = known.text
	case len(words) == 0 && f.Arity == Any:
		text = "auto"
		if f.ID == CompileConfig {
			text = "none"
		}
	case strings.TrimSpace(text) == "":
		p.fail(name, "", "empty", f.Example)
		return taken
	}
	p.set(name, f, text, source, from)
	return taken
}

// set stores an answer, minding flags that were given before.
func (p *Parsed) set(name string, f *Field, text string, source Source, from string) {
	old := p.Answers[f.ID]
	switch {
	case !old.Given():
	case f.ID == Mode && old.Text != text:
		p.fail("mode", "", "pd-and-disagg")
		return
	case f.ID == Model:
		p.fail("model", text, "two-models", old.Text)
		return
	case f.Repeats:
		text = old.Text + " " + text
	case old.Text != text:
		p.Notes = append(p.Notes, message.New("issue.about", name, *problem("repeated")))
	}
	p.Answers[f.ID] = Answer{text, source, from}
}

func lookupFlag(name string) (spelling, bool) {
	long := strings.HasPrefix(name, "--")
	key := strings.ReplaceAll(strings.TrimLeft(name, "-"), "_", "-")
	s, ok := knownSpellings[key]
	if len(key) == 1 == long { // -j, and not --j; --jobs, and not -jobs
		return s, false
	}
	return s, ok
}

func nearestFlag(name string) message.Message {
	near := hw.Meant(FlagNames(), strings.ReplaceAll(strings.TrimLeft(name, "-"), "_", "-"))
	if near == "" {
		return message.New("issue.flags")
	}
	return message.New("issue.near", "--"+near)
}
