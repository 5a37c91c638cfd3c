package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"fathom/ui/sample"

	"github.com/creack/pty"
)

var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "fathom-test")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "fathom")
	out, err := exec.Command("go", "build", "-o", bin, "fathom").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return bin, nil
})

func TestMain(m *testing.M) {
	sample.Reference()
	code := m.Run()
	if built { // else it would be built now
		bin, _ := build()
		os.RemoveAll(filepath.Dir(bin))
	}
	os.Exit(code)
}

var built bool

// binary builds the program once for all tests that need it as a process.
func binary(t testing.TB) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX terminal")
	}
	if testing.Short() {
		t.Skip("builds the program, in which the race detector sees nothing")
	}
	bin, err := build()
	if err != nil {
		t.Fatal(err)
	}
	built = true
	return bin
}

// TestMuteTerminal: on a terminal that answers nothing --version sends no escape byte, so that it waits for no answer
// (architecture.md, "Quiet start").
func TestMuteTerminal(t *testing.T) {
	cmd := exec.Command(binary(t), "--version")
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor")
	tty, err := pty.Start(cmd)
	if err != nil {
		t.Skipf("no pseudo terminal: %v", err)
	}
	defer tty.Close()
	var out bytes.Buffer
	io.Copy(&out, tty) // ends with an error when the other side closes
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); strings.Contains(s, "\x1b") || !strings.HasPrefix(s, "fathom ") {
		t.Fatalf("the terminal got %q", s)
	}
}

// BenchmarkVersion is the whole process, from its start to its end.
func BenchmarkVersion(b *testing.B) { starts(b, "--version") }

// BenchmarkPlan is the whole process of the first command of the README as a plan.
func BenchmarkPlan(b *testing.B) { starts(b, append([]string{"plan"}, strings.Fields(flagship)...)...) }

func starts(b *testing.B, args ...string) {
	bin := binary(b)
	for b.Loop() {
		if out, err := exec.Command(bin, args...).CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
}

// TestDumbTerminal: nothing is drawn where the cursor cannot move; the command says what is missing, or runs as plan.
func TestDumbTerminal(t *testing.T) {
	bin := binary(t)
	for _, term := range []string{"dumb", ""} {
		cmd := exec.Command(bin, "Qwen/Qwen3-32B")
		cmd.Env = []string{"HOME=" + t.TempDir(), "TERM=" + term}
		tty, err := pty.Start(cmd)
		if err != nil {
			t.Skipf("no pseudo terminal: %v", err)
		}
		var out bytes.Buffer
		io.Copy(&out, tty)
		err = cmd.Wait()
		tty.Close()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != BadInput || strings.Contains(out.String(), "\x1b") ||
			!strings.Contains(out.String(), "no terminal to ask on") {
			t.Errorf("TERM=%q: %v, %q", term, err, out.String())
		}
	}
}

// TestSignals: 130 interrupted, 143 terminated, within a moment.
func TestSignals(t *testing.T) {
	bin := binary(t)
	long := "plan deepseek-ai/DeepSeek-V3.1 --device " + die +
		" --num-devices 64 --input-length 600000 --output-length 1000 --tpot-limit 500" +
		" --max-batched-tokens 1 --tp-sizes --ep-sizes --moe-dp-sizes --quantize-linear-action W8A8_DYNAMIC " +
		"--quantize-attention-action DISABLED --search exhaustive"
	for sig, want := range map[syscall.Signal]int{syscall.SIGINT: Interrupt, syscall.SIGTERM: Terminated} {
		cmd := exec.Command(bin, strings.Fields(long)...)
		cmd.Env = []string{"HOME=" + t.TempDir(), "TERM=dumb"}
		words, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := words.Read(make([]byte, 1)); err != nil { // a warning that it takes long: it has begun
			t.Fatal(err)
		}
		cmd.Process.Signal(sig)
		io.Copy(io.Discard, words)
		err = cmd.Wait()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != want {
			t.Errorf("%v: %v, want %d", sig, err, want)
		}
	}
}
