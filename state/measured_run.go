package state

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/table"
)

// Source is files of measured runs as somebody named them, and the plan that says of them what they do not.
type Source struct {
	Path    string // a file, a directory or a pattern
	Row     *report.Row
	Request *plan.Request
	Device  string // profile of the plan
	Again   bool   // predicted anew, for the other side of a fit
}

// LostFile is a file that cannot be read, with what it lacks.
type LostFile struct {
	Path string
	Why  message.Message
}

// FitTarget is what a fit of a profile to the runs at hand would write.
type FitTarget struct {
	Device string // to fit
	Name   string // of the fitted profile
	Path   string // absolute; no file stands there
	Why    string // why nothing can be written, instead of the others
}

// The effects and events of measured runs.
type (
	// Measure reads files of measured runs and sets each beside its prediction; the answer is Measured.
	Measure struct {
		Source   Source
		Profiles hw.List
	}
	// Measured answers Measure. Lost names files that cannot be read, with what they lack; the others count.
	Measured struct {
		Source Source
		Path   string // absolute
		Runs   []table.MeasuredRun
		Lost   []LostFile
		Target FitTarget
		Err    error
	}
	// Fit fits the profile of a target to files of measured runs and writes the new one: Fitting any number of times, then
	// Fitted, always. Cancel ends it like a run.
	Fit struct {
		Run      int
		Sources  []Source
		Target   FitTarget
		Profiles hw.List
	}
	// Fitting is how far a fit is.
	Fitting struct {
		Run         int
		Phase       string // in English, as calibrate says it
		Done, Total int
	}
	// Fitted ends a fit. Profile is nil with an error; nothing is written then.
	Fitted struct {
		Run        int
		Profile    *hw.Profile
		Used, Runs int
		Errors     []FitError
		Err        error
	}
)

// FitError is the median error of a figure, as a share of the measured value: before the fit, and of runs that were
// left out of it.
type FitError struct {
	Name          string
	Before, After float64
}

func (Measure) effect() {}
func (Fit) effect()     {}
func (Measured) event() {}
func (Fitting) event()  {}
func (Fitted) event()   {}
