package hw

import (
	"cmp"
	"errors"
	"fathom/hw/message"
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// Fault is one thing wrong with a profile file.
type Fault struct {
	File  string
	Line  int             // of the key, or of the table it should stand in; 0: unknown
	Key   string          // dotted, as in the file
	Value string          // as read, "" where the key is missing or unknown
	Fix   message.Message // what is wrong and what to write instead
}

// Message is the fault in the form of a compiler's: file:line: key = value: what to do.
func (f Fault) Message() message.Message {
	place := f.File
	if f.Line > 0 {
		place = fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	if f.Key != "" {
		place += ": " + f.Key
		if f.Value != "" {
			place += " = " + f.Value
		}
	}
	return message.New("profile.at", place, f.Fix)
}

// Faults is everything wrong with one file, by line.
type Faults []Fault

// Error is the English, a line each.
func (f Faults) Error() string {
	return joined(f, func(one Fault) string { return one.Message().String() }, "\n")
}

// Messages has one message a fault.
func (f Faults) Messages() []message.Message {
	out := make([]message.Message, len(f))
	for i, one := range f {
		out[i] = one.Message()
	}
	return out
}

// syntaxFault turns a TOML error into a fault with the line that the decoder knows.
func syntaxFault(file string, err error) Faults {
	fault := Fault{File: file, Fix: message.Literal(Clean(err.Error()))}
	var parse toml.ParseError
	if errors.As(err, &parse) {
		fault.Line, fault.Fix = parse.Position.Line, message.New("profile.syntax", Clean(parse.Message))
	}
	return Faults{fault}
}

// shown prints a value of a file for a message, short and harmless.
func shown(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%q", clip(Clean(v), 40))
	case float64:
		return decimal(v)
	case map[string]any:
		return "a table"
	case []map[string]any:
		return "an array of tables"
	case []any:
		return clip("["+joined(v, shown, ", ")+"]", 60)
	}
	return clip(Clean(fmt.Sprint(v)), 40)
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

func (f Faults) sort() {
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(a.Line-b.Line, strings.Compare(a.Key, b.Key))
	})
}
