package state

import "fathom/state/field"

// Scope is a situation in which keys have their meaning: the pane, or what lies over it. Scopes are bits, so that a
// binding names all it holds in.
type Scope uint32

// The scopes. In the typing ones every printable key is text.
const (
	InText   Scope = 1 << iota // a text field of the form
	InList                     // a text field of the form with a list to choose from
	InChoice                   // a field with a closed list, or the fold
	InConfirm
	InRunning
	InFailed
	InTable  // results, keys move in the table
	InDetail // results, keys move in the detail
	InHeader // results, choosing a knob of the header
	InKnob   // results, typing a knob
	InPick   // results, choosing the value of a knob with a closed list
	InFilter // results, typing the filter
	InHelp   // the help overlay; its filter is always typed
	InMenu   // a menu: sort, history
	InCopy
	InExport
	InQuit
	InPrompt
	InPalette // its filter is always typed
	InCompare
	InFullText
	InPresent
	InVerdict
	InFit
	InLibrary
	InSweep
	InDecision
	endOfScopes
)

const (
	everywhere = endOfScopes - 1
	inTexts    = InText | InList
	inForm     = inTexts | InChoice
	typing     = inTexts | InKnob | InFilter | InHelp | InPrompt | InPalette
	inResults  = InTable | InDetail | InHeader
	inPanes    = InChoice | InConfirm | InRunning | InFailed | inResults
	scrolling  = InConfirm | InRunning | InFailed | inResults | InCompare | InFullText | InVerdict | InSweep | InDecision
)

// Typing reports whether printable keys are text here.
func (s Scope) Typing() bool { return s&typing != 0 }

// Scope is the present situation.
func (m *Model) Scope() Scope {
	switch m.Overlay.Kind {
	case HelpOverlay:
		return InHelp
	case SortOverlay, HistoryOverlay, AdmitOverlay:
		return InMenu
	case CopyOverlay:
		return InCopy
	case ExportOverlay:
		return InExport
	case QuitOverlay:
		return InQuit
	case PromptOverlay:
		return InPrompt
	case PaletteOverlay:
		return InPalette
	case CompareOverlay:
		return InCompare
	case TextOverlay:
		return InFullText
	case PresentOverlay:
		return InPresent
	case VerdictOverlay:
		return InVerdict
	case FitOverlay:
		return InFit
	case LibraryOverlay:
		return InLibrary
	case SweepOverlay:
		return InSweep
	case DecisionOverlay:
		return InDecision
	}
	switch m.Pane {
	case Confirming:
		return InConfirm
	case Running:
		return InRunning
	case Failing:
		return InFailed
	case Showing:
		return m.resultsScope()
	}
	if m.Form.OnFold || m.Form.HasChoice() {
		return InChoice
	}
	if m.Form.Picking() {
		return InList
	}
	return InText
}

func (m *Model) resultsScope() Scope {
	w := &m.Results.WhatIf
	switch {
	case m.Results.Table.Filter.Typing:
		return InFilter
	case m.Results.Focus == OnHeader && w.Editing && w.HasChoice():
		return InPick
	case m.Results.Focus == OnHeader && w.Editing:
		return InKnob
	case m.Results.Focus == OnHeader:
		return InHeader
	case m.Results.Focus == OnDetail:
		return InDetail
	}
	return InTable
}

// Input is the text that is being typed, and a name for it: where the name changes, ui starts a new text field with the
// cursor at the end; where only the text differs from ui's own, ui takes it over. ok is false where nothing is typed.
func (m *Model) Input() (name, text string, ok bool) {
	switch m.Scope() {
	case InText, InList:
		a := m.Form.Answers[m.Form.Focus]
		if a.Source == field.CLIDefault && a.Text == "none" { // a word that stands for no text is not typed on after
			a.Text = ""
		}
		return "form." + m.Form.Focus.String(), a.Text, true
	case InKnob:
		return "knob." + m.Results.WhatIf.ID().String(), m.Results.WhatIf.Text, true
	case InFilter:
		return "filter", m.Results.Table.Filter.Text, true
	case InHelp:
		return "help", m.Overlay.Text, true
	case InPalette:
		return "palette", m.Overlay.Text, true
	case InPrompt:
		return "prompt." + m.Overlay.Prompt.String(), m.Overlay.Text, true
	}
	return "", "", false
}
