package score

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"fathom/assets"
)

// pool is what the recipe of a public disaggregated sweep says of its decode instances.
type pool struct {
	prefills, decodes, ranks int
	own                      bool // each rank has requests of its own
	batch                    int  // most sequences of an instance, or of a rank with requests of its own
	draft                    int  // tokens that are guessed ahead
	concurrency              []int
}

// sweep is one table of pools.toml.
type sweep struct {
	Device, Precision string
	Input, Output     int
	Runs              []string

	pools []pool
}

// sweepFile is pools.toml: what all of them ran, and each.
type sweepFile struct {
	Engine, Model string
	Sweep         []sweep
}

// sweeps reads the file once.
var sweeps = sync.OnceValues(func() (*sweepFile, error) {
	var file sweepFile
	meta, err := toml.Decode(string(assets.Pools), &file)
	if err != nil {
		return nil, fmt.Errorf("pools.toml: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("pools.toml: unknown key %s", unknown[0])
	}
	for i := range file.Sweep {
		s := &file.Sweep[i]
		for _, run := range s.Runs {
			p, err := readPool(run)
			if err != nil {
				return nil, fmt.Errorf("pools.toml: %w", err)
			}
			s.pools = append(s.pools, p)
		}
	}
	return &file, nil
})

// readPool reads the name of a recipe and the requests in flight of its runs: ctx1_gen5_dep8_batch16_mtp3 875.
func readPool(text string) (p pool, err error) {
	name, runs, _ := strings.Cut(text, " ")
	var layout string
	parts := strings.ReplaceAll(name, "_", " ")
	_, err = fmt.Sscanf(parts, "ctx%d gen%d %s batch%d mtp%d", &p.prefills, &p.decodes, &layout, &p.batch, &p.draft)
	if err == nil {
		kind := strings.TrimRight(layout, "0123456789")
		p.own = kind == "dep" || kind == "dp"
		p.ranks, err = strconv.Atoi(layout[len(kind):])
	}
	for _, c := range strings.Fields(runs) {
		n, wrong := strconv.Atoi(c)
		if err == nil {
			err = wrong
		}
		p.concurrency = append(p.concurrency, n)
	}
	if err != nil || len(p.concurrency) == 0 {
		return p, fmt.Errorf("recipe %q: want ctxN_genN_(tp|tep|dp|dep)N_batchN_mtpN and the requests in flight", text)
	}
	return p, nil
}

// pool finds the recipe of a disaggregated run; nil where none is known, or several that differ. A file that does not
// say that tokens were guessed ahead is taken to mean that they were not.
func (t *table) pool(r *Row) *pool {
	all, err := sweeps()
	if err != nil || !r.Disaggregated || !r.CI || r.Engine.String() != all.Engine ||
		!strings.Contains(r.Model, all.Model) {
		return nil
	}
	var found *pool
	for i := range all.Sweep {
		s := &all.Sweep[i]
		if s.Input != r.Input || s.Output != r.Output || s.Precision != r.Precision ||
			!t.starts(r.Device, []string{s.Device}) {
			continue
		}
		for j := range s.pools {
			if p := &s.pools[j]; p.of(r) {
				if found != nil && (found.batch != p.batch || found.draft != p.draft) {
					return nil
				}
				found = p
			}
		}
	}
	return found
}

// of reports whether a run is one of the recipe's.
func (p *pool) of(r *Row) bool {
	d := r.Decode
	return p.prefills == r.Prefill.Workers && p.decodes == d.Workers && p.ranks == d.TP*d.DP && p.own == (d.DP > 1) &&
		slices.Contains(p.concurrency, r.Concurrency) && (p.draft > 0) == (r.tuned || r.Draft > 0)
}
