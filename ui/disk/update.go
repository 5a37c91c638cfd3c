package disk

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"fathom/hw"
	"fathom/hw/message"

	"github.com/gofrs/flock"
)

const (
	lockName = ".lock"         // one for a directory
	patience = 5 * time.Second // others hold a lock for some milliseconds
	mostKept = 16 << 20        // bytes of a file that programs share
)

// Update changes a file that several programs write: it reads the content, nil where there is none, and replaces it by
// what change makes of it, under a lock of the directory. Two programs that add to a file both find their part in it.
// The directory is made where it is missing. Where change gives an error, or the same content, nothing is written.
func Update(path string, mode os.FileMode, change func(old []byte) ([]byte, error)) error {
	return Hold(filepath.Dir(path), func() error {
		old, err := hw.ReadInput(path, mostKept)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		next, err := change(old)
		if err != nil || old != nil && bytes.Equal(old, next) {
			return err
		}
		return Write(path, next, mode)
	})
}

// Hold does several things to the files of a directory under its lock, which Update takes too: neither may be called
// by what is done. The directory is made where it is missing.
func Hold(dir string, do func() error) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	unlock, err := hold(dir)
	if err != nil {
		return err
	}
	defer unlock()
	return do()
}

// hold takes the lock of a directory. A file system without locks is one that is not shared.
func hold(dir string) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	l := flock.New(filepath.Join(dir, lockName), flock.SetPermissions(0o600))
	ok, err := l.TryLockContext(ctx, 5*time.Millisecond)
	switch {
	case ok:
		return func() { l.Unlock() }, nil
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.ENOSYS), errors.Is(err, noLocks):
		return func() {}, nil
	case errors.Is(err, context.DeadlineExceeded):
		return nil, message.Fault("bad.locked", filepath.Join(dir, lockName), patience)
	}
	return nil, writing(dir, err)
}

// Writable tells whether files can be written to a directory, which is made where it is missing: a directory that is
// read-only and a disk that is full are errors.
func Writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, tempName())
	if err != nil {
		return writing(dir, err)
	}
	_, err = f.Write(make([]byte, 4096))
	return errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
}
