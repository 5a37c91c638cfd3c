package text

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	"fathom/hw/message"
	"fathom/state/field"
	"fathom/ui/cell"
)

// The engine, the field table and the files behind them speak English: a row's reason, a note, why a file cannot be
// read. A catalog translates such a text by its English: the tables [said.*] hold the sentence with places where the
// program fills in, and what it is in the language.

// Knob names a knob of a sweep as its question does, one of a device with the device behind it.
func (c *Catalog) Knob(name string) string {
	_, device, one := strings.Cut(name, ":")
	label := c.T(field.KnobKey(name))
	if one {
		label += " " + cell.Clean(device)
	}
	return label
}

// said is the head of the keys of such sentences.
const said = "said."

// phrase is one sentence with places.
type phrase struct {
	parts []string // the English around the places; parts[0] and the last one may be empty
	names []string // of the places between them
	to    string
	size  int // of all parts
}

// phrases takes a catalog's sentences apart: those without places by their text, the others from the longest to the
// shortest, so that the more particular one wins.
func phrases(t *message.Table) (whole map[string]string, list []phrase) {
	whole = make(map[string]string)
	english := message.Load(Languages[0])
	for _, key := range t.Keys() {
		to, _ := t.Own(key)
		from, ok := strings.CutPrefix(key, said)
		if room, _, _ := strings.Cut(key, "."); ok {
			_, from, _ = strings.Cut(from, ".")
		} else if slices.Contains(flattened, room) {
			from, _ = english.Own(key)
			from, to = verbs().ReplaceAllString(from, "}"), verbs().ReplaceAllString(to, "}")
		} else {
			continue
		}
		p := newPhrase(from, to)
		if len(p.names) == 0 {
			whole[from] = to
		} else {
			list = append(list, p)
		}
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := &list[i], &list[j]
		if a.size != b.size {
			return a.size > b.size
		}
		return strings.Join(a.parts, "{") < strings.Join(b.parts, "{")
	})
	return whole, list
}

// flattened are tables of errors that still become texts on their way to a catalog of answers.
var flattened = []string{}

// verbs are how a message writes what it fills in; a text has it written already.
var verbs = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`:[^{}]*\}`) })

// place is {0}, {1} …, or {n0}, {n1} … for what is a whole number.
var place = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{n?[0-9]+\}`) })

func newPhrase(from, to string) phrase {
	p := phrase{to: to}
	at := 0
	for _, m := range place().FindAllStringIndex(from, -1) {
		p.parts, p.names = append(p.parts, from[at:m[0]]), append(p.names, from[m[0]+1:m[1]-1])
		at = m[1]
	}
	p.parts = append(p.parts, from[at:])
	for _, part := range p.parts {
		p.size += len(part)
	}
	return p
}

// match gives what stands in the places of the phrase, name and value in turn; nil where s is another sentence. A place
// is as short as it can be, but for the last one, and never empty.
func (p *phrase) match(s string) []string {
	last := len(p.parts) - 1
	if len(s) <= p.size || !strings.HasPrefix(s, p.parts[0]) || !strings.HasSuffix(s, p.parts[last]) {
		return nil
	}
	s = s[len(p.parts[0]) : len(s)-len(p.parts[last])]
	pairs := make([]string, 0, 2*last)
	for i := 1; i <= last; i++ {
		value := s
		if i < last {
			at := -1
			if s != "" {
				at = strings.Index(s[1:], p.parts[i])
			}
			if at < 0 {
				return nil
			}
			value, s = s[:at+1], s[at+1+len(p.parts[i]):]
		}
		if name := p.names[i-1]; value == "" || name[0] == 'n' && !digits(value) {
			return nil
		}
		pairs = append(pairs, p.names[i-1], value)
	}
	return pairs
}

func digits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// Say gives a sentence of the program in the language of the catalog; one that the catalog does not know stays English.
// What was filled into it is looked up in turn, so that sentences may hold others.
func (c *Catalog) Say(english string) string {
	s, _ := c.say(english)
	if c.ascii {
		s = cell.ASCII(strings.ReplaceAll(s, "→", "->")) // ">" alone would compare
	}
	return s
}

// Knows reports whether Say has words of its own for a sentence.
func (c *Catalog) Knows(english string) bool {
	_, ok := c.say(english)
	return ok
}

func (c *Catalog) say(s string) (string, bool) {
	whole, list := c.phrases()
	if to, ok := whole[s]; ok {
		return to, true
	}
	if len(list) == 0 || !worded(s) {
		return s, false
	}
	for i := range list {
		p := &list[i]
		pairs := p.match(s)
		if pairs == nil {
			continue
		}
		for k := 1; k < len(pairs); k += 2 {
			pairs[k], _ = c.say(pairs[k])
		}
		return fill(p.to, pairs), true
	}
	return s, false
}

// worded reports whether a text may hold words at all; most figures do not.
func worded(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }) >= 0
}

// Choice is the text of one value of a question with a closed list, another value as it is; long has what stands behind
// the colon, too.
func (c *Catalog) Choice(f *field.Field, value string, long bool) string {
	key := f.Text() + ".choice." + value
	if value == "" || !c.Has(key) {
		return value
	}
	s := c.T(key)
	if !long {
		for _, colon := range []string{": ", "："} {
			s, _, _ = strings.Cut(s, colon)
		}
	}
	return s
}

// Tell words a message in the language of the catalog.
func (c *Catalog) Tell(m message.Message) string {
	s := cell.Clean(c.Table.Say(c.said(m)))
	if c.ascii {
		s = cell.ASCII(strings.ReplaceAll(s, "→", "->")) // ">" alone would compare
	}
	return s
}

// said looks up the sentences among the arguments of a message that are no messages yet.
func (c *Catalog) said(m message.Message) message.Message {
	args := slices.Clone(m.Args)
	for i, a := range args {
		switch a := a.(type) {
		case string:
			args[i] = c.Say(a)
		case message.Message:
			args[i] = c.said(a)
		case []message.Message:
			list := slices.Clone(a)
			for k := range list {
				list[k] = c.said(list[k])
			}
			args[i] = list
		}
	}
	return message.Message{Key: m.Key, Args: args}
}
