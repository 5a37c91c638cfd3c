package clip

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func env(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(k string) string { return m[k] }
}

func TestChain(t *testing.T) {
	const text = "python -m cli.inference.throughput_optimizer 混部"
	osc := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\x07"
	for _, c := range []struct {
		name    string
		env     []string
		remote  bool
		tmuxErr error
		deskErr error
		want    Way
		wire    string // what reached the terminal
		tmux    bool   // whether tmux was called
	}{
		{name: "plain terminal", want: OSC52, wire: osc},
		{name: "tmux", env: []string{"TMUX", "/tmp/x"}, want: Tmux, tmux: true},
		{name: "tmux too old for -w", env: []string{"TMUX", "/tmp/x"}, tmuxErr: errors.New("unknown flag"), want: OSC52,
			wire: osc, tmux: true},
		{name: "own desktop", env: []string{"DISPLAY", ":0"}, want: Desktop, wire: osc},
		{name: "desktop without a helper", env: []string{"DISPLAY", ":0"}, deskErr: errors.New("no xclip"), want: OSC52,
			wire: osc},
		{name: "over SSH the desktop is somebody else's", env: []string{"DISPLAY", ":10", "SSH_CONNECTION", "1 2 3 4"},
			want: OSC52, wire: osc},
		{name: "guest of our server", env: []string{"TMUX", "/tmp/x", "DISPLAY", ":0"}, remote: true, want: OSC52, wire: osc},
		{name: "screen", env: []string{"STY", "1.x"}, want: OSC52, wire: "\x1bP" + osc + "\x1b\\"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var wire bytes.Buffer
			called := false
			b := Clipboard{Out: &wire, Dir: t.TempDir(), Remote: c.remote, Getenv: env(c.env...),
				Run: func(_ context.Context, stdin, name string, args ...string) (string, error) {
					called = true
					if name != "tmux" || strings.Join(args, " ") != "load-buffer -w -" || stdin != text {
						t.Errorf("ran %s %v with %q", name, args, stdin)
					}
					return "", c.tmuxErr
				},
				Write: func(string) error { return c.deskErr }}
			got, err := b.Send(t.Context(), text)
			if err != nil || got.Way != c.want || wire.String() != c.wire || called != c.tmux {
				t.Errorf("%+v, %v, wire %q, tmux %v", got, err, wire.String(), called)
			}
			if saved, _ := os.ReadFile(got.Path); string(saved) != text {
				t.Errorf("file %s holds %q", got.Path, saved)
			}
			if info, _ := os.Stat(got.Path); info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v", info.Mode())
			}
		})
	}
}

func TestLongTextStaysOffTheWire(t *testing.T) {
	var wire bytes.Buffer
	b := Clipboard{Out: &wire, Dir: t.TempDir(), Getenv: env()}
	if got, err := b.Send(t.Context(), strings.Repeat("x", MaxOSC52+1)); err != nil || got.Way != File || wire.Len() != 0 {
		t.Errorf("%+v %v, %d bytes sent", got, err, wire.Len())
	}
	if got, _ := b.Send(t.Context(), strings.Repeat("x", MaxOSC52)); got.Way != OSC52 || wire.Len() > 100000+10 {
		t.Errorf("%+v, %d bytes sent", got, wire.Len())
	}
}

func TestNothingWorks(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b := Clipboard{Dir: filepath.Join(blocked, "below"), Getenv: env()}
	if _, err := b.Send(t.Context(), "x"); !errors.Is(err, ErrNoWay) {
		t.Errorf("got %v", err)
	}
}

func TestFetch(t *testing.T) {
	b := Clipboard{Getenv: env("TMUX", "/tmp/x"), Run: func(context.Context, string, string, ...string) (string,
		error) {
		return "pasted", nil
	}}
	if s, err := b.Fetch(t.Context()); s != "pasted" || err != nil {
		t.Errorf("%q %v", s, err)
	}
	if _, err := (Clipboard{Getenv: env()}).Fetch(t.Context()); !errors.Is(err, ErrNoWay) {
		t.Errorf("got %v", err)
	}
}

// Frames and clipboard sequences come from different goroutines and must never mix.
func TestWritesDoNotMix(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "tty")
	if err != nil {
		t.Fatal(err)
	}
	l := Lock(f)
	var wg sync.WaitGroup
	for _, c := range "ab" {
		wg.Go(func() {
			for range 200 {
				if _, err := l.WriteString(strings.Repeat(string(c), 999) + "\n"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	raw, _ := os.ReadFile(f.Name())
	for _, line := range strings.Fields(string(raw)) {
		if len(line) != 999 || strings.Trim(line, line[:1]) != "" {
			t.Fatalf("a line of %d bytes mixes writers", len(line))
		}
	}
}
