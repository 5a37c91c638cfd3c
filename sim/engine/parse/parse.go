package parse

import (
	"strings"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// Module is the reference tool's entry point.
const Module = "cli.inference.throughput_optimizer"

// Log reads a saved log, from `$ command` to `[exit N]` where it has these lines. The report is never nil; it is
// partial where the log is. The failure is nil where the run ended well, also if no configuration met the limits.
func Log(data []byte) (*report.Report, *report.Failure) {
	r := New(nil)
	r.Write(data)
	r.Close()
	return r.Report(), r.Failure()
}

// mostRows bounds the rows that are kept, and mostDevices the profiles.
const (
	mostRows    = 20_000
	mostDevices = 256
)

// Reader reads output as it comes.
type Reader struct {
	lines    lines
	command  command
	unended  string // a command line that goes on in the next line
	exit     *int
	elapsed  float64 // seconds that the tool states at its end
	ended    bool    // it said that all experiments are completed
	known    bool    // something in the text is the reference tool's
	runs     int     // begun after the first one
	model    string  // that the first header names
	prefix   prefix
	given    bool // the command was told, so the text is its output alone
	block    block
	table    *table
	dump     *dump
	title    string // of the table to come
	heading  string // of the cross-hardware part
	devices  []*device
	cross    []crossRow
	rows     int
	dropped  int // rows beyond the bound
	broken   int // lines of tables that could not be read
	revision int
	trouble  trouble
}

// block is one report of one profile and phase: its header until the next one begins.
type block struct {
	device  string
	count   int
	devices [2]int // per prefill and decode instance
	memory  [2]float64
	inputs  []report.Input
	best    report.Ratio // of the "Overall Best Configuration" of a P:D run
	split   [2]int       // prefill and decode instances
	target  *device
	phase   plan.Phase
}

// device is what the log says about one profile.
type device struct {
	name     string
	sections [3][]report.Row // by phase
	points   [3][]report.Row // likewise, where the run has printed every point
	printed  [3]bool
	ratios   []report.Ratio
	ratioRun bool
	memory   [2]float64 // GiB: total, reserved; 0: not stated
	inputs   []report.Input
}

// crossRow is a line of a cross-hardware table.
type crossRow struct {
	device     string
	phase      plan.Phase
	row        *report.Row
	ratio      bool
	balanced   float64
	instances  [2]int
	throughput float64
}

// New makes a reader for the output of a command; argv may be nil where the text names its command itself.
func New(argv []string) *Reader {
	r := &Reader{command: newCommand(argv)}
	r.known, r.given = len(argv) > 0, len(argv) > 0
	r.lines.each = r.line
	return r
}

// Write takes the next bytes of output. It never fails.
func (r *Reader) Write(p []byte) (int, error) {
	r.lines.Write(p)
	return len(p), nil
}

// Close ends the text: a last line without a line end counts.
func (r *Reader) Close() {
	if len(r.lines.pending) > 0 {
		r.lines.end(false)
	}
	r.trouble.end()
}

// Exit tells how the program ended, as shells count it: 128 and the number for a signal.
func (r *Reader) Exit(code int) { r.exit = &code }

// Known reports whether anything in the text is the reference tool's. The failure of a text without is about the text,
// not about a run.
func (r *Reader) Known() bool { return r.known }

// Revision grows with every row, so that a reader of progress knows whether there is anything new.
func (r *Reader) Revision() int { return r.revision }

// Tail is the newest lines, safe to print, oldest first.
func (r *Reader) Tail() []string { return r.lines.newest() }

var (
	titleLine = compile(`^Top \d+ .*Configurations:$`)
	exitLine  = compile(`^\[exit (-?\d{1,9})\]$`)
	// toolLine is a line that only the reference tool writes: its usage, an error that it logs, a frame of its own source.
	toolLine = compile(`^(?:usage: )?msmodeling inference throughput-optimizer\b` +
		`|^\[[A-Z]+\] \[(?:__main__|serving_cast|cli)[\w.]*\] |` +
		`^File "(?:.*/)?(?:cli/inference|serving_cast)/|>>>>> +MindStudio +<<<<<`)
	timeLine = compile(`^All experiments completed in (\d+(?:\.\d+)?) seconds`)
)

// line takes one clean line.
func (r *Reader) line(s string) {
	s = r.prefix.strip(s)
	text := strings.TrimSpace(s)
	if strings.HasPrefix(text, drawn) && strings.HasSuffix(text, drawn) && r.due() {
		text = strings.ReplaceAll(text, drawn, "|")
		defer func() {
			if r.table != nil {
				r.table.drawn = true
			}
		}()
	}
	switch {
	case r.unended != "":
		r.commandLine(r.unended + text)
	case r.dump != nil:
		r.dumpLine(s)
	case text == "":
	case text[0] == '+' && isRule(text):
		r.rule()
	case text[0] == '|' && r.table != nil:
		r.gridLine(text)
	case text[0] == '|' && r.bare(text):
	case r.header(s, text):
		r.trouble.end()
	case r.ending(text):
		r.trouble.end()
	case (r.command.text == "" || r.seen()) && r.commandLine(s), r.dumpHead(s):
	default:
		r.known = r.known || toolLine.MatchString(text)
		r.trouble.line(s, text)
	}
}

// commandLine takes a line that is a command, or begins one that goes on after a backslash.
func (r *Reader) commandLine(s string) bool {
	if rest, more := strings.CutSuffix(s, `\`); more && len(s) < longest &&
		(r.unended != "" || strings.Contains(s, "throughput")) {
		r.unended = rest + " "
		return true
	}
	r.unended = ""
	argv, ok := commandIn(s)
	if !ok {
		return false
	}
	if r.command.text != "" {
		r.runs++
		return true
	}
	r.command, r.known = newCommand(argv), true
	return true
}

// seen reports whether the text has a run in it that may be followed by another one.
func (r *Reader) seen() bool { return !r.given && (r.rows > 0 || r.ended || r.exit != nil) }

// ending recognises the last lines of a run.
func (r *Reader) ending(text string) bool {
	if m := timeLine.FindStringSubmatch(text); m != nil {
		if v := number(m[1]); v != nil {
			r.elapsed = *v
		}
		r.ended, r.known = true, true
		return true
	}
	if m := exitLine.FindStringSubmatch(text); m != nil {
		if n, ok := whole(strings.TrimPrefix(m[1], "-")); ok {
			if m[1][0] == '-' {
				n = 128 + n // a signal, as Python counts it
			}
			r.exit, r.known = &n, true
		}
		return true
	}
	return strings.HasPrefix(text, "No configurations satisfy the current TTFT/TPOT filters")
}
