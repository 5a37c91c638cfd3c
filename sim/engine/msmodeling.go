package engine

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"fathom/hw/message"
	"fathom/sim/engine/parse"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Msmodeling is the engine that runs the user's checkout of the reference tool and reads what it prints. It is used by
// pointer; several runs may go on at once.
type Msmodeling struct {
	Root    string                       // the checkout; the tool runs from there
	Python  string                       // its interpreter; "": python, else python3, of the search path
	Command func(*plan.Request) []string // the exact argument vector, interpreter first (field.Command)
	// where the whole output is kept, in files that only the user can read; "": nowhere
	LogDir  string
	Env     []string // of the child; nil: this process's
	LogMost int64    // bytes of a kept log; 0: 1 GiB

	ending sync.WaitGroup // groups that were asked to stop and have not ended yet
}

// pace is how often progress is told while there is something new, and quiet how often otherwise. promptly is how long
// a cancelled run waits for its child before it returns: together with the pace of its caller it stays below 50 ms.
const (
	pace     = 50 * time.Millisecond
	quiet    = 500 * time.Millisecond
	promptly = 30 * time.Millisecond
)

// Run asks the reference tool. No shell is involved: the arguments reach it as they are. What the tool has printed when
// it fails or is cancelled comes back as a partial report beside the error.
func (m *Msmodeling) Run(ctx context.Context, req *plan.Request, watch func(report.Progress)) (*report.Report, error) {
	begin := time.Now()
	argv := m.Command(req)
	if len(argv) == 0 {
		return nil, environment("", message.New("failure.command-run"), message.Message{})
	}
	cmd, err := m.prepare(req, argv)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return &report.Report{Engine: "msmodeling", Command: parse.Quote(argv), Mode: req.Mode, Request: req, Partial: true},
			context.Cause(ctx)
	}
	s := &sink{reader: parse.New(argv)}
	if err := s.keep(m.LogDir, m.LogMost, cmd.Args); err != nil {
		return nil, environment("", message.New("failure.log-cannot-kept", err),
			message.New("failure.make-directory-writable", m.LogDir))
	}
	c, err := start(cmd, s)
	if err != nil {
		s.close(127)
		return nil, environment("python", message.New("failure.interpreter-cannot-started", reason(err)),
			message.New("failure.name-python"))
	}
	r := running{m: m, req: req, argv: argv, sink: s, begin: begin, watch: watch}
	r.follow(ctx, c)
	if ctx.Err() != nil && !c.ended(0) {
		c.terminate()
		if !c.ended(promptly) {
			m.ending.Go(c.finish)
		}
		rep := r.report()
		rep.Partial = true
		return rep, context.Cause(ctx)
	}
	rep, failure := r.result(c.status)
	if failure != nil {
		failure.LogFile = s.path
		return rep, failure
	}
	return rep, nil
}

// Wait returns when no child of a cancelled run is left; it takes at most the two seconds after which they are killed.
// A program calls it before it exits.
func (m *Msmodeling) Wait() { m.ending.Wait() }

// prepare makes the command: the checkout as its directory, the interpreter in place of the one that the command shows.
func (m *Msmodeling) prepare(req *plan.Request, argv []string) (*exec.Cmd, error) {
	root, err := filepath.Abs(m.Root)
	if err != nil || m.Root == "" {
		return nil, environment("msmodeling_root", message.New("failure.root-checkout-not"),
			message.New("failure.name-msmodeling-root"))
	}
	entry := filepath.Join(root, filepath.FromSlash(strings.ReplaceAll(parse.Module, ".", "/"))+".py")
	if info, err := os.Stat(entry); err != nil || !info.Mode().IsRegular() {
		return nil, environment("msmodeling_root", message.New("failure.checkout-msmodeling", root,
			strings.TrimPrefix(entry, root+string(filepath.Separator))),
			message.New("failure.name-root-checkout"))
	}
	python, err := m.python(root)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(python, m.local(req, argv[1:])...)
	cmd.Dir = root
	cmd.Env = m.Env
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	// Lines must come as they are printed, and in one encoding.
	cmd.Env = append(cmd.Env[:len(cmd.Env):len(cmd.Env)], "PYTHONUNBUFFERED=1", "PYTHONIOENCODING=utf-8:replace")
	return cmd, nil
}

// python finds the interpreter: a path is taken from here, else from the checkout; a name from the search path.
func (m *Msmodeling) python(root string) (string, error) {
	if strings.ContainsAny(m.Python, `/\`) {
		for _, path := range []string{m.Python, filepath.Join(root, m.Python)} {
			abs, err := filepath.Abs(path)
			if err != nil {
				continue
			}
			if found, err := exec.LookPath(abs); err == nil {
				return found, nil
			}
		}
		return "", environment("python", message.New("failure.interpreter-can-run", m.Python),
			message.New("failure.name-python-path"))
	}
	names := []string{m.Python}
	if m.Python == "" {
		names = []string{"python", "python3"}
	}
	for _, name := range names {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", environment("python", message.New("failure.not-found-on", message.And(names)),
		message.New("failure.name-interpreter-checkout"))
}

// local makes the model's and the length file's path absolute where they are files of ours: the child has another
// directory.
func (m *Msmodeling) local(req *plan.Request, args []string) []string {
	out := append([]string(nil), args...)
	for i, w := range out {
		ours := w != "" && (w == req.InputFile || req.Model != nil && w == req.Model.Name)
		if !ours || filepath.IsAbs(w) {
			continue
		}
		if _, err := os.Stat(w); err != nil {
			continue
		}
		if abs, err := filepath.Abs(w); err == nil {
			out[i] = abs
		}
	}
	return out
}

func environment(field string, said, advice message.Message) error {
	return &report.Failure{Class: report.Environment, Field: field, Message: said, Advice: advice}
}
