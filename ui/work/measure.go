package work

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/calibrate"
	"fathom/sim/plan"
	"fathom/sim/score"
	"fathom/state"
	"fathom/ui/disk"
	"fathom/ui/runs"
)

const (
	// mostRuns is more than any file of measured runs is long.
	mostRuns = 256 << 20
	// mostDiagnosed is how many runs at once have their gaps explained: each takes a tenth of a second or so.
	mostDiagnosed = 24
	// mostShown is how many runs a dashboard holds.
	mostShown = 10_000
)

// Measure reads files of measured runs and predicts each run. What no file says comes from the plan's row. A file that
// cannot be read is named, and the others go on; the error is that of the first where none is left.
func (l Local) Measure(ctx context.Context, e state.Measure) (state.Measured, error) {
	out := state.Measured{Source: e.Source, Path: l.place(e.Source.Path)}
	rows, lost, err := l.rows(ctx, &e.Source)
	if err != nil {
		return out, err
	}
	out.Lost = lost
	if len(rows) > mostShown {
		return out, message.Fault("runs.screen", len(rows), mostShown)
	}
	find := finder(e.Profiles, e.Source.Request)
	result, err := score.Run(ctx, rows, score.Options{Profile: find, Diagnose: mostDiagnosed}, nil)
	if err != nil {
		return out, err
	}
	profile, _ := find(e.Source.Device)
	for i := range result.Rows {
		out.Runs = append(out.Runs, runs.Value(out.Path, &result.Rows[i], profile))
	}
	out.Target = l.target(profile, e.Profiles)
	return out, nil
}

// rows reads the runs of a source; lost names files that cannot be read.
func (l Local) rows(ctx context.Context, s *state.Source) (rows []score.Row, lost []state.LostFile, err error) {
	paths, err := runs.Files([]string{l.place(s.Path)})
	if err != nil {
		return nil, nil, err
	}
	known := knownOf(s)
	for _, path := range paths {
		own, err := readRuns(ctx, path, known)
		if cause := context.Cause(ctx); cause != nil {
			return nil, nil, cause
		}
		if err != nil {
			lost = append(lost, state.LostFile{Path: path, Why: message.Of(err)})
			continue
		}
		runs.NameAfter(path, own)
		rows = append(rows, own...)
	}
	return rows, lost, nil
}

func readRuns(ctx context.Context, path string, known score.Known) ([]score.Row, error) {
	f, err := hw.OpenInput(path, mostRuns)
	if err != nil {
		return nil, runs.Reason(err)
	}
	defer f.Close()
	data, err := io.ReadAll(runs.Alive{Ctx: ctx, R: f})
	if err != nil {
		return nil, runs.Reason(err)
	}
	return runs.In(ctx, path, data, known)
}

// knownOf is what a plan says of runs whose files do not.
func knownOf(s *state.Source) score.Known {
	k := score.Known{Device: s.Device}
	if q := s.Request; q != nil {
		if q.Model != nil {
			k.Model = q.Model.Name
		}
		k.Precision = q.Quant.Precision()
		for _, p := range q.Profiles {
			if p.Name == s.Device {
				k.Engine = q.Serving.On(p)
			}
		}
	}
	if r := s.Row; r != nil && r.Phase == plan.PhaseAggregation {
		k.TP, k.DP, k.PP, k.EP = r.Strategy.TP, r.Strategy.DP, r.Strategy.PP, r.Strategy.EP
	}
	return k
}

// finder looks profiles up among those of the plan first.
func finder(all hw.List, q *plan.Request) func(string) (*hw.Profile, error) {
	var own hw.List
	if q != nil {
		own = hw.ListOf(q.Profiles...)
	}
	return func(name string) (*hw.Profile, error) {
		if p, err := own.Find(name); err == nil {
			return p, nil
		}
		return all.Find(name)
	}
}

// fitSuffix is what a fit adds to a profile's name.
var fitSuffix = regexp.MustCompile(`_CALIBRATED(_[0-9]+)?$`)

// target is where a fit of a profile would go: a name that no profile has, in a file that is not there.
func (l Local) target(p *hw.Profile, all hw.List) state.FitTarget {
	switch {
	case p == nil:
		return state.FitTarget{Why: "fit.no-profile"}
	case l.Devices == "":
		return state.FitTarget{Why: "fit.no-directory"}
	}
	base := fitSuffix.ReplaceAllString(p.Name, "") + "_CALIBRATED"
	for i := 1; ; i++ {
		name := base
		if i > 1 {
			name = fmt.Sprintf("%s_%d", base, i)
		}
		path := filepath.Join(l.Devices, name+".toml")
		if _, err := os.Lstat(path); err == nil && i < 10_000 {
			continue
		}
		if _, err := all.Find(name); err == nil && i < 10_000 {
			continue
		}
		return state.FitTarget{Device: p.Name, Name: name, Path: path}
	}
}

// Fit fits a profile to measured runs and writes the new one, whole or not at all. It never replaces a file.
func (l Local) Fit(ctx context.Context, e state.Fit, watch func(state.Fitting)) (state.Fitted, error) {
	out := state.Fitted{Run: e.Run}
	var rows []score.Row
	var paths []string
	find := finder(e.Profiles, nil)
	for i := range e.Sources {
		own, _, err := l.rows(ctx, &e.Sources[i])
		if err != nil {
			return out, err
		}
		rows, paths = append(rows, own...), append(paths, l.place(e.Sources[i].Path))
		find = finder(e.Profiles, e.Sources[i].Request)
	}
	profile, err := find(e.Target.Device)
	if err != nil {
		return out, err
	}
	var on []score.Row
	for _, r := range rows {
		if score.SameDevice(r.Device, profile) {
			on = append(on, r)
		}
	}
	r, err := calibrate.Calibrate(ctx, on, profile, calibrate.Request{Options: calibrate.Options{Profile: find},
		File: strings.Join(paths, ", "), Name: e.Target.Name}, func(p calibrate.Progress) {
		watch(state.Fitting{Run: e.Run, Phase: p.Phase, Done: p.Done, Total: p.Total})
	})
	if err != nil {
		return out, err
	}
	data := hw.Template(r.Profile)
	// as it will be read again, at the next start too
	if out.Profile, err = hw.Parse(e.Target.Path, data); err != nil {
		return out, err
	}
	if err := context.Cause(ctx); err != nil {
		return state.Fitted{Run: e.Run}, err
	}
	if _, err := os.Lstat(e.Target.Path); err == nil {
		return state.Fitted{Run: e.Run}, message.Fault("runs.there", e.Target.Path)
	}
	if err := os.MkdirAll(filepath.Dir(e.Target.Path), 0o755); err != nil {
		return state.Fitted{Run: e.Run}, err
	}
	if err := disk.Write(e.Target.Path, data, 0o644); err != nil {
		return state.Fitted{Run: e.Run}, err
	}
	out.Used, out.Runs = r.Used, r.Runs
	before, after := r.Before.Parts(), r.After.Parts()
	for i := range after {
		if after[i].Rows > 0 {
			out.Errors = append(out.Errors, state.FitError{Name: after[i].Name, Before: before[i].Median,
				After: after[i].Median})
		}
	}
	return out, nil
}

// place makes a path absolute, from the directory that the session works in.
func (l Local) place(path string) string {
	path = l.expand(path)
	if !filepath.IsAbs(path) {
		path = filepath.Join(l.Dir, path)
	}
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}
