package state

import (
	"strings"

	"fathom/hw/message"
	"fathom/state/field"
)

// update is one step under way: the model being made, and what ui has to do.
type update struct {
	Model
	effects []Effect
}

func (u *update) emit(e Effect) { u.effects = append(u.effects, e) }

func (u *update) say(key string, pairs ...string) { u.Notice = Notice{Key: key, Pairs: pairs} }

func (u *update) warn(key string, pairs ...string) {
	u.Notice = Notice{Key: key, Pairs: pairs, Bad: true}
}

// because says what went wrong, and why.
func (u *update) because(key string, why message.Message, pairs ...string) {
	u.warn(key, pairs...)
	u.Notice.Why = why
}

func (u *update) handle(e Event) {
	switch e := e.(type) {
	case Do:
		u.Notice = Notice{}
		u.do(e.Action)
	case Typed:
		u.Notice = Notice{}
		u.typed(e.Text)
	case Pasted:
		u.Notice = Notice{}
		if e.Err != nil {
			u.warn("no-clipboard")
			break
		}
		u.pasted(e.Text)
	case Click:
		u.Notice = Notice{}
		u.click(e.Target)
	case Scroll:
		u.wheel(e.Lines, e.Over)
	case Resized:
		u.resized(e)
	case Advanced:
		u.advanced(e)
	case Finished:
		u.finished(e)
	case Priced:
		u.priced(e)
	case Sensed:
		u.sensed(e)
	case Served:
		u.served(e)
	case Played:
		u.played(e)
	case Loaded:
		u.loaded(e)
	case Watched:
		u.Viewers = e.Viewers
	case Strayed:
		u.strayed(e)
	case Listed:
		u.found(e)
	case Surveyed:
		u.knows(e)
	case PlanOpened:
		u.planOpened(e)
	case Saved:
		u.saved(e)
	case Copied:
		u.copied(e)
	case Composed:
		u.fullText(e.Text)
	case Measured:
		u.measured(e)
	case Fitting:
		u.fitting(e)
	case Fitted:
		u.finishedFit(e)
	case Sweeping:
		u.sweeping(e)
	case Swept:
		u.swept(e)
	case Deciding:
		u.deciding(e)
	case Decided:
		u.decided(e)
	case NotKept:
		u.notKept(e)
	case Shelving:
		u.shelving(e)
	case Shelved:
		u.shelved(e)
	}
	u.demand()
}

// do carries out an action where it is bound; one that does nothing now says why.
func (u *update) do(a Action) {
	s := u.Scope()
	bound, off := false, ""
	for i := range Bindings {
		if b := &Bindings[i]; b.Action == a && b.Scopes&s != 0 {
			if b.Off == nil || b.Off(&u.Model) == "" {
				bound = true
				break
			}
			off = b.Off(&u.Model)
		}
	}
	if !bound {
		if off != "" {
			u.Notice = Notice{Key: off}
		}
		return
	}
	if u.doAnywhere(a) {
		return
	}
	switch {
	case u.Overlay.Kind != NoOverlay:
		u.doOverlay(a)
	case u.Pane == Editing:
		u.doForm(a)
	case u.Pane == Confirming:
		u.doConfirm(a)
	case u.Pane == Running:
		u.doRunning(a)
	case u.Pane == Failing:
		u.doFailing(a)
	case u.Pane == Showing:
		u.doResults(a)
	}
}

// doAnywhere carries out what means the same in every pane.
func (u *update) doAnywhere(a Action) bool {
	switch a {
	case Palette:
		u.openPalette()
	case Help:
		over := u.Scope()
		u.cover(Overlay{Kind: HelpOverlay, Over: over})
	case Theme:
		u.Settings.Themes++
		u.emit(Apply{u.Settings})
		u.say("theme") // ui, which knows the themes, adds the name
	case Language:
		if u.Settings.Lang == "zh" {
			u.Settings.Lang = "en"
		} else {
			u.Settings.Lang = "zh"
		}
		u.emit(Apply{u.Settings})
		u.say("language")
	case Mouse:
		u.Settings.Mouse = !u.Settings.Mouse
		u.emit(Apply{u.Settings})
		u.say(map[bool]string{true: "mouse-on", false: "mouse-off"}[u.Settings.Mouse])
	case Library:
		u.openShelf()
	case SaveScenario:
		u.saveScenario()
	case Redraw:
		u.emit(Repaint{})
	case Suspend:
		u.emit(Sleep{})
	case Interrupt:
		u.interrupt()
	case Quit:
		if !u.hesitates() {
			u.quit()
		}
	default:
		return false
	}
	return true
}

// mostTyped bounds one line of text.
const mostTyped = 4096

// typed is the new text of the focused input.
func (u *update) typed(text string) {
	if len(text) > mostTyped {
		text = strings.ToValidUTF8(text[:mostTyped], "")
	}
	text = field.Clean(text)
	switch u.Scope() {
	case InText, InList:
		if text == "?" && u.Form.Answers[u.Form.Focus].Text == "" { // no answer begins so
			u.do(Help)
			return
		}
		u.answer(text)
	case InKnob:
		u.typeKnob(text)
	case InFilter:
		u.refilter(text)
		u.resetSplit()
	case InHelp, InPrompt:
		u.Overlay.Text, u.Overlay.Top = text, 0
		u.refreshPrompt()
	case InPalette:
		u.Overlay.Text, u.Overlay.Cursor = text, 0
		u.refreshPalette()
	}
}

// IsCommand reports whether a pasted text is a command that fills the form.
func IsCommand(text string) bool {
	return strings.Contains(text, "throughput_optimizer") || strings.Contains(text, "throughput-optimizer") ||
		strings.Contains(text, "--device") || strings.Contains(text, "--num-devices") ||
		strings.Contains(text, "--input-length")
}

// pasted fills the form from a command; any other text goes behind what stands in the focused input.
func (u *update) pasted(text string) {
	if u.Pane == Editing && u.Overlay.Kind == NoOverlay && IsCommand(text) {
		if n, ok := u.fill(field.FromCommand(text)); ok {
			u.say("pasted", "n", n)
		}
		return
	}
	if _, old, ok := u.Input(); ok {
		first, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
		u.typed(old + first)
		return
	}
	onResults := u.Pane == Showing && (u.Overlay.Kind == NoOverlay || u.Overlay.Kind == VerdictOverlay)
	if path := droppedPath(text); path != "" && onResults {
		u.measure(path)
		return
	}
	u.say("paste-nowhere")
}

func (u *update) planOpened(e PlanOpened) {
	if u.Pane != Editing {
		return
	}
	path := field.Clean(e.Path)
	if e.Err != nil {
		u.because("open-failed", said(e.Err), "path", path)
		return
	}
	u.Notice = Notice{}
	u.planned(path)
	if n, ok := u.fill(field.FromTOML(string(e.Data), path)); ok {
		u.say("opened", "n", n, "path", path)
	}
}
