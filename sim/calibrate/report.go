package calibrate

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/score"
	"fathom/sim/software"
)

// Request of a calibration beyond the options of its fit.
type Request struct {
	Options
	File string // where the runs come from, for the profile's source
	Name string // of the fitted profile; "": the device's with _CALIBRATED
}

// Report is what a calibration says: JSON schema fathom.calibrate/1. Errors are fractions of the measured value,
// intervals hold eight of ten.
type Report struct {
	Schema      string    `json:"schema"`
	Device      string    `json:"device,omitempty"`
	Name        string    `json:"profile,omitempty"`
	Runs        int       `json:"runs"` // that came to the fit
	Used        int       `json:"used"` // by the fit
	Deployments int       `json:"deployments"`
	LeftOut     []LeftOut `json:"left_out,omitempty"` // runs that were not used
	Notes       []string  `json:"notes,omitempty"`    // what was assumed
	Before      Error     `json:"before"`
	After       Error     `json:"after"` // when left out of the fit
	// of ttft, tpot, throughput: what runs that were left out have further off than before
	Worse         []string     `json:"worse,omitempty"`
	Peer          *Error       `json:"peer,omitempty"`
	PeerBefore    *Error       `json:"peer_before,omitempty"`
	PeerAfter     *Error       `json:"peer_after,omitempty"`
	Disaggregated *Unseen      `json:"disaggregated,omitempty"`
	Folds         []Fold       `json:"folds"`
	Regions       []Region     `json:"regions,omitempty"` // left out as a whole
	Bars          []EngineBars `json:"bars"`
	Numbers       []Moved      `json:"numbers,omitempty"`
	Profile       *hw.Profile  `json:"-"` // nil where no device was asked for
}

// Unseen are the errors of runs that no fit learns from.
type Unseen struct {
	Before Error `json:"before"`
	After  Error `json:"after"`
}

// Calibrate fits, cross-validates and writes a profile of the device; nil for the errors alone. A refusal says what the
// runs lack; so is a fit that predicts runs which were left out no better than the profile did.
func Calibrate(ctx context.Context, rows []score.Row, device *hw.Profile, q Request, report func(Progress)) (*Report,
	error) {
	fit, err := Run(ctx, rows, q.Options, report)
	if err != nil {
		return nil, err
	}
	if report != nil {
		report(Progress{"cross-validation", 0, 1})
	}
	c, err := fit.CrossValidate(ctx, ByDeployment)
	if err != nil {
		return nil, err
	}
	regions, err := fit.Learnt(ctx, c.Engines)
	if err != nil {
		return nil, err
	}
	out := &Report{Schema: "fathom.calibrate/1", Runs: len(rows), Used: len(fit.problem.rows), LeftOut: fit.left,
		Notes:       assumed(fit.problem.rows),
		Deployments: deploymentsOf(fit.problem.rows), Before: c.Before, After: c.After, Worse: c.After.worse(&c.Before),
		Folds: c.Folds, Regions: regions, Bars: c.Engines}
	if c.Peer.Rows > 0 {
		out.Peer, out.PeerBefore, out.PeerAfter = &c.Peer, &c.PeerBefore, &c.PeerAfter
	}
	if out.Disaggregated, err = fit.unseen(ctx, rows); err != nil {
		return nil, err
	}
	if device == nil {
		return out, nil
	}
	source := fmt.Sprintf("Fit to %d measured runs of %s (fathom calibrate). Bars: eight of ten runs of %d groups that "+
		"were left out in turn",
		out.Used, hw.Clean(q.File), len(c.Folds)) + fit.earlier(device)
	out.Device = device.Name
	out.Profile, out.Numbers = fit.Profile(device, source, c.Engines)
	if !slices.ContainsFunc(out.Numbers, func(m Moved) bool { return !m.Kept }) {
		why := []message.Message{message.New("refit.untold", len(out.Numbers))}
		if err := plausible(c); err != nil { // figures of another unit tell nothing, and more of them would not
			why = append(why, message.Of(err))
		}
		return nil, refuse(message.Join(why))
	}
	if b, a := c.Before.typical(), c.After.typical(); a > b {
		return nil, refuse(message.New("refit.worse", a, b))
	}
	if err := plausible(c); err != nil {
		return nil, err
	}
	out.Profile.Name = q.Name
	if q.Name == "" {
		out.Profile.Name = device.Name + "_CALIBRATED"
	}
	out.Profile.Aliases = append([]string{device.Name}, device.Aliases...)
	if old := device.Short; old != "" && old != device.Name && !slices.Contains(out.Profile.Aliases, old) {
		out.Profile.Aliases = append(out.Profile.Aliases, old)
	}
	out.Profile.Short = out.Profile.Name // not the device's: two profiles stand beside each other
	out.Profile.File, out.Name = "", out.Profile.Name
	return out, nil
}

// earlier says where a fit has the numbers from that its runs do not tell: the source of the profile's earlier fit, cut
// short.
func (f *Fit) earlier(device *hw.Profile) string {
	const longest = 240
	if f.problem.options.Fresh || device.Calibrated == nil {
		return ""
	}
	var of []string
	for _, e := range device.Calibrated.Engines {
		if !slices.Contains(f.engines(), e.Name) {
			of = append(of, e.Name)
		}
	}
	source := []rune(device.Calibrated.Source)
	if len(source) > longest {
		source = append(source[:longest-1:longest-1], '…')
	}
	return fmt.Sprintf("; %s: %s", strings.Join(append(of, "numbers that these runs do not tell"), ", "), string(source))
}

// deploymentsOf counts the deployments of rows.
func deploymentsOf(rows []score.Row) int {
	all := map[string]bool{}
	for i := range rows {
		all[group(&rows[i])] = true
	}
	return len(all)
}

// assumed notes what rows do not say.
func assumed(rows []score.Row) []string {
	unknown := map[string]int{}
	for i := range rows {
		if r := &rows[i]; r.Engine == plan.AnyServing && r.EngineText != "" {
			unknown[hw.Clean(r.EngineText)]++
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(unknown)) {
		out = append(out, fmt.Sprintf("engine %q of %d runs is not known: they are fitted as those of %s", name,
			unknown[name], software.Standard().Name))
	}
	return out
}

// plausible refuses fits whose predictions are so far off that no bar makes up for it.
func plausible(c *Cross) error {
	const mostOff, mostOfOne, mostBeside = 0.5, 0.75, 1.5
	if a := c.After.typical(); a > mostOff {
		return refuse(message.New("refit.off", a))
	}
	for _, part := range c.After.Parts() {
		if part.Median > mostOfOne {
			return refuse(message.New("refit.half-off", part.Name, part.Median))
		}
	}
	for _, e := range c.Engines {
		for i, bar := range []Covered{e.TTFT, e.TPOT, e.Throughput} {
			if off := exp(bar.beside); off > mostBeside {
				return refuse(message.New("refit.beside", e.Engine, c.After.Parts()[i].Name, off))
			}
		}
	}
	return nil
}

// unseen predicts the disaggregated runs, which no fit learns from; nil where there is none.
func (f *Fit) unseen(ctx context.Context, rows []score.Row) (*Unseen, error) {
	var others []score.Row
	for i := range rows {
		if r := &rows[i]; r.Disaggregated && r.Suspect == "" && r.Fault.IsZero() {
			others = append(others, *r)
		}
	}
	if len(others) == 0 {
		return nil, nil
	}
	p := newProblem(others, f.problem.options)
	var out Unseen
	for _, side := range []struct {
		to     *Error
		fitted bool
	}{{&out.Before, false}, {&out.After, true}} {
		got, err := p.predict(ctx, p.every(), func(row, n int) float64 {
			var sum float64
			for _, k := range p.factors(n, engineOf(&p.rows[row]), p.rows[row].Device) {
				if i, ok := f.problem.index[k]; ok && side.fitted {
					sum += f.view.x[i]
				}
			}
			return sum
		})
		if err != nil {
			return nil, err
		}
		*side.to = p.error(got, nil)
	}
	return &out, nil
}
