//go:build unix

package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"fathom/state/field"
	"fathom/ui/runs"
)

// TestInputsAreFiles: whatever is named as an input, a pipe that nobody writes to, a device that never ends or a
// directory is refused; a command that opened one would hang here. A file of a terabyte is refused too.
func TestInputsAreFiles(t *testing.T) {
	l := newLab(t)
	pipe, huge := filepath.Join(l.home, "pipe.toml"), filepath.Join(l.home, "huge.toml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	if f, err := os.Create(huge); err != nil || f.Truncate(1<<40) != nil {
		t.Skip("no sparse files")
	}
	inputs := map[string]string{pipe: "is a pipe", "/dev/zero": "is a device", l.home: "", huge: "is larger than"}
	for _, line := range []string{
		"devices check FILE",
		"models check FILE",
		"plan " + flagship + " --device-file FILE",
		"pass " + step + " --device-file FILE",
		"plan " + strings.Replace(flagship, "--input-length 3500", "--input-length FILE", 1),
		"plan FILE",
		"FILE",
		"plan " + strings.Replace(flagship, "Qwen/Qwen3-32B", "FILE", 1),
		"cases FILE -o " + filepath.Join(l.home, "out.csv"),
		"cases " + filepath.Join(l.home, "in.csv") + " -o FILE",
		"score FILE",
		"score FILE --device-file FILE",
		"calibrate FILE --device H100_SXM",
		"parse FILE",
		"serve --authorized-keys FILE",
		"serve --insecure-loopback --host-key FILE",
	} {
		os.WriteFile(filepath.Join(l.home, "in.csv"), []byte(batch), 0o600)
		for path, want := range inputs {
			if strings.HasSuffix(line, "FILE") && strings.Trim(line, "plan ") == "FILE" && filepath.Ext(path) != ".toml" {
				continue // a model, not a plan
			}
			if path == huge && strings.HasPrefix(line, "parse") {
				continue // a log may be that long: it is read line by line
			}
			o := l.run(t, strings.Fields(strings.ReplaceAll(line, "FILE", path))...)
			if o.code != BadInput || o.stdout != "" || path != l.home && !strings.Contains(o.stderr, path) {
				t.Errorf("%s with %s: exit %d, %q %.200q", line, path, o.code, o.stdout, o.stderr)
			}
			if !strings.HasPrefix(line, "serve") && !strings.Contains(o.stderr, want) && !strings.Contains(line, "FILE.") &&
				!strings.Contains(o.stderr, "is not in the catalog") {
				t.Errorf("%s with %s: %.300q, want %q", line, path, o.stderr, want)
			}
		}
	}
}

// endless is a log without end.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	e.read += len(b)
	for i := range b {
		b[i] = "2026-01-01 INFO nothing\n"[i%24]
	}
	return len(b), nil
}

// TestReadingEndsWithItsContext: a log as long as may be, and standard input on which nothing comes.
func TestReadingEndsWithItsContext(t *testing.T) {
	why := errors.New("the user has seen enough")
	quiet, w := io.Pipe()
	defer w.Close()
	for _, stdin := range []io.Reader{&endless{}, quiet} {
		ctx, cancel := context.WithCancelCause(t.Context())
		p := &Program{Stdin: stdin, Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }}
		time.AfterFunc(50*time.Millisecond, func() { cancel(why) })
		if err := p.parse(ctx, "-", &format{name: "json"}); !errors.Is(err, why) {
			t.Errorf("%v", err)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	long := &endless{}
	r := runs.Alive{Ctx: ctx, R: io.TeeReader(long, writerFunc(func([]byte) {
		if long.read > 1<<20 {
			cancel(why)
		}
	}))}
	if _, err := io.Copy(io.Discard, r); !errors.Is(err, why) {
		t.Errorf("%v", err)
	}
}

type writerFunc func([]byte)

func (f writerFunc) Write(b []byte) (int, error) { f(b); return len(b), nil }

// TestReadersHearSignals: a process that reads what never ends is gone after a signal, with its code.
func TestReadersHearSignals(t *testing.T) {
	bin := binary(t)
	for sig, want := range map[syscall.Signal]int{syscall.SIGINT: Interrupt, syscall.SIGTERM: Terminated} {
		for _, flood := range []bool{false, true} {
			cmd := exec.Command(bin, "parse", "-")
			cmd.Env = []string{"HOME=" + t.TempDir(), "TERM=dumb"}
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// More than a pipe holds is gone when the process has come so far as to read.
			if _, err := io.CopyN(in, &endless{}, 1<<20); err != nil {
				t.Fatal(err)
			}
			if flood {
				go io.Copy(in, &endless{})
			}
			cmd.Process.Signal(sig)
			var exit *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != want {
				t.Errorf("%v, flood %v: %v, want %d", sig, flood, err, want)
			}
			in.Close()
		}
	}
}

// deaf is standard input that hears no context and takes for ever, as one big step of a command may.
type deaf struct{ stuck chan struct{} }

func (d deaf) Write([]byte) (int, error) { <-d.stuck; return 0, nil }

// TestSignalEndsWhatDoesNotListen: a command in the middle of something long is left behind after a signal.
func TestSignalEndsWhatDoesNotListen(t *testing.T) {
	d := deaf{make(chan struct{})}
	defer close(d.stuck)
	ctx, cancel := context.WithCancelCause(t.Context())
	p := &Program{Stdin: strings.NewReader(""), Stdout: d, Stderr: io.Discard,
		Getenv: func(string) string { return "" }, Terminal: func() bool { return false }}
	time.AfterFunc(20*time.Millisecond, func() { cancel(&Signal{Name: "interrupted", Code: Interrupt}) })
	if code := p.Run(ctx, []string{"devices", "list"}); code != Interrupt {
		t.Errorf("exit %d", code)
	}
}

// fileLines are a line of every command with enough said to run, to which any of its flags may be added.
func fileLines(p *Program) map[string]string {
	lines := map[string]string{"plan": "plan " + flagship + " --batch-range 1 2", "pass": "pass " + step,
		"serve": "serve --insecure-loopback --listen nowhere:0"} // a server that cannot start
	for _, c := range p.tree(context.Background()).Commands() {
		if _, ok := lines[c.Name()]; !ok {
			lines[c.Name()] = c.Name()
		}
	}
	for _, c := range []string{"devices list", "devices show H100_SXM", "devices new --from H100_SXM", "models list",
		"models show Qwen/Qwen3-8B", "scenarios list", "score no.csv", "calibrate no.csv --device H100_SXM", "parse no.log",
		"cases no.csv"} {
		lines[c] = c
	}
	return lines
}

// TestNoFlagWaitsForAFile: whatever flag of whatever command is given a pipe at whose other end nobody is, a device
// that never ends or a directory, the command ends, without a byte read from it. The flags are those of the tree of
// commands and of the field table, so that a new one is among them.
func TestNoFlagWaitsForAFile(t *testing.T) {
	l := newLab(t)
	pipe := filepath.Join(l.home, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	p := &Program{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard,
		Getenv: func(string) string { return "" }}
	asked := map[string]bool{}
	for name, line := range fileLines(p) {
		c, _, err := p.tree(t.Context()).Find(strings.Fields(name))
		if err != nil {
			t.Fatal(err)
		}
		flags := flagNames(c)
		if c.Name() == "plan" {
			flags = append(flags, field.FlagNames()...)
		}
		for _, flag := range flags {
			for _, path := range []string{pipe, "/dev/zero", l.home} {
				asked[flag] = true
				ctx, cancel := context.WithTimeoutCause(t.Context(), hang, errHangs)
				l.runIn(ctx, append(strings.Fields(line), "--"+flag, path)...)
				if ctx.Err() != nil {
					t.Errorf("%s --%s %s does not end", name, flag, path)
				}
				cancel()
			}
		}
	}
	for _, flag := range []string{"device-file", "expert-loads", "draft-model", "draft-model-config-path", "trace", "fleet",
		"workload", "input-length", "output", "manifest", "config", "plan", "authorized-keys", "host-key"} {
		if !asked[flag] {
			t.Errorf("--%s was not asked", flag)
		}
	}
}

var errHangs = errors.New("hangs")
