package field

import (
	"path"
	"slices"
	"strings"

	"fathom/sim/report"
)

// FromCommand reads a pasted throughput_optimizer (or fathom) command: prompts, line breaks with and without
// backslashes, quotes, a surrounding shell line (cd …; VAR=x python -m … 2>&1 | tee log) and deprecated spellings are
// understood; control sequences are dropped.
func FromCommand(text string) Parsed {
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
	for i := range lines {
		lines[i] = Clean(lines[i])
	}
	tokens, p := split(strings.Join(lines, "\n"), false)
	if p != nil {
		return Parsed{Issues: []report.Issue{wholeLine(p)}}
	}
	start := programEnd(tokens)
	if start < 0 {
		if !slices.ContainsFunc(tokens, func(w string) bool { return strings.HasPrefix(w, "--") }) {
			return Parsed{Issues: []report.Issue{wholeLine(problem("not-command"))}}
		}
		start = 0 // the flags alone
		if len(tokens) > 0 && (tokens[0] == "$" || tokens[0] == ">" || tokens[0] == "#") {
			start = 1
		}
	}
	args := tokens[start:]
	if end := slices.IndexFunc(args, endsCommand); end >= 0 {
		args = args[:end]
	}
	return FromArgs(args, FromPaste, "")
}

// programEnd is the index after the program's name, -1 if there is none.
func programEnd(tokens []string) int {
	for i, w := range tokens {
		switch name := path.Base(strings.ReplaceAll(w, "\\", "/")); {
		case w == referenceModule, name == "throughput_optimizer.py", name == "throughput-optimizer",
			name == "throughput_optimizer":
			return i + 1
		case name == "fathom":
			if i+1 < len(tokens) && tokens[i+1] == "plan" {
				return i + 2
			}
			return i + 1
		}
	}
	return -1
}

// endsCommand finds what a shell would take for the end of the arguments.
func endsCommand(w string) bool {
	switch w {
	case "|", "||", "&&", ";", "&", ">", ">>", "<", "2>", "2>&1", "&>", "|&", "#":
		return true
	}
	return strings.HasPrefix(w, "2>") || strings.HasPrefix(w, ">") || strings.HasPrefix(w, "&>")
}
