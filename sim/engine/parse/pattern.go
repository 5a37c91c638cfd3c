package parse

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled when it is first needed: most runs of the program read no log, and
// all of them start.
type pattern func() *regexp.Regexp

func compile(text string) pattern {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

func (p pattern) MatchString(s string) bool            { return p().MatchString(s) }
func (p pattern) FindString(s string) string           { return p().FindString(s) }
func (p pattern) FindStringSubmatch(s string) []string { return p().FindStringSubmatch(s) }
