package disk

import "syscall"

// noLocks is what file systems without locks answer (ERROR_INVALID_FUNCTION).
const noLocks = syscall.Errno(1)
