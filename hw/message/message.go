package message

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Message is one thing to say: the key of its text and what fills the places {0}, {1} … of it. The zero value says
// nothing.
type Message struct {
	Key  string
	Args []any // numbers, texts, messages, errors, and lists of texts or messages
}

// New makes a message.
func New(key string, args ...any) Message { return Message{key, args} }

// Literal is a text that is the same in every language: a name, what another program said.
func Literal(text string) Message { return Message{Args: []any{text}} }

// IsZero tells a message that says nothing.
func (m Message) IsZero() bool { return m.Key == "" && len(m.Args) == 0 }

// Own is the same message with values of its own: what it says later of a larger block is said now, so that the block
// can go.
func (m Message) Own() Message {
	if len(m.Args) == 0 {
		return m
	}
	own := Message{m.Key, make([]any, len(m.Args))}
	for i, arg := range m.Args {
		switch a := arg.(type) {
		case Message:
			arg = a.Own()
		case Speaker:
			arg = a.Message().Own()
		}
		own.Args[i] = arg
	}
	return own
}

// Known tells whether the message has a text.
func (m Message) Known() bool {
	_, ok := Load(Languages[0]).Own(m.Key)
	return ok
}

// String is the English of the message, as files and scripts read it.
func (m Message) String() string { return Load(Languages[0]).Say(m) }

// MarshalText writes the English, safe to print, so that a report in JSON has sentences.
func (m Message) MarshalText() ([]byte, error) { return []byte(Clean(m.String())), nil }

// UnmarshalText reads a sentence back as what it says.
func (m *Message) UnmarshalText(text []byte) error {
	if *m = (Message{}); len(text) > 0 {
		*m = Literal(string(text))
	}
	return nil
}

// Say words a message; where the language has key_one, a count of one that comes first is said by that. A key without a
// text shows itself in angle brackets.
func (t *Table) Say(m Message) string {
	if m.Key == "" {
		if len(m.Args) == 0 {
			return ""
		}
		return t.worded(m.Args[0], "")
	}
	text, ok := t.Find(m.Key)
	if !ok {
		return "<" + m.Key + ">"
	}
	if m.ofOne() {
		if one, own := t.Own(m.Key + "_one"); own {
			text = one
		}
	}
	return Fill(text, func(place string) (string, bool) {
		number, verb, _ := strings.Cut(place, ":")
		i, err := strconv.Atoi(number)
		if err != nil || i < 0 || i >= len(m.Args) {
			return "", false
		}
		return t.worded(m.Args[i], verb), true
	})
}

// ofOne tells whether the message counts, and one thing only.
func (m Message) ofOne() bool {
	if len(m.Args) == 0 {
		return false
	}
	switch n := m.Args[0].(type) {
	case int:
		return n == 1
	case int64:
		return n == 1
	}
	return false
}

// worded is one argument in the language of the table.
func (t *Table) worded(arg any, verb string) string {
	switch a := arg.(type) {
	case Message:
		return t.Say(a)
	case *Message:
		return t.Say(*a)
	case error:
		return t.Say(Of(a))
	case Speaker:
		return t.Say(a.Message())
	case []Message:
		words := make([]string, len(a))
		for i, m := range a {
			words[i] = t.Say(m)
		}
		return t.List(words)
	case Name:
		return t.name(a)
	case And:
		and, _ := t.Find("list.and")
		return strings.Join(a, and)
	case []string:
		return strings.Join(a, ", ")
	case string:
		if verb == "" {
			return a
		}
	}
	if verb == "" {
		return fmt.Sprint(arg)
	}
	text := fmt.Sprintf("%"+verb, arg)
	if v, err := strconv.ParseFloat(text, 64); err == nil && strings.Contains(text, "e+") && math.Abs(v) < 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64) // 17070, which %.4g writes as 1.707e+04
	}
	return text
}

// Speaker is a value with a word of its own in every language, such as a phase.
type Speaker interface{ Message() Message }

// Name is a word that stands as it is in English and on command lines; Key names its text in the other languages, up to
// a colon, where there is one.
type Name struct{ Text, Key string }

// Alone says the name and nothing else.
func (n Name) Alone() Message { return Message{Args: []any{n}} }

func (t *Table) name(n Name) string {
	own, ok := t.Own(n.Key)
	if t.fallback == nil || !ok {
		return n.Text
	}
	for _, colon := range []string{": ", "：", ":"} {
		own, _, _ = strings.Cut(own, colon)
	}
	return own
}

// And is a list whose members all hold.
type And []string

// Join says one thing after another.
func Join(list []Message) Message { return joined("list.then", list) }

// joined puts each message behind those before it, as a text of two places does.
func joined(key string, list []Message) (all Message) {
	for i, m := range list {
		if i == 0 {
			all = m
		} else {
			all = New(key, all, m)
		}
	}
	return all
}

// List joins words as the language does.
func (t *Table) List(words []string) string {
	comma, _ := t.Find("list.comma")
	return strings.Join(words, comma)
}

// Fill replaces each {place} of a text in one pass, so that braces of a value stay as they are; one that value does not
// know stays, too.
func Fill(text string, value func(place string) (string, bool)) string {
	open := strings.IndexByte(text, '{')
	if open < 0 {
		return text
	}
	var b strings.Builder
	for open >= 0 {
		length := strings.IndexByte(text[open:], '}')
		if length < 0 {
			break
		}
		b.WriteString(text[:open])
		if s, ok := value(text[open+1 : open+length]); ok {
			b.WriteString(s)
			text = text[open+length+1:]
		} else { // a brace of the text itself
			b.WriteByte('{')
			text = text[open+1:]
		}
		open = strings.IndexByte(text, '{')
	}
	b.WriteString(text)
	return b.String()
}
