package score

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
)

// cells reads the fields of one record and keeps the first thing that is wrong.
type cells struct {
	head   header
	record []string
	fault  message.Message
	rate   string // column of the throughput
}

func (c *cells) text(name string) string {
	i, ok := c.head.at[name]
	if !ok || i >= len(c.record) {
		return ""
	}
	return hw.Clean(strings.TrimSpace(c.record[i]))
}

func (c *cells) fail(name, value, want string) {
	if c.fault.IsZero() {
		c.fault = message.New("runs.want", name, clip(value), want)
	}
}

// clip keeps messages short whatever the file holds.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

// grouped matches numbers as spreadsheets print them: a comma may be one of decimals or of thousands, and nobody knows.
var grouped = regexp.MustCompile(`^[0-9]{1,3}([ ,.'\x{a0}\x{202f}]?[0-9]{3})*([.,][0-9]*)?$`)

// number reads a figure that is 0 or more; an empty cell, "nan" and "none" are absent.
func (c *cells) number(name string, most float64) float64 {
	s := c.text(name)
	switch strings.ToLower(s) {
	case "", "nan", "none", "null", "n/a", "-":
		return 0
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil && grouped.MatchString(s) {
		c.fail(name, s, "a number with a decimal point and without separators of thousands")
		return 0
	}
	if err != nil || math.IsNaN(v) || v < 0 || v > most {
		c.fail(name, s, "a number from 0 to "+strconv.FormatFloat(most, 'f', -1, 64)+", or an empty cell")
		return 0
	}
	return v
}

// whole reads a count; 1000.0 is one too.
func (c *cells) whole(name string, most int) int {
	v := c.number(name, float64(most))
	if v != math.Trunc(v) {
		c.fail(name, c.text(name), "a whole number")
		return 0
	}
	return int(v)
}

// share reads an optional fraction.
func (c *cells) share(name string) *float64 {
	if c.text(name) == "" {
		return nil
	}
	v := c.number(name, 1)
	return &v
}

// milliseconds reads a latency, in the unit of its header, into seconds.
func (c *cells) milliseconds(name string) float64 {
	return c.number(name, 1e9) * c.head.means[name].scale / 1e3
}
