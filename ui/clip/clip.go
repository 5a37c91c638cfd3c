package clip

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"fathom/hw/message"
	"fathom/ui/disk"

	"github.com/atotto/clipboard"
	"github.com/aymanbagabas/go-osc52/v2"
)

// Way is how a text travelled. Its sentence is text "copy.<way>"; only the desktop confirms, so the others say "sent".
type Way string

// The ways, in the order in which they are trusted.
const (
	Tmux    Way = "tmux"
	Desktop Way = "desktop"
	OSC52   Way = "osc52"
	File    Way = "file"
)

// MaxOSC52 is the longest text for which OSC 52 is tried: its base64 form stays below the 100,000 bytes at which
// terminals cut.
const MaxOSC52 = 74994

const patience = 2 * time.Second // for a helper program

// Clipboard knows one session's ways. The zero value of Run and Getenv means the real ones.
type Clipboard struct {
	Out    io.Writer // the session's terminal, behind its lock
	Dir    string    // where clipboard.txt goes, "" for nowhere
	Remote bool      // a guest of our own SSH server: its TMUX is not ours, and neither is this desktop
	Getenv func(string) string
	Run    func(ctx context.Context, stdin string, name string, args ...string) (stdout string, err error)
	Write  func(text string) error // to the desktop
	Read   func() (string, error)  // from the desktop
}

// Result says what was done. Path is the file that holds the text too, "" if it could not be written.
type Result struct {
	Way  Way
	Path string
}

// ErrNoWay means that nothing worked; the text can still be shown for selection by hand.
var ErrNoWay = message.Fault("program.no-clipboard")

func (c Clipboard) env(name string) string {
	if c.Getenv == nil {
		return os.Getenv(name)
	}
	return c.Getenv(name)
}

func (c Clipboard) run(ctx context.Context, stdin, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if c.Run != nil {
		return c.Run(ctx, stdin, name, args...)
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.WaitDelay = patience // a child of the helper may hold the pipe open
	out, err := cmd.Output()
	return string(out), err
}

// Send takes the text along every way that exists, best first, and reports the most trusted one that worked.
func (c Clipboard) Send(ctx context.Context, text string) (Result, error) {
	var ways []Way
	if c.tmux(ctx, text) {
		ways = append(ways, Tmux)
	} else {
		if c.desktop(text) {
			ways = append(ways, Desktop)
		}
		if c.osc52(text) {
			ways = append(ways, OSC52)
		}
	}
	path, err := c.file(text)
	if err == nil {
		ways = append(ways, File)
	}
	if len(ways) == 0 {
		return Result{}, errors.Join(ErrNoWay, err)
	}
	return Result{Way: ways[0], Path: path}, nil
}

// tmux fills its paste buffer and, with -w, makes tmux itself send OSC 52 outwards; under its default settings this is
// the only way through (terminal.md, pitfall 5). A tmux older than 3.2 does not know -w.
func (c Clipboard) tmux(ctx context.Context, text string) bool {
	if c.Remote || c.env("TMUX") == "" {
		return false
	}
	_, err := c.run(ctx, text, "tmux", "load-buffer", "-w", "-")
	return err == nil
}

func (c Clipboard) osc52(text string) bool {
	if c.Out == nil || len(text) > MaxOSC52 {
		return false
	}
	seq := osc52.New(text)
	if c.env("STY") != "" && c.env("TMUX") == "" {
		seq = seq.Screen()
	}
	_, err := io.WriteString(c.Out, seq.String())
	return err == nil
}

// desktop is only tried where the program runs on the machine that the user sits at.
func (c Clipboard) desktop(text string) bool {
	if !c.local() {
		return false
	}
	write := c.Write
	if write == nil {
		if clipboard.Unsupported {
			return false
		}
		write = clipboard.WriteAll
	}
	return write(text) == nil
}

func (c Clipboard) local() bool {
	if c.Remote || c.env("SSH_CONNECTION") != "" || c.env("SSH_TTY") != "" {
		return false
	}
	return runtime.GOOS == "darwin" || runtime.GOOS == "windows" || c.env("DISPLAY") != "" ||
		c.env("WAYLAND_DISPLAY") != ""
}

// file writes the text aside and renames it, readable by the user alone.
func (c Clipboard) file(text string) (string, error) {
	if c.Dir == "" {
		return "", message.Fault("program.no-directory")
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(c.Dir, "clipboard.txt")
	if err := disk.Write(path, []byte(text), 0o600); err != nil {
		return "", err
	}
	return path, nil
}

// Fetch reads the clipboard: the desktop's, else tmux's newest buffer. A terminal is never asked for it (OSC 52 queries
// are refused by most, and answer as keys).
func (c Clipboard) Fetch(ctx context.Context) (string, error) {
	if c.local() {
		read := c.Read
		if read == nil && !clipboard.Unsupported {
			read = clipboard.ReadAll
		}
		if read != nil {
			if s, err := read(); err == nil && s != "" {
				return s, nil
			}
		}
	}
	if !c.Remote && c.env("TMUX") != "" {
		if s, err := c.run(ctx, "", "tmux", "show-buffer"); err == nil && s != "" {
			return s, nil
		}
	}
	return "", ErrNoWay
}
