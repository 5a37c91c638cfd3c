package disk

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File is one of several files of a directory; its name may hold directories of their own.
type File struct {
	Name string
	Data []byte
}

// Exists is a file of other content, which nobody said to replace.
type Exists struct{ Path string }

func (e *Exists) Error() string { return e.Path + ": is there already, with other content" }

// WriteAll writes files into a directory, which is made where it is missing, each of them whole. A file of other
// content stays, and nothing is written, unless overwrite says so.
func WriteAll(dir string, files []File, overwrite bool) error {
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		old, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case !overwrite && !bytes.Equal(old, f.Data):
			return &Exists{path}
		}
	}
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := Write(path, f.Data, 0o644); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}
