//go:build unix

package disk

import "syscall"

// noLocks is what file systems without locks answer.
const noLocks = syscall.ENOLCK
