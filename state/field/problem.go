package field

import (
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/report"
)

// Problem is what is wrong with one text. Nil is nothing.
type Problem = message.Message

// problem makes one; the text of its key in the tables follows the name of the question and ends with the fix.
func problem(key string, args ...any) *Problem {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = hw.BriefWords(s)
		}
	}
	m := message.New("issue."+key, args...)
	return &m
}

// didYouMean words the nearest names; listing says where to look when there are none at all.
func didYouMean(text string, names []string, listing string) message.Message {
	if near := hw.Near(names, text, 3); len(near) > 0 {
		return message.New("issue.near", near)
	}
	return message.New(listing)
}

// issue makes the line that names field, value and fix: "hit rate 1.0: must be at least 0 and below 1, e.g. 0.3".
func issue(s report.Severity, id ID, value string, p *Problem) report.Issue {
	f := &Table[id]
	return report.Issue{Severity: s, Field: f.Name, Key: p.Key, Message: line(message.Name{Text: f.Label,
		Key: f.Text() + ".label"}, message.Name{Text: hw.Brief(value), Key: f.Text() + ".choice." + value}, p)}
}

// line says something about a value of a question, or about the question.
func line(head, value message.Name, p *Problem) message.Message {
	if value.Text == "" {
		return message.New("issue.line", head, *p)
	}
	return message.New("issue.line", message.New("issue.about", head, value), *p)
}

func fault(id ID, value, key string, args ...any) report.Issue {
	return issue(report.Error, id, value, problem(key, args...))
}

// lacks is the fault of an answer that says nothing without another question's, of which words may be wanted.
func lacks(id ID, value string, other ID, words string) []report.Issue {
	i := fault(id, value, "together", strings.TrimSpace("--"+Table[other].Flag+" "+words))
	i.Lacks = Table[other].Name
	return one(i)
}

func warn(id ID, value, key string, args ...any) report.Issue {
	return issue(report.Warning, id, value, problem(key, args...))
}

func assume(id ID, value, key string, args ...any) report.Issue {
	return issue(report.Assumption, id, value, problem(key, args...))
}

func note(id ID, value, key string, args ...any) report.Issue {
	return issue(report.Note, id, value, problem(key, args...))
}
