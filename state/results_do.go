package state

import "fathom/state/table"

// doResults carries out an action of the results pane.
func (u *update) doResults(a Action) {
	r := &u.Results
	switch {
	case r.Table.Filter.Typing:
		u.doFilter(a)
		return
	case r.Focus == OnHeader && u.doHeader(a):
		return
	}
	switch a {
	case Back:
		u.backFromResults()
	case Accept:
		u.openDetail()
	case Next, Prev:
		u.turnFocus(a)
	case Left, Right:
		if r.Part == table.PartRatio && !r.Cross {
			r.Split.Side = map[Action]int{Left: 0, Right: 1}[a]
		}
	case NextDevice, PrevDevice:
		u.turnDevice(a)
		u.show()
	case Cross:
		r.Cross = !r.Cross
		u.show()
	case NextPart, PrevPart:
		u.turnPart(a)
	case AllPoints:
		r.All = !r.All
		u.show()
	case DetailBreakdown, DetailMemory, DetailPlot, DetailOps, DetailWhy, DetailSensitivity, DetailTraffic,
		DetailCalibration, DetailService:
		r.Detail, r.Scroll = Detail(a-DetailBreakdown), 0
	case NextPlot:
		r.Plot = u.PlotAfter(1)
		r.Detail, r.Scroll = PlotTab, 0
	case Present:
		u.Overlay = Overlay{Kind: PresentOverlay, Cursor: int(AnswerSlide)}
	case SortMenu:
		u.sortMenu()
	case SortNext, SortPrev, Reverse:
		u.turnSort(a)
	case Filter:
		r.Table.Filter.Typing = true
		r.Focus = OnTable
	case Mark:
		u.mark()
	case ClearMarks:
		r.Marks = nil
	case Compare:
		u.Overlay = Overlay{Kind: CompareOverlay}
	case Best:
		r.Table.Cursor = u.BestPosition()
		r.Table.Clamp(u.rows)
		u.went()
		u.resetSplit()
		r.Focus, r.Scroll = OnTable, 0
	case More, Less:
		u.turnSplit(a)
	case HangsOn:
		u.openDecision()
	case OverRanges:
		u.openSweep()
	case WhatIf:
		u.openKnobs()
	case Fidelity:
		u.turnFidelity(OtherFidelity)
	case Calibrated:
		u.turnFidelity(CalibratedFidelity)
	case Exhaustive:
		u.turnSearch()
	case Undo, Redo:
		u.turnHistory(a)
	case Pin:
		u.pin()
	case Name:
		u.prompt(PromptName, u.current().Name)
	case MeasuredFile:
		u.askMeasured()
	case Verdict:
		u.Overlay = Overlay{Kind: VerdictOverlay}
	case FitProfile:
		u.askFit()
	case FlipFit:
		u.flipFit()
	case HistoryMenu:
		u.historyMenu()
	case CopyMenu:
		u.copyMenu(false)
	case FullText:
		u.copyMenu(true)
	case ExportMenu:
		u.exportMenu()
	default:
		if r.Focus == OnDetail {
			u.scroll(&r.Scroll, a)
			return
		}
		u.moveCursor(&r.Table, a)
		u.went()
		u.resetSplit()
		r.Scroll = 0
	}
}

// backFromResults goes one step back: out of the detail, out of the filter, out of a what-if under way, then to the
// confirm pane of the plan on screen.
func (u *update) backFromResults() {
	r := &u.Results
	switch {
	case r.Focus != OnTable:
		r.Focus = OnTable
	case u.backToSweep():
	case r.LiveRun != 0:
		u.stopLive()
		u.say("cancelled")
	case r.Fit.Run != 0:
		u.stopFit()
		u.say("cancelled")
	case r.Table.Filter.Text != "":
		u.refilter("")
		r.Table.Filter.Text = ""
	default:
		if e := u.current(); e != nil && !u.Form.Dirty {
			u.Form.OnFold = false
			u.setAnswers(e.Answers)
			u.enter()
		}
		u.confirm()
	}
}

// openDetail shows the detail of the row; from the comparison it goes to the row's own tab.
func (u *update) openDetail() {
	r := &u.Results
	item, ok := u.Selected()
	switch {
	case !ok && u.Admits():
		u.admitMenu()
	case !ok:
		r.Focus = OnTable
	case item.Cross != nil:
		for i := range u.devices() {
			if u.devices()[i].Device == item.Cross.Device {
				r.Device, r.Cross = i, false
			}
		}
		u.show()
	case r.Focus == OnTable:
		r.Focus = OnDetail
	default:
		r.Focus = OnTable
	}
}

func (u *update) turnFocus(a Action) {
	order := []Focus{OnTable, OnDetail, OnHeader}
	by := 1
	if a == Prev {
		by = len(order) - 1
	}
	next := order[(int(u.Results.Focus)+by)%len(order)]
	if next == OnHeader {
		u.openKnobs()
		if u.Results.Focus == OnHeader {
			return
		}
		next = order[(int(next)+by)%len(order)]
	}
	u.Results.Focus = next
}

// turnDevice goes round the hardware tabs; the comparison is left by it.
func (u *update) turnDevice(a Action) {
	r := &u.Results
	n := len(u.devices())
	if n == 0 {
		return
	}
	by := 1
	if a == PrevDevice {
		by = n - 1
	}
	if !r.Cross {
		r.Device = (r.Device + by) % n
	}
	r.Cross = false
}

func (u *update) turnPart(a Action) {
	r := &u.Results
	for i, p := range r.Parts {
		if p == r.Part {
			by := 1
			if a == PrevPart {
				by = len(r.Parts) - 1
			}
			r.Part = r.Parts[(i+by)%len(r.Parts)]
			break
		}
	}
	r.Cross = false
	u.show()
}

// turnSort sorts by the next or previous column on screen, or the other way round.
func (u *update) turnSort(a Action) {
	t := &u.Results.Table
	if a == Reverse {
		u.sortTable(table.SortKey{Column: t.Sort.Column, Down: !t.Sort.Down})
		return
	}
	n := len(t.Columns)
	if n == 0 {
		return
	}
	at := 0
	for i, c := range t.Columns {
		if c == t.Sort.Column {
			at = i
		}
	}
	by := 1
	if a == SortPrev {
		by = n - 1
	}
	u.sortColumn(t.Columns[(at+by)%n])
}

// sortColumn sorts by a column, its better end first; a second time turns it round.
func (u *update) sortColumn(c table.ColumnID) {
	key := table.SortKey{Column: c, Down: table.Columns[c].Better == table.Larger}
	if t := &u.Results.Table; t.Sort.Column == c {
		key.Down = !t.Sort.Down
	}
	u.sortTable(key)
}

// sortTable sorts; the cursor stays on its row.
func (u *update) sortTable(key table.SortKey) {
	t := &u.Results.Table
	u.remembered.sort[t.Kind], u.remembered.sorted[t.Kind] = key, true
	t.SortBy(key, u.delta())
	t.Cursor = u.place()
	t.Clamp(u.rows)
}

// doFilter carries out an action while the filter is typed: the table can still be walked.
func (u *update) doFilter(a Action) {
	t := &u.Results.Table
	switch a {
	case Accept:
		t.Filter.Typing = false
	case Back:
		t.Filter.Typing = false
		u.refilter("")
	default:
		u.moveCursor(t, a)
		u.went()
		u.resetSplit()
	}
}
