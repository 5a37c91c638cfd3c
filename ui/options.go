package ui

import (
	"os"
	"path/filepath"

	"fathom/hw/message"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/text"
)

// Options is everything that a local dashboard is started with.
type Options struct {
	Answers field.Answers  // prefilled, each with its source
	Catalog *field.Catalog // models and profiles
	Engine  Engine
	Issues  []report.Issue    // about the answers; the first error is shown
	Notices []message.Message // lines to show at start, e.g. deprecated spellings

	Lang       string          // "" follows the environment
	Theme      string          // auto, dark or light; "" the last session's, else auto
	Bindings   []state.Binding // nil for the usual keys; the process has one list of them
	ASCII      bool
	NoColor    bool
	NoMouse    bool
	Inline     bool   // no alternate screen, for recordings
	Accessible bool   // line by line, for screen readers
	StateDir   string // session memory and clipboard.txt; "" for $XDG_STATE_HOME/fathom
	Devices    string // where profiles that are fitted here go, "" for nowhere
	Program    string // this version, kept with the answers of scenarios
	WorkingDir string // where exports and plans go, "" for the current one

	In     *os.File // the terminal; nil for stdin
	Out    *os.File // nil for stdout
	Getenv func(string) string
}

// ExitError asks the caller to end with a code and without a word: the user or the system ended the program.
type ExitError struct{ Code int }

func (e *ExitError) Error() string { return "ended by a signal" }

// ErrNoTerminal means that the dashboard cannot be drawn here.
var ErrNoTerminal = message.Fault("bad.terminal")

func (o *Options) defaults() {
	if o.In == nil {
		o.In = os.Stdin
	}
	if o.Out == nil {
		o.Out = os.Stdout
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.StateDir == "" {
		o.StateDir = StateDir(o.Getenv)
	}
}

// StateDir is where fathom keeps what it remembers: $XDG_STATE_HOME/fathom, also on macOS, else ~/.local/state/fathom.
// Without a home there is none.
func StateDir(getenv func(string) string) string {
	if d := getenv("XDG_STATE_HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, "fathom")
	}
	if h := getenv("HOME"); filepath.IsAbs(h) {
		return filepath.Join(h, ".local", "state", "fathom")
	}
	if h, err := os.UserHomeDir(); err == nil {
		return filepath.Join(h, ".local", "state", "fathom")
	}
	return ""
}

// settings are what the user can change while the program runs.
func (o *Options) settings() state.Settings {
	return state.Settings{Theme: o.Theme, Lang: text.Detect(o.Lang, o.Getenv), Mouse: !o.NoMouse}
}
