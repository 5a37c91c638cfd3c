package ui

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"fathom/ui/sample"
)

// wire is the output of a guest's terminal.
type wire struct {
	mu  sync.Mutex
	all strings.Builder
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.Write(p)
}

func (w *wire) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.String()
}

// visit runs a dashboard for a guest until it ends.
func visit(t *testing.T, watch func(Scene)) (*wire, error) {
	t.Helper()
	in, keys := io.Pipe()
	defer keys.Close()
	sizes := make(chan Size, 1)
	sizes <- Size{W: 100, H: 30}
	catalog, out := sample.Catalog(), &wire{}
	err := RunGuest(t.Context(), Options{Catalog: &catalog}, Guest{In: in, Out: out, Env: []string{"TERM=xterm-256color"},
		Sizes: sizes, Watch: watch})
	return out, err
}

// A defect in drawing ends the program with its stack, the terminal restored.
func TestCrashOfAGuestHasItsStack(t *testing.T) {
	out, err := visit(t, func(Scene) { panic("boom") })
	var c *Crash
	if !errors.As(err, &c) || c.Cause != "boom" || !strings.Contains(string(c.Stack), "TestCrashOfAGuestHasItsStack") ||
		c.File != "" {
		t.Errorf("ended with %v", err)
	}
	if !strings.Contains(out.String(), "\x1b[?1049l") {
		t.Errorf("the terminal is left as %q", out)
	}
}

// The end of a guest's context is its cause, not a message of Bubble Tea's.
func TestGuestEndsWithTheCause(t *testing.T) {
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	in, keys := io.Pipe()
	defer keys.Close()
	sizes := make(chan Size, 1)
	sizes <- Size{W: 100, H: 30}
	catalog := sample.Catalog()
	g := Guest{In: in, Out: &wire{}, Env: []string{"TERM=xterm", "TERM=xterm-256color"}, Sizes: sizes,
		Watch: func(Scene) { cancel(gone) }}
	if got := g.Getenv("TERM"); got != "xterm-256color" {
		t.Errorf("TERM is %q", got)
	}
	if err := RunGuest(ctx, Options{Catalog: &catalog}, g); err != gone {
		t.Errorf("ended with %v", err)
	}
}
