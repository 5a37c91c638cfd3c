package cases

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Runner is what a run of cases needs from outside.
type Runner struct {
	// Request turns a case into a question; the error names column, value and fix.
	Request func(Case) (*plan.Request, error)
	// Plan answers it.
	Plan func(context.Context, *plan.Request) (*report.Report, error)
	// Progress is told at the start and after every case; it may be nil.
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
	"pd_ratio", "balanced_qps", "prefill_instances", "decode_instances", "standing", "expected_tok_s_device", "off")

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
	if r.Progress != nil && len(all) > 0 {
		r.Progress(p)
	}
	for _, c := range all {
		p.Case = c.Name
		if !done[c.Name] {
			records, feasible, err := r.answer(ctx, c)
			if ctx.Err() != nil {
				return p, context.Cause(ctx)
			}
			switch {
			case err != nil:
				p.Failed++
				records = [][]string{failed(c, err)}
			case feasible:
				p.Feasible++
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

// answer gives a record for each device and phase; feasible: one of them has a point.
func (r *Runner) answer(ctx context.Context, c Case) (records [][]string, feasible bool, err error) {
	if c.Broken != nil {
		return nil, false, c.Broken
	}
	req, err := r.Request(c)
	if err != nil {
		return nil, false, err
	}
	rep, err := r.Plan(ctx, req)
	if err != nil {
		return nil, false, err
	}
	for i := range rep.Devices {
		d := &rep.Devices[i]
		for _, s := range []struct {
			phase   plan.Phase
			section *report.Section
		}{{plan.PhaseAggregation, d.Aggregation}, {plan.PhasePrefill, d.Prefill}, {plan.PhaseDecode, d.Decode}} {
			if s.section == nil {
				continue
			}
			row := s.section.Best
			if d.PDRatio != nil {
				row = ofPair(d.PDRatio.Best, s.phase)
			}
			if row == nil {
				records = append(records, nothing(c, d, s.phase))
				continue
			}
			feasible = true
			standing, _ := rep.Standing(d)
			held := against(c, row.PerDevice)
			if d.AFD != nil { // what is held against the figure is the division of the ranks
				held = []string{"", ""}
			}
			records = append(records, append(append(record(c, d, row), string(standing)), held...))
		}
		if d.AFD == nil {
			continue
		}
		if row := d.AFD.Row(); row != nil {
			feasible = true
			records = append(records, append(append(record(c, d, row), string(report.Uncalibrated)),
				against(c, row.PerDevice)...))
		} else {
			none := failed(c, errors.New(d.AFD.Reason.String()))
			none[1] = d.Device
			records = append(records, none)
		}
	}
	if len(records) == 0 {
		records = [][]string{failed(c, errNoPoint)}
	}
	return records, feasible, nil
}

// ofPair is the row of a phase in the best pair of instances, which need not be the phase's own best.
func ofPair(best *report.Ratio, phase plan.Phase) *report.Row {
	switch {
	case best == nil:
		return nil
	case phase == plan.PhasePrefill:
		return &best.Prefill
	}
	return &best.Decode
}

// against are what a case was held against and by which share a figure is off; empty where it is not known.
func against(c Case, perDevice float64) []string {
	if c.Expected == 0 {
		return []string{"", ""}
	}
	return []string{report.Decimal(c.Expected), report.Decimal(perDevice/c.Expected - 1)}
}

var errNoPoint = message.Fault("cases.no-point")

// failed is the record of a case without an answer.
func failed(c Case, err error) []string {
	out := make([]string, len(Header))
	out[0], out[2] = c.Name, err.Error()
	if c.Expected > 0 {
		out[slices.Index(Header, "expected_tok_s_device")] = report.Decimal(c.Expected)
	}
	return out
}

// nothing is the record of a phase in which no point is feasible, with the smallest relaxations that would admit one.
func nothing(c Case, d *report.Device, phase plan.Phase) []string {
	text := errNoPoint.Error()
	var relax []string
	for _, n := range d.Nearest {
		if n.Row.Phase == phase {
			relax = append(relax, n.Relax.String())
		}
	}
	if len(relax) > 0 {
		text += "; nearest: " + strings.Join(relax, "; or ")
	}
	out := failed(c, errors.New(text))
	out[1] = d.Device
	out[3+slices.Index(report.RowHeader, "phase")] = phase.String()
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
