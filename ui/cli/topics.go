package cli

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"fathom/assets"
	"fathom/state"
	"fathom/ui/cell"
)

// topic is a text of assets/docs under the word that fathom help takes.
type topic struct{ name, file, about string }

var topics = []topic{
	{"model", "simulation-model", "how one forward pass is priced: operators, bytes, time, memory"},
	{"serving", "serving-dynamics", "how a scheduler makes latencies out of step times; what a benchmark shows"},
	{"traffic", "traffic", "limits by percentile, goodput, mixes of requests"},
	{"search", "search-and-serving", "how candidates are made and searched; P:D ratios; reports"},
	{"corrected", "corrected", "what --fidelity corrected puts right"},
	{"calibration", "calibration", "measured runs: files, verdicts, fits, intervals, how far they carry"},
	{"settings", "settings", "the settings file, and the names of actions for its keys"},
	{"ssh", "ssh", "the dashboard over SSH"},
}

// marks are comments that say to tools where a part of a text begins and ends; gaps are the blank lines they leave.
var marks, gaps = regexp.MustCompile(`(?s)<!--.*?-->\n?`), regexp.MustCompile(`\n{3,}`)

// topicText gives the text of a topic as readers see it; ok is false for a word that is none.
func topicText(name string) (text []byte, ok bool, err error) {
	for _, t := range topics {
		if t.name == name {
			text, err = assets.Docs.ReadFile("docs/" + t.file + ".md")
			text = bytes.Replace(text, []byte("<!-- actions -->"), []byte(actionList()), 1)
			return gaps.ReplaceAll(marks.ReplaceAll(text, nil), []byte("\n\n")), true, err
		}
	}
	return nil, false, nil
}

// actionList is every action that a key can be bound to, by the names of the settings file.
func actionList() string {
	var names []string
	for a := state.Action(1); a < state.NumActions; a++ {
		names = append(names, "`"+a.String()+"`")
	}
	return strings.Join(cell.Wrap(strings.Join(names, ", "), helpWidth), "\n")
}

// topicList is what fathom help says of the topics.
func topicList() string {
	var b strings.Builder
	b.WriteString("\nTopics (fathom help TOPIC):\n")
	for _, t := range topics {
		fmt.Fprintf(&b, "  %-13s%s\n", t.name, t.about)
	}
	return b.String()
}
