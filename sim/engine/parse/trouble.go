package parse

import (
	"slices"
	"strings"

	"fathom/hw/message"
	"fathom/sim/report"
)

// kind is where a complaint comes from; a smaller one is more likely the reason why a run ended.
type kind uint8

const (
	raised kind = iota // a Python exception that nobody caught
	usage              // the argument parser's last word
	outer              // the shell, the interpreter, the kernel
	logged             // a line of level ERROR
)

// complaint is something that the program said went wrong.
type complaint struct {
	kind   kind
	module string   // that logged it
	text   string   // in one line
	cause  string   // the exception logged with it
	lines  []string // as printed: the message, the innermost frame, the exception
	plot   bool     // from the charts below a report, which never matter
}

// trouble gathers complaints from the lines that are no report.
type trouble struct {
	list     []complaint
	warnings []string
	failed   map[string]int // lines that said a configuration could not be built, by their text
	frame    string         // innermost frame of the traceback at hand
	tracing  int            // lines left in which the exception of a traceback may come; 0: in no traceback
	logger   int            // 1 + index of the complaint that the traceback follows at once; 0: none
	last     int            // likewise of the last line
}

const (
	mostComplaints = 40
	mostWarnings   = 40
	mostFrames     = 2000
)

var (
	levelLine = compile(`^(?:[\d:,.\- ]{8,30})?\[?(ERROR|CRITICAL|WARNING` +
		`|WARN)\]?:?\s+(?:\[([\w.]+)\]\s*)?(\S.*)$`)
	usageLine = compile(`^(?:\S+ ?){1,4}: error: (\S.*)$`)
	exception = compile(`^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit|Iteration` +
		`|NotFound|Timeout|Expired|Warning)(?:: .*)?$`)
	// below a traceback any name may be an exception's
	thrown      = compile(`^(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:: .*)?$`)
	cannotBuild = compile(`^Failed to build model '?(.*?)'?$`)
)

// line takes a line that is no part of a report.
func (t *trouble) line(s, text string) {
	before := t.last
	t.last = 0
	if t.tracing > 0 {
		t.tracing--
		if s[0] == ' ' {
			if strings.HasPrefix(text, "File ") {
				t.frame = text
			}
			return
		}
		if thrown.MatchString(text) || t.tracing == 0 {
			t.raise(text)
			return
		}
	}
	switch {
	case strings.HasSuffix(text, "Traceback (most recent call last):"):
		t.tracing, t.frame, t.logger = mostFrames, "", before
	case levelLine.MatchString(text):
		m := levelLine.FindStringSubmatch(text)
		if m[1][0] == 'W' {
			t.warn(m[3])
			return
		}
		t.log(m[2], m[3], text)
	case s[0] != ' ' && strings.Contains(text, ": error: ") && usageLine.MatchString(text):
		t.add(complaint{kind: usage, text: usageLine.FindStringSubmatch(text)[1], lines: []string{text}})
	case exception.MatchString(text) && !strings.Contains(text, "Warning"):
		t.add(complaint{kind: raised, text: text, lines: []string{text}})
	case s[0] != ' ' && isOuter(english.Replace(text)):
		t.add(complaint{kind: outer, text: english.Replace(text), lines: []string{text}})
	case strings.HasPrefix(text, "[msmodeling security]"):
		t.warn(text)
	}
}

// english gives what shells and the system say in a Chinese locale in the words of the rules. The reference tool itself
// has no other language than English.
var english = strings.NewReplacer(":未找到命令", ": command not found", "未找到命令", "command not found",
	":没有那个文件或目录", ": No such file or directory", "没有那个文件或目录", "No such file or directory",
	"权限不够", "Permission denied", "设备上没有空间", "No space left on device", "无法分配内存", "Cannot allocate memory",
	"内存不足", "Out of memory", "段错误", "Segmentation fault", "已杀死", "Killed")

// outerWords are what shells, the interpreter and the system say.
var outerWords = [...]string{": No module named ", "command not found", "ermission denied", "No such file or directory",
	"No space left on device",
	"annot allocate memory", "Segmentation fault", "ut of memory", "imed out"}

func isOuter(text string) bool {
	for _, w := range outerWords {
		if strings.Contains(text, w) {
			return true
		}
	}
	return strings.HasPrefix(text, "Killed")
}

// raise ends a traceback with its exception.
func (t *trouble) raise(text string) {
	t.tracing = 0
	if t.logger > 0 {
		if c := &t.list[t.logger-1]; c.cause == "" {
			c.cause = cut(text, tailCut)
			c.lines = append(c.lines, trace(cut(t.frame, tailCut), c.cause)...)
		}
		return
	}
	t.add(complaint{kind: raised, text: text, lines: trace(t.frame, text)})
}

func trace(frame, text string) []string {
	if frame == "" {
		return []string{text}
	}
	return []string{frame, text}
}

// log notes an error of the tool's own log.
func (t *trouble) log(module, text, whole string) {
	if cannotBuild.MatchString(text) {
		if t.failed == nil {
			t.failed = map[string]int{}
		}
		if _, ok := t.failed[text]; ok || len(t.failed) < mostComplaints {
			t.failed[text]++
		}
	}
	for i := range t.list {
		if t.list[i].lines[0] == cut(whole, 2*tailCut) { // once for each configuration
			t.last = i + 1
			return
		}
	}
	t.add(complaint{kind: logged, module: module, text: text, lines: []string{whole},
		plot: strings.Contains(module, "optimizer_curve_plots")})
	t.last = len(t.list)
}

// add keeps a complaint. Of very many the first and the last ones are kept: the reason is among them.
func (t *trouble) add(c complaint) {
	c.text = cut(c.text, 4*tailCut)
	for i := range c.lines {
		c.lines[i] = cut(c.lines[i], 2*tailCut)
	}
	if len(t.list) == mostComplaints {
		t.list = slices.Delete(t.list, mostComplaints/2, mostComplaints/2+1)
		t.logger = 0
	}
	t.list = append(t.list, c)
}

func (t *trouble) warn(text string) {
	text = cut(text, tailCut)
	if len(t.warnings) < mostWarnings && !slices.Contains(t.warnings, text) {
		t.warnings = append(t.warnings, text)
	}
}

// end is a line of a report, or the end of the text: a traceback that has not ended by then has lost its exception.
func (t *trouble) end() {
	if t.tracing > 0 {
		t.raise("Traceback without its exception")
	}
	t.last = 0
}

// unbuilt counts the configurations that could not be built.
func (t *trouble) unbuilt() (n int) {
	for _, k := range t.failed {
		n += k
	}
	return n
}

// issues are the tool's warnings and the errors that did not end the run.
func (t *trouble) issues(r *Reader) []report.Issue {
	var out []report.Issue
	for _, w := range t.warnings {
		severity := report.Warning
		if strings.HasPrefix(w, "[msmodeling security]") {
			severity = report.Note
		}
		out = append(out, report.Issue{Severity: severity, Field: flagIn(w), Message: message.Literal(w)})
	}
	if f := r.Failure(); f != nil {
		return append(out, report.Issue{Severity: report.Error, Field: f.Field, Message: f.Message})
	}
	for i := range t.list {
		c := &t.list[i]
		severity, text := report.Warning, c.text
		if c.plot {
			severity = report.Note
		}
		if c.cause != "" {
			text += ": " + c.cause
		}
		out = append(out, report.Issue{Severity: severity, Field: flagIn(c.text), Message: message.Literal(text)})
	}
	return out
}

var flagWord = compile(`--[a-z][a-z0-9-]+`)

// flagIn is the field of the first flag that a text names, "" without one.
func flagIn(text string) string {
	if f := flagWord.FindString(text); f != "" {
		return field(f)
	}
	return ""
}

// field is the TOML key of a flag.
func field(flag string) string {
	flag = canonical(strings.TrimLeft(flag, "-"))
	if flag == "model-id" {
		return "model"
	}
	return strings.ReplaceAll(flag, "-", "_")
}
