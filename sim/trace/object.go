package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"unicode/utf8"

	"fathom/hw/message"
)

// object is a request in JSON: what its members say, by their columns. The first member of a column that is not null
// counts.
type object struct {
	at, session       []byte // as they stand in the text, lent until the next one is read
	unit              float64
	input, output     float64 // NaN: not said
	prompt            string
	turns             []turn
	blocks            []uint64
	unsure            error              // why a member could not be read
	odd               [numColumns]string // members that are no numbers, as they stand there
	columns           map[string]member
	hasPrompt, spoken bool
}

// member is what a name in JSON stands for.
type member struct {
	column column
	unit   float64
}

type turn struct {
	Value string `json:"value"`
}

// UnmarshalJSON takes in a request, whose text is known to be JSON.
func (o *object) UnmarshalJSON(text []byte) error {
	if o.columns == nil {
		o.columns = map[string]member{}
	}
	*o = object{columns: o.columns, blocks: o.blocks[:0], turns: o.turns[:0], input: math.NaN(), output: math.NaN(),
		unit: 1}
	text = bytes.TrimSpace(text)
	if len(text) == 0 || text[0] != '{' {
		return errors.New("no object")
	}
	for text = text[1:]; ; {
		begin := bytes.IndexByte(text, '"')
		if begin < 0 {
			return o.unsure
		}
		text = text[begin:]
		end := valueEnd(text)
		name := text[1 : end-1]
		text = text[end:]
		text = bytes.TrimLeft(text[bytes.IndexByte(text, ':')+1:], " \t\r\n")
		end = valueEnd(text)
		m, known := o.columns[string(name)]
		if !known {
			m.column, m.unit = columnOf(string(name))
			if len(o.columns) < 1024 { // a file may have as many names as rows
				o.columns[string(name)] = m
			}
		}
		if m.column != numColumns && string(text[:end]) != "null" {
			o.take(m, text[:end])
		}
		text = text[end:]
	}
}

// valueEnd is how long the JSON value is that a text begins with.
func valueEnd(text []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted:
			if c == '\\' {
				i++
			} else if quoted = c != '"'; !quoted && depth == 0 {
				return i + 1
			}
		case c == '"':
			quoted = true
		case c == '{', c == '[':
			depth++
		case c == '}', c == ']':
			if depth--; depth < 0 {
				return i
			}
			if depth == 0 {
				return i + 1
			}
		case depth == 0 && (c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			return i
		}
	}
	return len(text)
}

// take books one member.
func (o *object) take(m member, value []byte) {
	var err error
	switch m.column {
	case at:
		if o.at == nil {
			o.at, o.unit = value, m.unit
		}
	case session:
		if o.session == nil {
			o.session = value
		}
	case input, output:
		to := &o.input
		if m.column == output {
			to = &o.output
		}
		if math.IsNaN(*to) {
			x, wrong := strconv.ParseFloat(string(bytes.Trim(value, `"`)), 64)
			if *to = x; wrong != nil {
				*to, o.odd[m.column] = math.Inf(1), string(bytes.Trim(value, `"`))
			}
		}
	case blocks:
		if o.blocks, err = ids(o.blocks, bytes.Trim(value, `"`)); err != nil {
			o.odd[blocks], err = string(value[:min(len(value), 60)]), nil
		}
	case prompt:
		if value[0] == '"' {
			err = json.Unmarshal(value, &o.prompt)
			o.hasPrompt = o.prompt != ""
		}
	case conversation:
		if value[0] == '[' {
			err = json.Unmarshal(value, &o.turns)
			o.spoken = len(o.turns) > 0
		}
	}
	if o.unsure == nil {
		o.unsure = err
	}
}

// fill gives a row what an object says. unit is what one of a time is in seconds, where its name has no unit.
func (o *object) fill(q *row, line int, unit float64) error {
	*q = row{line: line, at: math.NaN(), blocks: append(q.blocks[:0], o.blocks...), session: string(o.session)}
	if len(o.at) > 0 {
		if o.unit != 1 {
			unit = o.unit
		}
		text := string(bytes.Trim(o.at, `"`))
		var err error
		if q.at, err = when(text, unit); err != nil {
			return message.Fault("trace.bad-time", line, message.Clean(text))
		}
	}
	for i, v := range []float64{o.input, o.output} {
		if odd := o.odd[input+column(i)]; odd == "" && !math.IsNaN(v) && (v != math.Trunc(v) || math.Abs(v) > 1e15) {
			o.odd[input+column(i)] = strconv.FormatFloat(v, 'g', -1, 64)
		}
	}
	for c, odd := range o.odd {
		if odd != "" {
			return message.Fault("trace.bad-count", line, named[c][0], message.Clean(odd))
		}
	}
	switch {
	case !math.IsNaN(o.input):
		q.input = int64(o.input)
	case o.hasPrompt:
		q.input = estimate(o.prompt)
	case o.spoken:
		q.input = estimate(o.turns[0].Value)
	default:
		return message.Fault("trace.no-member", line, named[input][0])
	}
	switch {
	case !math.IsNaN(o.output):
		q.output = int64(o.output)
	case len(o.turns) > 1:
		q.output = estimate(o.turns[1].Value)
	case len(o.turns) == 1: // a prompt that nobody answered
	default:
		return message.Fault("trace.no-member", line, named[output][0])
	}
	return nil
}

// estimate is the tokens of a text: four bytes of English each (https://help.openai.com/en/articles/4936856), of wide
// scripts one character.
func estimate(text string) int64 {
	wide := 0
	for _, r := range text {
		if r >= 0x2e80 {
			wide++
		}
	}
	return int64(wide + (utf8.RuneCountInString(text)-wide+3)/4)
}
