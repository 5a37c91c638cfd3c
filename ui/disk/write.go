package disk

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"fathom/hw/message"
)

// Write replaces the content of a file. A link keeps pointing where it points, and nobody may do more with a file that
// exists than before; mode is that of a new one. What is no regular file (a terminal, a pipe, /dev/stdout) is written
// to instead of replaced.
func Write(path string, data []byte, mode os.FileMode) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return message.Fault("system.directory")
	case err == nil && !info.Mode().IsRegular():
		return into(path, data)
	case err == nil:
		mode &= info.Mode().Perm()
		// What a link names is replaced beside itself. Under /proc a link may name a file that has no path any more: write
		// into that.
		target, err := filepath.EvalSymlinks(path)
		if err != nil {
			return into(path, data)
		}
		if other, err := os.Stat(target); err != nil || !os.SameFile(info, other) || target != path && opened(path) {
			return into(path, data)
		}
		path = target
	}
	return replace(path, data, mode)
}

// opened tells a link to a file that this process has open, as /dev/stdout is where output goes to a file: the
// descriptor would go on writing to the file that was replaced.
func opened(path string) bool {
	for range 8 {
		next, err := os.Readlink(path)
		if err != nil {
			return false
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(path), next)
		}
		if dir := filepath.Dir(next); filepath.Base(dir) == "fd" {
			return true
		}
		path = next
	}
	return false
}

// into writes to what is there already. A pipe that nobody reads from is an error instead of a wait without end.
func into(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return writing(path, err)
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func replace(path string, data []byte, mode os.FileMode) error {
	dir := filepath.Dir(path)
	Sweep(dir)
	f, err := os.CreateTemp(dir, tempName())
	if err != nil {
		return writing(dir, err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// writing is the error of a file that was opened to write to path: the system only knows that it was opened.
func writing(path string, err error) error {
	if at := (*os.PathError)(nil); errors.As(err, &at) {
		return &os.PathError{Op: "write", Path: path, Err: at.Err}
	}
	return err
}
