package state

import "fathom/state/table"

// Reasons why a binding does nothing now: text keys "off.<name>", or "".

func reason(off bool, key string) string {
	if off {
		return "off." + key
	}
	return ""
}

func noSuggestion(m *Model) string { return reason(m.Form.OnFold, "no-question") }
func noPrevious(m *Model) string   { return reason(!anyGiven(&m.Previous), "no-previous") }
func noCompletion(m *Model) string {
	return reason(!m.Form.Picking() || len(m.Form.Picker.Items) == 0, "no-completion")
}
func noPromptCompletion(m *Model) string {
	return reason(len(m.Overlay.Picker.Items) == 0, "no-completion")
}
func nothingToUndoInForm(m *Model) string {
	return reason(len(m.Form.past) == 0, "nothing-to-undo")
}
func noResults(m *Model) string { return reason(len(m.History) == 0, "no-results") }
func oneDevice(m *Model) string { return reason(len(m.devices()) < 2, "one-device") }
func onePart(m *Model) string   { return reason(len(m.Results.Parts) < 2, "one-part") }
func noPoints(m *Model) string {
	return reason(m.Results.Cross || m.Results.Part == table.PartRatio || len(m.points()) == 0, "no-points")
}

// noRow says why there is no row under the cursor: nothing answers the question, or no row passes the filter.
func noRow(m *Model) string {
	if _, ok := m.Selected(); ok {
		return ""
	}
	if m.Pane == Showing && m.Results.Table.Size() == 0 && noPoints(m) == "" {
		return "off.none-within"
	}
	return "off.no-row"
}

// noDetail says why a row of the table cannot be opened; everywhere else Accept means something of its own.
func noDetail(m *Model) string {
	if m.Scope() != InTable || m.Admits() {
		return ""
	}
	return noRow(m)
}

func noBest(m *Model) string   { return reason(m.BestPosition() < 0, "no-best") }
func noTable(m *Model) string  { return reason(m.shown() == nil, "no-results") }
func noMarks(m *Model) string  { return reason(len(m.Results.Marks) == 0, "no-marks") }
func fewMarks(m *Model) string { return reason(len(m.Results.Marks) < 2, "few-marks") }
func noSplit(m *Model) string {
	item, ok := m.Selected()
	return reason(!ok || item.Ratio == nil, "no-split")
}
func notEmbedded(m *Model) string {
	e := m.current()
	return reason(e == nil || e.engine() != embedded, "only-embedded")
}

// noFit says of which runs there is no answer on measured kernels.
func noFit(m *Model) string {
	if why := notEmbedded(m); why != "" {
		return why
	}
	_, ok := variantOf(m.current(), CalibratedFidelity)
	return reason(!ok, "no-fit")
}

func nothingToUndo(m *Model) string { return reason(len(m.trail.back) == 0, "nothing-to-undo") }
func nothingToRedo(m *Model) string { return reason(len(m.trail.forth) == 0, "nothing-to-redo") }
func noCommand(m *Model) string     { return reason(m.Confirm.Command == nil, "no-command") }

func noFilesForGuests(m *Model) string { return reason(m.Guest, "guest-files") }
func noRuns(m *Model) string           { return reason(len(m.Results.Measured.Runs) == 0, "no-runs") }

// noFitYet says why the profile on screen cannot be fitted to the runs at hand.
func noFitYet(m *Model) string {
	switch {
	case m.Guest:
		return "off.guest-files"
	case len(m.Results.Measured.Runs) == 0:
		return "off.no-runs"
	case m.Results.Fit.Run != 0:
		return "off.fitting"
	case m.Results.Measured.Target.Why != "":
		return "off." + m.Results.Measured.Target.Why
	}
	if _, device := m.question(); !m.sameDevice(m.Results.Measured.Target.Device, device) {
		return "off.fit.other-device"
	}
	return notEmbedded(m)
}

func noOtherSide(m *Model) string { return reason(m.otherSide() == 0, "no-other-side") }

func onePicture(m *Model) string {
	if len(m.Results.Sweep.Pictures) < 2 {
		return "off.one-picture"
	}
	return ""
}

func noCells(m *Model) string {
	if m.Results.Sweep.Result == nil {
		return "off.no-cells"
	}
	return ""
}
