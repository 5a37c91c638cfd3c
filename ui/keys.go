package ui

import (
	"strings"

	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/pane"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
)

// editor is the text field under the cursor. state holds its text; where the cursor stands in it is nobody else's
// business.
type editor struct {
	name  string
	field textinput.Model
}

// newEditor makes a text field that neither blinks nor reads the clipboard by itself: the first repaints, the second is
// an effect.
func newEditor() editor {
	f := textinput.New()
	f.Cursor.SetMode(cursor.CursorStatic)
	f.KeyMap.Paste = key.NewBinding(key.WithDisabled())
	f.KeyMap.AcceptSuggestion = f.KeyMap.Paste
	f.KeyMap.NextSuggestion, f.KeyMap.PrevSuggestion = f.KeyMap.Paste, f.KeyMap.Paste
	f.Focus()
	return editor{field: f}
}

// sync takes over what state says: a new field starts with the cursor at its end, and so does a text that state changed
// by itself.
func (e *editor) sync(m *state.Model) {
	name, text, ok := m.Input()
	if !ok {
		e.name = ""
		return
	}
	if e.name != name || e.field.Value() != text {
		e.name = name
		e.field.SetValue(text)
		e.field.CursorEnd()
	}
}

// press gives the field a key and reports whether its text changed.
func (e *editor) press(k tea.KeyMsg) (text string, changed bool) {
	before := e.field.Value()
	e.field, _ = e.field.Update(k)
	return e.field.Value(), e.field.Value() != before
}

// caret is the cursor as a count of runes before it, or -1 where nothing is typed.
func (e *editor) caret() int {
	if e.name == "" {
		return -1
	}
	return e.field.Position()
}

// onKey turns a key into events. What the binding list knows is an action, also in a text field; anything else that is
// printable is text. A key that state has no use for gives none.
func (p *program) onKey(k tea.KeyMsg) []state.Event {
	if k.Paste {
		return []state.Event{state.Pasted{Text: pasted(k)}}
	}
	p.editor.sync(&p.model)
	if letters(k) < 2 { // typed letters are not the key that they may spell ("up")
		if b, ok := p.model.Lookup(k.String()); ok {
			return p.onAction(b.Action)
		}
	}
	if p.editor.name == "" {
		if key := k.String(); key != "" && !k.Alt {
			return []state.Event{state.Strayed{Key: key}}
		}
		return nil
	}
	if k.Alt && k.Type == tea.KeyRunes && !edits(k) {
		return nil
	}
	if k.Type == tea.KeyRunes { // an input method may send control characters along
		if k.Runes = []rune(cell.Clean(string(k.Runes))); len(k.Runes) == 0 {
			return nil
		}
	}
	if text, changed := p.editor.press(k); changed {
		return []state.Event{state.Typed{Text: text}}
	}
	return nil
}

// letters counts the letters of a message that was not pasted.
func letters(k tea.KeyMsg) int {
	if k.Type != tea.KeyRunes || k.Paste {
		return 0
	}
	return len(k.Runes)
}

// typing reports whether letters are text here.
func (p *program) typing() bool {
	p.editor.sync(&p.model)
	return p.editor.name != ""
}

// edits reports whether a key with alt moves or deletes by words in a text field; the others would be typed as their
// letter.
func edits(k tea.KeyMsg) bool {
	return len(k.Runes) == 1 && (k.Runes[0] == 'f' || k.Runes[0] == 'b' || k.Runes[0] == 'd')
}

// onAction is an action of a key.
func (p *program) onAction(a state.Action) []state.Event {
	return p.goesThere([]state.Event{state.Do{Action: a}}, a >= state.DetailBreakdown && a <= state.DetailService ||
		a == state.NextPlot)
}

// goesThere adds what only the screen knows: where table and detail share one place, choosing a detail also goes there.
func (p *program) goesThere(events []state.Event, detail bool) []state.Event {
	if r := &p.model.Results; detail && p.model.Scope() == state.InTable && !r.Cross &&
		pane.OneAtATime(p.w, p.h, &p.model) {
		events = append(events, state.Do{Action: state.Accept})
	}
	return events
}

// pasted keeps line ends, which a pasted command has; state cleans the rest.
func pasted(k tea.KeyMsg) string {
	s := strings.ReplaceAll(string(k.Runes), "\r\n", "\n")
	return strings.ReplaceAll(s, "\r", "\n")
}
