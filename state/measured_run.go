package state

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Source is files of measured runs as somebody named them, and the plan that says of them what they do not.
type Source struct {
	Path    string // a file, a directory or a pattern
	Row     *report.Row
	Request *plan.Request
	Device  string // profile of the plan
	Again   bool   // predicted anew, for the other side of a fit
}

// MeasuredRun is one run of a load generator beside its prediction, in milliseconds and tokens per second; 0 is absent.
type MeasuredRun struct {
	Path, ID, Tool             string
	Model, Device              string // as catalog and profiles call them
	Engine, Precision          string
	TP, PP, DP, EP             int // of an instance; 0: not known, or two kinds of instances
	Devices                    int
	Input, Output, Concurrency int
	Rate                       float64 // requests per second, 0: as many in flight as Concurrency
	Lines                      []MeasuredLine
	TTFT, TPOT, Throughput     float64
	Notes                      []message.Message
	Fault                      message.Message // why there is no prediction
	Causes                     []Cause
	Test                       *CauseTest // tells the first two causes apart; nil: nothing does
}

// MeasuredLine is one figure. Low and High are where eight of ten measurements fall; 0: no interval is known.
type MeasuredLine struct {
	Name                string // "TTFT p99"
	Unit                string
	Measured, Predicted float64
	Low, High           float64
}

// Verdict says where the measurement lies: "inside", "below" or "above" the interval, "" without one.
func (l *MeasuredLine) Verdict() string {
	switch {
	case l.High <= 0:
		return ""
	case l.Measured < l.Low:
		return "below"
	case l.Measured > l.High:
		return "above"
	}
	return "inside"
}

// Cause would explain a gap: its text is "cause.<Key>" with Value in it; Explains is the share of the gap it removes.
type Cause struct {
	Key                    string
	Value, Explains        float64
	TTFT, TPOT, Throughput float64
}

// CauseTest is the measurement that tells the first two causes apart: what each would make of a figure, in
// milliseconds, at another concurrency.
type CauseTest struct {
	Concurrency   int
	Figure        string
	First, Second float64
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
		Runs   []MeasuredRun
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
