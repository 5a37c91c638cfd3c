package report

import (
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
)

// Explanation is what can be said about a best row: what bounds its phases, what limits it, how believable it is, how
// to check it and how to serve it.
type Explanation struct {
	Phase      plan.Phase
	Label      string
	Evidence   string // the level of search-and-serving 9.2, e.g. optimizer_phase_breakdown
	Bounds     []Bound
	Limit      *message.Message // what keeps the batch from growing; nil: unknown
	Verdict    string
	Reasons    []message.Message
	Risks      []message.Message // limits that may be missed within the ranges
	Departures []Correction      // of the reference tool that touch the row, where it was priced with them
	Plan       []string          // the reference tool's command that finds the row, with its token budget
	Checks     []Check
	Launch     []Launch
	Benchmarks []Launch // one a load generator; Engine is its name
}

// Bound is the class that a phase spends most of its time on.
type Bound struct {
	Phase   plan.Phase
	Class   string
	Share   float64 // of the four classes; of the whole step for static cost
	Meaning message.Message
}

// Check is a command that validates a phase.
type Check struct {
	Phase plan.Phase
	What  message.Message
	Args  []string
}

// Launch is a serving command of one engine with what it cannot do.
type Launch struct {
	Engine         string
	Args           []string
	File, FileText string // a file that the command needs first; "" for none
	Caveats        []message.Message
}

// named is a word of the explanation; its first word names it in the tables of other languages.
func named(table, word string) message.Message {
	first, _, _ := strings.Cut(word, " ")
	return message.Name{Text: word, Key: table + strings.ToLower(first)}.Alone()
}

// explanationParts are the paragraphs about one best row.
func explanationParts(e *Explanation) []part {
	why := part{level: 3, role: roleWhy, heading: message.New("report.why", e.Phase, e.Label)}
	for _, b := range e.Bounds {
		why.points = append(why.points, told{message.New("report.bound", named("class-of.", b.Class), 100*b.Share),
			b.Meaning})
	}
	if e.Limit != nil {
		why.points = append(why.points, told{message.New("report.limited"), *e.Limit})
	}
	for _, f := range e.Reasons {
		why.points = append(why.points, told{named("grade.", e.Verdict), f})
	}
	for _, f := range e.Risks {
		why.points = append(why.points, told{message.New("report.within"), f})
	}
	why.points = append(why.points, told{message.New("report.evidence"), named("evidence.", e.Evidence)})
	for _, c := range e.Departures {
		text := c.Reference
		if moved := percent(c.Throughput); c.Throughput != nil && moved != "0" {
			text = message.New("report.putright", c.Reference, moved)
		}
		why.points = append(why.points, told{message.New("report.departs", c.Name), text})
	}
	parts := []part{why}
	command := func(heading message.Message, notes []told, argv []string) {
		parts = append(parts, part{level: 4, role: roleCommand, heading: heading, points: notes, code: hw.Clean(Shell(argv))})
	}
	if len(e.Plan) > 0 {
		command(message.New("report.again"), nil, e.Plan)
	}
	for _, c := range e.Checks {
		command(message.New("report.check", c.Phase), []told{{message.New("report.forward"), c.What}}, c.Args)
	}
	for _, l := range e.Launch {
		var notes []told
		for _, f := range l.Caveats {
			notes = append(notes, told{message.New("report.outside"), f})
		}
		if l.File != "" {
			notes = append(notes, told{message.New("report.outside"), message.New("launch.file", l.File)})
		}
		command(message.New("report.serve", message.Name{Text: l.Engine, Key: "launch.name." + l.Engine}), notes, l.Args)
	}
	for _, l := range e.Benchmarks {
		var notes []told
		for _, f := range l.Caveats {
			notes = append(notes, told{message.New("report.outside"), f})
		}
		command(message.New("report.benchmark", l.Engine), notes, l.Args)
	}
	return parts
}

type explanationJSON struct {
	Phase      string           `json:"phase"`
	Label      string           `json:"label"`
	Evidence   string           `json:"evidence"`
	Bounds     []boundJSON      `json:"bottlenecks"`
	Limit      *string          `json:"limited_by"`
	Verdict    string           `json:"verdict"`
	Reasons    []string         `json:"reasons"`
	Risks      []string         `json:"risks"`
	Departures []correctionJSON `json:"departures"`
	Plan       string           `json:"command"`
	Checks     []checkJSON      `json:"checks"`
	Launch     []launchJSON     `json:"launch"`
	Benchmarks []launchJSON     `json:"benchmarks"`
}

type boundJSON struct {
	Phase   string  `json:"phase"`
	Class   string  `json:"class"`
	Share   float64 `json:"share"`
	Meaning string  `json:"meaning"`
}

type checkJSON struct {
	Phase   string `json:"phase"`
	What    string `json:"what"`
	Command string `json:"command"`
}

type launchJSON struct {
	Engine  string   `json:"engine"`
	Command string   `json:"command"`
	Caveats []string `json:"caveats"`

	File *fileJSON `json:"file,omitempty"` // that the command needs first
}

type fileJSON struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

func explanations(list []Explanation) (out []explanationJSON) {
	texts := func(list []message.Message) []string {
		out := []string{}
		for _, f := range list {
			out = append(out, hw.Clean(f.String()))
		}
		return out
	}
	for _, e := range list {
		j := explanationJSON{Phase: e.Phase.String(), Label: hw.Clean(e.Label), Evidence: e.Evidence, Bounds: []boundJSON{},
			Verdict: e.Verdict,
			Reasons: texts(e.Reasons), Risks: texts(e.Risks), Departures: []correctionJSON{}, Plan: hw.Clean(Shell(e.Plan)),
			Checks: []checkJSON{}, Launch: []launchJSON{},
			Benchmarks: []launchJSON{}}
		for _, b := range e.Bounds {
			j.Bounds = append(j.Bounds, boundJSON{b.Phase.String(), b.Class, Six(b.Share), hw.Clean(b.Meaning.String())})
		}
		if e.Limit != nil {
			j.Limit = ptr(hw.Clean(e.Limit.String()))
		}
		for _, c := range e.Departures {
			j.Departures = append(j.Departures, correction(c))
		}
		for _, c := range e.Checks {
			j.Checks = append(j.Checks, checkJSON{c.Phase.String(), hw.Clean(c.What.String()), hw.Clean(Shell(c.Args))})
		}
		for _, l := range e.Launch {
			j.Launch = append(j.Launch, launchJSON{Engine: l.Engine, Command: hw.Clean(Shell(l.Args)),
				Caveats: texts(l.Caveats)})
			if l.File != "" {
				j.Launch[len(j.Launch)-1].File = &fileJSON{l.File, hw.Strip(l.FileText)}
			}
		}
		for _, l := range e.Benchmarks {
			j.Benchmarks = append(j.Benchmarks, launchJSON{Engine: l.Engine, Command: hw.Clean(Shell(l.Args)),
				Caveats: texts(l.Caveats)})
		}
		out = append(out, j)
	}
	return out
}
