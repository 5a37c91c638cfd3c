package disk

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Names of temporary files say whose they are: .fathom-HOST-PROCESS-RANDOM.
const tempPrefix = ".fathom-"

// abandoned is the age from which a temporary file of another machine, or of an older fathom, belongs to nobody.
const abandoned = time.Hour

func tempName() string { return fmt.Sprintf("%s%s-%d-*", tempPrefix, host(), os.Getpid()) }

// host is a short name of this machine: process numbers mean nothing on another one that shares the directory.
func host() string {
	name, _ := os.Hostname()
	return strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(name))), 36)
}

// Sweep removes the temporary files of a directory whose programs were killed before they could. Those of programs that
// run stay.
func Sweep(dir string) {
	for _, prefix := range []string{tempPrefix, ".clipboard-", ".host_key-"} { // the latter two of older versions
		list, _ := filepath.Glob(filepath.Join(dir, prefix+"*"))
		for _, path := range list {
			if orphan(path) {
				os.Remove(path)
			}
		}
	}
}

func orphan(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	own, ok := strings.CutPrefix(filepath.Base(path), tempPrefix+host()+"-")
	if number, _, cut := strings.Cut(own, "-"); ok && cut {
		if pid, err := strconv.Atoi(number); err == nil {
			return !alive(pid)
		}
	}
	return time.Since(info.ModTime()) > abandoned
}

// alive tells whether a process of this machine runs. Where that cannot be asked, it does.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH)
}
