package serve

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// openSSH is the client that people have, with a key of its own and none of this machine's settings.
type openSSH struct {
	t    *testing.T
	r    *running
	dir  string
	args []string
}

func withOpenSSH(t *testing.T, tools []string, change func(*Options)) *openSSH {
	t.Helper()
	for _, tool := range append(tools, "ssh") {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	dir, err := os.MkdirTemp("", "fs") // a socket's path has to be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	c := &openSSH{t: t, dir: dir}
	mine := c.key("id")
	c.key("stranger")
	c.r = start(t, func(o *Options) {
		write(t, o.AuthorizedKeys, line(mine, "me@here"))
		if change != nil {
			change(o)
		}
	})
	host, port, _ := net.SplitHostPort(c.r.addr)
	known := filepath.Join(dir, "known_hosts")
	write(t, known, fmt.Sprintf("[%s]:%s %s", host, port, ssh.MarshalAuthorizedKey(c.r.host)))
	c.args = []string{"-F", "/dev/null", "-o", "UserKnownHostsFile=" + known, "-o", "StrictHostKeyChecking=yes", "-o",
		"IdentitiesOnly=yes",
		"-o", "IdentityAgent=none", "-o", "BatchMode=yes", "-o", "LogLevel=INFO", "-o", "Port=" + port, "-o", "User=me"}
	return c
}

// key makes a key pair of the client.
func (c *openSSH) key(name string) ssh.Signer {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		c.t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		c.t.Fatal(err)
	}
	write(c.t, filepath.Join(c.dir, name), string(pem.EncodeToMemory(block)))
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		c.t.Fatal(err)
	}
	return s
}

func (c *openSSH) line(key string, args ...string) []string {
	return append(append(append([]string{}, c.args...), "-i", filepath.Join(c.dir, key)), args...)
}

// run is one call of a tool without a terminal.
func (c *openSSH) run(tool, key string, args ...string) (code int, out string) {
	c.t.Helper()
	cmd := exec.Command(tool, c.line(key, args...)...)
	var both bytes.Buffer
	cmd.Stdout, cmd.Stderr = &both, &both
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		c.t.Fatal(err)
	}
	return code, strings.TrimSpace(both.String())
}

func TestOpenSSHIsToldWhatIsNotServed(t *testing.T) {
	c := withOpenSSH(t, nil, nil)
	for _, x := range []struct {
		name, key string
		args      []string
		code      int
		says      string
	}{
		{"unknown key", "stranger", []string{"127.0.0.1"}, 255, "Permission denied (publickey)"},
		{"password", "id", []string{"-o", "PubkeyAuthentication=no", "127.0.0.1"}, 255, "Permission denied (publickey)"},
		{"no terminal", "id", []string{"127.0.0.1"}, 1, "fathom: the dashboard needs a terminal"},
		{"command", "id", []string{"127.0.0.1", "id; uname"}, 1, "fathom: no commands are run here"},
		{"command with a terminal", "id", []string{"-tt", "127.0.0.1", "sh"}, 1, "fathom: no commands are run here"},
		{"agent and command", "id", []string{"-A", "127.0.0.1", "ssh-add -l"}, 1, "fathom: no commands are run here"},
		{"subsystem", "id", []string{"-s", "127.0.0.1", "sftp"}, 1, "fathom: no files and no subsystems are served here"},
		{"remote forwarding", "id", []string{"-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1", "127.0.0.1"}, 255,
			"remote port forwarding failed"},
		{"tunnel to a host", "id", []string{"-W", "127.0.0.1:1", "127.0.0.1"}, 255, "nothing is forwarded here"},
	} {
		t.Run(x.name, func(t *testing.T) {
			code, out := c.run("ssh", x.key, x.args...)
			if code != x.code || !strings.Contains(out, x.says) {
				t.Errorf("exit code %d, %q", code, out)
			}
		})
	}
	if _, err := exec.LookPath("sftp"); err == nil {
		if code, out := c.run("sftp", "id", "127.0.0.1:/etc/passwd", c.dir); code == 0 ||
			!strings.Contains(out, "fathom: no files") {
			t.Errorf("sftp: exit code %d, %q", code, out)
		}
	}
	if _, err := exec.LookPath("scp"); err == nil {
		if code, out := c.run("scp", "id", "127.0.0.1:/etc/passwd", c.dir); code == 0 ||
			!strings.Contains(out, "fathom: no ") {
			t.Errorf("scp: exit code %d, %q", code, out)
		}
	}
	if _, err := os.Stat(filepath.Join(c.dir, "passwd")); err == nil {
		t.Error("a file of the server was fetched")
	}
}

// tmux is a terminal that tests can read.
func (c *openSSH) tmux(args ...string) string {
	cmd := exec.Command("tmux", append([]string{"-u", "-L", "fathom", "-f", "/dev/null"}, args...)...)
	cmd.Env = append(os.Environ(), "TMUX_TMPDIR="+c.dir, "TMUX=", "LC_ALL=C.UTF-8", "SHELL=/bin/sh")
	out, _ := cmd.CombinedOutput()
	return string(out)
}

func (c *openSSH) open(w, h int) {
	c.t.Cleanup(func() { c.tmux("kill-server") })
	command := "ssh '" + strings.Join(c.line("id", "-t", "-o", "SendEnv=LC_ALL", "127.0.0.1"), "' '") + "'"
	c.tmux("new-session", "-d", "-x", fmt.Sprint(w), "-y", fmt.Sprint(h), command+"; echo EXIT $?; sleep 60")
	c.tmux("set-option", "-g", "set-clipboard", "on") // what reaches this terminal's clipboard reaches its newest buffer
}

func (c *openSSH) sees(what string) {
	c.t.Helper()
	if !eventually(func() bool { return strings.Contains(c.tmux("capture-pane", "-p"), what) }) {
		c.t.Fatalf("never showed %q, but\n%s", what, c.tmux("capture-pane", "-p"))
	}
}

func TestOpenSSHInTmux(t *testing.T) {
	c := withOpenSSH(t, []string{"tmux"}, nil)
	c.open(100, 30)
	c.sees("choose with up and down")
	c.tmux("set-buffer", question)
	c.tmux("paste-buffer", "-p")
	c.sees("This will run")
	c.tmux("send-keys", "Enter")
	c.sees("1,643 tok/s")
	c.tmux("send-keys", "y", "c")
	if !eventually(func() bool {
		return strings.HasPrefix(c.tmux("show-buffer"), "python -m cli.inference.throughput_optimizer Qwen")
	}) {
		t.Errorf("the clipboard holds %q", c.tmux("show-buffer"))
	}
	c.tmux("resize-window", "-x", "62", "-y", "18")
	c.sees("1,643 tok/s")
	c.tmux("resize-window", "-x", "50", "-y", "10")
	c.sees("50x10")
	c.tmux("resize-window", "-x", "160", "-y", "45")
	c.sees("1,643 tok/s")
	c.tmux("send-keys", "q")
	if eventually(func() bool {
		s := c.tmux("capture-pane", "-p")
		return strings.Contains(s, "EXIT") || strings.Contains(s, "Leave fathom?")
	}) && strings.Contains(c.tmux("capture-pane", "-p"), "Leave fathom?") {
		c.tmux("send-keys", "y")
	}
	c.sees("EXIT 0")
	c.sees("python -m cli.inference.throughput_optimizer") // what stays behind on the normal screen
}

func TestOpenSSHKilledDuringARun(t *testing.T) {
	e := newEndless()
	c := withOpenSSH(t, []string{"tmux"}, func(o *Options) { o.engine = e })
	c.open(100, 30)
	c.sees("choose with up and down")
	c.tmux("set-buffer", question)
	c.tmux("paste-buffer", "-p")
	c.sees("This will run")
	c.tmux("send-keys", "Enter")
	at(t, e.began)
	c.tmux("kill-server")
	at(t, e.ended)
	c.r.logs(t, "msg=ended", "who=me@here", "the connection is gone")
}
