// Package explain says in words what a report's rows mean: what bounds each phase, what limits a row, whether it is
// plausible, and how to check it. It reads reports only and never prices anything, so it cannot disagree with them.
//
// The reading rules are those of the reference tool's explanation guide (search-and-serving 9.2).
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
