package score

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fathom/hw/message"
)

// layout is how a script lays instances of a disaggregated sweep out whose file says otherwise, or nothing.
type layout struct {
	Engine, Model, Device, Precision string // device: prefix
	Input                            []int  // lengths of prompts; none: any
	Prefills, Decodes                int    // instances
	Before                           string // date; "": any
	Prefill, Decode                  string // tp, tep, dp or dep, and the ranks
}

// parse reads the name of a layout: attention over all ranks (tp, tep) or requests of its own on each (dp, dep),
// experts in parts on all (tp, dp) or whole on some (tep, dep).
func parse(name string) (Side, error) {
	kind := strings.TrimRight(name, "0123456789")
	n, err := strconv.Atoi(name[len(kind):])
	if err != nil || n < 1 || !slices.Contains([]string{"tp", "tep", "dp", "dep"}, kind) {
		return Side{}, fmt.Errorf("layout %q: want tp, tep, dp or dep and the ranks", name)
	}
	s := Side{TP: n, PP: 1, DP: 1, MoETP: n, EP: 1}
	if kind[0] == 'd' {
		s.TP, s.DP = 1, n
	}
	if kind == "tep" || kind == "dep" {
		s.MoETP, s.EP = 1, n
	}
	return s, nil
}

// laid gives instances the layout of their script, where one is known for as many ranks as the file says or where it
// says none.
func (t *table) laid(r *Row) {
	if !r.Disaggregated || !r.CI {
		return
	}
	for i := range t.Layout {
		l := &t.Layout[i]
		decode, _ := parse(l.Decode)
		prefill, _ := parse(l.Prefill)
		if !l.fits(t, r) || !same(r.Prefill, prefill) || !same(r.Decode, decode) {
			continue
		}
		for _, side := range []struct {
			of   *Side
			name string
			laid Side
		}{{&r.Prefill, l.Prefill, prefill}, {&r.Decode, l.Decode, decode}} {
			old := *side.of
			side.laid.Workers, side.laid.Batch = old.Workers, old.Batch
			if *side.of = side.laid; old != *side.of {
				r.Notes = append(r.Notes, message.New("csv.laid", side.name))
			}
		}
		return
	}
}

// same reports whether an instance has as many ranks as a layout, or none that are told.
func same(s, laid Side) bool {
	n := max(1, s.TP) * max(1, s.DP)
	return n == 1 || n == laid.TP*laid.DP
}

func (l *layout) fits(t *table, r *Row) bool {
	return l.Engine == r.Engine.String() && strings.Contains(r.Model, l.Model) && t.starts(r.Device, []string{l.Device}) &&
		l.Precision == r.Precision && (len(l.Input) == 0 || slices.Contains(l.Input, r.Input)) &&
		l.Prefills == r.Prefill.Workers && l.Decodes == r.Decode.Workers && (l.Before == "" || r.Date < l.Before)
}
