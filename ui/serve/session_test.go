package serve

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fathom/sim/report"
	"fathom/state"

	"golang.org/x/crypto/ssh"
)

// question is a plan that is complete: pasted into an empty form it leads to the confirm pane.
const question = "python -m cli.inference.throughput_optimizer Qwen/Qwen3-32B --device ATLAS_800_A3_752T_128G_DIE " +
	"--num-devices 8 " +
	"--input-length 3500 --output-length 1500 --ttft-limits 2000 --tpot-limits 50 --quantize-linear-action W8A8_DYNAMIC " +
	"--quantize-attention-action DISABLED --compile"

func paste(s string) string { return "\x1b[200~" + s + "\x1b[201~" }

// run goes from the empty form to a run under way.
func (s *screen) run() {
	s.t.Helper()
	s.wants("choose with up and down")
	s.press(paste(question))
	s.wants("This will run")
	s.press("\r")
}

// endless is an engine whose runs end with their context only.
type endless struct {
	engine
	began, ended chan time.Time
}

func (e endless) Run(ctx context.Context, _ state.Start, _ func(report.Progress)) (*report.Report, error) {
	e.began <- time.Now()
	<-ctx.Done()
	e.ended <- time.Now()
	return nil, context.Cause(ctx)
}

func newEndless() endless {
	return endless{newEngine(), make(chan time.Time, 100), make(chan time.Time, 100)}
}

func at(t *testing.T, c <-chan time.Time) time.Time {
	t.Helper()
	select {
	case x := <-c:
		return x
	case <-time.After(patience):
		t.Fatal("nothing happens")
	}
	return time.Time{}
}

// The whole way over the wire: a plan, its result, a copy, another size, and the line that stays behind.
func TestJourneyOverSSH(t *testing.T) {
	r := start(t, nil)
	s := open(t, r.client(t, ana), 120, 40)
	s.run()
	s.wants("TP=8")
	s.wants("Modelled")

	for _, c := range []struct{ key, holds string }{{"c", "throughput_optimizer Qwen/Qwen3-32B"}, {"t", "1,643.5"},
		{"l", "serve Qwen/Qwen3-32B"}, {"m", "| 1643.49 |"}} {
		s.forget()
		s.press("y" + c.key)
		if text := s.clipboard(); !strings.Contains(text, c.holds) {
			t.Errorf("y%s copies %q", c.key, text)
		}
		s.wants("by the terminal (OSC 52).")
	}

	s.forget()
	if err := s.session.WindowChange(20, 62); err != nil {
		t.Fatal(err)
	}
	s.wants("TP=8")
	for l := range strings.Lines(strings.ReplaceAll(s.text(), "\r\n", "\n")) {
		if len([]rune(l)) > 20*62 {
			t.Errorf("too much for 62 cells in 20 lines: %q", l)
		}
	}
	s.forget()
	s.session.WindowChange(10, 40)
	s.wants("40x10")
	s.session.WindowChange(1<<31-1, 1<<31-1) // bounded, or the machine would run out of memory
	s.session.WindowChange(40, 120)
	s.forget()
	s.press("\x03")
	if !strings.Contains(s.text(), "fathom") {
		s.press("y") // the question whether to leave
	}
	if c := s.status(); c != 0 {
		t.Errorf("exit status %d", c)
	}
	if !strings.Contains(s.text(), "python -m cli.inference.throughput_optimizer") {
		t.Errorf("left behind: %q", s.text())
	}
}

// clipboard waits for OSC 52 and gives the text that it carries.
func (s *screen) clipboard() string {
	s.t.Helper()
	var code string
	if !eventually(func() bool {
		_, after, _ := strings.Cut(s.raw(), "\x1b]52;c;")
		var whole bool
		code, _, whole = strings.Cut(after, "\x07")
		return whole
	}) {
		s.t.Errorf("no clipboard sequence in %q", s.raw())
		return ""
	}
	text, err := base64.StdEncoding.DecodeString(code)
	if err != nil {
		s.t.Errorf("%q: %v", code, err)
	}
	return string(text)
}

// boom is an engine with a defect.
type boom struct{ engine }

func (boom) Run(context.Context, state.Start, func(report.Progress)) (*report.Report, error) {
	panic("boom")
}

// A defect that one guest meets is told to that guest and is nothing to the others.
func TestDefectStaysInItsSession(t *testing.T) {
	r := start(t, func(o *Options) { o.engine = boom{newEngine()} })
	other := open(t, r.client(t, bob), 100, 30)
	other.wants("choose with up and down")
	s := open(t, r.client(t, ana), 100, 30)
	s.run()
	s.wants("fathom itself failed: boom")
	other.press(paste(question))
	other.wants("This will run")
}

// A lost connection and a closed channel end the run at once: a heartbeat that found out would come after the patience
// of a test.
func TestLostConnectionCancelsItsRun(t *testing.T) {
	for _, c := range []struct {
		name string
		lose func(*ssh.Client, *screen)
	}{
		{"connection", func(c *ssh.Client, _ *screen) { c.Close() }},
		{"channel", func(_ *ssh.Client, s *screen) { s.session.Close() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newEndless()
			r := start(t, func(o *Options) { o.engine = e })
			client := r.client(t, ana)
			s := open(t, client, 100, 30)
			s.run()
			at(t, e.began)
			c.lose(client, s)
			at(t, e.ended)
			r.logs(t, "msg=ended", "the connection is gone")
			if c.name == "channel" { // and the connection has another one
				open(t, client, 80, 24).wants("choose with up and down")
			}
		})
	}
}

// Nothing is asked of the terminal: an answer would arrive as keys.
func TestTerminalIsAskedNothing(t *testing.T) {
	r := start(t, nil)
	s := open(t, r.client(t, ana), 100, 30)
	s.wants("choose with up and down")
	for _, query := range []string{"\x1b]11;?", "\x1b]10;?", "\x1b[c", "\x1b[6n", "\x1b[>"} {
		if strings.Contains(s.raw(), query) {
			t.Errorf("asked %q", query)
		}
	}
}

// Each session draws for its own terminal: colour, marks and language follow the client's variables, never the
// server's.
func TestEverySessionHasItsOwnRenderer(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	t.Setenv("LANG", "C")
	r := start(t, func(o *Options) { o.Lang = "" })
	c := r.client(t, ana)
	plain := open(t, c, 100, 30, "NO_COLOR", "1", "LANG", "C")
	chinese := open(t, c, 100, 30, "LANG", "zh_CN.UTF-8", "LD_PRELOAD", "/evil.so")
	english := open(t, c, 100, 30, "LANG", "en_US.UTF-8")
	plain.wants("choose with up and down")
	english.wants("choose with up and down")
	if !eventually(func() bool { return strings.Contains(chinese.text(), "部署") }) {
		t.Errorf("not Chinese: %s", chinese.text())
	}
	if s := plain.raw(); strings.Contains(s, "\x1b[1m") || strings.Contains(s, "\x1b[36") || strings.Contains(s, "─") {
		t.Errorf("colour or marks in a plain session: %q", s)
	}
	if s := english.raw(); !strings.Contains(s, "\x1b[1;36m") || !strings.Contains(s, "─") {
		t.Errorf("neither colour nor marks: %q", s)
	}
}

// What a guest names is never looked for on the server, and what a guest exports is never written there.
func TestServersFilesAreOutOfReach(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("HOME", dir)
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "xdg"))
	write(t, filepath.Join(dir, "config.json"), `{"model_type": "qwen3", "hidden_size": 4096}`)
	write(t, filepath.Join(dir, "plan.toml"), "model = \"Qwen/Qwen3-32B\"\n")
	r := start(t, nil)
	client := r.client(t, ana)

	s := open(t, client, 120, 40)
	s.wants("choose with up and down")
	s.press(paste(strings.ReplaceAll(question, "Qwen/Qwen3-32B", dir)))
	s.wants("not in the catalog")
	s = open(t, client, 120, 40)
	s.wants("choose with up and down")
	s.press(paste(strings.ReplaceAll(question, "3500", dir+"/plan.toml")))
	s.wants("not a number of tokens, and a guest of")
	s = open(t, client, 120, 40)
	s.wants("choose with up and down")
	s.press("\x0f") // ctrl+o: open a plan
	s.wants("> ")
	s.press("\x15plan.toml\r")
	s.wants("reads and writes no files")

	s = open(t, client, 120, 40)
	s.run()
	s.wants("TP=8")
	s.press("x")
	s.wants("Export")
	s.forget()
	s.press("m")
	s.wants("Best: 1643.49 tok/s")
	if !strings.Contains(s.raw(), "\x1b]52;c;") {
		t.Error("the export is not on the clipboard")
	}
	s.wants("your clipboard and this screen")
	s.forget()
	s.press("\x1b")
	s.wants("best of each strategy")
	s.press("w")
	s.wants("Which knob")
	s.press("tpot-limit=20,50\r")
	s.wants("2 plans in")
	s.press("x")
	s.wants("Export")
	s.forget()
	s.press("j") // a sweep goes the same way
	s.wants("fathom.sweep/1")
	var names []string
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if path != dir {
			names = append(names, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	})
	if got := strings.Join(names, " "); got != "config.json plan.toml" {
		t.Errorf("the server's directory holds %s", got)
	}
}

// Another engine would run a program that the guest names.
func TestOnlyTheEmbeddedEngine(t *testing.T) {
	for _, name := range []string{"msmodeling", "both", "\x1b[2J"} {
		_, err := newEngine().Run(t.Context(), state.Start{Engine: state.EngineChoice{Name: name, Root: "/",
			Python: "/bin/sh"}}, nil)
		var f *report.Failure
		if !errors.As(err, &f) || f.Fix != "embedded" || strings.Contains(f.Message.String(), "\x1b") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// ctrl+z stops a program on its own terminal; a guest's would stop the server.
func TestGuestCannotSuspendTheServer(t *testing.T) {
	r := start(t, nil)
	s := open(t, r.client(t, ana), 100, 30)
	s.wants("choose with up and down")
	s.press("\x1a\x1a")
	s.press(paste(question))
	s.wants("This will run")
}

// A guest whose terminal takes nothing any more holds up nobody, and is gone when its time is.
func TestStuckTerminal(t *testing.T) {
	r := start(t, func(o *Options) {
		o.IdleLimit = 500 * time.Millisecond
		o.after = func(d time.Duration, f func()) timer { return time.AfterFunc(min(d, time.Second), f) }
	})
	stuck, err := r.client(t, ana).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	stuck.RequestPty("xterm", 200, 400, nil)
	in, _ := stuck.StdinPipe()
	if _, err := stuck.StdoutPipe(); err != nil { // which nobody reads
		t.Fatal(err)
	}
	if err := stuck.Shell(); err != nil {
		t.Fatal(err)
	}
	for range 400 { // ctrl+l draws the whole frame
		if _, err := io.WriteString(in, "\x0c"); err != nil {
			break
		}
	}
	open(t, r.client(t, bob), 100, 30).wants("choose with up and down")
	r.logs(t, "msg=ended", "who=ana@laptop")
}
