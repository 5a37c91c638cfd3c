package disk

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const childVariable = "FATHOM_TEST_DISK"

// A child adds lines to a file, or leaves a temporary file behind and is killed.
func TestMain(m *testing.M) {
	dir, word, ok := strings.Cut(os.Getenv(childVariable), "|")
	if !ok {
		os.Exit(m.Run())
	}
	if word == "hang" {
		f, err := os.CreateTemp(dir, tempName())
		fmt.Println(f.Name(), err)
		time.Sleep(time.Hour)
	}
	for n := range 40 {
		if err := add(filepath.Join(dir, "lines"), fmt.Sprintf("%s %d\n", word, n)); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	os.Exit(0)
}

func add(path, line string) error {
	return Update(path, 0o600, func(old []byte) ([]byte, error) { return append(old, line...), nil })
}

func child(dir, word string) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childVariable+"="+dir+"|"+word)
	return c
}

// Programs and goroutines that change a file at the same time all find their part in it.
func TestUpdatesLoseNothing(t *testing.T) {
	dir := t.TempDir()
	var group sync.WaitGroup
	for _, word := range []string{"a", "b", "c"} {
		group.Go(func() {
			if out, err := child(dir, word).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	for n := range 40 {
		if err := add(filepath.Join(dir, "lines"), fmt.Sprintf("own %d\n", n)); err != nil {
			t.Error(err)
		}
	}
	group.Wait()
	data, err := os.ReadFile(filepath.Join(dir, "lines"))
	if lines := bytes.Count(data, []byte("\n")); err != nil || lines != 160 {
		t.Errorf("%d lines of 160, %v", lines, err)
	}
	next := map[string]int{}
	for line := range strings.Lines(string(data)) {
		var word string
		var n int
		if fmt.Sscan(line, &word, &n); next[word] != n {
			t.Errorf("%q comes before %d", strings.TrimSpace(line), next[word])
		}
		next[word] = n + 1
	}
}

func TestUpdateThatFailsWritesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "file")
	if err := add(path, "one\n"); err != nil {
		t.Fatal(err)
	}
	why := errors.New("no")
	if err := Update(path, 0o600, func([]byte) ([]byte, error) { return []byte("x"), why }); !errors.Is(err, why) {
		t.Error(err)
	}
	if data, _ := os.ReadFile(path); string(data) != "one\n" {
		t.Errorf("%q", data)
	}
}

// What a killed program left is cleared at the next write or start; what a running one is about to write stays.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	c := child(dir, "hang")
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var left string
	fmt.Fscan(out, &left)
	foreign := filepath.Join(dir, tempPrefix+"elsewhere-1-x")
	old := filepath.Join(dir, ".clipboard-123")
	for _, path := range []string{foreign, old} {
		os.WriteFile(path, nil, 0o600)
	}
	os.Chtimes(old, time.Now(), time.Now().Add(-2*abandoned))
	here := func(path string) bool { _, err := os.Lstat(path); return err == nil }
	Sweep(dir)
	if !here(left) || !here(foreign) || here(old) {
		t.Errorf("of a running program %v, of another machine %v, of an old one %v", here(left), here(foreign), here(old))
	}
	c.Process.Kill()
	c.Wait()
	if err := Write(filepath.Join(dir, "file"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if here(left) {
		t.Error("the file of the killed program is still there")
	}
	if alive(1<<30) || !alive(os.Getpid()) {
		t.Error("processes are mistaken: " + strconv.Itoa(os.Getpid()))
	}
}

func TestWritable(t *testing.T) {
	if err := Writable(filepath.Join(t.TempDir(), "new")); err != nil {
		t.Error(err)
	}
	for _, dir := range []string{"/proc/nowhere", "/dev/full/x"} {
		if err := Writable(dir); err == nil {
			t.Errorf("%s is writable", dir)
		}
	}
}
