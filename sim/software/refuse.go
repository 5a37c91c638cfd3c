package software

import (
	"slices"

	"fathom/hw/message"
)

// Rule is something that an engine does not start. It is about numbers of a deployment by their names; one that a model
// has several of (layers differ) has several values, and a number that a deployment has not has none.
type Rule struct {
	Number string
	By     string   // Number must be a multiple of it
	Either bool     // or the other way round, as heads that are fewer than ranks are copied
	Among  []string // Number must be 1 or one of these
	With   string   // Number above 1 does not go with this one above 0
	Unless string   // with this number above 0 the rule does not hold

	Says     string   // the key of the text that says what is wrong
	Numbers  []string // that fill its places
	Versions string   // that are known to refuse; empty: all that were looked at
	Source   string
}

// Numbers gives the values of a number; known is false for a name that means nothing.
type Numbers func(name string) (values []int, known bool)

// Refusal says why the engine does not start a deployment; nothing where nothing is known against it.
func (e *Engine) Refusal(n Numbers) message.Message {
	rules := e.Refuses
	if of := Find(e.PortOf); rules == nil && of != nil {
		rules = of.Refuses
	}
	for i := range rules {
		r := &rules[i]
		if with, broken := r.broken(n); broken {
			return message.New("reason.refuses", e.Title, r.said(n, with), r.source())
		}
	}
	return message.Message{}
}

// broken reports whether a deployment breaks the rule, and with which value of its number.
func (r *Rule) broken(n Numbers) (value int, broken bool) {
	if above(n, r.Unless, 0) {
		return 0, false
	}
	var by []int
	if r.By != "" {
		if by, _ = n(r.By); len(by) == 0 {
			return 0, false
		}
	}
	values, _ := n(r.Number)
	for _, v := range values {
		switch {
		case r.With != "":
			broken = v > 1 && above(n, r.With, 0)
		case r.Among != nil:
			broken = v > 1 && !slices.ContainsFunc(r.Among, func(name string) bool {
				allowed, _ := n(name)
				return slices.Contains(allowed, v)
			})
		default:
			broken = slices.ContainsFunc(by, func(b int) bool {
				return v > 0 && b > 0 && v%b != 0 && !(r.Either && b%v == 0)
			})
		}
		if broken {
			return v, true
		}
	}
	return 0, false
}

func above(n Numbers, name string, least int) bool {
	if name == "" {
		return false
	}
	values, _ := n(name)
	return slices.ContainsFunc(values, func(v int) bool { return v > least })
}

// said fills the numbers in, for the rule's own the value that breaks it.
func (r *Rule) said(n Numbers, value int) message.Message {
	m := message.Message{Key: r.Says}
	for _, name := range r.Numbers {
		v := value
		if name != r.Number {
			if values, _ := n(name); len(values) > 0 {
				v = values[0]
			}
		}
		m.Args = append(m.Args, v)
	}
	return m
}

func (r *Rule) source() string {
	if r.Versions == "" {
		return r.Source
	}
	return r.Versions + ": " + r.Source
}

// Names lists the numbers that the rule is about.
func (r *Rule) Names() []string {
	names := append([]string{r.Number}, r.Among...)
	for _, name := range []string{r.By, r.With, r.Unless} {
		if name != "" {
			names = append(names, name)
		}
	}
	return append(names, r.Numbers...)
}
