//go:build !unix

package engine

import (
	"os"
	"os/exec"
)

// Without process groups only the program itself is ended.

func own(*exec.Cmd) {}

func terminate(cmd *exec.Cmd) { cmd.Process.Kill() }

func kill(cmd *exec.Cmd) { cmd.Process.Kill() }

func alive(*exec.Cmd) bool { return false }

func statusOf(p *os.ProcessState) int {
	if p == nil {
		return 127
	}
	return p.ExitCode()
}
