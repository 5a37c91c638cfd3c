package serve

import (
	"fmt"
	"strings"
	"testing"
)

// another opens a second client in a session of its own.
func (c *openSSH) another(name string, w, h int) {
	command := "ssh '" + strings.Join(c.line("id", "-t", "-o", "SendEnv=LC_ALL", "127.0.0.1"), "' '") + "'"
	c.tmux("new-session", "-d", "-s", name, "-x", fmt.Sprint(w), "-y", fmt.Sprint(h), command+"; echo EXIT $?; sleep 60")
}

func (c *openSSH) seesIn(name, what string) {
	c.t.Helper()
	show := func() string { return c.tmux("capture-pane", "-p", "-t", name) }
	if !eventually(func() bool { return strings.Contains(show(), what) }) {
		c.t.Fatalf("%s never showed %q, but\n%s", name, what, show())
	}
}

// Two people over OpenSSH: one presents and sees how many watch; the other is told so, sees the pages at its own size,
// copies the command for itself and leaves. Keys that are the presenter's do nothing.
func TestOpenSSHPresentation(t *testing.T) {
	c := withOpenSSH(t, []string{"tmux"}, func(o *Options) { o.Follow = true })
	c.open(100, 30)
	c.tmux("rename-session", "front")
	c.seesIn("front", "choose with up and down")
	c.another("back", 120, 40)
	c.seesIn("back", "You watch me@here")
	c.seesIn("front", "one watching")
	c.tmux("set-buffer", question)
	c.tmux("paste-buffer", "-p", "-t", "front")
	c.seesIn("back", "This will run")
	c.tmux("send-keys", "-t", "front", "Enter")
	c.seesIn("back", "1,643 tok/s")
	c.tmux("send-keys", "-t", "front", "t")
	c.seesIn("front", "The answer")
	c.seesIn("front", "one watching")
	c.seesIn("back", "The answer")
	c.seesIn("back", "██")
	c.seesIn("back", "TTFT 1,964 of 2,000 ms")
	c.tmux("send-keys", "-t", "back", "Right", "t", "?") // not the viewer's
	c.tmux("send-keys", "-t", "front", "Right")
	c.seesIn("back", "3 of 5")
	c.seesIn("back", "limited by TTFT")
	c.tmux("send-keys", "-t", "front", "Right")
	c.seesIn("back", "What else there is")
	c.tmux("send-keys", "-t", "front", "Right")
	c.seesIn("back", "The command")
	c.tmux("send-keys", "-t", "back", "y")
	c.seesIn("back", "Sent the command")
	if !eventually(func() bool {
		return strings.HasPrefix(c.tmux("show-buffer"), "python -m cli.inference.throughput_optimizer Qwen")
	}) {
		t.Errorf("the viewer's clipboard holds %q", c.tmux("show-buffer"))
	}
	c.tmux("send-keys", "-t", "back", "q")
	c.seesIn("back", "EXIT 0")
	if !eventually(func() bool { return !strings.Contains(c.tmux("capture-pane", "-p", "-t", "front"), "watching") }) {
		t.Error("the presenter still counts who left")
	}
}

// ssh -tt from a script has a terminal without a size: it shows the first screen all the same.
func TestOpenSSHWithoutASize(t *testing.T) {
	c := withOpenSSH(t, nil, nil)
	_, out := c.run("ssh", "id", "-tt", "127.0.0.1")
	if !strings.Contains(out, "choose with up and down") {
		t.Errorf("showed %q", out)
	}
}
