package cli

import (
	"strings"

	"fathom/hw/message"
	"fathom/state/field"
)

// question is a command line that was understood: answers with their sources, and what they were held against.
type question struct {
	answers  field.Answers
	catalog  *field.Catalog
	notes    []message.Message // deprecated spellings and the like, one line each
	warnings []message.Message // profiles and settings that could not be read
	config   config
}

// prepare reads the flags of the dashboard and of plan: a model or a saved plan, then flags that win over the plan's
// answers.
func (p *Program) prepare(command string, args []string) (*question, error) {
	line := field.FromArgs(args, field.FromFlag, "")
	if line.Err() {
		return nil, fromIssues(command, line.Issues)
	}
	if issues := field.Unavailable(&line.Answers); len(issues) > 0 {
		return nil, fromIssues(command, issues)
	}
	q := &question{answers: line.Answers, notes: line.Notes}
	if path := line.Answers[field.Model].Text; isPlanFile(path) {
		data, err := p.readFile(path)
		if err != nil {
			return nil, badInput(command, "bad.plan", path, err)
		}
		saved := field.FromTOML(string(data), path)
		if saved.Err() {
			e := fromIssues(command, saved.Issues).(*usageError)
			for i := range e.lines {
				e.lines[i] = message.New("cli.in-plan", path, e.lines[i])
			}
			return nil, e
		}
		q.notes = append(q.notes, saved.Notes...)
		q.answers[field.Model] = field.Answer{}
		q.answers = field.Overlay(saved.Answers, q.answers)
	}
	var err error
	named := q.answers[field.Config].Text
	if named == "none" {
		named = ""
	}
	if q.config, q.warnings, err = p.config(named); err != nil {
		return nil, refused(command, err)
	}
	q.config.answer(&q.answers)
	catalog, warnings, err := p.catalog(&q.answers)
	if err != nil {
		return nil, refused(command, err)
	}
	q.catalog, q.warnings = catalog, append(q.warnings, warnings...)
	if answers, changed := field.Inspected(field.Read(&q.answers, catalog)); changed {
		q.answers = answers // a checkpoint answers the question of quantisation by itself
	}
	return q, nil
}

// isPlanFile: a positional argument that ends in .toml is a saved plan.
func isPlanFile(text string) bool { return strings.HasSuffix(strings.ToLower(text), ".toml") }

// announce prints notes and warnings that belong to no report.
func (p *Program) announce(q *question) {
	for _, n := range q.notes {
		p.note(n)
	}
	for _, w := range q.warnings {
		p.warn(w)
	}
}
