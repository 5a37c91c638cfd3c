package score

import (
	"strings"
	"time"
)

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

// age is how many years before the latest runs behind the fits the engine of a run was published, as far as its version
// or the run's date tell; 0 where they do not, or later.
func (r *Row) age(t *table) float64 {
	published := r.Engine.Engine().Released[r.Version]
	if published == "" {
		published = r.Date
	}
	at, err := time.Parse(time.DateOnly, published)
	newest, wrong := time.Parse(time.DateOnly, t.Newest)
	if err != nil || wrong != nil {
		return 0
	}
	return max(0, newest.Sub(at).Hours()/(24*365.25))
}
