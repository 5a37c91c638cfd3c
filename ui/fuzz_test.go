package ui

import (
	be "encoding/binary"
	"strings"
	"testing"
	"unicode/utf8"

	"fathom/state/field"
	"fathom/ui/cell"
	"fathom/ui/sample"

	tea "github.com/charmbracelet/bubbletea"
)

// alphabet is what fuzzed bytes press: every named key, and letters that mean something.
var alphabet = func() []tea.KeyMsg {
	var out []tea.KeyMsg
	for t := tea.KeyType(-70); t < 128; t++ {
		if k := (tea.KeyMsg{Type: t}); k.String() != "" && t != tea.KeyRunes {
			out = append(out, k)
		}
	}
	for _, r := range "0123456789abcdefghijklmnopqrstuvwxyzSXYPNHMTLGU[]{}=<>+-/?!.~ 混部" {
		out = append(out, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
	}
	return out
}()

// play presses keys and resizes by the bytes of a script, and judges every frame.
func play(t *testing.T, script []byte) {
	a := sample.Flagship()
	if len(script) > 0 && script[0]%2 == 1 {
		a = sample.PDRatio()
	}
	open(t, a, sample.Engine{}).play(script, 1)
}

// play draws and judges the frame after every so many keys, and after the last one.
func (s *stage) play(script []byte, every int) {
	t := s.t
	w, h := 100, 30
	for i := 0; i < len(script) && !s.quit; i++ {
		blind := (i+1)%every != 0 && i+3 < len(script)
		if s.p.w = w; blind {
			s.p.w = 0 // a program that does not know its size draws nothing
		}
		switch c := script[i]; {
		case c >= 250 && i+2 < len(script):
			w, h = 1+int(script[i+1]), 1+int(script[i+2])%100
			s.send(tea.WindowSizeMsg{Width: w, Height: h})
			i, blind = i+2, false
		case c >= 244:
			s.send(tea.MouseMsg{X: int(c) * 7 % w, Y: i % h, Action: tea.MouseActionPress, Button: tea.MouseButton(c % 6)})
		default:
			s.send(alphabet[int(c)%len(alphabet)])
		}
		if err := s.p.failure(); err != nil {
			t.Fatal(err)
		}
		if blind {
			continue
		}
		lines := strings.Split(s.p.View(), "\n")
		if len(lines) > h {
			t.Fatalf("%d lines at %dx%d", len(lines), w, h)
		}
		for _, l := range lines {
			if cell.Width(l) > w || !utf8.ValidString(l) || strings.ContainsAny(l, "\x1b\a\t") {
				t.Fatalf("at %dx%d: %q", w, h, l)
			}
		}
	}
}

// FuzzKeys plays sixteen keys in a session that writes no files and has no ticking clock, and judges every fourth
// frame: frames cost most of a turn, and a frame that one script leaves out another one draws. Arguments are numbers,
// because the fuzzer spends a minute on making any text shorter that does something new.
func FuzzKeys(f *testing.F) {
	f.Add(uint64(0x0d0d000d), uint64(0xfa501805))
	f.Add(uint64(0x6162632f74703d38), uint64(0x0d53785879595d5d))
	base := [2]*stage{guest(f, sample.Flagship()), guest(f, sample.PDRatio())}
	f.Fuzz(func(t *testing.T, a, b uint64) {
		var script [16]byte
		be.BigEndian.PutUint64(script[:], a)
		be.BigEndian.PutUint64(script[8:], b)
		s := base[script[0]%2].again(t)
		s.play(script[:], 4)
	})
}

// guest is a session at the other end of a connection: none of its keys leads to a file of this machine.
func guest(f *testing.F, a field.Answers) *stage {
	s := open(f, a, sample.Engine{})
	s.p.guest, s.p.still = true, true
	s.p.clip.Dir = ""
	return s
}

// again is the same session at its beginning.
func (s *stage) again(t *testing.T) *stage {
	p := newProgram(s.p.session, s.p.model)
	p.w, p.h, p.room = s.p.w, s.p.h, s.p.room
	return &stage{t: t, p: p, wire: &strings.Builder{}}
}

// A session of a thousand keys and resizes; goleak in TestMain sees what it leaves behind.
func TestThousandKeys(t *testing.T) {
	for seed := range byte(4) {
		script := make([]byte, 0, 1000)
		x := uint32(seed)*2654435761 + 12345
		for range 1000 {
			x = x*1664525 + 1013904223
			script = append(script, byte(x>>24))
		}
		play(t, script)
	}
}
