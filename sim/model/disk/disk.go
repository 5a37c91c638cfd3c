// Package disk finds a model by what a user types: a name of the catalog, a directory with config.json, such a file, or the name
// of a model in the local Hugging Face or ModelScope cache. It never uses the network.
package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/sim/model"
)

// maxConfig is far above any real config.json (the largest known is below 200 kB).
const maxConfig = 16 << 20

// Finder looks models up. Getenv gives HOME and the variables that move the caches.
type Finder struct {
	Getenv       func(string) string
	Architecture string // read configurations as this model_type; "" keeps their own
}

// Find reads a model. The catalog comes first; then a path; then the caches. Errors name the text, what was wrong and the fix.
func (f Finder) Find(text string) (*model.Model, error) {
	if m, err := model.Find(text); err == nil || known(text) {
		return m, err
	}
	path := f.expand(text)
	if info, err := os.Stat(path); err == nil {
		return f.read(text, path, info.IsDir())
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", hw.Clean(text), reason(err))
	}
	for _, dir := range f.cached(text) {
		if _, err := os.Stat(filepath.Join(dir, "config.json")); err == nil {
			return f.read(text, dir, true)
		}
	}
	return nil, &Unknown{Text: hw.Clean(text)}
}

// Unknown means that the text names no model anywhere that was looked at.
type Unknown struct{ Text string }

func (u *Unknown) Error() string {
	return fmt.Sprintf("is not in the catalog, no local directory or file, and in no local cache; did you mean %s?",
		strings.Join(model.Nearest(u.Text, 3), ", "))
}

func known(text string) bool {
	return slices.ContainsFunc(model.Names(), func(name string) bool { return strings.EqualFold(name, text) })
}

// expand replaces a leading ~ by the home directory.
func (f Finder) expand(path string) string {
	if home := f.Getenv("HOME"); home != "" && (path == "~" || strings.HasPrefix(path, "~/")) {
		return filepath.Join(home, path[1:])
	}
	return path
}

// read reads config.json of a directory, or a file by itself. The model's name is the text that the user typed.
func (f Finder) read(text, path string, isDir bool) (*model.Model, error) {
	file := path
	if isDir {
		file = filepath.Join(path, "config.json")
	}
	data, err := readFile(file)
	if err != nil {
		return nil, err
	}
	opts := []model.Option{model.InFile(file), model.As(f.Architecture)}
	if pixels, err := readFile(filepath.Join(filepath.Dir(file), "preprocessor_config.json")); err == nil {
		opts = append(opts, model.Preprocessor(pixels))
	}
	return model.ParseJSON(text, file, data, opts...)
}

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", hw.Clean(path), reason(err))
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file; name a directory with config.json or such a file", hw.Clean(path))
	}
	data, err := io.ReadAll(io.LimitReader(file, maxConfig+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", hw.Clean(path), reason(err))
	case len(data) > maxConfig:
		return nil, fmt.Errorf("%s: larger than %d MiB; a config.json is not", hw.Clean(path), maxConfig>>20)
	}
	return data, nil
}

// reason drops the operation and path that the message has already.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// cached lists the directories where the caches would hold the model: Hugging Face keeps snapshots by commit, the one that
// refs/main names first; ModelScope keeps one directory a model.
func (f Finder) cached(name string) []string {
	org, base, ok := strings.Cut(name, "/")
	if !ok || org == "" || base == "" || strings.ContainsAny(base, "/\\") || org == ".." || base == ".." {
		return nil
	}
	var out []string
	for _, hub := range f.hubs() {
		dir := filepath.Join(hub, "models--"+org+"--"+base)
		snapshots := filepath.Join(dir, "snapshots")
		if ref, err := os.ReadFile(filepath.Join(dir, "refs", "main")); err == nil {
			if commit := strings.TrimSpace(string(ref)); commit != "" && filepath.Base(commit) == commit {
				out = append(out, filepath.Join(snapshots, commit))
			}
		}
		entries, _ := os.ReadDir(snapshots)
		for _, e := range entries {
			out = append(out, filepath.Join(snapshots, e.Name()))
		}
	}
	for _, scope := range f.scopes() {
		// ModelScope writes a dot in a directory name as three underscores.
		for _, b := range []string{base, strings.ReplaceAll(base, ".", "___")} {
			out = append(out, filepath.Join(scope, "models", org, b), filepath.Join(scope, "hub", "models", org, b),
				filepath.Join(scope, "hub", org, b), filepath.Join(scope, org, b))
		}
	}
	return out
}

func (f Finder) hubs() []string {
	var out []string
	add := func(parts ...string) {
		if parts[0] != "" {
			out = append(out, filepath.Join(parts...))
		}
	}
	add(f.Getenv("HF_HUB_CACHE"))
	add(f.Getenv("HF_HOME"), "hub")
	add(f.Getenv("XDG_CACHE_HOME"), "huggingface", "hub")
	add(f.Getenv("HOME"), ".cache", "huggingface", "hub")
	return out
}

func (f Finder) scopes() []string {
	var out []string
	if dir := f.Getenv("MODELSCOPE_CACHE"); dir != "" {
		out = append(out, dir)
	}
	if home := f.Getenv("HOME"); home != "" {
		out = append(out, filepath.Join(home, ".cache", "modelscope"))
	}
	return out
}
