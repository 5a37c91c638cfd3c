package hw

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"fathom/hw/message"
)

// packers are the first bytes of files that a program packed.
var packers = []struct {
	magic []byte
	name  string
}{{[]byte("\x1f\x8b"), "gzip"}, {[]byte("PK\x03\x04"), "zip"}, {[]byte("\x28\xb5\x2f\xfd"), "zstd"},
	{[]byte("\xfd7zXZ\x00"), "xz"}, {[]byte("BZh"), "bzip2"}}

// readable gives the text of a file in UTF-8 without a byte order mark: what Windows writes by default is read as what
// it says. A packed file is refused.
func readable(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(6)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	for _, p := range packers {
		if bytes.HasPrefix(head, p.magic) {
			return nil, message.Fault("system.packed", p.name)
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err = b.Discard(3)
		return b, err
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		_, err = b.Discard(2)
		return &wide{from: b, order: binary.LittleEndian}, err
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		_, err = b.Discard(2)
		return &wide{from: b, order: binary.BigEndian}, err
	}
	return b, nil
}

// wide gives UTF-16 as UTF-8.
type wide struct {
	from  io.Reader
	order binary.ByteOrder
	ready []byte
	high  rune // the first half of a pair that is not complete yet
	raw   [8192]byte
	err   error
}

func (w *wide) Read(p []byte) (int, error) {
	for len(w.ready) == 0 {
		if w.err != nil {
			return 0, w.err
		}
		var n int
		n, w.err = io.ReadFull(w.from, w.raw[:])
		if errors.Is(w.err, io.ErrUnexpectedEOF) {
			w.err = io.EOF
		}
		w.decode(w.raw[:n])
		if w.err != nil && w.high != 0 {
			w.ready, w.high = utf8.AppendRune(w.ready, utf8.RuneError), 0
		}
	}
	n := copy(p, w.ready)
	w.ready = w.ready[n:]
	return n, nil
}

func (w *wide) decode(raw []byte) {
	w.ready = w.ready[:0]
	for ; len(raw) >= 2; raw = raw[2:] {
		c := rune(w.order.Uint16(raw))
		if w.high != 0 {
			pair := utf16.DecodeRune(w.high, c)
			w.high = 0
			w.ready = utf8.AppendRune(w.ready, pair)
			if pair != utf8.RuneError {
				continue
			}
		}
		if c >= 0xd800 && c < 0xdc00 {
			w.high = c
			continue
		}
		w.ready = utf8.AppendRune(w.ready, c)
	}
}
