package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"fathom/hw/message"
)

func TestWriteReplacesWholeFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.json")
	read := func(path, want string, mode os.FileMode) {
		t.Helper()
		data, err := os.ReadFile(path)
		info, _ := os.Stat(path)
		if err != nil || string(data) != want || info.Mode().Perm() != mode {
			t.Errorf("%s: %q %v %v", path, data, info.Mode(), err)
		}
	}
	if err := Write(path, []byte("one"), 0o644); err != nil {
		t.Fatal(err)
	}
	read(path, "one", 0o644)
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte("two"), 0o644); err != nil {
		t.Fatal(err)
	}
	read(path, "two", 0o600) // what was private stays so
	link := filepath.Join(dir, "link")
	if err := os.Symlink("a.json", link); err != nil {
		t.Skip(err)
	}
	if err := Write(link, []byte("three"), 0o644); err != nil {
		t.Fatal(err)
	}
	read(path, "three", 0o600)
	if to, err := os.Readlink(link); err != nil || to != "a.json" {
		t.Errorf("the link is gone: %q %v", to, err)
	}
	if err := Write(dir, nil, 0o644); err == nil {
		t.Error("a directory was written")
	}
	if err := Write(filepath.Join(dir, "no", "such"), nil, 0o644); err == nil {
		t.Error("a file in no directory")
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".fathom-*"))
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// What is no regular file is written to, never replaced: as root that would take /dev/stdout away from the machine.
func TestWriteIntoWhatIsNoFile(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("/proc/self/fd", strconv.FormatUint(uint64(w.Fd()), 10))
	if _, err := os.Stat(path); err != nil {
		t.Skip("no /proc here")
	}
	link := filepath.Join(t.TempDir(), "stdout")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, link} {
		if err := Write(p, []byte("x"), 0o644); err != nil {
			t.Error(err)
		}
	}
	w.Close()
	if data, _ := io.ReadAll(r); string(data) != "xx" {
		t.Errorf("%q", data)
	}
	if _, err := os.Readlink(link); err != nil {
		t.Error("the link was replaced")
	}
}

// Who may not write hears that, with the place and not a temporary name.
func TestWordsOfWhatMayNotBeWritten(t *testing.T) {
	denied := &os.PathError{Op: "open", Path: "/d/.fathom-1.tmp", Err: syscall.EACCES}
	for _, err := range []error{writing("/d", denied), &os.PathError{Op: "mkdir", Path: "/d", Err: syscall.EACCES}} {
		said := message.Of(err)
		if got := message.Load("en").Say(said); got != "/d: the user may not write there" || !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s", got)
		}
	}
	if got := message.Load("en").Say(message.Of(denied)); !strings.HasSuffix(got, "may not open it") {
		t.Errorf("%s", got)
	}
}
