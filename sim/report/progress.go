package report

import (
	"errors"

	"fathom/hw/message"
)

// ErrTooMuch is the end of a search that takes more steps than it may.
var ErrTooMuch = errors.New("more steps than the search may take")

// MostUnasked bounds the search for an answer that nobody asked for, in steps of schedules: a second or two of one
// processor. It is the same on every machine, so that a report is.
const MostUnasked = 10_000_000

// Progress is how far a run has come. It is a snapshot of the whole: a later one replaces it, so that a slow reader may
// skip any.
type Progress struct {
	Device         string // the profile at work
	DevicesDone    int
	Devices        int
	StrategiesDone int // over all profiles
	Strategies     int
	Points         int      // priced so far
	Partial        *Report  // rows found so far; nil while there are none
	Log            []string // the newest lines of the reference tool's output, safe to print
	LogFile        string   // where all of them are kept
	ElapsedMS      float64
}

// FailureClass says who can mend a failed run (search-and-serving 9.1, F).
type FailureClass string

// Wrong parameters; the machine around the run (interpreter, checkout, memory, a panic of ours); or what the model or
// the profile is assumed to be.
const (
	InvalidParameters FailureClass = "parameters"
	Environment       FailureClass = "environment"
	Assumptions       FailureClass = "assumptions"
)

// Failure is the error of a run that says what to do. Engines wrap it; screens show it with its fix.
type Failure struct {
	Class   FailureClass
	Message message.Message // one line
	Lines   []string        // of the log, those that matter
	Field   string          // the input at fault by its TOML key, "" where none is
	Fix     string          // a text for Field that would work, "" where none is known
	Advice  message.Message // the smallest correction
	LogFile string          // where the whole output of the reference tool is kept, "" where it did not run
}

func (f *Failure) Error() string { return f.Message.String() }
