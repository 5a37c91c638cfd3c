package state

import "fathom/state/field"

// Slide is a page of the presentation.
type Slide uint8

// The story of a plan: what was asked, the answer, why, what else there is, and the command.
const (
	QuestionSlide Slide = iota
	AnswerSlide
	WhySlide
	AlternativesSlide
	CommandSlide
	NumSlides
)

var slideNames = [NumSlides]string{"question", "answer", "why", "alternatives", "command"}

// String names the slide in the text catalog: "slide.<name>".
func (s Slide) String() string {
	if s >= NumSlides {
		return ""
	}
	return slideNames[s]
}

// doPresent walks the story; at its ends it stays.
func (u *update) doPresent(a Action) {
	o := &u.Overlay
	switch a {
	case Next, Accept, Right, Down, PageDown:
		o.Cursor = min(o.Cursor+1, int(NumSlides)-1)
	case Prev, Left, Up, PageUp:
		o.Cursor = max(0, o.Cursor-1)
	case Home:
		o.Cursor = 0
	case End:
		o.Cursor = int(NumSlides) - 1
	case NextDevice, PrevDevice:
		u.turnDevice(a)
		u.show()
	case CopyCommand:
		u.copy(TheCommand, false)
	case Present:
		u.Overlay = Overlay{}
	}
}

// Command is the argument vector that stands behind what is on screen, nil where nothing does.
func (m *Model) Command() []string {
	switch {
	case m.Pane == Confirming:
		return m.Confirm.Command
	case m.Pane == Running:
		return m.Live.Command
	case m.Pane == Failing:
		return m.Failed.Command
	}
	e := m.current()
	if m.Pane != Showing || e == nil {
		return nil
	}
	item, _ := m.Selected()
	return m.rowCommand(e, item)
}

// CommandLine is Command for a shell, "" where there is none.
func (m *Model) CommandLine() string {
	if argv := m.Command(); argv != nil {
		return field.Shell(argv)
	}
	return ""
}
