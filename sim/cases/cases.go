package cases

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"fathom/hw/message"
)

// Case is one line of the input file.
type Case struct {
	Name     string            // of column case_name, or "line N"
	Line     int               // in the file
	Values   map[string]string // by column; empty cells are left out
	Expected float64           // tokens per second and device that somebody measured; 0: nothing to hold it against
	Broken   error             // why the line is no case; the others run all the same
}

// Columns that are no inputs of a plan: a case's name, what it is held against, and texts for who reads the file.
const (
	NameColumn     = "case_name"
	ExpectedColumn = "expected"
	NoteColumn     = "note"
	ReasonColumn   = "reason"
)

var beside = []string{NameColumn, ExpectedColumn, NoteColumn, ReasonColumn}

// older are the column names of the reference tool's batch runner that differ from its flags.
var older = map[string]string{
	"model_id": "model", "devices": "device", "ttft_limits": "ttft_limit", "tpot_limits": "tpot_limit",
	"mtp_acceptance_rate": "mtp_acceptance_rates", "max_prefill_tokens": "max_batched_tokens",
}

// Read reads the lines of a CSV file. known are the columns that have a meaning; an unknown one is an error that names
// the nearest known one (nearest may be nil). A line that cannot be read is a broken case and stops nothing.
func Read(r io.Reader, known []string, nearest func(string) string) ([]Case, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	in.TrimLeadingSpace = true
	head, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, message.Fault("cases.empty")
	}
	if err != nil {
		return nil, err
	}
	if err := columns(head, known, nearest); err != nil {
		return nil, err
	}
	var out []Case
	seen := map[string]int{}
	for {
		record, err := in.Read()
		var torn *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return out, nil
		case errors.As(err, &torn):
			out = append(out,
				broken(torn.StartLine, message.Fault("cases.torn", torn.Column, torn.Err)))
			continue
		case err != nil:
			return nil, err
		}
		line, _ := in.FieldPos(0)
		if len(record) > len(head) {
			out = append(out,
				broken(line,
					message.Fault("cases.wide", len(record), len(head))))
			continue
		}
		c := newCase(head, record, line)
		if first, twice := seen[c.Name]; twice {
			out = append(out,
				broken(line, message.Fault("cases.named", c.Name, first)))
			continue
		}
		seen[c.Name] = line
		if len(c.Values) > 0 {
			out = append(out, c)
		}
	}
}

func broken(line int, why error) Case {
	return Case{Name: lineName(line), Line: line, Broken: why}
}

func lineName(line int) string { return fmt.Sprintf("line %d", line) }

// columns brings the header into the names of the flags and refuses what has no meaning.
func columns(head, known []string, nearest func(string) string) error {
	for i, name := range head {
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		name = strings.ReplaceAll(strings.TrimLeft(name, "-"), "-", "_")
		if newer, ok := older[name]; ok {
			name = newer
		}
		switch {
		case !slices.Contains(beside, name) && !slices.Contains(known, name):
			if nearest != nil {
				if near := nearest(name); near != "" {
					return message.Fault("cases.meant", i+1, name, near)
				}
			}
			return message.Fault("cases.unknown", i+1, name)
		case slices.Contains(head[:i], name):
			return message.Fault("cases.twice", name)
		}
		head[i] = name
	}
	return nil
}

func newCase(head, record []string, line int) Case {
	c := Case{Name: lineName(line), Line: line, Values: map[string]string{}}
	for i, v := range record {
		v = strings.TrimSpace(v)
		switch {
		case v == "":
		case head[i] == NameColumn:
			c.Name = v
		case head[i] == ExpectedColumn:
			x, err := strconv.ParseFloat(v, 64)
			if err != nil || !(x > 0) || math.IsInf(x, 0) {
				c.Broken = message.Fault("cases.expected", v)
			}
			c.Expected = x
		case slices.Contains(beside, head[i]):
		default:
			c.Values[head[i]] = v
		}
	}
	return c
}

// Template writes a header with one column per input.
func Template(w io.Writer, known []string, examples map[string]string) error {
	out := csv.NewWriter(w)
	row := []string{"example"}
	for _, k := range known {
		row = append(row, examples[k])
	}
	if err := out.WriteAll([][]string{append([]string{NameColumn}, known...), row}); err != nil {
		return err
	}
	return out.Error()
}
