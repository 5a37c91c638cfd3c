package calibrate

import (
	"math"
	"strings"

	"fathom/hw"
	"fathom/sim/score"
)

// knowledge is which runs of an engine that keep accepts a fit learns from; nil keeps all.
func (p *problem) knowledge(engine string, keep func(row int) bool) hw.Knowledge {
	type id struct {
		class, layout string
		input, output int
	}
	var out hw.Knowledge
	kinds := map[id]*hw.Kind{}
	for row := range p.rows {
		if engineOf(&p.rows[row]) != engine || keep != nil && !keep(row) {
			continue
		}
		r, c := &p.rows[row], p.cases[row]
		out.Widest = max(out.Widest, float64(c.Ranks))
		out.Models = append(out.Models, strings.TrimSpace(hw.Clean(r.Model)))
		if hw.CompareVersions(r.Version, "") > 0 { // a nightly image stands in no order
			out.Versions = append(out.Versions, hw.Clean(r.Version))
		}
		if r.Date != "" {
			if out.First == "" || r.Date < out.First {
				out.First = hw.Clean(r.Date)
			}
			out.Last = hw.Clean(max(out.Last, r.Date))
		}
		if r.Measured.TPOT <= 0 && r.Measured.TTFT <= 0 { // a burst whose throughput alone is known shows no latency
			continue
		}
		key := id{c.Class, c.Layout, hw.Octave(c.Input), hw.Octave(c.Output)}
		k := kinds[key]
		if k == nil {
			k = &hw.Kind{Class: key.class, Layout: key.layout, Input: key.input, Output: key.output}
			kinds[key] = k
		}
		k.Runs++
		if load := hundredth(c.Load); load > 0 {
			if k.Least == 0 || load < k.Least {
				k.Least = load
			}
			k.Most = max(k.Most, load)
		}
	}
	for _, k := range kinds {
		out.Kinds = append(out.Kinds, *k)
	}
	out.Sort()
	return out
}

// hundredth keeps loads that are not zero.
func hundredth(v float64) float64 {
	if v == 0 {
		return 0
	}
	return math.Max(0.01, math.Round(100*v)/100)
}

// cased gives the rows in the terms of what a fit has seen. A model that nobody knows cannot be predicted either.
func cased(rows []score.Row) []hw.Case {
	out := make([]hw.Case, len(rows))
	for i := range rows {
		if m, _, err := score.Stored(&rows[i]); err == nil {
			out[i] = score.CaseOf(&rows[i], m)
		}
	}
	return out
}
