package pane

import (
	"math"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/ui/cell"
	"fathom/ui/number"
)

// learnt says which runs the numbers of an engine were learnt from, on all devices together; nothing where the profile
// does not say it.
func (p *Painter) learnt(e *hw.EngineCosts, w int) []string {
	k := &e.Seen
	if len(k.Kinds) == 0 {
		return nil
	}
	input, output, load := newStretch(), newStretch(), newStretch()
	var layouts []string
	for _, x := range k.Kinds {
		input.add(float64(x.Input))
		output.add(float64(x.Output))
		load.add(x.Least)
		load.add(x.Most)
		if name := strings.ToUpper(x.Layout); !slices.Contains(layouts, name) {
			layouts = append(layouts, name)
		}
	}
	models := make([]string, len(k.Models))
	for i, m := range k.Models {
		models[i] = cell.Clean(m)
	}
	text := p.t("calibration.seen", "n", number.Int(k.Runs()), "models", strings.Join(models, p.t("list.comma")),
		"layouts",
		strings.Join(layouts, p.t("list.comma")), "input", input.text(), "output", output.text(), "load", load.text())
	if k.First != "" {
		dates := cell.Clean(k.First)
		if k.Last != k.First {
			dates += " - " + cell.Clean(k.Last)
		}
		text = p.dots(text, p.t("calibration.seen_dates", "dates", dates))
	}
	if n := len(k.Versions); n > 0 {
		versions := cell.Clean(k.Versions[0])
		if n > 1 {
			versions += " - " + cell.Clean(k.Versions[n-1])
		}
		text = p.dots(text, p.t("calibration.seen_versions", "versions", versions))
	}
	return p.wrap(p.T.Muted, text, w-1, 3)
}

// stretch is the range of what was added.
type stretch struct{ low, high float64 }

func newStretch() *stretch { return &stretch{math.Inf(1), 0} }

// add takes a value; zero is not known.
func (s *stretch) add(v float64) {
	if v > 0 {
		s.low, s.high = min(s.low, v), max(s.high, v)
	}
}

func (s *stretch) text() string {
	switch {
	case s.high == 0:
		return "-"
	case s.low == s.high:
		return number.Digits(s.low, 3)
	}
	return number.Digits(s.low, 3) + " - " + number.Digits(s.high, 3)
}
