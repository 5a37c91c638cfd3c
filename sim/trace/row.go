package trace

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"

	"fathom/hw/message"
)

// row is one request as it stands in a file.
type row struct {
	line          int     // of the file, from 1; of a JSON list the place in it
	at            float64 // seconds; NaN: the file has no times
	input, output int64   // tokens
	session       string
	blocks        []uint64
}

// rows reads one form of file; io.EOF is its end.
type rows interface{ next(*row) error }

// longestLine bounds what one row may be: Mooncake's longest have some hundred kilobytes of block ids.
const longestLine = 8 << 20

// open reads the beginning of a text and gives its rows.
func open(r io.Reader, f Format) (rows, Format, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if mark, err := b.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = b.Discard(3)
	}
	head, err := b.Peek(1 << 15)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, err
	}
	asked := f
	found, err := detect(head)
	if err != nil && (f == Auto || len(bytes.TrimSpace(head)) == 0) {
		return nil, 0, err
	}
	if f == Auto {
		f = found
	}
	c := bytes.TrimLeft(head, " \t\r\n")[0]
	switch {
	case c == '[':
		list, err := newList(b)
		return list, f, err
	case c == '{' && f == Azure, c == '{' && f == BurstGPT, c != '{' && f == Mooncake:
		return nil, 0, message.Fault("trace.not-format", f.String())
	case c == '{':
		return &lines{b: b, unit: unitOf(f), whole: asked == Auto && f == Mooncake}, f, nil
	}
	t, err := newTable(b, f)
	return t, f, err
}

// unitOf is what one unit of a JSON number of time is in seconds: Mooncake counts milliseconds, others seconds.
func unitOf(f Format) float64 {
	if f == Mooncake {
		return 1e-3
	}
	return 1
}

// table reads CSV by the names of its columns.
type table struct {
	r     *csv.Reader
	place [numColumns]int // -1: the file has no such column
	unit  float64
}

func newTable(b *bufio.Reader, f Format) (*table, error) {
	t := &table{r: csv.NewReader(&bounded{r: b}), unit: 1}
	t.r.ReuseRecord, t.r.FieldsPerRecord, t.r.LazyQuotes = true, -1, true
	head, err := t.r.Read()
	if err != nil {
		return nil, broken(1, err)
	}
	for c := range t.place {
		t.place[c] = -1
	}
	for i, name := range head {
		c, unit := columnOf(name)
		switch {
		case c == numColumns:
			continue
		case t.place[c] >= 0: // which of them is meant nobody knows
			return nil, message.Fault("trace.column-twice", message.Clean(head[t.place[c]]), message.Clean(name), named[c][0])
		}
		if t.place[c] = i; c == at {
			t.unit = unit
		}
	}
	needed := []column{input, output}
	if f == Azure || f == BurstGPT {
		needed = append(needed, at)
	}
	for _, c := range needed {
		if t.place[c] < 0 {
			return nil, message.Fault("trace.no-column", named[c][0], named[c])
		}
	}
	return t, nil
}

func (t *table) next(q *row) error {
	cells, err := t.r.Read()
	if err == io.EOF {
		return err
	}
	line, _ := t.r.FieldPos(0)
	if err != nil {
		return broken(line, err)
	}
	*q = row{line: line, at: math.NaN(), blocks: q.blocks[:0]}
	for c, i := range t.place {
		if i < 0 {
			continue
		}
		if i >= len(cells) {
			return message.Fault("trace.short", line, named[c][0])
		}
		switch column(c) {
		case at:
			if q.at, err = when(cells[i], t.unit); err != nil {
				return message.Fault("trace.bad-time", line, message.Clean(cells[i]))
			}
		case input:
			q.input, err = count(cells[i])
		case output:
			q.output, err = count(cells[i])
		case session:
			q.session = cells[i]
		case blocks:
			q.blocks, err = ids(q.blocks, cells[i])
		}
		if err != nil {
			return message.Fault("trace.bad-count", line, named[c][0], message.Clean(cells[i]))
		}
	}
	return nil
}

// count reads a number of tokens, which some tables write as 12.0.
func count(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		return n, nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || x != math.Trunc(x) || math.Abs(x) > 1e15 {
		return 0, errors.New("no whole number")
	}
	return int64(x), nil
}

// broken is a row that cannot be taken apart.
func broken(line int, err error) error {
	var own *message.Error
	if errors.As(err, &own) {
		return own
	}
	var p *csv.ParseError
	if errors.As(err, &p) {
		line, err = p.Line, p.Err
	}
	return message.Fault("trace.broken", line, err)
}

// bounded gives up on a text that has no end of line for too long.
type bounded struct {
	r     io.Reader
	since int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if i := bytes.LastIndexByte(p[:n], '\n'); i >= 0 {
		b.since = n - i
	} else if b.since += n; b.since > longestLine {
		return 0, message.Fault("trace.long", longestLine>>20)
	}
	return n, err
}

// ids reads block ids that stand in one cell or list, as 11|22 or [11, 22].
func ids[T string | []byte](list []uint64, text T) ([]uint64, error) {
	n, digits := uint64(0), 0
	for i := 0; i <= len(text); i++ {
		c := byte(' ')
		if i < len(text) {
			c = text[i]
		}
		switch {
		case c >= '0' && c <= '9' && digits < 20: // a hash of 64 bits has twenty
			n, digits = 10*n+uint64(c-'0'), digits+1
		case c == '|' || c == ',' || c == ';' || c == '[' || c == ']' || c == ' ' || c == '\t':
			if digits > 0 {
				list = append(list, n)
			}
			n, digits = 0, 0
		default:
			return list, errors.New("no list of whole numbers")
		}
	}
	return list, nil
}

// lines reads one object a line.
type lines struct {
	b     *bufio.Reader
	unit  float64
	whole bool // times were taken for Mooncake's as those at the beginning are whole numbers
	line  int
	long  []byte
	o     object
}

func (l *lines) next(q *row) error {
	for {
		text, err := l.read()
		if len(text) == 0 && err != nil {
			return err
		}
		l.line++
		if text = bytes.TrimSpace(text); len(text) == 0 {
			continue
		}
		if err := json.Unmarshal(text, &l.o); err != nil {
			return message.Fault("trace.broken", l.line, err)
		}
		if l.whole && fraction.Match(text) {
			return message.Fault("trace.fraction", l.line, message.Clean(string(l.o.at)))
		}
		return l.o.fill(q, l.line, l.unit)
	}
}

// read gives a line of any length that is in bounds.
func (l *lines) read() ([]byte, error) {
	part, err := l.b.ReadSlice('\n')
	if err != bufio.ErrBufferFull {
		return part, err
	}
	for l.long = l.long[:0]; ; part, err = l.b.ReadSlice('\n') {
		if l.long = append(l.long, part...); len(l.long) > longestLine {
			return nil, message.Fault("trace.long", longestLine>>20)
		}
		if err != bufio.ErrBufferFull {
			return l.long, err
		}
	}
}

// list reads a JSON list of objects without holding it.
type list struct {
	d    *json.Decoder
	line int
	o    object
}

func newList(b *bufio.Reader) (*list, error) {
	l := &list{d: json.NewDecoder(b)}
	_, err := l.d.Token()
	if err != nil {
		return nil, message.Fault("trace.broken", 1, err)
	}
	return l, nil
}

func (l *list) next(q *row) error {
	if !l.d.More() {
		if _, err := l.d.Token(); err != nil {
			return message.Fault("trace.cut", l.line)
		}
		return io.EOF
	}
	l.line++
	if err := l.d.Decode(&l.o); err != nil {
		return message.Fault("trace.broken", l.line, err)
	}
	return l.o.fill(q, l.line, 1)
}
