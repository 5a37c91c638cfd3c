package serve

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every mistake is one line that names the flag, the value and the fix, and nothing is opened or made before it is
// told.
func TestMistakesAreToldBeforeAnythingIsOpened(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		write(t, path, text)
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("keys", line(ana, "ana@laptop"), 0o600)
	for _, c := range []struct {
		name string
		o    Options
		want []string
	}{
		{"no keys", Options{}, []string{"--authorized-keys", "--insecure-loopback"}},
		{"both", Options{AuthorizedKeys: good, InsecureLoopback: true}, []string{"--insecure-loopback", "leave it out"}},
		{"every interface without keys", Options{InsecureLoopback: true, Listen: ":2222"},
			[]string{"--listen :2222", "127.0.0.1:2222", "--authorized-keys FILE"}},
		{"0.0.0.0 without keys", Options{InsecureLoopback: true, Listen: "0.0.0.0:1"},
			[]string{"--listen 0.0.0.0:1", "loopback only"}},
		{"a name without keys", Options{InsecureLoopback: true, Listen: "example.org:1"},
			[]string{"--listen example.org:1", "loopback only"}},
		{"no port", Options{AuthorizedKeys: good, Listen: "127.0.0.1"}, []string{"--listen 127.0.0.1", "HOST:PORT"}},
		{"port", Options{AuthorizedKeys: good, Listen: "127.0.0.1:99999"}, []string{"--listen 127.0.0.1:99999", "HOST:PORT"}},
		{"control characters", Options{AuthorizedKeys: good, Listen: "\x1b[31mx"}, []string{"--listen x:"}},
		{"missing file", Options{AuthorizedKeys: filepath.Join(dir, "none")},
			[]string{"--authorized-keys " + dir, "no such file"}},
		{"directory", Options{AuthorizedKeys: dir}, []string{"--authorized-keys " + dir, "not a file"}},
		{"empty file", Options{AuthorizedKeys: file("empty", "# nobody\n", 0o600)}, []string{"holds no key", "ssh-ed25519"}},
		{"world-writable", Options{AuthorizedKeys: file("open", line(ana, "x"), 0o666)},
			[]string{"everybody can write", "chmod 600"}},
		{"presenter alone", Options{AuthorizedKeys: good, Presenter: "ana@laptop"},
			[]string{"--presenter ana@laptop", "--follow"}},
		{"unknown presenter", Options{AuthorizedKeys: good, Presenter: "zoe", Follow: true},
			[]string{"--presenter zoe", "comment or fingerprint"}},
		{"presenter without keys", Options{InsecureLoopback: true, Presenter: "zoe", Follow: true},
			[]string{"--presenter zoe", "--authorized-keys"}},
		{"sessions", Options{AuthorizedKeys: good, MaxSessions: -1}, []string{"--max-sessions -1"}},
		{"theme", Options{AuthorizedKeys: good, Theme: "pink"}, []string{"--theme pink", "auto, dark or light"}},
		{"host key that others read", Options{AuthorizedKeys: good, HostKey: file("host", "x", 0o644)},
			[]string{"--host-key", "0644", "chmod 600"}},
		{"host key that is none", Options{AuthorizedKeys: good, HostKey: file("host2", "x", 0o600)},
			[]string{"--host-key", "ssh-keygen -t ed25519"}},
		{"host key is a directory", Options{AuthorizedKeys: good, HostKey: dir}, []string{"--host-key", "not a file"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.o.HostKey == "" {
				c.o.HostKey = filepath.Join(dir, "made", "key")
			}
			c.o.Ready = func(net.Addr) { t.Error("the server listens") }
			err := Run(t.Context(), c.o)
			var option *OptionError
			if !errors.As(err, &option) {
				t.Fatalf("got %v", err)
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
			if strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("not one line: %q", err)
			}
			if _, err := os.Stat(filepath.Join(dir, "made")); err == nil {
				t.Error("a host key was made")
			}
		})
	}
}

func TestHostKeyIsMadeOnceAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "fathom", "host_key")
	first, made, err := hostKey(path)
	if err != nil || !made {
		t.Fatal(made, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	again, made, err := hostKey(path)
	if err != nil || made || string(again.PublicKey().Marshal()) != string(first.PublicKey().Marshal()) {
		t.Errorf("made %v, %v", made, err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestTakenAddressIsTold(t *testing.T) {
	r := start(t, nil)
	err := Run(t.Context(), Options{Listen: r.addr, AuthorizedKeys: r.file, StateDir: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "--listen "+r.addr) || !strings.Contains(err.Error(), "in use") {
		t.Errorf("got %v", err)
	}
}
