package ui

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fathom/hw"
	"fathom/ui/disk"
)

// mostPlan is more than any plan or script is long.
const mostPlan = 1 << 20

// readFile reads a file that a user named, "~" included, but never more than a plan can be.
func readFile(path string) ([]byte, error) {
	data, err := hw.ReadInput(expand(path), mostPlan)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return data, err
}

// writeFile replaces a file as a whole: a reader sees the old one or the new one, never half of it.
func writeFile(path string, data []byte, mode os.FileMode) error {
	path = expand(path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return disk.Write(path, data, mode)
}

func expand(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}

// free gives a name in dir that no file has yet: base.ext, base-2.ext, …
func free(dir, base, ext string) string {
	for i := 1; ; i++ {
		if ext != "" && !strings.HasPrefix(ext, ".") {
			ext = "." + ext
		}
		name := base + ext
		if i > 1 {
			name = fmt.Sprintf("%s-%d%s", base, i, ext)
		}
		path := filepath.Join(dir, name)
		if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
			return path
		}
		if i > 9999 {
			return path
		}
	}
}
