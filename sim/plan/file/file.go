package file

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"fathom/hw/message"

	"github.com/BurntSushi/toml"
)

// Schema is the value of the first key of every saved plan.
const Schema = "fathom.plan/1"

// Entry is one key with its values. Bare values are numbers and booleans, written without quotes.
type Entry struct {
	Key     string
	Words   []string
	Bare    bool
	List    bool // written as an array, also with one value
	Comment string
	Line    int // where it was read, 1-based; 0 if unknown
}

// Encode writes a saved plan. Keys must be bare TOML keys.
func Encode(entries []Entry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "schema = %q\n", Schema)
	for _, e := range entries {
		words := make([]string, len(e.Words))
		for i, w := range e.Words {
			words[i] = w
			if !e.Bare {
				words[i] = quote(w)
			}
		}
		value := strings.Join(words, ", ")
		if e.List || len(words) != 1 {
			value = "[" + value + "]"
		}
		b.WriteString(e.Key + " = " + value)
		if e.Comment != "" {
			b.WriteString("  # " + strings.Join(strings.Fields(e.Comment), " "))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// quote writes a TOML basic string.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Error is a fault of a saved plan with its line, 0 where it is unknown.
type Error struct {
	Line  int
	Said  message.Message
	Newer bool // a later version wrote the file
}

func (e *Error) Error() string { return e.Message().String() }

// Message is what the error says.
func (e *Error) Message() message.Message {
	if e.Line == 0 {
		return e.Said
	}
	return message.New("planfile.line", e.Line, e.Said)
}

// unread is the error of a reader of TOML, whose own words are English.
func unread(err error) *Error {
	var parse toml.ParseError
	if errors.As(err, &parse) {
		return &Error{Line: parse.Position.Line, Said: message.New("planfile.toml", message.Clean(parse.Message+parse.Usage))}
	}
	return &Error{Said: message.New("planfile.toml", message.Clean(err.Error()))}
}

func unknownSchema(schema any) message.Message {
	return message.New("planfile.schema", fmt.Sprint(schema), Schema)
}

// Decode reads a saved plan. Keys come in the order of the document; a key inside a table is named "table.key". What a
// scenario keeps beside its plan is passed over. The error is an *Error.
func Decode(text string) ([]Entry, error) {
	values := map[string]any{}
	meta, err := toml.Decode(text, &values)
	if err != nil {
		return nil, unread(err)
	}
	lines := lineNumbers(text)
	var out []Entry
	for _, key := range meta.Keys() {
		if key[0] == keptKey {
			continue
		}
		name := strings.Join(key, ".")
		value, ok := lookup(values, key)
		if _, table := value.(map[string]any); !ok || table {
			continue
		}
		e := Entry{Key: name, Line: lines[key[len(key)-1]]}
		if name == "schema" {
			if value != Schema {
				return nil, &Error{Line: e.Line, Said: unknownSchema(value)}
			}
			continue
		}
		if slices.ContainsFunc(out, func(o Entry) bool { return o.Key == name }) {
			continue // an element of an array of tables: told once
		}
		list, isList := value.([]any)
		if !isList {
			list = []any{value}
		}
		e.List = isList
		for _, v := range list {
			w, err := word(v)
			if err != nil {
				return nil, &Error{Line: e.Line, Said: message.New("planfile.value", name, err)}
			}
			e.Words = append(e.Words, w)
		}
		out = append(out, e)
	}
	return out, nil
}

func lookup(values map[string]any, key toml.Key) (any, bool) {
	var at any = values
	for _, k := range key {
		m, ok := at.(map[string]any)
		if !ok {
			return nil, false
		}
		if at, ok = m[k]; !ok {
			return nil, false
		}
	}
	return at, true
}

// word writes a scalar as a person would type it.
func word(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case bool:
		if v {
			return "on", nil
		}
		return "off", nil
	}
	return "", message.Fault("kept.value")
}

var keyLine = regexp.MustCompile(`^\s*(?:[\w."'-]+\.)?["']?([\w-]+)["']?\s*=`)

// lineNumbers finds the line of every key by its spelling: the decoder does not tell.
func lineNumbers(text string) map[string]int {
	m := map[string]int{}
	for i, line := range strings.Split(text, "\n") {
		if hit := keyLine.FindStringSubmatch(line); hit != nil && m[hit[1]] == 0 {
			m[hit[1]] = i + 1
		}
	}
	return m
}
