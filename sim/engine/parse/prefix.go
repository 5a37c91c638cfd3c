package parse

import (
	"regexp"
	"strings"

	"fathom/hw/message"
)

// prefix is what collectors of logs put before every line: a time, the name of a container, a mark of a quotation. It
// is found on the first line that the tool begins itself, and taken away where a line begins with the same, whatever
// its numbers and its level.
type prefix struct{ of *regexp.Regexp }

var (
	anchor = compile(`^(.*\S.*?)(?:(?:Input Configuration:|Top \d+ .*Configurations:|\+-[-+]+\+|` +
		`Traceback \(most recent call last\):)$|All experiments completed in |No configurations satisfy the current |` +
		`\[[A-Z]+\] \[(?:__main__|serving_cast|cli)[\w.]*\] )`)
	digits = compile(`\d+`)
	levels = compile(`\b[A-Z]{4,}\b`)
)

// mostPrefix is far longer than any of them.
const mostPrefix = 200

func (p *prefix) strip(s string) string {
	if p.of == nil {
		if !mayAnchor(s) {
			return s
		}
		m := anchor.FindStringSubmatch(s)
		if m == nil || len(m[1]) > mostPrefix || toolLine.MatchString(m[1]) {
			return s
		}
		before := strings.TrimRight(m[1], " ")
		if nested := strings.Trim(before, " |+"); nested == "" && strings.HasSuffix(s, "last):") {
			return s // a group of exceptions, whose frames are drawn with bars
		}
		pattern := levels().ReplaceAllString(digits().ReplaceAllString(regexp.QuoteMeta(before), `\d+`), `[A-Z]+`)
		of, err := regexp.Compile("^" + pattern + " ?")
		if err != nil {
			return s
		}
		p.of = of
	}
	if at := p.of.FindStringIndex(s); at != nil {
		return s[at[1]:]
	}
	return s
}

// mayAnchor rules out most lines in a fraction of the time that the pattern takes to tell.
func mayAnchor(s string) bool {
	return strings.HasSuffix(s, ":") || strings.HasSuffix(s, "+") || strings.Contains(s, "] [") ||
		strings.Contains(s, "All experiments completed in ") || strings.Contains(s, "No configurations satisfy the current ")
}

// Unreadable says why nothing should be concluded from a text that holds output of the tool: tables of which not one
// row could be read, which is not the same as none, or several runs. Nothing where the report stands for one run.
func (r *Reader) Unreadable() message.Message {
	switch {
	case r.runs > 0:
		return message.New("failure.text-holds-runs")
	case r.rows == 0 && (r.broken > 0 || r.title != ""):
		return message.New("failure.text-holds-grids")
	}
	return message.Message{}
}
