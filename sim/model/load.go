package model

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
)

// Names of the files that a model directory holds.
const (
	configFile       = "config.json"
	preprocessorFile = "preprocessor_config.json"
	quantFile        = "hf_quant_config.json"
	indexFile        = "model.safetensors.index.json"
	adapterFile      = "adapter_config.json"
)

// maxConfig is far more than any configuration needs: a bigger file is something else.
const maxConfig = 4 << 20

// maxIndex holds the names of the tensors of every expert of the largest models.
const maxIndex = 256 << 20

// Load reads a local model: a config.json under any name, or a directory that holds one. A preprocessor_config.json
// beside it gives the pixel limits of images. architecture replaces the model_type of the file unless it is empty.
func Load(path, architecture string) (*Model, error) {
	return load(path, path, architecture)
}

// load reads a local model under a name of its own.
func load(name, path, architecture string) (*Model, error) {
	file := path
	if info, err := os.Stat(path); err != nil {
		return nil, message.Fault("load.model", name, message.Fault("load.model-absent", reason(err), configFile))
	} else if info.IsDir() {
		file = filepath.Join(path, configFile)
	}
	data, err := readFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, message.Fault("load.model", name, instead(filepath.Dir(file)))
	}
	if err != nil {
		return nil, message.Fault("load.in-file", file, reason(err))
	}
	opts := []Option{As(architecture), InFile(file)}
	beside := filepath.Join(filepath.Dir(file), preprocessorFile)
	switch images, err := readFile(beside); {
	case err == nil:
		opts = append(opts, Preprocessor(images))
	case !errors.Is(err, fs.ErrNotExist):
		return nil, message.Fault("load.in-file", beside, reason(err))
	}
	beside = filepath.Join(filepath.Dir(file), quantFile)
	switch quant, err := readFile(beside); {
	case err == nil:
		opts = append(opts, QuantFile(quant))
	case !errors.Is(err, fs.ErrNotExist):
		return nil, message.Fault("load.in-file", beside, reason(err))
	}
	lists, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "quant_model_description*.json"))
	if len(lists) > 0 {
		kinds, err := hw.ReadInput(lists[0], maxIndex)
		if err != nil {
			return nil, message.Fault("load.in-file", lists[0], reason(err))
		}
		opts = append(opts, Described(kinds))
	}
	m, err := ParseJSON(name, "inspected local file "+file, data, opts...)
	if err == nil {
		m.Local = true
		m.TotalBytes, err = totalBytes(filepath.Join(filepath.Dir(file), indexFile))
		if _, missing := os.Stat(filepath.Join(filepath.Dir(file), adapterFile)); missing == nil {
			m.LeftOut = append(m.LeftOut, message.New("omitted.adapter", adapterFile))
		}
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// instead says what a directory without a configuration holds.
func instead(dir string) error {
	if data, err := readFile(filepath.Join(dir, adapterFile)); err == nil {
		base := ""
		if config, err := decode(data); err == nil {
			base, _ = config["base_model_name_or_path"].(string)
		}
		return message.Fault("load.model-adapter", hw.Clean(base))
	}
	for _, kind := range []struct{ pattern, why string }{{"*.gguf", "load.model-gguf"},
		{"params.json", "load.model-native"}} {
		if found, _ := filepath.Glob(filepath.Join(dir, kind.pattern)); len(found) > 0 {
			return message.Fault(kind.why, hw.Clean(filepath.Base(found[0])), configFile)
		}
	}
	return message.Fault("load.model-without-config", configFile)
}

// Reason is why a model cannot be read, without the name that it was asked for by.
func Reason(err error) message.Message {
	m := message.Of(err)
	if m.Key == "load.model" {
		m = message.Of(m.Args[1].(error))
	}
	return m
}

// totalBytes reads the size of all weights out of the index of a checkpoint, 0 where there is none. Its list of
// tensors, which can be long, is passed over.
func totalBytes(path string) (float64, error) {
	data, err := hw.ReadInput(path, maxIndex)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, message.Fault("load.in-file", path, reason(err))
	}
	var index struct {
		Metadata struct {
			TotalSize float64 `json:"total_size"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(data, &index); err != nil {
		return 0, message.Fault("load.no-json-file", path, hw.Clean(err.Error()))
	}
	if index.Metadata.TotalSize < 0 {
		return 0, message.Fault("load.total-size", path, index.Metadata.TotalSize)
	}
	return index.Metadata.TotalSize, nil
}

// readFile reads a regular file of reasonable size.
func readFile(path string) ([]byte, error) {
	data, err := hw.ReadInput(path, maxConfig)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		err = message.Fault("load.name-file", err, configFile)
	}
	return data, err
}

// reason strips operation and path from an error of the file system: the message names the path already.
func reason(err error) error {
	var bad *fs.PathError
	if errors.As(err, &bad) {
		return bad.Err
	}
	return err
}

// Caches are the directories into which other tools have downloaded models. Nothing here ever asks the network.
type Caches struct {
	HuggingFace string // holds models--OWNER--NAME
	ModelScope  string // holds models/OWNER/NAME or OWNER/NAME
}

// CachesFrom finds the cache directories as the tools that own them do, from an environment and a home directory.
func CachesFrom(env func(string) string, home string) Caches {
	or := func(value string, fallback ...string) string {
		if value != "" {
			return value
		}
		return filepath.Join(fallback...)
	}
	cache := or(env("XDG_CACHE_HOME"), home, ".cache")
	hub := or(env("HF_HUB_CACHE"), or(env("HUGGINGFACE_HUB_CACHE"), or(env("HF_HOME"), cache, "huggingface"), "hub"))
	return Caches{HuggingFace: hub, ModelScope: or(env("MODELSCOPE_CACHE"), home, ".cache", "modelscope", "hub")}
}

// published matches the names that caches hold: no path can hide in one.
var published = regexp.MustCompile(`^\w[\w.-]*/\w[\w.-]*$`)

// find gives the directory of a downloaded model.
func (c Caches) find(name string) (dir string, ok bool) {
	if !published.MatchString(name) {
		return "", false
	}
	owner, base, _ := strings.Cut(name, "/")
	for _, d := range append(c.huggingFace(owner, base), c.modelScope(owner, base)...) {
		if info, err := os.Stat(filepath.Join(d, configFile)); err == nil && info.Mode().IsRegular() {
			return d, true
		}
	}
	return "", false
}

// huggingFace lists where a model can be: the snapshot that main points to, then any other.
func (c Caches) huggingFace(owner, base string) (dirs []string) {
	if c.HuggingFace == "" {
		return nil
	}
	folder := filepath.Join(c.HuggingFace, "models--"+owner+"--"+base)
	if commit, err := readFile(filepath.Join(folder, "refs", "main")); err == nil {
		dirs = append(dirs, filepath.Join(folder, "snapshots", filepath.Base(strings.TrimSpace(string(commit)))))
	}
	snapshots, _ := os.ReadDir(filepath.Join(folder, "snapshots"))
	for _, s := range snapshots {
		dirs = append(dirs, filepath.Join(folder, "snapshots", s.Name()))
	}
	return dirs
}

// modelScope lists where a model can be: the tool writes dots of a name as three underscores, and has moved its models
// twice.
func (c Caches) modelScope(owner, base string) (dirs []string) {
	if c.ModelScope == "" {
		return nil
	}
	for _, b := range []string{base, strings.ReplaceAll(base, ".", "___")} {
		for _, parent := range []string{"", "models", "hub", filepath.Join("hub", "models")} {
			dirs = append(dirs, filepath.Join(c.ModelScope, parent, owner, b))
		}
	}
	return dirs
}

// Resolve reads what a user calls a model: a name of the catalog, a local path, or a name in the caches, in this order.
// The error of an unknown name offers the nearest names of the catalog.
func Resolve(name, architecture string, c Caches) (*Model, error) {
	if e, ok := lookup(name); ok {
		return e.Load(As(architecture))
	}
	if _, err := os.Stat(name); err == nil {
		return Load(name, architecture)
	}
	if dir, ok := c.find(name); ok {
		return load(name, dir, architecture)
	}
	_, err := Find(name)
	return nil, err
}
