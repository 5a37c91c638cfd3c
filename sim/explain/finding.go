package explain

// Evidence is how much stands behind a statement; a lower level may not name what only a higher one shows.
type Evidence uint8

// The levels, lowest first.
const (
	MacroOnly      Evidence = iota // totals only: strategy and limits, as inference
	PhaseBreakdown                 // shares of Mem, Comm, Cube and Vec per phase
	PassBreakdown                  // the same for one forward pass
	OpBound                        // an operator table with bounds
	Trace                          // a profiler's trace of the real thing
)

var evidenceNames = [...]string{"macro_only", "optimizer_phase_breakdown", "text_generate_phase_breakdown",
	"text_generate_op_bound", "profiler_trace"}

func (e Evidence) String() string { return evidenceNames[e] }

// Verdict grades how believable a row is.
type Verdict uint8

// The verdicts, best first.
const (
	Reasonable Verdict = iota
	Partly
	Suspicious
	Insufficient
)

var verdictNames = [...]string{"basically reasonable", "partly explainable", "suspicious", "insufficient evidence"}

func (v Verdict) String() string { return verdictNames[v] }
