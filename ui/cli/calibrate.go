package cli

import (
	"context"
	"fmt"
	"os"

	"fathom/hw"
	"fathom/sim/calibrate"

	"github.com/spf13/cobra"
)

// calibration is what the flags of calibrate say, and what follows from them.
type calibration struct {
	deviceName, name, path, format string
	files                          []string
	cross, joint, fresh            bool
	from                           deployed

	find   func(string) (*hw.Profile, error)
	device *hw.Profile // nil: the errors alone
}

func (p *Program) calibrateCommand() *cobra.Command {
	o := calibration{format: "table"}
	c := &cobra.Command{
		Use:   "calibrate FILE [FILE…] --device NAME [-o PROFILE.toml]",
		Short: "Fit a device's profile to measured serving runs",
		Long: "Fits the numbers of the step time and of the serving engines to the measured runs of a device, and says " +
			"how much each moved,\n" +
			"how sure it is, and by cross-validation how far off predictions were before and are after. The profile goes to " +
			"-o, or to\n" +
			"standard output with the report on standard error. With --cross-validate and without a device only the report " +
			"is made, of\n" +
			"all devices in the files, each vendor's by themselves.\n\n" +
			"FILE is a table of runs (CSV) or a result file of a load generator as it is, as score reads them; a directory " +
			"or a pattern too.\n" +
			"Several files are joined, each read by what it holds; a run that stands in two of them counts once. Files of " +
			"kernel sums\n" +
			"make a fit of their own. Runs of devices that no profile describes are left out and named.",
		Args: argsFrom(1, mostFiles, "need.runs"),
	}
	s := c.Flags()
	o.from.flags(p, c, false)
	s.StringVar(&o.deviceName, "device", "", "profile to fit")
	s.StringVar(&o.name, "name", "", "name of the fitted profile; NAME_CALIBRATED if left out")
	s.StringVarP(&o.path, "output", "o", "",
		"write the profile (without --device the report) to this file; it appears whole or not at all")
	s.StringArrayVar(&o.files, "device-file", nil, "TOML file with a further profile; may be repeated")
	s.BoolVar(&o.cross, "cross-validate", false, "report the errors of every group of runs when it is left out")
	s.BoolVar(&o.joint, "joint", false, "learn from the runs of all devices of the same vendor, not only of the one named")
	s.BoolVar(&o.fresh, "fresh", false, "start from measured kernels also where the profile carries an earlier fit")
	s.Var(choice{"format", &o.format, []string{"table", "json"}}, "format", "of the report: table or json")
	c.RegisterFlagCompletionFunc("device", p.completeDevices)
	c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"table", "json"},
		cobra.ShellCompDirectiveNoFileComp))
	c.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"csv", "json", "jsonl", "txt", "log"}, cobra.ShellCompDirectiveFilterFileExt
	}
	c.RunE = func(c *cobra.Command, args []string) error { return p.calibrate(c.Context(), args, &o) }
	return c
}

// mostFiles of measurements in one fit.
const mostFiles = 1000

func (p *Program) calibrate(ctx context.Context, paths []string, o *calibration) error {
	if o.deviceName == "" && !o.cross {
		return badInput("calibrate", "bad.fit-device")
	}
	o.from.known.Device = o.deviceName
	if err := o.from.complete(ctx, p, "calibrate"); err != nil {
		return err
	}
	m, err := p.measurements(ctx, paths, o.from.known)
	if err != nil {
		return err
	}
	if o.find, err = p.finder("calibrate", o.files); err != nil {
		return err
	}
	if err := p.checkOutput("calibrate", o.path); err != nil {
		return err
	}
	if o.deviceName != "" {
		if o.device, err = o.find(o.deviceName); err != nil {
			return badInput("calibrate", "bad.flag", "device", err)
		}
		if o.name == "" {
			o.name = o.device.Name + "_CALIBRATED"
		}
		named := *o.device
		if named.Name = o.name; !good(&named) {
			return badInput("calibrate", "bad.fit-name", o.name, o.device.Name)
		}
	}
	if m.sums() {
		return p.calibrateSums(ctx, m, o)
	}
	return p.calibrateRuns(ctx, m, o)
}

// emitCalibration writes what a fit came to: its report, and the profile if there is a device. The profile goes to the
// file with the report on standard output, or without a file to standard output with the report on standard error.
func (p *Program) emitCalibration(o *calibration, d *hw.Profile, report []byte) error {
	if o.device == nil {
		return p.emit(o.path, report)
	}
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

// good reports whether a profile would be read back.
func good(d *hw.Profile) bool {
	_, err := hw.Parse("", hw.Template(d))
	return err == nil
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
