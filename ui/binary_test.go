package ui

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// built makes the program once for the tests that need it as a process; TestMain removes it.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "fathom-ui")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "fathom")
	out, err := exec.Command("go", "build", "-o", bin, "fathom").CombinedOutput()
	if err != nil {
		return "", errors.Join(errors.New(string(out)), os.RemoveAll(dir))
	}
	toRemove = dir
	return bin, nil
})

var toRemove string

// flags answer every question of the flagship plan.
var flags = strings.Fields("Qwen/Qwen3-32B --device ATLAS_800_A3_752T_128G_DIE --num-devices 8 --input-length 3500 " +
	"--output-length 1500 " +
	"--ttft-limit 2000 --tpot-limit 50 --quantize-linear-action W8A8_DYNAMIC --quantize-attention-action DISABLED " +
	"--compile --tp-sizes")

func binary(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the program")
	}
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// terminal is a process on a pseudo terminal that answers nothing.
type terminal struct {
	t    *testing.T
	cmd  *exec.Cmd
	tty  *os.File
	mu   sync.Mutex
	out  bytes.Buffer
	done chan struct{}
	hang atomic.Bool // close the terminal after the next read: a blocked read would keep it open
}

func onTTY(t *testing.T, args ...string) *terminal {
	t.Helper()
	return onTTYOf(t, [2]uint16{30, 100}, args...)
}

// onTTYOf is onTTY with so many rows and columns.
func onTTYOf(t *testing.T, size [2]uint16, args ...string) *terminal {
	t.Helper()
	cmd := exec.Command(binary(t), args...)
	dir := t.TempDir()
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LANG=en_US.UTF-8", "LC_ALL=", "TMUX=", "HOME="+dir,
		"XDG_STATE_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: size[0], Cols: size[1]})
	if err != nil {
		t.Skipf("no pseudo terminal: %v", err)
	}
	x := &terminal{t: t, cmd: cmd, tty: tty, done: make(chan struct{})}
	go func() {
		defer close(x.done)
		buf := make([]byte, 4096)
		for {
			n, err := tty.Read(buf)
			x.mu.Lock()
			x.out.Write(buf[:n])
			x.mu.Unlock()
			if x.hang.Load() {
				tty.Close()
				return
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() { cmd.Process.Kill(); tty.Close(); <-x.done })
	return x
}

func (x *terminal) text() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.out.String()
}

func (x *terminal) sees(s string) *terminal {
	x.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if strings.Contains(x.text(), s) {
			return x
		}
	}
	x.t.Fatalf("the terminal never got %q: %q", s, x.text())
	return x
}

// exit waits for the end and gives the code and what came after the alternate screen was left.
func (x *terminal) exit() (code int, after string) {
	x.t.Helper()
	timer := time.AfterFunc(patience, func() { x.cmd.Process.Kill() })
	defer timer.Stop()
	_ = x.cmd.Wait()
	<-x.done
	_, after, left := strings.Cut(x.text(), "\x1b[?1049l")
	if !left {
		x.t.Errorf("the alternate screen was not left: %q", x.text())
	}
	for _, off := range []string{"\x1b[?25h", "\x1b[?1002l", "\x1b[?2004l"} {
		if !strings.Contains(x.text(), off) {
			x.t.Errorf("not restored: %q is missing", off)
		}
	}
	return x.cmd.ProcessState.ExitCode(), after
}

// readable is what a person would read of raw terminal output.
func readable(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == 0x1b {
			for i++; i < len(s) && !(s[i] >= '@' && s[i] <= '~' && s[i] != '['); i++ {
			}
			continue
		}
		if s[i] >= 0x20 || s[i] == '\n' {
			b.WriteByte(s[i])
		}
	}
	return strings.TrimSpace(b.String())
}

func TestSignalsRestoreTheTerminal(t *testing.T) {
	for _, c := range []struct {
		name string
		sig  syscall.Signal
		code int
	}{{"SIGTERM", syscall.SIGTERM, 143}, {"SIGINT", syscall.SIGINT, 130}, {"SIGHUP", syscall.SIGHUP, 129}} {
		t.Run(c.name, func(t *testing.T) {
			x := onTTY(t, flags...).sees("This will run")
			if err := x.cmd.Process.Signal(c.sig); err != nil {
				t.Fatal(err)
			}
			if code, after := x.exit(); code != c.code || readable(after) != "" {
				t.Errorf("exit %d, text %q", code, readable(after))
			}
		})
	}
}

// Started from a job that ignores hang-ups, as nohup and background jobs do, the screen still ends with its terminal.
func TestInheritedIgnoredHangUp(t *testing.T) {
	binary(t)
	signal.Ignore(syscall.SIGHUP) // which a child inherits
	defer signal.Reset(syscall.SIGHUP)
	x := onTTY(t, flags...).sees("This will run")
	if err := x.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if code, after := x.exit(); code != 129 || readable(after) != "" {
		t.Errorf("exit %d, text %q", code, readable(after))
	}
}

func TestQuitLeavesOneLine(t *testing.T) {
	x := onTTY(t, flags...).sees("This will run")
	io.WriteString(x.tty, "\r")
	x.sees("1,643 tok/s")
	io.WriteString(x.tty, "q")
	code, after := x.exit()
	if line := readable(after); code != 0 || strings.Count(line, "\n") != 0 ||
		!strings.HasPrefix(line, "1,643 tok/s with TP=8 DP=1, batch 22: python -m cli.") {
		t.Errorf("exit %d, text %q", code, line)
	}
}

func TestClosedTerminalEndsTheProgram(t *testing.T) {
	x := onTTY(t, flags...).sees("This will run")
	x.hang.Store(true)
	io.WriteString(x.tty, "?") // something to read
	ended := make(chan struct{})
	go func() { _ = x.cmd.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Error("it goes on without a terminal")
		x.cmd.Process.Kill()
		<-ended
	}
}

// The first frame costs less than 100 ms of a processor. The fastest of a few starts counts.
func TestFirstFrame(t *testing.T) {
	binary(t)
	least := time.Hour
	for range 3 {
		x := onTTY(t, flags...).sees("This will run")
		x.cmd.Process.Kill()
		_ = x.cmd.Wait()
		least = min(least, x.cmd.ProcessState.UserTime()+x.cmd.ProcessState.SystemTime())
	}
	t.Logf("%v until the first frame", least)
	if least > 100*time.Millisecond {
		t.Errorf("the first frame took %v of a processor", least)
	}
}

// A pseudo terminal that nobody told a size shows the first screen all the same.
func TestTerminalWithoutASize(t *testing.T) {
	onTTYOf(t, [2]uint16{0, 0}, flags...).sees("This will run")
}
