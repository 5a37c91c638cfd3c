package sample

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// standIn is set for a test binary that has to be the reference tool: "LOG STATUS MILLISECONDS".
const standIn = "FATHOM_STAND_IN"

// Reference makes a test binary the reference tool where it was started as such; a TestMain calls it first. It prints a
// recorded log line by line and exits with the status.
func Reference() {
	mode := os.Getenv(standIn)
	if mode == "" {
		return
	}
	var path string
	var status, wait int
	fmt.Sscan(mode, &path, &status, &wait)
	f, err := os.Open(path)
	if err != nil {
		fmt.Println(err)
		os.Exit(99)
	}
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if l := s.Text(); !strings.HasPrefix(l, "$ ") && !strings.HasPrefix(l, "[exit ") {
			fmt.Println(l)
			time.Sleep(time.Duration(wait) * time.Millisecond)
		}
	}
	os.Exit(status)
}

// Checkout makes dir look like a checkout of the reference tool, and the variable that makes this test binary, given as
// --python, answer with a recorded log.
func Checkout(dir, log string, status int, wait time.Duration) (name, value string, err error) {
	abs, err := filepath.Abs(log)
	if err == nil {
		err = os.MkdirAll(filepath.Join(dir, "cli", "inference"), 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "cli", "inference", "throughput_optimizer.py"), nil, 0o644)
	}
	return standIn, fmt.Sprint(abs, " ", status, " ", wait.Milliseconds()), err
}
