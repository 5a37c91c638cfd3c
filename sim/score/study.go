package score

import "strings"

// study is what is known of a published set of runs beside its files, from the scripts that made it.
type study struct {
	Source string // part of where the runs were published
	// Medians: their latencies are medians. MeanLengths: the lengths that they state are means.
	Medians     bool
	MeanLengths bool     `toml:"mean_lengths"`
	Spread      *float64 // of lengths, whatever a file says
}

// studied applies what is known of the set that a row is of.
func (r *Row) studied() {
	t, err := names()
	if err != nil || r.Study == "" {
		return
	}
	for i := range t.Study {
		s := &t.Study[i]
		if !strings.Contains(r.Study, s.Source) {
			continue
		}
		r.Medians = r.Medians || s.Medians
		r.MeanLengths = r.MeanLengths || s.MeanLengths
		if s.Spread != nil {
			r.Spread = s.Spread
		}
	}
}
