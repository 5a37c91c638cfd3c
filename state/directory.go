package state

import (
	"path"
	"slices"
	"strings"

	"fathom/state/field"
	"fathom/state/pick"
)

// Listing is a directory as ui found it.
type Listing struct {
	Dir     string // as it was asked for
	Entries []DirEntry
	Failed  bool
}

// DirEntry is a file or a directory in it; Model says that it holds a config.json.
type DirEntry struct {
	Name  string
	Dir   bool
	Model bool
}

// fileKind is what a question about files takes.
type fileKind struct {
	endings []string // of files; nil: directories only
	dirs    bool     // a directory is an answer, and the question is about nothing but files
	number  bool     // a number is an answer, too: files only where the text is none
}

// files are the questions that name files. Model does where the text is a path.
var files = map[field.ID]fileKind{
	field.Model:       {endings: []string{"config.json"}},
	field.DraftModel:  {endings: []string{"config.json"}},
	field.Workload:    {endings: []string{".toml", ".yaml", ".yml"}, number: true},
	field.InputLength: {endings: []string{".yaml", ".yml"}, number: true},
	field.ExpertLoads: {endings: []string{".csv", ".json", ".txt"}},
	field.Trace:       {endings: []string{".csv", ".json", ".jsonl"}},
	field.Fleet:       {endings: []string{".csv", ".tsv", ".txt"}, number: true},
	field.DeviceFile:  {endings: []string{".toml"}},
	field.Root:        {dirs: true},
	field.Python:      {endings: []string{""}},
	field.DraftConfig: {endings: []string{".json"}},
	field.ProfilingDB: {endings: []string{""}, dirs: true},
}

// planKind are plan files, which no question names but a prompt.
var planKind = fileKind{endings: []string{".toml"}}

func (k fileKind) wanted(text string) bool {
	if k.endings == nil && !k.dirs {
		return false
	}
	return !k.number || isPath(text)
}

// isPath reports whether a text begins as only paths do.
func isPath(text string) bool {
	return strings.HasPrefix(text, "/") || strings.HasPrefix(text, "~") || strings.HasPrefix(text, ".")
}

// directory lists what is where a path being typed points to. What has not been read yet is asked for.
func (u *update) directory(text string, kind fileKind) Picker {
	head, base := "", text
	if at := strings.LastIndexByte(text, '/') + 1; at > 0 {
		head, base = text[:at], text[at:]
	}
	u.read(head)
	var items []pick.Item
	if u.dir.Dir == head {
		for _, e := range u.dir.Entries {
			i := pick.Item{Value: head + field.Clean(e.Name), Hidden: strings.HasPrefix(e.Name, ".")}
			switch {
			case e.Dir && e.Model:
				i.Kind = pick.Checkpoint
			case e.Dir:
				i.Kind, i.Value = pick.Directory, i.Value+"/"
			case slices.ContainsFunc(kind.endings, func(end string) bool { return strings.HasSuffix(e.Name, end) }):
				i.Kind = pick.File
			default:
				continue
			}
			items = append(items, i)
		}
	}
	p := Picker{Query: base, Cursor: -1, Size: len(items)}
	low := strings.ToLower(base)
	for _, i := range items { // only what goes on from the text: a path is not replaced by another
		if name := strings.ToLower(path.Base(i.Value)); strings.HasPrefix(name, low) && (!i.Hidden || low != "") {
			p.Items = append(p.Items, i)
		}
	}
	return p
}

// read asks for a directory that is not the one at hand.
func (u *update) read(dir string) {
	if u.dir.Dir != dir || !u.dirKnown {
		u.dir, u.dirKnown = Listing{Dir: dir}, true
		u.emit(List{Dir: dir})
	}
}

// found takes a directory that was asked for.
func (u *update) found(e Listed) {
	if e.Listing.Dir != u.dir.Dir || !u.dirKnown {
		return
	}
	u.dir = e.Listing
	switch {
	case u.Overlay.Kind == PromptOverlay:
		u.refreshPrompt()
	case u.Pane == Editing:
		u.refreshForm()
	}
}

// checkpoints are the directories at hand that hold a model.
func (u *update) checkpoints() []pick.Item {
	u.read("")
	var out []pick.Item
	for _, e := range u.dir.Entries {
		if u.dir.Dir == "" && e.Dir && e.Model {
			out = append(out, pick.Item{Value: "./" + field.Clean(e.Name), Kind: pick.Checkpoint})
		}
	}
	return out
}
