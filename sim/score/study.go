package score

import (
	"strings"
	"time"
)

// study is what is known of a published set of runs beside its files, from the scripts that made it.
type study struct {
	Source  string // part of where the runs were published
	Model   string // part of the catalog name; "" for all
	Medians bool   // their latencies are medians
	KV      string // format of the cache
	// Threads are all that the processes of the server share: its host times are so many times longer, and steps with
	// prompts wait for their kernels to be launched, each EagerUS where a process has a thread of its own, unless they
	// are in graphs, which hold Captured tokens. A prompt goes through Readers processes, which work side by side
	// elsewhere and one after the other here.
	Threads  float64
	EagerUS  float64 `toml:"eager_us"`
	Readers  float64
	Captured int
	// Sweep is the order of the runs on one server, whose prefix cache stays: a prompt length, then the requests in flight
	// one after the other. Every run sends Waves times those, always the same prompts of a length from the first one on,
	// so that it finds what earlier ones left.
	Sweep [][]int
	Waves int
}

// studied applies what is known of the set that a row is of to what the row measured.
func (r *Row) studied() {
	if t, err := names(); err == nil {
		s := t.of(r, "")
		r.Medians, r.KV = r.Medians || s.Medians, or(r.KV, s.KV)
	}
}

// of gives the study of a row; the zero one where none is known.
func (t *table) of(r *Row, model string) *study {
	for i := range t.Study {
		if s := &t.Study[i]; r.Study != "" && strings.Contains(r.Study, s.Source) &&
			(model == "" || strings.Contains(model, s.Model)) {
			return s
		}
	}
	return &study{}
}

// slow gives the costs on a server whose processes share its threads.
func (s *study) slow(c *Costs, of Side) {
	if s.Threads == 0 {
		return
	}
	// a worker for every rank and an HTTP server for every attention rank; workers of one share a scheduler beside, those
	// of several schedule themselves
	processes := of.TP*of.DP*max(1, of.PP) + of.DP
	if of.DP == 1 {
		processes++
	}
	longer := max(1, float64(processes)/s.Threads)
	for _, v := range []*float64{&c.Host.Step, &c.Host.Sequence, &c.Host.Arrive, &c.Host.ArriveSeq, &c.Host.Read,
		&c.Host.Stream} {
		*v *= longer
	}
	c.Host.Read *= max(1, s.Readers)
	c.Kernel.PromptEager, c.Kernel.PromptCaptured = longer*s.EagerUS*1e-6, s.Captured
}

// held says what a prefix cache of so many tokens holds of the prompts of a run, after the runs before it: whole
// prompts go, those first that were not used for longest. Prompts of another length are others.
func (s *study) held(r *Row, room int) []int32 {
	const block = 16
	type entry struct {
		tokens int
		used   int // when it was used last
	}
	var cache []entry
	taken, now := 0, 0
	for _, part := range s.Sweep {
		first := len(cache)
		for _, concurrency := range part[1:] {
			input, run := part[0], make([]int32, s.Waves*concurrency)
			for i := range run {
				now++
				if first+i == len(cache) {
					cache = append(cache, entry{})
				}
				e := &cache[first+i]
				run[i] = int32(max(0, min(e.tokens-r.Output, input-1)) / block * block) // not the answer
				if need := input + r.Output; need > e.tokens {
					taken += need - e.tokens
					e.tokens = need
				}
				e.used = now
				for taken > room {
					oldest := -1
					for j := range cache {
						if cache[j].tokens > 0 && j != first+i && (oldest < 0 || cache[j].used < cache[oldest].used) {
							oldest = j
						}
					}
					if oldest < 0 {
						break
					}
					taken -= cache[oldest].tokens
					cache[oldest].tokens = 0
				}
			}
			if input == r.Input && concurrency == r.Concurrency {
				return run
			}
		}
	}
	return nil
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
