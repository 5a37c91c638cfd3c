//go:build unix

package engine

import (
	"os"
	"os/exec"
	"syscall"
)

// own gives the command a process group of its own, so that all of it can be ended, and nothing else.
func own(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func terminate(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }

func kill(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// alive reports whether any process of the group is left.
func alive(cmd *exec.Cmd) bool { return syscall.Kill(-cmd.Process.Pid, 0) == nil }

// statusOf is the exit status as shells count it: 128 and the number of a signal.
func statusOf(p *os.ProcessState) int {
	if p == nil {
		return 127
	}
	if w, ok := p.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return 128 + int(w.Signal())
	}
	return p.ExitCode()
}
