package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/sim/calibrate"
	"fathom/sim/score"

	"github.com/spf13/cobra"
)

// calibration is what the flags of calibrate say.
type calibration struct {
	device, name, path, format string
	files                      []string
	cross, joint, fresh        bool
}

func (p *Program) calibrateCommand() *cobra.Command {
	o := calibration{format: "table"}
	c := &cobra.Command{
		Use: "calibrate FILE.csv --device NAME [-o PROFILE.toml]", Short: "Fit a device's profile to measured serving runs",
		Long: "Fits the numbers of the step time and of the serving engines to the measured runs of a device, and says how much each moved,\n" +
			"how sure it is, and by cross-validation how far off predictions were before and are after. The profile goes to -o, or to\n" +
			"standard output with the report on standard error. With --cross-validate and without a device only the report is made, of\n" +
			"all devices in the file.",
		Args: argsOf(1, "a CSV file of measured runs"),
	}
	s := c.Flags()
	s.StringVar(&o.device, "device", "", "profile to fit")
	s.StringVar(&o.name, "name", "", "name of the fitted profile; NAME_CALIBRATED if left out")
	s.StringVarP(&o.path, "output", "o", "", "write the profile (without --device the report) to this file; it appears whole or not at all")
	s.StringArrayVar(&o.files, "device-file", nil, "TOML file with a further profile; may be repeated")
	s.BoolVar(&o.cross, "cross-validate", false, "report the errors of every group of runs when it is left out")
	s.BoolVar(&o.joint, "joint", false, "learn from the runs of all devices in the file, not only of the one named")
	s.BoolVar(&o.fresh, "fresh", false, "start from measured kernels also where the profile carries an earlier fit")
	s.Var(choice{"format", &o.format, []string{"table", "json"}}, "format", "of the report: table or json")
	c.RegisterFlagCompletionFunc("device", p.completeDevices)
	c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"table", "json"}, cobra.ShellCompDirectiveNoFileComp))
	c.RunE = func(c *cobra.Command, args []string) error { return p.calibrate(c.Context(), args[0], &o) }
	return c
}

func (p *Program) calibrate(ctx context.Context, path string, o *calibration) error {
	if o.device == "" && !o.cross {
		return badInput("calibrate", "--device: needs the profile to fit, e.g. --device H100_SXM; or give --cross-validate for the errors alone")
	}
	if done, err := p.calibrateSums(ctx, path, o); done || err != nil {
		return err
	}
	rows, err := p.runs("calibrate", path)
	if err != nil {
		return err
	}
	find, err := p.finder("calibrate", o.files)
	if err != nil {
		return err
	}
	if err := p.checkOutput("calibrate", o.path); err != nil {
		return err
	}
	var device *hw.Profile
	if o.device != "" {
		if device, err = find(o.device); err != nil {
			return badInput("calibrate", "--device %v", err)
		}
		if o.name == "" {
			o.name = device.Name + "_CALIBRATED"
		}
		named := *device
		if named.Name = o.name; !good(&named) {
			return badInput("calibrate", "--name %s: must be one word of letters, digits and _ - . +, e.g. %s_CALIBRATED", o.name, device.Name)
		}
		if rows, err = p.ownRuns(rows, device, path, o.joint); err != nil {
			return err
		}
	}
	watch, clear := p.fitProgress()
	defer clear()
	report, err := calibrate.Calibrate(ctx, rows, device, calibrate.Request{
		Options: calibrate.Options{Profile: find, Fresh: o.fresh || o.device == ""}, File: path, Name: o.name,
	}, watch)
	clear()
	if err != nil {
		if calibrate.IsRefusal(err) {
			return badInput("calibrate", "measured runs %s: %v", path, err)
		}
		return err
	}
	text, err := renderCalibration(report, o)
	if err != nil {
		return err
	}
	if device == nil {
		return p.emit(o.path, text)
	}
	return p.emitProfile(o, report.Profile, text)
}

// emitProfile writes a profile and its report: the profile to the file with the report on standard output, or without a file
// the profile to standard output with the report on standard error.
func (p *Program) emitProfile(o *calibration, d *hw.Profile, report []byte) error {
	toml := hw.Template(d)
	if o.path == "" || o.path == "-" {
		p.Stderr.Write(report)
		return p.emit("", toml)
	}
	if err := p.emit(o.path, toml); err != nil {
		return err
	}
	return p.emit("", report)
}

// calibrateSums handles a file of kernel sums; done is false where the columns are those of serving runs.
func (p *Program) calibrateSums(ctx context.Context, path string, o *calibration) (done bool, err error) {
	file, err := os.Open(p.expand(path))
	if err != nil {
		return false, nil // worded by whoever reads serving runs
	}
	defer file.Close()
	passes, ok, err := calibrate.ReadPasses(file)
	if !ok {
		return false, nil
	}
	if err != nil {
		return true, badInput("calibrate", "kernel sums %s: %v", path, err)
	}
	find, err := p.finder("calibrate", o.files)
	if err != nil {
		return true, err
	}
	if err := p.checkOutput("calibrate", o.path); err != nil {
		return true, err
	}
	var device *hw.Profile
	if o.device != "" {
		if device, err = find(o.device); err != nil {
			return true, badInput("calibrate", "--device %v", err)
		}
	}
	watch, clear := p.fitProgress()
	defer clear()
	report, err := calibrate.Sums(ctx, passes, find, device, calibrate.Request{File: path, Name: o.name}, watch)
	clear()
	if err != nil {
		if calibrate.IsRefusal(err) {
			return true, badInput("calibrate", "kernel sums %s: %v", path, err)
		}
		return true, err
	}
	text, err := renderSums(report, o)
	if err != nil {
		return true, err
	}
	if device == nil {
		return true, p.emit(o.path, text)
	}
	return true, p.emitProfile(o, report.Profile, text)
}

// renderSums prints the report of a fit to kernel sums.
func renderSums(r *calibrate.SumReport, o *calibration) ([]byte, error) {
	if o.format == "json" {
		return toJSON(r)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d passes; medians of absolute errors, as fractions of the measured sum of kernels\n\n", r.Passes)
	e := sheet{titles: []string{"device", "phase", "model", ">passes", ">before", ">fit", ">model left out"}}
	for _, x := range r.Errors {
		device := x.Device
		if device == "" {
			device = "all"
		}
		cells := []string{device, x.Phase, hw.Clean(x.Model), strconv.Itoa(x.Passes)}
		for _, v := range []float64{x.Before, x.Fit, x.After} {
			cells = append(cells, strconv.FormatFloat(v, 'f', 3, 64))
		}
		e.add(cells...)
	}
	b.WriteString(e.text())
	if o.device != "" {
		n := sheet{titles: []string{"number", ">value", "unit"}}
		for _, v := range r.Numbers {
			n.add(v.Name, four(v.Value), v.Unit)
		}
		b.WriteString("\n" + n.text())
	}
	return b.Bytes(), nil
}

// good reports whether a profile would be read back.
func good(d *hw.Profile) bool {
	_, err := hw.Parse("", hw.Template(d))
	return err == nil
}

// ownRuns keeps the runs of the device, or with joint all of a file that has some of them.
func (p *Program) ownRuns(rows []score.Row, d *hw.Profile, path string, joint bool) ([]score.Row, error) {
	var own []score.Row
	var names []string
	for i := range rows {
		if score.SameDevice(rows[i].Device, d) {
			own = append(own, rows[i])
		}
		names = append(names, hw.Clean(rows[i].Device))
	}
	if len(own) == 0 {
		slices.Sort(names)
		names = slices.Compact(names)
		return nil, badInput("calibrate", "measured runs %s: none is on %s; column gpu has %s", path, d.Name, strings.Join(names[:min(8, len(names))], ", "))
	}
	if joint {
		return rows, nil
	}
	return own, nil
}

// fitProgress draws one line on stderr that replaces itself, where stderr is a terminal.
func (p *Program) fitProgress() (watch func(calibrate.Progress), clear func()) {
	f, ok := p.Stderr.(*os.File)
	if !ok || !isTerminal(f) || p.Getenv("TERM") == "" || p.Getenv("TERM") == "dumb" {
		return nil, func() {}
	}
	drawn := false
	watch = func(s calibrate.Progress) {
		drawn = true
		fmt.Fprintf(f, "\r\x1b[K%s: %d%%", s.Phase, 100*s.Done/max(1, s.Total))
	}
	return watch, func() {
		if drawn {
			fmt.Fprint(f, "\r\x1b[K")
		}
		drawn = false
	}
}

// renderCalibration prints the report of a fit.
func renderCalibration(r *calibrate.Report, o *calibration) ([]byte, error) {
	if o.format == "json" {
		return toJSON(r)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d of %d runs used, %d deployments; errors are fractions of the measured value\n\n", r.Used, r.Runs, len(r.Folds))
	e := sheet{titles: []string{"cross-validation", ">runs", ">TTFT MAPE", ">median", ">TPOT MAPE", ">median", ">throughput MAPE", ">median"}}
	line := func(name string, v calibrate.Error) []string {
		cells := []string{name, strconv.Itoa(v.Rows)}
		for _, x := range []float64{v.TTFT, v.TTFTMid, v.TPOT, v.TPOTMid, v.Throughput, v.ThroughputMid} {
			cells = append(cells, strconv.FormatFloat(x, 'f', 3, 64))
		}
		return cells
	}
	e.add(line("before the fit", r.Before)...)
	e.add(line("left out of the fit", r.After)...)
	if r.Peer != nil {
		e.add(line("where the other answers: before", *r.PeerBefore)...)
		e.add(line("where the other answers: left out", *r.PeerAfter)...)
		e.add(line("where the other answers: the other", *r.Peer)...)
	}
	if r.Disaggregated != nil {
		e.add(line("disaggregated: before", r.Disaggregated.Before)...)
		e.add(line("disaggregated: after", r.Disaggregated.After)...)
	}
	b.WriteString(e.text() + "\n")
	if o.cross {
		folds := sheet{titles: append([]string{"left out"}, e.titles[1:]...)}
		for _, f := range r.Folds {
			folds.add(line(hw.Clean(f.Group), f.Error)...)
		}
		b.WriteString(folds.text() + "\n")
	}
	bars := sheet{titles: []string{"engine", ">TTFT", ">held", ">TPOT", ">held", ">throughput", ">held"}}
	for _, g := range r.Bars {
		cells := []string{g.Engine}
		for _, x := range []calibrate.Covered{g.TTFT, g.TPOT, g.Throughput} {
			if x.High == 0 {
				cells = append(cells, "-", "-")
				continue
			}
			cells = append(cells, fmt.Sprintf("%.2f to %.2f", x.Low, x.High), fmt.Sprintf("%.0f%%", 100*x.Held))
		}
		bars.add(cells...)
	}
	b.WriteString("Bars: measured / predicted of eight in ten runs that were left out; held: how many a bar of the other groups held\n\n" + bars.text())
	if len(r.Numbers) > 0 {
		n := sheet{titles: []string{"number", "engine", ">before", ">after", ">from", ">to", "unit", ">told"}}
		for _, m := range r.Numbers {
			after := []string{four(m.After), four(m.Low), four(m.High)}
			if m.Kept {
				after = []string{"kept", "", ""}
			}
			n.add(m.Name, m.Engine, four(m.Before), after[0], after[1], after[2], m.Unit, fmt.Sprintf("%.0f%%", 100*m.Told))
		}
		b.WriteString("\nTold: how much of what was open before the runs told; kept: the runs cannot tell it. From, to: eight in ten\n\n" + n.text())
	}
	if r.Profile != nil && o.path != "" && o.path != "-" {
		fmt.Fprintf(&b, "\nprofile %s: %s\n", r.Profile.Name, hw.Clean(o.path))
	}
	return b.Bytes(), nil
}

// four shows four digits.
func four(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
