package hw

import (
	"errors"
	"fathom/hw/message"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// LoadFile reads a user's profile. Errors are Faults, or the reason why the file cannot be read.
func LoadFile(path string) (*Profile, error) {
	data, err := ReadInput(path, maxFile)
	if err != nil {
		return nil, message.Fault("profile.file", Clean(path), err)
	}
	p, err := Parse(path, data)
	if err != nil {
		return nil, err
	}
	p.File = path
	return p, nil
}

// reason drops the operation and path that the message has already.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// LoadUserDir reads every *.toml file of a directory, by name. A directory that does not exist holds none. Profiles
// that load come back even when others fail; the error joins what is wrong, names that are used twice included.
func LoadUserDir(dir string) (List, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, message.Fault("profile.directory", Clean(dir), reason(err))
	}
	var list List
	var wrong []error
	for _, e := range entries {
		if e.IsDir() || !strings.EqualFold(filepath.Ext(e.Name()), ".toml") || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		p, err := LoadFile(filepath.Join(dir, e.Name()))
		if err == nil {
			list, err = list.Add(p)
		}
		if err != nil {
			wrong = append(wrong, err)
		}
	}
	return list, errors.Join(wrong...)
}
