package runs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/harness"
	"fathom/sim/score"
)

// kinds are the endings of files in a directory that may hold runs.
var kinds = []string{".json", ".jsonl", ".csv", ".txt", ".log", ".out"}

// Most files that are read at once.
const Most = 100_000

// Files gives the files that paths name: themselves, those that fit a pattern, and of a directory all below that may
// hold runs. An error names the path at fault.
func Files(paths []string) ([]string, error) {
	var out []string
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil && strings.ContainsAny(path, "*?["):
			found, bad := filepath.Glob(path)
			if bad != nil || len(found) == 0 {
				return nil, message.Fault("runs.pattern", hw.Clean(path))
			}
			slices.Sort(found)
			out = append(out, found...)
		case err != nil:
			return nil, message.Fault("runs.file", hw.Clean(path), Reason(err))
		case info.IsDir():
			below, err := filesBelow(path)
			if err != nil {
				return nil, message.Fault("runs.file", hw.Clean(path), Reason(err))
			}
			if len(below) == 0 {
				return nil, message.Fault("runs.directory", hw.Clean(path), strings.Join(kinds, " "))
			}
			out = append(out, below...)
		default:
			out = append(out, path)
		}
		if len(out) > Most {
			return nil, message.Fault("runs.files", hw.Clean(path), Most)
		}
	}
	return out, nil
}

// Reason is an error of the file system without the path, which messages name themselves.
func Reason(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func filesBelow(root string) (out []string, err error) {
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && path != root && strings.HasPrefix(e.Name(), "."):
			return fs.SkipDir
		case e.Type().IsRegular() && slices.Contains(kinds, strings.ToLower(filepath.Ext(path))):
			if out = append(out, path); len(out) > Most {
				return fs.SkipAll
			}
		}
		return nil
	})
	return out, err
}

// In reads the runs of a file of a load generator or of a table of runs, by what it holds. The name of the file stands
// in messages and for rows without one. An error says what the file lacks.
func In(ctx context.Context, path string, data []byte, known score.Known) ([]score.Row, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, message.Fault("runs.empty")
	}
	if !harness.Known(data[:min(len(data), 1<<20)]) {
		rows, err := score.Read(Alive{ctx, bytes.NewReader(data)})
		if err != nil && !bytes.Contains(data[:min(len(data), 4096)], []byte(",")) {
			return nil, harness.ErrForeign
		}
		return rows, err
	}
	list, err := harness.Read(Alive{ctx, bytes.NewReader(data)})
	if err != nil {
		return nil, err
	}
	rows := make([]score.Row, len(list))
	for i := range list {
		rows[i] = score.FromRun(&list[i], known, filepath.Base(path))
	}
	return rows, nil
}

// NameAfter names rows without a name of their own after their file: lines alone do not tell several files apart.
func NameAfter(path string, rows []score.Row) {
	for i := range rows {
		if r := &rows[i]; r.ID == fmt.Sprintf("line %d", r.Line) {
			r.ID = filepath.Base(path)
		}
	}
}

// Alive reads as long as a context lives.
type Alive struct {
	Ctx context.Context
	R   io.Reader
}

func (a Alive) Read(b []byte) (int, error) {
	if a.Ctx.Err() != nil {
		return 0, context.Cause(a.Ctx)
	}
	return a.R.Read(b)
}
