package plan

import (
	"strconv"
	"strings"

	"fathom/sim/model"
)

// Speculation is what guesses tokens ahead of the model, beside MTP layers whose rates a request states by position.
type Speculation struct {
	Draft  string       // mtp, eagle, model, ngram, dflash, dspark; "" for none
	Tokens int          // guessed ahead in a step; 0 with MTP, whose tokens the search tries
	Length float64      // mean tokens that a step yields, 1 to Tokens+1, as engines report it ("acceptance length")
	Share  float64      // cost of the guess, as a share of the step of the model that checks it
	Model  *model.Model // the draft itself, priced beside the model in place of a share; nil: none is named
}

// Beside reports whether tokens are guessed by something else than the model's own MTP layers.
func (s Speculation) Beside() bool { return s.Draft != "" && s.Draft != "mtp" }

// Label is the part of a strategy's label; "" for none. Draft models of the reference tool are written as it does: by
// the block that is checked and the guesses that are right.
func (s Speculation) Label() string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	switch s.Draft {
	case "", "mtp":
		return ""
	case "dflash":
		return " | DFlash=" + strconv.Itoa(s.Tokens+1) + "/acc=" + number(s.Length-1)
	case "dspark":
		return " | DSpark=" + strconv.Itoa(s.Tokens+1) + "/acc=" + number(s.Length-1)
	}
	return " | " + strings.ToUpper(s.Draft) + "=" + strconv.Itoa(s.Tokens) + "/len=" + number(s.Length)
}
