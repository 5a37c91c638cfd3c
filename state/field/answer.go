package field

import (
	"strings"

	"fathom/hw/message"
)

// Source says where a value comes from. It stays on screen for as long as the value stands.
type Source uint8

// Unanswered is the zero value. The first nine are the labels that a suggestion may carry (search-and-serving 9.1) and
// You.
const (
	Unanswered Source = iota
	You
	CLIDefault
	PreviousRun
	LocalFile // Note: the path
	DocumentedExample
	OptimizerResult
	Heuristic // Note: the key of the reason's text, or the advice of an engine
	Recommended
	FromFlag
	FromPlan  // Note: the file
	FromPaste // a pasted throughput_optimizer command
	LeftForm  // stood in the form when the last session ended, and was never run
	PastRun   // Note: which run of an earlier session
	NumSources
)

var sourceNames = [NumSources]string{"", "you", "CLI default", "your previous run", "inspected local file",
	"documented example",
	"optimizer result", "heuristic", "recommended, accepted by you", "flag", "plan file", "pasted command",
	"left in your last form, never run", "an earlier run"}

// String is the English label; the text key is "source." and Key.
func (s Source) String() string { return sourceNames[s] }

var sourceKeys = [NumSources]string{"none", "you", "cli-default", "previous-run", "local-file", "documented-example",
	"optimizer-result", "heuristic", "recommended", "flag", "plan-file", "pasted-command", "left-form", "past-run"}

// Key names the label in the text catalog: "source.<key>".
func (s Source) Key() string { return sourceKeys[s] }

// Answer is what stands in a field: text as typed, where it came from, and a remark (path, reason).
type Answer struct {
	Text   string
	Source Source
	Note   string
}

// Given reports whether the question has an answer. An empty text can be one: "no limit", "not searched".
func (a Answer) Given() bool { return a.Source != Unanswered }

// Label is the source in words, with its remark: "heuristic: one line", "inspected local file <path>".
func (a Answer) Label() message.Message {
	switch {
	case a.Source == Unanswered:
		return message.Message{}
	case a.Note == "":
		return message.New("source." + a.Source.Key())
	case a.Source == Heuristic:
		return message.New("issue.line", message.New("source."+a.Source.Key()), a.Remark())
	}
	return message.New("issue.about", message.New("source."+a.Source.Key()), a.Remark())
}

// Remark is the note in words.
func (a Answer) Remark() message.Message {
	if why := message.New(a.Note); strings.HasPrefix(a.Note, "suggest.") && why.Known() {
		return why
	}
	return message.Literal(a.Note)
}

// Answers holds one answer a question. It is a value: copying it copies all.
type Answers [NumIDs]Answer

// Given reports whether the question has an answer.
func (a *Answers) Given(id ID) bool { return a[id].Given() }

// With returns a copy with one answer changed.
func (a Answers) With(id ID, x Answer) Answers {
	a[id] = x
	return a
}
