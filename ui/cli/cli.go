package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/text"
)

// Exit codes.
const (
	Done       = 0
	Failed     = 1
	BadInput   = 2
	Infeasible = 3 // ran, but no point meets limits and memory
	Interrupt  = 130
	Terminated = 143
)

// Program is everything that the command line touches; tests hand in their own.
type Program struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string

	// Dashboard runs the screen until the user leaves it.
	Dashboard func(context.Context, Start) error
	// goodbye: what runs has an end of its own to make after a signal: a screen to restore, guests to tell, a child to end
	goodbye atomic.Bool

	// Terminal reports whether the dashboard can be drawn: both ends are terminals and TERM is neither empty nor dumb.
	Terminal func() bool

	voice *text.Catalog // of --lang, else English: scripts read it
}

// Runner answers one request; progress may be nil.
type Runner func(ctx context.Context, q *plan.Request, progress func(report.Progress)) (*report.Report, error)

// usageError is bad input: exit 2, all lines on stderr, nothing on stdout.
type usageError struct {
	command string // whose usage line follows
	lines   []message.Message
}

func (e *usageError) Error() string {
	lines := make([]string, len(e.lines))
	for i, l := range e.lines {
		lines[i] = l.String()
	}
	return strings.Join(lines, "\n")
}

// badInput makes one usage error line of a text of the tables and what fills its places.
func badInput(command, key string, args ...any) error {
	return &usageError{command, []message.Message{message.New(key, args...)}}
}

// refused makes one usage error line of an error.
func refused(command string, err error) error {
	return &usageError{command, []message.Message{message.Of(err)}}
}

// literally are lines that are in English only.
func literally(lines []string) []message.Message {
	out := make([]message.Message, len(lines))
	for i, l := range lines {
		out[i] = message.Literal(l)
	}
	return out
}

// fromIssues makes the usage error of the errors among issues.
func fromIssues(command string, issues []report.Issue) error {
	e := &usageError{command: command}
	for _, i := range issues {
		if i.Severity == report.Error {
			e.lines = append(e.lines, i.Message)
		}
	}
	return e
}

// Exit ends a command with a code and without a word.
type Exit int

func (e Exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// Start is what the command line says about a dashboard.
type Start struct {
	Answers    field.Answers
	Catalog    *field.Catalog
	Confirm    bool              // every question is answered and nothing forbids a run: open on the confirm pane
	Issues     []report.Issue    // about the answers, most serious first
	Notices    []message.Message // lines to show at start
	Lang       string            // "" follows the environment
	Theme      string            // "" the last session's
	Bindings   []state.Binding
	NoMouse    bool
	ASCII      bool
	Accessible bool
	NoColor    bool
	Devices    string // directory of the user's own profiles, "" where there is none
}

// Run executes a command line (without the program's name) and gives the exit code.
//
// After a signal it waits a moment for the command to end by itself, as all of them do between two steps of their work,
// and then leaves it behind: whatever one big step is about, a signal ends the program.
func (p *Program) Run(ctx context.Context, args []string) int {
	p.voice = asked(args)
	ended := make(chan error, 1)
	go func() { ended <- p.dispatch(ctx, args) }()
	select {
	case err := <-ended:
		return p.finish(ctx, err)
	case <-ctx.Done():
	}
	t := time.NewTimer(moment)
	defer t.Stop()
	for {
		select {
		case err := <-ended:
			return p.finish(ctx, err)
		case <-t.C:
			if !p.goodbye.Load() {
				return p.finish(ctx, context.Cause(ctx))
			}
		}
	}
}

// moment is how long a command has to end after a signal.
const moment = 700 * time.Millisecond

// dispatch sends a line to its subcommand, wherever its name stands among the flags; everything else is the dashboard.
func (p *Program) dispatch(ctx context.Context, args []string) error {
	name, rest, found := p.subcommand(args)
	if found {
		root := p.tree(ctx)
		root.SetArgs(append([]string{name}, rest...))
		return root.ExecuteContext(ctx)
	}
	return p.root(ctx, args)
}

// finish words an error on stderr and chooses the exit code. A signal wins over whatever it broke.
func (p *Program) finish(ctx context.Context, err error) int {
	var signal *Signal
	if errors.As(context.Cause(ctx), &signal) {
		return signal.Code
	}
	var (
		usage *usageError
		exit  Exit
		run   *failedRun
		fail  *report.Failure
	)
	switch {
	case err == nil:
		return Done
	case errors.As(err, &exit):
		return int(exit)
	case errors.As(err, &usage):
		p.complain(usage)
		return BadInput
	case errors.As(err, &run):
		p.blame(run.Failure)
		return Failed
	case errors.As(err, &fail):
		p.blame(fail)
		if fail.Class == report.InvalidParameters {
			p.tell("said.usage", p.usageLine(""))
			return BadInput
		}
		return Failed
	}
	p.say("fathom: " + p.voice.Table.Say(message.Of(err)))
	return Failed
}

var classWords = map[report.FailureClass]string{report.InvalidParameters: "said.class-parameters",
	report.Environment: "said.class-environment", report.Assumptions: "said.class-assumptions"}

// blame prints why a run failed: the message, the lines of its log that matter, who can mend it, and the smallest
// correction.
func (p *Program) blame(f *report.Failure) {
	p.say("fathom: " + p.voice.Tell(f.Message))
	for _, l := range f.Lines {
		p.say("  " + l)
	}
	if w := classWords[f.Class]; w != "" {
		p.tell("said.class", message.New(w))
	}
	fix := p.voice.Tell(f.Advice)
	if q, ok := field.Lookup(f.Field); ok && q.Flag != "" && f.Fix != "" && !strings.Contains(fix, f.Fix) {
		fix = strings.TrimLeft(fix+"; --"+q.Flag+" "+f.Fix, "; ")
	}
	if fix != "" {
		p.tell("said.correction", fix)
	}
	if f.LogFile != "" {
		p.tell("said.log", f.LogFile)
	}
}

// complain prints a usage error and the usage line of its command.
func (p *Program) complain(e *usageError) {
	for _, l := range e.lines {
		p.say("fathom: " + p.voice.Table.Say(l)) // line by line, clean
	}
	p.tell("said.usage", p.usageLine(e.command))
}

// tell says a message.
func (p *Program) tell(key string, args ...any) { p.say(p.voice.Tell(message.New(key, args...))) }

// note and warn say a message behind its severity.
func (p *Program) note(m message.Message) { p.say(p.voice.T("severity.note") + ": " + p.voice.Tell(m)) }
func (p *Program) warn(m message.Message) {
	p.say(p.voice.T("severity.warning") + ": " + p.voice.Tell(m))
}

// say writes one line to stderr, harmless whatever stands in it.
func (p *Program) say(line string) {
	for _, l := range strings.Split(line, "\n") {
		fmt.Fprintln(p.Stderr, strings.TrimRight(indentOf(l)+hw.BriefWords(hw.Clean(l)), " "))
	}
}

func indentOf(s string) string { return s[:len(s)-len(strings.TrimLeft(s, " "))] }

// Signal is the cause of a context that a signal ended.
type Signal struct {
	Name string
	Code int
}

func (s *Signal) Error() string { return s.Name }

// Interactive tells whether the dashboard can be drawn on these files: both are terminals, and TERM says that the
// cursor moves.
func Interactive(in, out *os.File, getenv func(string) string) bool {
	t := getenv("TERM")
	return t != "" && t != "dumb" && isTerminal(in) && isTerminal(out)
}
