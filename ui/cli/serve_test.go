package cli

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/crypto/ssh"
)

// TestServeAsAProcess: the server as scripts start it. It says on stderr where it listens, keeps its key in the state
// directory, serves the dashboard, and ends on a signal with its code after telling the guests.
func TestServeAsAProcess(t *testing.T) {
	bin := binary(t)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "keys"), ssh.MarshalAuthorizedKey(key.PublicKey()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "serve", "--listen", "127.0.0.1:0", "--authorized-keys", "~/keys", "--max-sessions", "3",
		"--idle-limit", "0")
	cmd.Env = []string{"HOME=" + dir, "XDG_STATE_HOME=" + filepath.Join(dir, "state")}
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	lines, addr := bufio.NewScanner(stderr), ""
	for addr == "" && lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "fathom: serving on "); ok {
			addr, _, _ = strings.Cut(rest, ";")
		}
	}
	go func() { // the log must not fill its pipe
		for lines.Scan() {
		}
	}()
	if info, err := os.Stat(filepath.Join(dir, "state", "fathom", "host_key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("host key: %v, %v", info, err)
	}
	client, err := ssh.Dial("tcp", addr, &ssh.ClientConfig{User: "me", Auth: []ssh.AuthMethod{ssh.PublicKeys(key)},
		HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: hang})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.RequestPty("xterm", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	out, _ := session.StdoutPipe()
	if err := session.Shell(); err != nil {
		t.Fatal(err)
	}
	buf, screen := make([]byte, 4096), ""
	for !strings.Contains(screen, "Deployment") {
		n, err := out.Read(buf)
		if screen += string(buf[:n]); err != nil {
			t.Fatalf("%v after %q", err, screen)
		}
	}
	cmd.Process.Signal(syscall.SIGTERM)
	rest, _ := io.ReadAll(out)
	err = cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != Terminated {
		t.Errorf("ended with %v", err)
	}
	if !strings.Contains(string(rest), "fathom: the server stops") {
		t.Errorf("the guest was told %q", rest)
	}
	if stdout.Len() > 0 {
		t.Errorf("stdout: %q", stdout.String())
	}
}
