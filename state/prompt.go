package state

import (
	"slices"
	"strings"
	"unicode/utf8"

	"fathom/state/field"
	"fathom/state/pick"
)

// prompt asks for one line of text.
func (u *update) prompt(p Prompt, text string) {
	u.Overlay = Overlay{Kind: PromptOverlay, Prompt: p, Text: text}
	u.refreshPrompt()
}

// refreshPrompt lists the files that a prompt's text may become, of plans those first that were opened or saved before.
func (u *update) refreshPrompt() {
	o := &u.Overlay
	if o.Kind != PromptOverlay || o.Prompt == PromptName || o.Prompt >= PromptScenario {
		return
	}
	if o.Prompt == PromptSweep {
		u.refreshSweep()
		return
	}
	if o.Prompt == PromptMeasured {
		o.Picker = u.directory(o.Text, runKind)
		return
	}
	o.Picker = u.directory(o.Text, planKind)
	var recent []pick.Item
	for _, path := range u.Plans {
		if strings.Contains(strings.ToLower(path), strings.ToLower(o.Text)) {
			recent = append(recent, pick.Item{Value: path, Kind: pick.File, Recent: true})
		}
	}
	o.Picker.Items, o.Picker.Size = slices.Concat(recent, o.Picker.Items), o.Picker.Size+len(u.Plans)
}

// completePrompt goes on with the text as a shell does: with the item under the cursor, else with as much as all items
// have in common; where that is nothing more, the cursor goes to the first one.
func (u *update) completePrompt() {
	o := &u.Overlay
	k := &o.Picker
	text := k.Items[0].Value
	for _, i := range k.Items[1:] {
		for !strings.HasPrefix(i.Value, text) {
			_, size := utf8.DecodeLastRuneInString(text)
			text = text[:len(text)-size]
		}
	}
	if item, ok := k.Item(); ok {
		text = item.Value
	}
	if text = k.Head + text; len(text) <= len(o.Text) && strings.HasPrefix(o.Text, text) {
		k.move(Down, u.lines)
		return
	}
	o.Text = text
	u.refreshPrompt()
}

// answerPrompt takes what was typed.
func (u *update) answerPrompt() {
	o := u.Overlay
	if o.Prompt == PromptSweep {
		u.answerSweep()
		return
	}
	text := strings.TrimSpace(field.Clean(o.Text))
	if item, ok := o.Picker.Item(); ok && o.Picker.Moved {
		if text = item.Value; item.Kind == pick.Directory {
			u.Overlay.Text = text
			u.refreshPrompt()
			return
		}
	}
	if text == "" && o.Prompt != PromptName && o.Prompt != PromptFind {
		u.warn("prompt-empty")
		return
	}
	u.Overlay = Overlay{}
	switch o.Prompt {
	case PromptMeasured:
		if path := droppedPath(text); path != "" {
			text = path
		}
		u.measure(text)
	case PromptScenario:
		u.keepScenario(text)
	case PromptDuplicate, PromptRename:
		op := ShelfCopy
		if o.Prompt == PromptRename {
			op = ShelfRename
		}
		u.backToShelf(o.Cursor)
		u.emit(Shelve{Op: op, Name: o.Of, To: text})
	case PromptFind:
		u.backToShelf(0)
		u.findScenarios(text)
	case PromptOpen:
		u.emit(Open{text})
	case PromptSave:
		a := u.Form.Answers
		if u.Pane == Showing {
			a = u.current().Answers
		}
		u.emit(Save{Path: text, Data: []byte(field.ToTOML(a))})
	case PromptName:
		u.History = slices.Clone(u.History)
		if e := u.current(); e != nil {
			e.Name = text
			u.remember()
			if text == "" {
				u.say("unnamed")
			} else {
				u.say("named", "name", text)
			}
		}
	}
}

// ofShelf reports whether a prompt was asked over the list of scenarios.
func ofShelf(p Prompt) bool { return p == PromptDuplicate || p == PromptRename || p == PromptFind }

// saved says where a file went.
func (u *update) saved(e Saved) {
	if e.Err != nil {
		u.because("save-failed", said(e.Err), "path", field.Clean(e.Path))
		return
	}
	if u.Pane == Editing || u.Pane == Confirming {
		u.Form.Dirty = false
		u.planned(e.Path)
	}
	u.say("saved", "path", field.Clean(e.Path))
}

// planned remembers a plan file, newest first.
func (u *update) planned(path string) {
	path = field.Clean(path)
	plans := slices.DeleteFunc(slices.Clone(u.Plans), func(p string) bool { return p == path })
	u.Plans = slices.Insert(plans, 0, path)
	u.Plans = u.Plans[:min(len(u.Plans), mostPlans)]
	u.remember()
}

const mostPlans = 8
