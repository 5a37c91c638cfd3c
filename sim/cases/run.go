package cases

import (
	"context"
	"encoding/csv"
	"errors"
	"io"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// Runner is what a run of cases needs from outside.
type Runner struct {
	// Request turns a case into a question; the error names column, value and fix.
	Request func(Case) (*plan.Request, error)
	// Plan answers it.
	Plan func(context.Context, *plan.Request) (*report.Report, error)
	// Progress is told after every case; it may be nil.
	Progress func(Progress)
}

// Progress is how far a run of cases has come.
type Progress struct {
	Done, Total      int
	Failed, Feasible int
	Case             string
}

// Header names the columns of the output: the case, its device, what went wrong, the row, and the split of a PD ratio.
var Header = append(append([]string{NameColumn, "device", "error"}, report.RowHeader...),
	"pd_ratio", "balanced_qps", "prefill_instances", "decode_instances")

// Run answers every case that done does not name and writes its records to w, flushed case by case so that a killed run
// loses at most the case at hand. header: write the header first. The error is about writing or cancellation only.
func Run(ctx context.Context, all []Case, done map[string]bool, r Runner, w io.Writer, header bool) (Progress, error) {
	out := csv.NewWriter(w)
	if header {
		if err := out.Write(Header); err != nil {
			return Progress{}, err
		}
	}
	p := Progress{Total: len(all)}
	for _, c := range all {
		p.Case = c.Name
		if !done[c.Name] {
			records, err := r.answer(ctx, c)
			if ctx.Err() != nil {
				return p, context.Cause(ctx)
			}
			if err != nil {
				p.Failed++
				records = [][]string{failed(c, err)}
			} else if len(records) > 0 {
				p.Feasible++
			} else {
				records = [][]string{failed(c, errNoPoint)}
			}
			if err := out.WriteAll(records); err != nil { // WriteAll flushes
				return p, err
			}
		}
		p.Done++
		if r.Progress != nil {
			r.Progress(p)
		}
	}
	return p, nil
}

var errNoPoint = errors.New("no point meets limits and memory")

func (r *Runner) answer(ctx context.Context, c Case) ([][]string, error) {
	req, err := r.Request(c)
	if err != nil {
		return nil, err
	}
	rep, err := r.Plan(ctx, req)
	if err != nil {
		return nil, err
	}
	var records [][]string
	for i := range rep.Devices {
		d := &rep.Devices[i]
		for _, s := range []*report.Section{d.Aggregation, d.Prefill, d.Decode} {
			if s != nil && s.Best != nil {
				records = append(records, record(c, d, s.Best))
			}
		}
	}
	return records, nil
}

func failed(c Case, err error) []string {
	out := make([]string, len(Header))
	out[0], out[2] = c.Name, err.Error()
	return out
}

func record(c Case, d *report.Device, row *report.Row) []string {
	out := append([]string{c.Name, d.Device, ""}, report.RowRecord(row)...)
	split := make([]string, 4)
	if d.PDRatio != nil && d.PDRatio.Best != nil {
		split = report.SplitRecord(d.PDRatio.Best)
	}
	return append(out, split...)
}
