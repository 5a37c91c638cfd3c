package library

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan/file"
	"fathom/ui/disk"
	"fathom/ui/runs"
)

const (
	kind     = ".toml"
	aside    = ".damaged"
	mostFile = 1 << 20 // bytes of a scenario
	// Most scenarios that a library holds: a list reads the head of each.
	Most     = 20_000
	mostName = 100 // bytes of a name; file systems take 255 with the ending and the mark of a damaged one
)

// Library is a directory of scenarios. Every method may be called by several programs at the same time.
type Library struct{ Dir string }

// In is the library of a state directory.
func In(stateDir string) Library { return Library{filepath.Join(stateDir, "scenarios")} }

// Head is a scenario as a list shows it.
type Head struct {
	Name            string
	Models, Devices []string
	Kept            *file.Kept // nil: it has not been run
}

// Aside is a file that cannot be a scenario, and where it is now; To is "" where it could not be moved, or where a
// newer program wrote it and it stays.
type Aside struct {
	File, To string
	Newer    bool
	Why      error
}

// Message says what became of the file.
func (a Aside) Message() message.Message {
	if a.Newer {
		return message.New("scenario.newer", a.File, a.Why)
	}
	if a.To == "" {
		return message.New("scenario.unread", a.File, a.Why)
	}
	return message.New("scenario.damaged", a.File, a.Why, a.To)
}

// CheckName says what keeps a text from being a name: it is the name of a file on every system.
func CheckName(name string) error {
	bad := strings.IndexFunc(name, func(r rune) bool { return r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) }) >= 0
	switch {
	case strings.TrimSpace(name) == "":
		return message.Fault("scenario.no-name")
	case bad || hw.Clean(name) != name || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") ||
		!utf8.ValidString(name) || strings.HasSuffix(strings.ToLower(name), kind):
		return message.Fault("scenario.bad-name", hw.Clean(name))
	case reserved(name):
		return message.Fault("scenario.reserved-name", name)
	case len(name) > mostName:
		return message.Fault("scenario.long-name", hw.BriefWords(name), mostName)
	}
	return nil
}

// reserved reports whether Windows keeps a name for a device, with whatever ending and in whatever case.
// https://learn.microsoft.com/windows/win32/fileio/naming-a-file
func reserved(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	stem = strings.TrimRight(stem, " ")
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		port, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && utf8.RuneCountInString(port) == 1 && strings.Contains("0123456789¹²³", port)
}

func (l Library) path(name string) string { return filepath.Join(l.Dir, name+kind) }

// names lists what the directory holds, in order.
func (l Library) names() ([]string, error) {
	list, err := os.ReadDir(l.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, message.Fault("scenario.unread", l.Dir, runs.Reason(err))
	}
	var out []string
	for _, e := range list {
		name, ok := strings.CutSuffix(e.Name(), kind)
		if ok && !e.IsDir() && !strings.HasPrefix(name, ".") {
			out = append(out, name)
		}
	}
	if len(out) > Most {
		return nil, message.Fault("scenario.many", l.Dir, len(out), Most)
	}
	return out, nil
}

// List gives the head of every scenario, by name. It runs nothing. A file that is damaged is renamed, so that it is
// there to be mended and in nobody's way, and named.
func (l Library) List() ([]Head, []Aside, error) {
	names, err := l.names()
	if err != nil {
		return nil, nil, err
	}
	heads, faults := make([]Head, len(names)), make([]error, len(names))
	var group sync.WaitGroup
	workers := min(len(names), runtime.GOMAXPROCS(0))
	for w := range workers {
		group.Go(func() {
			for i := w; i < len(names); i += workers {
				heads[i], faults[i] = l.head(names[i])
			}
		})
	}
	group.Wait()
	var out []Head
	var damaged []Aside
	for i, err := range faults {
		switch {
		case err == nil:
			out = append(out, heads[i])
		case !errors.Is(err, fs.ErrNotExist): // else another program has just removed it
			damaged = append(damaged, l.setAside(names[i], err))
		}
	}
	return out, damaged, nil
}

func (l Library) head(name string) (Head, error) {
	if err := CheckName(name); err != nil {
		return Head{}, err
	}
	data, err := hw.ReadInput(l.path(name), mostFile)
	if err != nil {
		return Head{}, err
	}
	h, err := file.DecodeHead(string(data))
	if err != nil {
		return Head{}, err
	}
	return Head{Name: name, Models: file.Words(h.Model), Devices: file.Words(h.Device), Kept: h.Kept}, nil
}

// setAside renames a damaged file. One that cannot be read, or that a newer fathom wrote, is as it should be and stays.
func (l Library) setAside(name string, why error) Aside {
	out := Aside{File: l.path(name), Why: runs.Reason(why)}
	var fault *file.Error
	if !errors.As(why, &fault) || fault.Newer {
		out.Newer = fault != nil && fault.Newer
		return out
	}
	err := disk.Hold(l.Dir, func() error {
		if _, err := l.head(name); err == nil || errors.Is(err, fs.ErrNotExist) {
			return nil // mended meanwhile, or set aside by another program
		}
		to := l.path(name) + aside
		for n := 2; exists(to); n++ {
			to = fmt.Sprintf("%s%s-%d", l.path(name), aside, n)
		}
		if err := os.Rename(l.path(name), to); err != nil {
			return err
		}
		out.To = to
		return nil
	})
	if err != nil {
		out.Why = errors.Join(out.Why, err)
	}
	return out
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// Read gives the text of a scenario; a damaged one is set aside.
func (l Library) Read(name string) (string, error) {
	text, err := l.text(name)
	if err != nil {
		return "", err
	}
	if _, err := file.DecodeHead(text); err != nil {
		at := l.setAside(name, err)
		at.Why = err
		return "", &message.Error{Said: at.Message()}
	}
	return text, nil
}

// text is what the file of a scenario holds, whatever that is.
func (l Library) text(name string) (string, error) {
	if err := CheckName(name); err != nil {
		return "", err
	}
	data, err := hw.ReadInput(l.path(name), mostFile)
	if errors.Is(err, fs.ErrNotExist) {
		names, _ := l.names()
		if len(names) == 0 {
			return "", message.Fault("scenario.empty", name)
		}
		if near := hw.Meant(names, name); near != "" {
			return "", message.Fault("scenario.meant", name, near)
		}
		return "", message.Fault("scenario.unknown", name)
	}
	if err != nil {
		return "", message.Fault("scenario.unread", l.path(name), runs.Reason(err))
	}
	return string(data), nil
}

// taken finds a scenario whose name is this one but for the case of its letters, which some file systems do not tell
// apart.
func (l Library) taken(name string) (string, error) {
	names, err := l.names()
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, name) }); i >= 0 {
		return names[i], nil
	}
	return "", nil
}

// Taken is the error about a name that a scenario has already.
type Taken struct {
	error
	Name string
}

// Message is what the error says, in the language of whoever reads it.
func (t *Taken) Message() message.Message { return message.Of(t.error) }

// Unwrap gives what the error says.
func (t *Taken) Unwrap() error { return t.error }

// Save writes a scenario under a name. One that has the name already is replaced only where that was asked.
func (l Library) Save(name, text string, replace bool) error {
	if err := CheckName(name); err != nil {
		return err
	}
	return disk.Hold(l.Dir, func() error { return l.save(name, text, replace) })
}

func (l Library) save(name, text string, replace bool) error {
	was, err := l.taken(name)
	switch {
	case err != nil:
		return err
	case was != "" && !replace:
		return &Taken{message.Fault("scenario.taken", was), was}
	case was != "":
		name = was
	}
	return disk.Write(l.path(name), []byte(text), 0o600)
}

// Keep puts a new answer behind the plan of a scenario, if the plan is still the one that was run: one that somebody
// has changed meanwhile keeps what it has, and the error says so.
func (l Library) Keep(name, text string, k *file.Kept) error {
	if err := CheckName(name); err != nil {
		return err
	}
	return disk.Update(l.path(name), 0o600, func(old []byte) ([]byte, error) {
		is, _ := file.Cut(string(old))
		ran, _ := file.Cut(text)
		if old == nil || strings.TrimSpace(is) != strings.TrimSpace(ran) {
			return old, message.Fault("scenario.changed", name)
		}
		next, err := file.WithKept(string(old), k)
		return []byte(next), err
	})
}

// Copy writes a scenario under a second name.
func (l Library) Copy(from, to string) error {
	if err := CheckName(to); err != nil {
		return err
	}
	return disk.Hold(l.Dir, func() error {
		text, err := l.text(from)
		if err != nil {
			return err
		}
		return l.save(to, text, false)
	})
}

// Rename gives a scenario another name.
func (l Library) Rename(from, to string) error {
	if err := CheckName(to); err != nil {
		return err
	}
	return disk.Hold(l.Dir, func() error {
		if _, err := l.text(from); err != nil {
			return err
		}
		was, err := l.taken(to)
		if err != nil {
			return err
		}
		if was != "" && was != from {
			return &Taken{message.Fault("scenario.taken", was), was}
		}
		return os.Rename(l.path(from), l.path(to))
	})
}

// Remove takes scenarios out: all of them, or none where a name is not there.
func (l Library) Remove(names []string) error {
	return disk.Hold(l.Dir, func() error {
		for _, name := range names {
			if _, err := l.text(name); err != nil {
				return err
			}
		}
		for _, name := range names {
			if err := os.Remove(l.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return message.Fault("scenario.unread", l.path(name), runs.Reason(err))
			}
		}
		return nil
	})
}
