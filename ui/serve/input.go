package serve

import (
	"io"
	"sync"
)

const (
	mostPaste = 256 << 10 // bytes of one bracketed paste; the rest of it is dropped
	mostRun   = 32        // reads that may fill their buffer one after the other
)

var (
	pasteBegin = []byte("\x1b[200~")
	pasteEnd   = []byte("\x1b[201~")
)

// input is what a guest types. Bubble Tea's reader collects a paste until its end mark, and letters until a read that
// does not fill its buffer, copying what it has at every read; so a guest who never ends either would take memory and
// time from all. Both are bounded here, before it sees them.
type input struct {
	from  io.Reader
	typed func() // after every read that brought something
	ended func() // once, when nothing will come any more
	once  sync.Once

	buf   [1024]byte
	ready []byte // read and not yet handed on
	full  int    // full reads in a row

	begin, end int // bytes of the marks that were seen
	pasted     int // bytes of the paste so far
	pasting    bool
}

func (in *input) Read(p []byte) (int, error) {
	for len(in.ready) == 0 {
		n, err := in.from.Read(in.buf[:])
		if n > 0 {
			in.typed()
			in.ready = in.admit(in.ready[:0], in.buf[:n])
		}
		if err != nil && len(in.ready) == 0 {
			in.once.Do(in.ended)
			return 0, err
		}
	}
	if in.full++; len(in.ready) < len(p) {
		in.full = 0
	}
	if in.full > mostRun && len(p) > 1 {
		in.full = 0
		p = p[:len(p)-1]
	}
	n := copy(p, in.ready)
	in.ready = in.ready[n:]
	return n, nil
}

// admit appends to out what may pass of new bytes: all but what a paste has beyond its bound. Its end mark always
// passes.
func (in *input) admit(out, b []byte) []byte {
	for _, c := range b {
		if !in.pasting {
			out = append(out, c)
			if in.begin = step(pasteBegin, in.begin, c); in.begin == len(pasteBegin) {
				in.pasting, in.begin, in.end, in.pasted = true, 0, 0, 0
			}
			continue
		}
		in.end = step(pasteEnd, in.end, c)
		if in.pasted++; in.pasted <= mostPaste {
			out = append(out, c)
		}
		if in.end == len(pasteEnd) {
			if over := in.pasted - mostPaste; over > 0 { // the tail of the mark that was dropped
				out = append(out, pasteEnd[max(0, len(pasteEnd)-over):]...)
			}
			in.pasting = false
		}
	}
	return out
}

// step counts how many bytes of a mark stand at the end of what was read. ESC occurs at the start of a mark only, so
// nothing but it can begin one anew.
func step(mark []byte, seen int, c byte) int {
	switch {
	case seen < len(mark) && c == mark[seen]:
		return seen + 1
	case c == mark[0]:
		return 1
	}
	return 0
}
