package search

import (
	"time"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// beatEvery is how often a watcher hears of a run whose strategies take long.
const beatEvery = 100 * time.Millisecond

// beat tells the watcher from time to time, until the function that it returns is called.
func (r *run) beat() (stop func()) {
	if r.watch == nil {
		return func() {}
	}
	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(beatEvery)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				r.turn.Lock()
				r.mu.Lock()
				r.tell()
				r.mu.Unlock()
				r.turn.Unlock()
			}
		}
	}()
	return func() { close(done); <-gone }
}

// tell says how far the run is. The caller holds the lock.
func (r *run) tell() {
	if r.watch == nil {
		return
	}
	r.watch(Step{Device: r.report.Devices[r.at].Device, DevicesDone: r.at, Devices: len(r.jobs),
		Strategies: r.ended, Of: r.total, Points: r.points + r.beside + int(r.live.Load()), run: r})
}

// more announces strategies that are searched for a target beside those of the report.
func (r *run) more(n int) {
	r.mu.Lock()
	r.total += n
	r.mu.Unlock()
}

// aside counts one of them.
func (r *run) aside(counted int) {
	r.turn.Lock()
	defer r.turn.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended++
	r.beside += counted
	r.live.Add(int64(-counted))
	r.tell()
}

// mostTuples bounds the combinations of parallel sizes of a run, over its profiles and phases: each is kept with its
// reason, some hundreds of megabytes in all.
const mostTuples = 500_000

// fewEnough refuses lists of sizes whose combinations, beside those that the run has already, are too many, before any
// is made.
func fewEnough(j *job, already int) error {
	req := j.req
	all := 1
	name, most := "tp_sizes", 0
	for _, d := range []struct {
		name string
		n    int
	}{
		{"tp_sizes", len(req.TP.Of(j.world, 1, j.exhaustive))},
		{"ep_sizes", len(req.EP.Of(j.world, 1, j.exhaustive))},
		{"moe_dp_sizes", len(req.MoEDP.Of(j.world, 1, j.exhaustive))},
		{"dcp_sizes", len(req.DCP.Of(j.world, 1, j.exhaustive))},
		{"num_mtp_tokens", max(1, len(plan.Unique(req.MTP)))},
		{"pp_sizes", stagesOf(req, j)},
	} {
		if d.n > most {
			name, most = d.name, d.n
		}
		if all *= d.n; all > mostTuples-already {
			return &report.Failure{Class: report.InvalidParameters, Field: name,
				Message: message.New("failure.sizes-are-searched", mostTuples, most, name, j.world)}
		}
	}
	return nil
}

func stagesOf(req *plan.Request, j *job) int {
	if !j.exhaustive {
		return 1
	}
	return max(1, len(stageCounts(req, j.world)))
}
