package state

import (
	"fathom/state/table"
	"slices"
	"strings"
)

// doOverlay carries out an action while something lies over the pane.
func (u *update) doOverlay(a Action) {
	o := &u.Overlay
	if a == Back {
		if o.Kind == LibraryOverlay {
			u.stopShelf()
		}
		if o.Kind == PromptOverlay && ofShelf(o.Prompt) {
			u.backToShelf(o.Cursor)
			return
		}
		if o.Kind == DecisionOverlay {
			u.stopDecision()
		}
		if o.Kind == SweepOverlay && u.Results.Sweep.Run != 0 {
			u.stopSweep()
			u.say("cancelled")
			return
		}
		u.uncover()
		return
	}
	switch o.Kind {
	case SortOverlay, HistoryOverlay, AdmitOverlay, CopyOverlay, ExportOverlay, PaletteOverlay:
		u.doMenu(a)
	case QuitOverlay:
		if a == Accept {
			u.leave()
		}
	case PromptOverlay:
		switch a {
		case Accept:
			u.answerPrompt()
		case Complete:
			u.completePrompt()
		default:
			o.Picker.move(a, u.lines)
		}
	case PresentOverlay:
		u.doPresent(a)
	case LibraryOverlay:
		u.doShelf(a)
	case FitOverlay:
		if a == Accept {
			u.startFit()
		}
	case VerdictOverlay:
		switch a {
		case MeasuredFile:
			u.askMeasured()
		case FitProfile:
			u.askFit()
		case FlipFit:
			u.flipFit()
		case ForgetRuns:
			u.forgetMeasured()
		case Accept:
			u.Overlay = Overlay{}
		default:
			u.scroll(&o.Top, a)
		}
	case SweepOverlay:
		u.doSweep(a)
	case DecisionOverlay:
		if a == Accept {
			u.Overlay = Overlay{}
			return
		}
		u.doDecision(a)
	case HelpOverlay:
		if a == Accept {
			u.uncover()
			return
		}
		u.scroll(&o.Top, a)
	case CompareOverlay:
		switch a {
		case ClearMarks:
			u.Results.Marks = nil
			u.Overlay = Overlay{}
		case Left:
			o.Left = max(0, o.Left-1)
		case Right:
			o.Left = min(o.Left+1, max(0, len(u.Results.Marks)-1))
		default:
			u.scroll(&o.Top, a)
		}
	case TextOverlay:
		switch a {
		case Left:
			o.Left = max(0, o.Left-textStep)
		case Right:
			o.Left = min(o.Left+textStep, longest(o.Text))
		default:
			u.scroll(&o.Top, a)
		}
	}
}

// place is where an overlay stands in what it shows.
type place struct{ cursor, top, left int }

// cover lays an overlay over the pane. An overlay whose content is kept elsewhere lies under it and comes back, where
// it was, when the new one closes.
func (u *update) cover(next Overlay) {
	switch o := &u.Overlay; o.Kind {
	case SweepOverlay, DecisionOverlay, LibraryOverlay, CompareOverlay, VerdictOverlay:
		next.Under, next.was = o.Kind, place{o.Cursor, o.Top, o.Left}
	}
	u.Overlay = next
}

// uncover closes an overlay: what lies under it is there again.
func (u *update) uncover() {
	o := u.Overlay
	u.Overlay = Overlay{Kind: o.Under, Cursor: o.was.cursor, Top: o.was.top, Left: o.was.left}
	if o.Under == LibraryOverlay {
		u.moveShelf(NoAction) // the list may be shorter by now
	}
}

// textStep is how many columns a long line moves at once.
const textStep = 8

// longest is the length of the longest line, in runes.
func longest(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		n = max(n, len([]rune(line)))
	}
	return n
}

// doMenu moves in a menu and picks from it. A letter of the menu picks its item directly.
func (u *update) doMenu(a Action) {
	o := &u.Overlay
	n := len(o.Items)
	if at := slices.IndexFunc(o.Items, func(i MenuItem) bool { return i.Action == a && a != NoAction }); at >= 0 {
		u.pick(at)
		return
	}
	switch a {
	case Accept:
		u.pick(o.Cursor)
	case Up, Prev:
		o.Cursor = (o.Cursor + n - 1) % max(1, n)
	case Down, Next:
		o.Cursor = (o.Cursor + 1) % max(1, n)
	case FullText:
		o.Full = !o.Full
	default:
		by, far := step(a, u.lines)
		if far {
			by *= n
		}
		o.Cursor = max(0, min(o.Cursor+by, n-1))
	}
	o.follow(u.lines)
}

// follow scrolls so that the cursor is among so many lines; 0: how many are not known.
func (o *Overlay) follow(lines int) {
	if o.Cursor < o.Top {
		o.Top = o.Cursor
	} else if lines > 0 && o.Cursor >= o.Top+lines {
		o.Top = o.Cursor - lines + 1
	}
}

// pick carries out a menu's item; a disabled one says why and the menu stays.
func (u *update) pick(at int) {
	o := u.Overlay
	if at < 0 || at >= len(o.Items) {
		return
	}
	item := o.Items[at]
	if item.Disabled != "" {
		u.Notice = Notice{Key: item.Disabled, Bad: true}
		return
	}
	u.uncover()
	switch o.Kind {
	case SortOverlay:
		u.sortColumn(table.ColumnID(item.Index))
	case HistoryOverlay:
		u.pickHistory(item.Index)
	case AdmitOverlay:
		u.admit(item.Index)
	case CopyOverlay:
		u.copy(copyKinds[item.Action], o.Full)
	case ExportOverlay:
		u.export(item.Action)
	case PaletteOverlay:
		u.chooseAction(item.Action)
	}
}

// sortMenu lists every column of the kind of table on screen, shown or not.
func (u *update) sortMenu() {
	t := &u.Results.Table
	var items []MenuItem
	cursor := 0
	for id := range table.NumColumns {
		c := &table.Columns[id]
		if !c.Kinds[t.Kind] || (id == table.ColDelta || c.IfKnown || t.Kind == table.Crosses) &&
			!slices.Contains(t.Columns, id) {
			continue
		}
		if id == t.Sort.Column {
			cursor = len(items)
		}
		items = append(items, MenuItem{Index: int(id), Text: "column." + c.Key, On: id == t.Sort.Column})
	}
	u.Overlay = Overlay{Kind: SortOverlay, Items: items, Cursor: cursor}
}

// exports are the formats of the export menu: of the report, and files of platforms for the selected row.
var exports = []struct {
	Action   Action
	Format   ExportFormat
	Manifest bool
}{{ExportJSON, JSON, false}, {ExportCSV, CSV, false}, {ExportMarkdown, Markdown, false}, {ExportHTML, HTML, false},
	{ExportSVG, SVG, false}, {ExportLWS, "lws", true},
	{ExportLLMD, "llm-d", true}, {ExportDynamo, "dynamo", true}, {ExportMindIE, "mindie", true},
	{ExportCompose, "compose", true}}

// exportMenu lists the formats.
func (u *update) exportMenu() {
	var items []MenuItem
	for _, e := range exports {
		if u.Overlay.Kind == SweepOverlay && (e.Manifest || e.Format == Markdown) {
			continue
		}
		item := MenuItem{Action: e.Action, Text: "action." + e.Action.String()}
		if e.Manifest {
			item.Disabled = noRow(&u.Model)
		}
		items = append(items, item)
	}
	u.Overlay = Overlay{Kind: ExportOverlay, Items: items}
}

func (u *update) export(a Action) {
	if u.Overlay.Kind == SweepOverlay && (a == ExportJSON || a == ExportCSV) {
		u.exportSweep(a)
		return
	}
	for _, e := range exports {
		if r := u.shown(); r != nil && e.Action == a {
			x := Export{Format: e.Format, Run: u.Results.Run, Report: r}
			if e.Format == HTML || e.Format == SVG {
				x.Sweep, x.Decision, x.Over = u.sweptHere(), u.decidedHere(), u.Overlaid()
				x.Measured = u.Results.Measured.Runs
			}
			if e.Manifest {
				item, _ := u.Selected()
				s := u.subject(item)
				x.Of = &s
			}
			u.emit(x)
		}
	}
}
