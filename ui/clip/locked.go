package clip

import (
	"io"
	"os"
	"sync"
)

// Locked is the terminal as a file whose writes do not mix. A frame is one Write of the renderer, so a clipboard
// sequence written through the same lock lands between frames and never inside one. It embeds the file because Bubble
// Tea asks the output for its descriptor to learn that it is a terminal.
type Locked struct {
	*os.File
	mu sync.Mutex
}

// Lock wraps a terminal.
func Lock(f *os.File) *Locked { return &Locked{File: f} }

func (l *Locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.File.Write(p)
}

// WriteString must not reach the file's own method, which knows no lock.
func (l *Locked) WriteString(s string) (int, error) { return l.Write([]byte(s)) }

// Shared is Locked for an output that is not a file, such as an SSH session.
type Shared struct {
	W  io.Writer
	mu sync.Mutex
}

func (s *Shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.W.Write(p)
}
