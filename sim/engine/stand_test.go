package engine

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"fathom/sim/plan"
)

// The tests run themselves as a stand-in for the reference tool: with this variable set, the test binary is that tool.
const standIn = "FATHOM_STAND_IN"

func TestMain(m *testing.M) {
	if mode := os.Getenv(standIn); mode != "" {
		os.Exit(stand(mode))
	}
	os.Exit(m.Run())
}

// stand plays a mode: its name and its values, separated by blanks.
func stand(mode string) int {
	name, rest, _ := strings.Cut(mode, " ")
	switch name {
	case "replay": // FILE MILLISECONDS STATUS: a recorded log, line by line, both streams by turns
		return replay(strings.Fields(rest))
	case "say": // arguments, directory and streams
		fmt.Printf("argv %q\n", os.Args[1:])
		dir, _ := os.Getwd()
		fmt.Println("dir", dir)
		fmt.Println("unbuffered", os.Getenv("PYTHONUNBUFFERED"))
		if n, err := os.Stdin.Read(make([]byte, 1)); n != 0 || err == nil {
			fmt.Println("stdin is not empty")
		}
		fmt.Println("All experiments completed in 0.01 seconds.")
	case "hang":
		fmt.Println("loading")
		time.Sleep(time.Minute)
	case "stubborn": // FILE: neither it nor its child minds SIGTERM; both write their heartbeats
		signal.Ignore(syscall.SIGTERM)
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), standIn+"=beat "+rest)
		c.Start()
		fmt.Println("deaf")
		return stand("beat " + rest)
	case "leave": // FILE: ends, and leaves a child that holds its output open
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), standIn+"=beat "+rest)
		c.Stdout = os.Stdout
		c.Start()
		fmt.Println("All experiments completed in 0.01 seconds.")
	case "beat":
		signal.Ignore(syscall.SIGTERM)
		for range 3000 {
			os.WriteFile(rest+"."+strconv.Itoa(os.Getpid()), []byte(time.Now().Format(time.RFC3339Nano)), 0o600)
			time.Sleep(10 * time.Millisecond)
		}
	case "flood": // MEGABYTES: long lines, and one without an end
		w := bufio.NewWriterSize(os.Stdout, 1<<16)
		n, _ := strconv.Atoi(rest)
		line := strings.Repeat("all work and no play ", 40) + "\n"
		for i := 0; i < n<<20; i += len(line) {
			w.WriteString(line)
		}
		for range n << 4 {
			w.WriteString(strings.Repeat("\x1b[31mx", 1<<13))
		}
		w.WriteString("\nAll experiments completed in 0.01 seconds.\n")
		w.Flush()
	case "die": // SIGNAL
		n, _ := strconv.Atoi(rest)
		fmt.Println("about to die")
		p, _ := os.FindProcess(os.Getpid())
		p.Signal(syscall.Signal(n))
		time.Sleep(time.Minute)
	case "escape":
		fmt.Print("\x1b]0;owned\x07\x1b[2Jprogress\x1b[31m red\n\rAll experiments completed in 0.01 seconds.\n")
	}
	return 0
}

func replay(args []string) int {
	f, err := os.Open(args[0])
	if err != nil {
		fmt.Println(err)
		return 99
	}
	wait, _ := strconv.Atoi(args[1])
	status, _ := strconv.Atoi(args[2])
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for n := 0; s.Scan(); n++ {
		if l := s.Text(); strings.HasPrefix(l, "$ ") || strings.HasPrefix(l, "[exit ") {
			continue
		}
		fmt.Fprintln([]*os.File{os.Stdout, os.Stderr}[n%2], s.Text())
		time.Sleep(time.Duration(wait) * time.Millisecond)
	}
	return status
}

// checkout makes a directory that looks like the reference tool's, and an engine that runs the stand-in in that mode.
func checkout(t *testing.T, mode string) *Msmodeling {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, "cli", "inference")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "throughput_optimizer.py"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	m := &Msmodeling{Root: root, Python: os.Args[0], LogDir: filepath.Join(t.TempDir(), "logs"),
		Env: append(os.Environ(), standIn+"="+mode),
		Command: func(*plan.Request) []string {
			return []string{"python", "-m", "cli.inference.throughput_optimizer", "some/model", "--device",
				"ATLAS_800_A3_752T_128G_DIE", "--output-length", "256"}
		}}
	t.Cleanup(m.Wait)
	return m
}

// log is the path of a recorded log.
func log(name string) string {
	abs, _ := filepath.Abs(filepath.Join("parse", "testdata", name+".log"))
	return abs
}
