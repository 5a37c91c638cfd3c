package ui

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"fathom/hw/message"
	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/clip"
	"fathom/ui/style"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/term"
)

// leaveTime is how long the end of the program waits for runs to notice that they are cancelled: longer than the two
// seconds after which a child that does not end is killed.
const leaveTime = 3 * time.Second

// Run is the dashboard on the local terminal, from the first question until the user leaves. A signal, or the end of
// ctx, gives an *ExitError; the terminal is as it was before in every case.
func Run(ctx context.Context, o Options) error {
	o.defaults()
	if o.Bindings != nil {
		state.Bindings = o.Bindings
	}
	if o.Accessible {
		return accessible(ctx, o)
	}
	if t := o.Getenv("TERM"); t == "" || t == "dumb" || !term.IsTerminal(o.In.Fd()) || !term.IsTerminal(o.Out.Fd()) {
		return ErrNoTerminal
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := onSignal(cancel)
	defer stop()

	log.SetOutput(io.Discard) // a library's log line would land in the frame
	defer log.SetOutput(os.Stderr)

	out := clip.Lock(o.Out)
	s := newSession(ctx, o, clip.Clipboard{Out: out, Dir: o.StateDir, Getenv: o.Getenv})
	m, effects := s.begin()
	p := newProgram(s, m)
	p.first = effects
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithInput(o.In), tea.WithOutput(out),
		tea.WithoutSignalHandler()}
	if !o.Inline {
		options = append(options, tea.WithAltScreen())
	}
	if m.Settings.Mouse {
		options = append(options, tea.WithMouseCellMotion())
	}
	t := tea.NewProgram(p, options...)
	_, err := t.Run()
	cause := context.Cause(ctx)
	cancel(nil)
	s.wait()
	return s.outcome(p, err, cause, o.Out)
}

// newSession prepares what a program shares with its commands.
func newSession(ctx context.Context, o Options, c clip.Clipboard) *session {
	wish := style.Wish{NoColor: o.NoColor, ASCII: o.ASCII}
	s := &session{ctx: ctx, options: o, engine: o.Engine, clip: c, now: time.Now}
	s.theme = func(name string) style.Theme {
		w := wish
		w.Palette = style.Palette(name)
		return style.Terminal(o.Out, w, o.Getenv)
	}
	if s.engine == nil {
		s.engine = localEngine(o)
	}
	return s
}

// begin is the state that the session begins with. A damaged memory is set aside with a notice and never stops anybody.
func (s *session) begin() (state.Model, []state.Effect) {
	memory, aside := s.recall()
	s.kept = memory
	o := state.Options{Answers: s.options.Answers, Issues: s.options.Issues, Memory: memory,
		Settings: s.options.settings(), Session: sessionName(), Words: actionWords(), Guest: s.guest}
	if s.options.Catalog != nil {
		o.Catalog = *s.options.Catalog
	}
	if o.Settings.Theme == "" { // neither flag nor settings say: as it was left
		if o.Settings.Theme = string(style.Auto); style.Known(style.Palette(memory.Theme)) {
			o.Settings.Theme = memory.Theme
		}
	}
	m, effects := state.New(o)
	if s.options.NoMouse { // asked for, whatever the last session had
		m.Settings.Mouse = false
	}
	if len(s.options.Notices) > 0 && m.Notice.Key == "" && m.Notice.Issue == nil {
		m.Notice = state.Notice{Issue: &report.Issue{Severity: report.Note, Message: message.Join(s.options.Notices)}}
	}
	if aside != "" && m.Notice.Key == "" && m.Notice.Issue == nil {
		m.Notice = state.Notice{Key: "memory-damaged", Pairs: []string{"path", aside}, Bad: true}
	}
	return m, effects
}

// sessionName tells a session from all others.
func sessionName() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// recall reads the memory of the last session; aside is where an unreadable one was put.
func (s *session) recall() (m state.Memory, aside string) {
	if s.options.StateDir == "" {
		return m, ""
	}
	path := filepath.Join(s.options.StateDir, memoryFile)
	data, err := readFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return m, ""
	}
	if err == nil {
		if m, err = state.DecodeMemory(data); err == nil {
			return m, ""
		}
	}
	aside = path + damaged
	if os.Rename(path, aside) != nil {
		return state.Memory{}, path
	}
	return state.Memory{}, aside
}

// onSignal ends the context with the exit code that a signal stands for.
func onSignal(cancel context.CancelCauseFunc) (stop func()) {
	ch := make(chan os.Signal, 1)
	done := make(chan struct{})
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		select {
		case sig := <-ch:
			code := 128
			if n, ok := sig.(syscall.Signal); ok {
				code += int(n)
			}
			cancel(&ExitError{Code: code})
		case <-done:
		}
	}()
	return func() { signal.Stop(ch); close(done) }
}

// wait lets runs end; one that does not notice its cancellation must not keep the terminal.
func (s *session) wait() {
	done := make(chan struct{})
	go func() {
		s.work.Wait()
		if e, ok := s.engine.(interface{ Wait() }); ok { // for programs that it has started
			e.Wait()
		}
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(leaveTime):
	}
}

// outcome tells how the program ended, and leaves one line on the normal screen: the alternate one takes all else with
// it.
func (s *session) outcome(p *program, err, cause error, out io.Writer) error {
	if crash := p.failure(); crash != nil {
		return crash
	}
	var exit *ExitError
	if errors.As(cause, &exit) {
		return exit
	}
	if cause != nil {
		return cause
	}
	if errors.Is(err, tea.ErrInterrupted) {
		return &ExitError{Code: 130}
	}
	if err != nil {
		return err
	}
	if line := p.farewell(); line != "" {
		fmt.Fprintln(out, line)
	}
	return nil
}

// crashed keeps a panic of ours with its stack in a file, to be told when the terminal is restored.
func (s *session) crashed(r any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.crash != nil {
		return
	}
	c := &Crash{Cause: r, Stack: debug.Stack()}
	s.crash = c
	if s.options.StateDir == "" {
		return
	}
	path := filepath.Join(s.options.StateDir, "crash.txt")
	if writeFile(path, fmt.Appendf(nil, "%v\n\n%s", r, c.Stack), 0o600) == nil {
		c.File = path
	}
}

// Crash is a defect of fathom that ended the program of a session.
type Crash struct {
	Cause any
	Stack []byte
	File  string // holds the stack, "" if none does
}

func (c *Crash) Error() string {
	if c.File == "" {
		return fmt.Sprintf("fathom failed: %v", c.Cause)
	}
	return fmt.Sprintf("fathom failed: %v; the details are in %s", c.Cause, c.File)
}

func (s *session) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.crash
}
