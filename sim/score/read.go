package score

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"fathom/hw/message"
)

// maxRows keeps a wrong file from filling the memory.
const maxRows = 200_000

// Read reads a file of measured runs, of either column set or of a user's own with some of the columns. A line that
// starts with a # is a comment. A file that is no such table gives an error with the line; a row that cannot be used
// keeps its reason.
func Read(r io.Reader) ([]Row, error) {
	in := bufio.NewReaderSize(&limited{r: r, left: 1 << 30}, peeked)
	if err := encoded(in); err != nil {
		return nil, err
	}
	comma, before, skip := separator(in)
	if _, err := in.Discard(skip); err != nil {
		return nil, err
	}
	c := csv.NewReader(in)
	c.Comma = comma
	c.Comment = '#'
	c.FieldsPerRecord = -1
	c.ReuseRecord = true
	first, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, message.Fault("csv.no-header")
	}
	if err != nil {
		return nil, broken(err, before)
	}
	head, err := readHeader(first)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, broken(err, before)
		}
		line, _ := c.FieldPos(0)
		line += before
		if len(rows) == maxRows {
			return nil, message.Fault("csv.many", line, maxRows)
		}
		rows = append(rows, head.row(record, line))
	}
	if len(rows) == 0 {
		return nil, message.Fault("csv.no-runs")
	}
	rows[0].File = head.unread
	judge(rows)
	return rows, nil
}

// peeked is how far a file is looked ahead for its header.
const peeked = 1 << 16

// separator is what separates the columns of a file: spreadsheets write semicolons or tabs, too. The header tells,
// which is the first line that is no comment: what stands in it most often outside of quotes and brackets. Some
// spreadsheets say it in a line of its own before the header, which is to be passed over: the lines and bytes up to its
// end are given.
func separator(in *bufio.Reader) (comma rune, lines, bytes int) {
	head, _ := in.Peek(peeked)
	for line := range strings.Lines(string(head)) {
		lines, bytes = lines+1, bytes+len(line)
		text := strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if text == "" || text[0] == '#' {
			continue
		}
		if said, ok := strings.CutPrefix(text, "sep="); ok && len(said) == 1 {
			return rune(said[0]), lines, bytes
		}
		return mostOften(text), 0, 0
	}
	return ',', 0, 0
}

// mostOften is the separator of a header.
func mostOften(line string) rune {
	count := map[rune]int{}
	quoted, depth := false, 0
	for _, c := range line {
		switch c {
		case '"':
			quoted = !quoted
		case '(', '[', '（':
			depth++
		case ')', ']', '）':
			depth--
		default:
			if !quoted && depth <= 0 {
				count[c]++
			}
		}
	}
	best := ','
	for _, c := range ";\t" {
		if count[c] > count[best] {
			best = c
		}
	}
	return best
}

// encoded refuses files of spreadsheets that are no text in UTF-8, and says how to save them.
func encoded(in *bufio.Reader) error {
	head, _ := in.Peek(peeked)
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return message.Fault("csv.workbook")
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return message.Fault("csv.encoding")
	}
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		if r == utf8.RuneError && n == 1 && (utf8.FullRune(head) || len(head) >= utf8.UTFMax) {
			return message.Fault("csv.encoding")
		}
		head = head[n:]
	}
	return nil
}

// broken names the line of a CSV error, behind those before, in the words of the other messages.
func broken(err error, before int) error {
	var at *csv.ParseError
	if errors.As(err, &at) {
		return message.Fault("csv.at", at.Line+before, at.Column, at.Err)
	}
	return err
}

// limited refuses files that no table of runs is as large as.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, message.Fault("csv.large")
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	return n, err
}
