package ui

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// tmux is a server of its own, with tmux's default settings, in which the built program runs.
type tmux struct {
	t   *testing.T
	env []string
}

func inTmux(t *testing.T, w, h int, args ...string) *tmux {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
	bin := binary(t)
	dir, err := os.MkdirTemp("", "ft") // a socket's path has to be short
	if err != nil {
		t.Fatal(err)
	}
	x := &tmux{t, append(os.Environ(), "TMUX_TMPDIR="+dir, "TMUX=", "HOME="+dir, "XDG_STATE_HOME="+dir,
		"XDG_CONFIG_HOME="+dir, "LC_ALL=C.UTF-8", "SHELL=/bin/sh")}
	t.Cleanup(func() { x.run("kill-server"); os.RemoveAll(dir) })
	quoted := bin
	for _, a := range args {
		quoted += " '" + a + "'"
	}
	x.run("-f", "/dev/null", "new-session", "-d", "-x", fmt.Sprint(w), "-y", fmt.Sprint(h),
		"cd "+dir+" && "+quoted+"; echo EXIT $?; sleep 60")
	return x
}

func (x *tmux) run(args ...string) string {
	cmd := exec.Command("tmux", append([]string{"-u"}, args...)...)
	cmd.Env = x.env
	out, _ := cmd.CombinedOutput()
	return string(out)
}

func (x *tmux) screen() string { return x.run("capture-pane", "-p") }

// keys sends keys by tmux's names.
func (x *tmux) keys(names ...string) *tmux {
	x.run(append([]string{"send-keys"}, names...)...)
	return x
}

func (x *tmux) write(text string) *tmux {
	x.run("send-keys", "-l", text)
	return x
}

// stirs presses a key and waits until the screen is another one: the next key is for what this one led to.
func (x *tmux) stirs(key string) *tmux {
	before := x.screen()
	x.keys(key)
	for end := time.Now().Add(patience); time.Now().Before(end) && x.screen() == before; {
		time.Sleep(20 * time.Millisecond)
	}
	return x
}

func (x *tmux) sees(texts ...string) *tmux {
	x.t.Helper()
	last := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		last = x.screen()
		missing := ""
		for _, s := range texts {
			if !strings.Contains(last, s) {
				missing = s
			}
		}
		if missing == "" {
			return x
		}
	}
	x.t.Fatalf("the screen does not show %q:\n%s", texts, last)
	return x
}

// The session of issue and README: every answer typed, the run, the command on the clipboard by tmux's default
// settings.
func TestTmuxFormToCopiedCommand(t *testing.T) {
	x := inTmux(t, 80, 24).sees("choose with up and down").keys("Enter").sees("Model ")
	x.write("Qwen/Qwen3-32B").sees("Qwen/Qwen3-32B").keys("Enter").sees("▌ Hardware")
	x.write("ATLAS_800_A3_752T_128G_DIE").keys("Enter").sees("▌ Devices").write("8").keys("Enter")
	x.sees("▌ Input").write("3500").keys("Enter").sees("▌ Output").keys("C-s").sees("heuristic").keys("Enter")
	x.sees("▌ TTFT").write("2000").keys("Enter").sees("▌ TPOT").write("50").keys("Enter")
	for _, question := range []string{"TP sizes", "Quantisation", "Prefix cache", "Compile"} {
		x.sees("▌ " + question).keys("Enter")
	}
	x.sees("This will run", "throughput_optimizer").keys("Enter").sees("tok/s", "validate with real workload tests")
	x.keys("y").sees("Copy").keys("c").sees("by tmux")
	if got := x.run("show-buffer"); !strings.HasPrefix(got, "python -m cli.inference.throughput_optimizer "+
		"Qwen/Qwen3-32B --device ATLAS_800_A3_752T_128G_DIE") {
		t.Errorf("tmux holds %q", got)
	}
	x.keys("q").sees("EXIT 0", "with TP=8 DP=1, batch 22: python -m cli.inference.")
}

// From an empty form to the command on the clipboard in thirty keys: words choose from the lists, ctrl+s answers what
// one does not know.
func TestTmuxThirtyKeys(t *testing.T) {
	x := inTmux(t, 80, 24).sees("choose with up and down", "Or start from something")
	pressed := 0
	press := func(keys ...string) {
		pressed += len(keys)
		x.keys(keys...)
	}
	write := func(text string) {
		pressed += len(text)
		x.write(text)
	}
	press("Enter")
	x.sees("▌ Model", "of 72", "arrows and enter choose")
	write("qwen 32")
	x.sees(">  Qwen/Qwen3-32B", "32.8 B", "64 layers", "GiB BF16")
	press("Enter")
	x.sees("▌ Hardware", "TB/s", "PFLOP/s")
	write("752")
	x.sees(">  ATLAS_800_A3_752T_128G_DIE")
	press("Enter")
	x.sees("▌ Devices")
	write("8")
	press("Enter")
	for _, question := range []string{"Input", "Output", "TTFT", "TPOT"} {
		x.sees("▌ " + question)
		press("C-s", "Enter")
	}
	for _, question := range []string{"TP sizes", "Quantisation", "Prefix cache", "Compile"} {
		x.sees("▌ " + question)
		press("Enter")
	}
	x.sees("This will run", "Qwen/Qwen3-32B")
	press("y")
	x.sees("by tmux")
	if got := x.run("show-buffer"); pressed > 30 || !strings.HasPrefix(got,
		"python -m cli.inference.throughput_optimizer "+
			"Qwen/Qwen3-32B --device ATLAS_800_A3_752T_128G_DIE --num-devices 8 --input-length 3500") {
		t.Errorf("%d keys, and tmux holds %q", pressed, got)
	}
}

func TestTmuxFailureAndFix(t *testing.T) {
	x := inTmux(t, 100, 30, append(flags, "--batch-range", "4", "2")...).sees("min must not be above max")
	if strings.Contains(x.screen(), "This") { // from the confirm pane enter leads to the answer at fault
		x.keys("Enter")
	}
	x.sees("▌ Batch range").keys("C-u").write("2 40").keys("F9").sees("This will run",
		"--batch-range 2 40").keys("Enter").sees("tok/s")
}

func TestTmuxCancel(t *testing.T) {
	x := inTmux(t, 100, 30,
		strings.Fields("deepseek-ai/DeepSeek-V3 --device ATLAS_800_A3_752T_128G_DIE --num-devices 256 --input-length 3500 "+
			"--output-length 1500 --ttft-limit 20000 --tpot-limit 500 --quantize-linear-action W8A8_DYNAMIC "+
			"--quantize-attention-action DISABLED "+
			"--tp-sizes --ep-sizes --moe-dp-sizes --search exhaustive --fidelity corrected")...).sees("This will run").keys("Enter").keys("Escape")
	x.sees("ancelled") // with rows or without
}

func TestTmuxResizeStorm(t *testing.T) {
	x := inTmux(t, 80, 24, flags...).sees("This will run").keys("Enter").sees("1,643 tok/s")
	for i := range 30 {
		x.run("resize-window", "-x", fmt.Sprint(40+i*7), "-y", fmt.Sprint(10+i))
	}
	x.run("resize-window", "-x", "40", "-y", "10")
	x.sees("40x10", "60x16")
	x.run("resize-window", "-x", "120", "-y", "40")
	x.sees("1,643 tok/s", "Breakdown", "validate with real workload tests")
}
