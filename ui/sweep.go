package ui

import (
	"fathom/sim/report"
	"fathom/state"

	tea "github.com/charmbracelet/bubbletea"
)

// exportSweep writes a sweep in the form that scripts read.
func (p *program) exportSweep(e state.ExportSweep) tea.Cmd {
	return p.answer(func() (state.Event, error) {
		data, err := sweepData(e)
		name := exportName(&report.Report{Request: e.Result.Request}, "sweep-"+p.now().Format("20060102-150405"))
		path := free(p.place(""), name, string(e.Format))
		if err == nil {
			err = writeFile(path, data, 0o644)
		}
		return state.Saved{Path: path, Err: err}, nil
	}, func(err error) state.Event { return state.Saved{Err: err} })
}

func sweepData(e state.ExportSweep) ([]byte, error) {
	if e.Format == state.CSV {
		return e.Result.CSV(), nil
	}
	return e.Result.JSON()
}
