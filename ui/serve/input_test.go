package serve

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func read(t *testing.T, r io.Reader) string {
	t.Helper()
	in := &input{from: r, typed: func() {}, ended: func() {}}
	var out bytes.Buffer
	buf := make([]byte, 256) // as Bubble Tea reads
	for {
		n, err := in.Read(buf)
		out.Write(buf[:n])
		if err == io.EOF {
			return out.String()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestInputPassesUnchanged(t *testing.T) {
	for _, s := range []string{"", "q", "\x1b[A\x1b[B", "混部" + strings.Repeat("j", 5000),
		"\x1b[200~a\x1b[2b\x1b[201~c\x1b[200~\x1b[201~",
		"\x1b[200~" + strings.Repeat("x\x1b[200~", 100) + "\x1b[201~q", "\x1b\x1b[200~\x1b\x1b[201~q"} {
		for _, r := range []io.Reader{strings.NewReader(s), iotest.OneByteReader(strings.NewReader(s)),
			iotest.DataErrReader(strings.NewReader(s))} {
			if got := read(t, r); got != s {
				t.Errorf("%q became %q", s[:min(len(s), 60)], got[:min(len(got), 60)])
			}
		}
	}
}

// A paste beyond the bound loses its end and keeps its end mark, wherever the bound falls; what follows passes.
func TestPasteIsBounded(t *testing.T) {
	for _, n := range []int{mostPaste - 7, mostPaste - 6, mostPaste - 5, mostPaste - 3, mostPaste - 1, mostPaste,
		mostPaste + 1, 3 * mostPaste} {
		s := "\x1b[200~" + strings.Repeat("x", n) + "\x1b[201~q"
		got := read(t, strings.NewReader(s))
		want := "\x1b[200~" + strings.Repeat("x", min(n, mostPaste)) + "\x1b[201~q"
		if got != want {
			t.Errorf("%d letters: got %d bytes that end in %q, want %d", n, len(got), got[len(got)-10:], len(want))
		}
	}
}

// Letters without an end reach Bubble Tea with a gap from time to time, so that it hands them on.
func TestLettersWithoutEnd(t *testing.T) {
	in := &input{from: strings.NewReader(strings.Repeat("x", 1<<20)), typed: func() {}, ended: func() {}}
	buf := make([]byte, 256)
	full := 0
	for {
		n, err := in.Read(buf)
		if err != nil {
			break
		}
		if full++; n < len(buf) {
			full = 0
		}
		if full > mostRun {
			t.Fatalf("%d full reads in a row", full)
		}
	}
}

func TestEndOfInputIsToldOnce(t *testing.T) {
	ends, keys := 0, 0
	in := &input{from: strings.NewReader("ab"), typed: func() { keys++ }, ended: func() { ends++ }}
	io.ReadAll(in)
	in.Read(make([]byte, 1))
	if ends != 1 || keys != 1 {
		t.Errorf("%d ends, %d reads with keys", ends, keys)
	}
}

func FuzzInput(f *testing.F) {
	f.Add([]byte("\x1b[200~abc\x1b[201~"), uint8(3))
	f.Add([]byte("\x1b[20\x1b[200~\x1b[201~\x1b[201~"), uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		in := &input{from: bytes.NewReader(data), typed: func() {}, ended: func() {}}
		var out bytes.Buffer
		buf := make([]byte, max(1, int(size)))
		for range 10*len(data) + 10 {
			n, err := in.Read(buf)
			if out.Write(buf[:n]); err != nil {
				break
			}
			if n == 0 {
				t.Fatal("nothing read without an error")
			}
		}
		if len(data) <= mostPaste && !bytes.Equal(out.Bytes(), data) {
			t.Errorf("%q became %q", data, out.Bytes())
		}
	})
}
