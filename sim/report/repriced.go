package report

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
)

// Repricing is a best figure that is another one where its profile is asked for alone: the reference tool re-prices
// what an earlier shape of the same run has left on record without its lengths (search-and-serving 7).
type Repricing struct {
	Phase             plan.Phase
	Pair              bool    // of the best pair of instances: requests per second
	Value, Alone      float64 // with the other profiles and alone; tokens per second; 0: no answer
	Label, AloneLabel string

	AlonePrefill float64 // requests per second of the prefill instance of the best pair alone
	// Rows is how many lines of the table are other ones alone. Same: the best is none of them.
	Rows int
	Same bool
}

// Change of the figure by the re-pricing; nil where one of them has no answer.
func (x *Repricing) Change() *float64 {
	if x.Value <= 0 || x.Alone <= 0 {
		return nil
	}
	return ptr(x.Value/x.Alone - 1)
}

// RepricedOf finds the re-pricing of the best of a phase, or of the best pair; nil where it is the same alone.
func (d *Device) RepricedOf(phase plan.Phase, pair bool) *Repricing {
	if x := d.RepricedIn(phase, pair); x != nil && !x.Same {
		return x
	}
	return nil
}

// RepricedIn finds the re-pricing in the table of a phase, or of pairs; nil where it changes nothing.
func (d *Device) RepricedIn(phase plan.Phase, pair bool) *Repricing {
	for i := range d.Repriced {
		if x := &d.Repriced[i]; x.Pair == pair && (pair || x.Phase == phase) {
			return x
		}
	}
	return nil
}

// RepricedAt finds the re-pricing behind a line of the comparison.
func (d *Device) RepricedAt(c *Cross) *Repricing {
	if c.Row == nil {
		return d.RepricedOf(0, true)
	}
	return d.RepricedOf(c.Row.Phase, false)
}

// note says what a table owes to the re-pricing, and what puts it right.
func (x *Repricing) note() message.Message {
	alone := message.New("report.repriced-none")
	switch {
	case x.Same:
		return message.New("report.repriced-rows", x.Rows)
	case x.Alone <= 0:
	case x.Pair:
		alone = message.New("report.repriced-pair", two(x.Alone), x.AloneLabel, two(x.AlonePrefill))
	default:
		alone = message.New("report.repriced-best", two(x.Alone), x.AloneLabel)
	}
	return message.New("report.repriced", alone)
}

type repricedJSON struct {
	Phase      string   `json:"phase"` // pd_ratio for the best pair
	Value      *float64 `json:"value"` // tok/s; of pairs balanced requests per second
	Alone      *float64 `json:"alone"`
	AloneLabel string   `json:"alone_label"`
	Change     *float64 `json:"change"`
	Rows       int      `json:"rows"` // of the table that are other ones alone
}

func repriced(list []Repricing) (out []repricedJSON) {
	for i := range list {
		x := &list[i]
		phase := x.Phase.String()
		if x.Pair {
			phase = plan.PDRatio.String()
		}
		out = append(out, repricedJSON{phase, unlessZero(Six(x.Value)), unlessZero(Six(x.Alone)), hw.Clean(x.AloneLabel),
			Maybe(x.Change()), x.Rows})
	}
	return out
}

// restsOnRepriced tells whether the ratio of line i rests on a re-priced figure: its own, or that of the first line of
// its phase.
func (r *Report) restsOnRepriced(i int) bool { return r.Cross[i].Repriced || r.first(i).Repriced }

// RestsOnRepriced is the same of a line.
func (r *Report) RestsOnRepriced(c *Cross) bool {
	for i := range r.Cross {
		if &r.Cross[i] == c {
			return r.restsOnRepriced(i)
		}
	}
	return c.Repriced
}
