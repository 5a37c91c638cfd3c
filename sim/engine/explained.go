package engine

import (
	"fathom/hw"
	"fathom/sim/bench"
	"fathom/sim/explain"
	"fathom/sim/launch"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/search"
)

// Explain fills in what can be said about the best rows of every device: of a P:D plan those of its best pair. command
// writes the reference tool's command of a request. A report of a parsed log has no request and stays as it is.
func Explain(r *report.Report, command func(*plan.Request) []string) {
	if r == nil || r.Request == nil || r.Request.Model == nil {
		return
	}
	for i := range r.Devices {
		d := &r.Devices[i]
		d.Explained = nil
		for _, row := range winners(d) {
			profile := r.Request.On(d.Device, row.Phase)
			if profile == nil {
				continue
			}
			d.Explained = append(d.Explained, explained(r, d, profile, row, command))
		}
	}
}

// winners are the rows that a reader of a report acts on.
func winners(d *report.Device) (rows []*report.Row) {
	if d.PDRatio != nil {
		if b := d.PDRatio.Best; b != nil {
			rows = append(rows, &b.Prefill, &b.Decode)
		}
		return rows
	}
	for _, s := range []*report.Section{d.Aggregation, d.Prefill, d.Decode} {
		if s != nil && s.Best != nil {
			rows = append(rows, s.Best)
		}
	}
	return rows
}

func explained(r *report.Report, d *report.Device, profile *hw.Profile, row *report.Row,
	command func(*plan.Request) []string) report.Explanation {
	req := r.Request
	e := report.Explanation{Phase: row.Phase, Label: row.Label, Evidence: explain.MacroOnly.String()}
	for _, b := range explain.Bottlenecks(*row) {
		e.Evidence = b.Evidence.String()
		e.Bounds = append(e.Bounds, report.Bound{Phase: b.Phase, Class: b.Class.String(), Share: b.Share, Meaning: b.Meaning})
	}
	if f, ok := explain.Limit(*row, d.Points); ok {
		e.Limit = &f
	}
	g := explain.Judge(*row, req)
	e.Verdict, e.Reasons, e.Risks = g.Verdict.String(), g.Reasons, explain.Risks(*row, req)
	if d.Fidelity == plan.Reference {
		for _, c := range search.Corrections(req, profile, row, Price, nil) {
			if c.Refused || moves(c.Throughput) || moves(c.TTFT) || moves(c.TPOT) || moves(c.QPS) {
				e.Departures = append(e.Departures, c)
			}
		}
	}
	if command != nil {
		with := *req
		with.Profiles = []*hw.Profile{profile}
		if with.MaxBatchedTokens == 0 && row.Phase != plan.PhaseDecode && d.Search == plan.SearchExhaustive {
			with.MaxBatchedTokens = row.MaxBatched
		}
		e.Plan = command(&with)
	}
	for _, c := range explain.Checks(*row, req, d.Device) {
		e.Checks = append(e.Checks, report.Check{Phase: c.Phase, What: c.What,
			Args: append([]string{"python", "-m", "cli.inference.text_generate"}, c.Args...)})
	}
	for _, engine := range launch.Engines(req, profile.Vendor) {
		c := launch.Write(engine, *row, req, profile)
		e.Launch = append(e.Launch, report.Launch{Engine: c.Engine, Args: c.Args, File: c.File, FileText: c.FileText,
			Caveats: c.Caveats})
	}
	spread := 0.0
	if req.Traffic != plan.TrafficNone {
		spread = bench.Spread
	}
	for g := range launch.NumGenerators {
		b := launch.Bench(g, launch.LoadOf(*row, req, spread), req.Model.Name, launch.Server)
		if b.File != "" {
			continue // needs a file beside it: the copy menu and --copy write both
		}
		e.Benchmarks = append(e.Benchmarks, report.Launch{Engine: b.Generator.String(), Args: b.Args, Caveats: b.Caveats})
	}
	return e
}

// moves tells whether a departure changes a figure beyond rounding.
func moves(change *float64) bool { return change != nil && (*change > 5e-5 || *change < -5e-5) }
