package cli

import (
	"fmt"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/report"
	"fathom/ui/number"

	"github.com/spf13/cobra"
)

func (p *Program) devicesCommand() *cobra.Command {
	var files []string
	c := &cobra.Command{Use: "devices [list | show NAME | check FILE.toml | new --from NAME]",
		Short: "Hardware profiles: list, show, check your own, start a new one"}
	c.PersistentFlags().StringArrayVar(&files, "device-file", nil, "TOML file with a further profile; may be repeated")
	list := &cobra.Command{Use: "list", Short: "List every profile", Args: argsOf(0, "")}
	f := addFormat(list)
	list.RunE = func(*cobra.Command, []string) error { return p.listDevices(files, f) }
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return badInput("devices", "bad.devices", args[0])
		}
		return nil
	}
	own := addFormat(c)
	c.RunE = func(*cobra.Command, []string) error { return p.listDevices(files, own) }
	c.AddCommand(list, p.showDevice(&files), p.checkDevice(), p.newDevice(&files))
	return c
}

// device is a profile as JSON, in the units of the comparison table.
type device struct {
	Name        string    `json:"name"`
	Vendor      string    `json:"vendor"`
	Description string    `json:"description"`
	Source      string    `json:"source"`
	File        string    `json:"file,omitempty"`
	PeakPFLOPS  float64   `json:"peak_pflops"` // of the data sheet, as the form lists them; what follows is reached
	PeakTBs     float64   `json:"peak_tb_s"`
	CubeTFLOPS  float64   `json:"cube_tflops"`
	VecTFLOPS   float64   `json:"vec_tflops"`
	MemoryGB    float64   `json:"memory_gb"`
	MemoryTiBs  float64   `json:"memory_tib_s"`
	Devices     int       `json:"devices"`
	Grid        string    `json:"grid"`
	LinksGBs    []float64 `json:"links_gb_s"`
	Fidelities  []string  `json:"fidelities"`
	Fit         *fit      `json:"fit,omitempty"` // to measured runs; only where one device is shown
}

// fit is what runs say of a device.
type fit struct {
	Source  string         `json:"source"`
	Runs    int            `json:"runs"` // of this device; 0: taken over from others
	Numbers []fittedNumber `json:"numbers"`
}

// fittedNumber is one number of a fit: a share, a count or microseconds.
type fittedNumber struct {
	Key    string   `json:"key"` // below [calibrated] in the profile
	Name   string   `json:"name"`
	Engine string   `json:"engine,omitempty"` // "": all engines share it
	Unit   string   `json:"unit,omitempty"`   // us
	Value  float64  `json:"value"`
	Low    *float64 `json:"low"` // eight of ten; null: the profile does not say
	High   *float64 `json:"high"`
	Told   *float64 `json:"told"` // how much of what was open before the runs say, 0 to 1
}

// fitOf lists the numbers of all engines of a profile; nil where it has no fit.
func (p *Program) fitOf(d *hw.Profile) *fit {
	c := d.Calibrated
	if c == nil {
		return nil
	}
	out := &fit{Source: c.Source, Runs: c.Runs}
	for i := range c.Engines {
		for _, n := range c.Numbers(c.Engines[i].Name) {
			if n.Engine == "" && i > 0 { // shared ones once
				continue
			}
			one := fittedNumber{Key: n.Key, Name: p.voice.Fitted(&n), Engine: n.Engine}
			per := 1.0
			if n.Time {
				one.Unit, per = "us", 1e6
			}
			one.Value = report.Six(n.Value * per)
			if t := n.Told; t.High > 0 {
				low, high, told := report.Six(t.Low*per), report.Six(t.High*per), t.Share
				one.Low, one.High, one.Told = &low, &high, &told
			}
			out.Numbers = append(out.Numbers, one)
		}
	}
	return out
}

func describe(d *hw.Profile) device {
	f := d.Facts()
	fidelities := []string{"corrected"}
	if d.Reference {
		fidelities = []string{"reference", "corrected"}
	}
	if d.Kernel != nil {
		fidelities = append(fidelities, "calibrated")
	}
	return device{Name: d.Name, Vendor: d.Vendor, Description: d.Description, Source: d.Source, File: d.File,
		PeakPFLOPS: d.Peak() / 1e15, PeakTBs: d.MemoryBandwidth / 1e12,
		CubeTFLOPS: f.CubeTFLOPS, VecTFLOPS: f.VecTFLOPS, MemoryGB: f.MemoryGiB, MemoryTiBs: f.MemoryTiBs,
		Devices: d.Grid.Ranks(),
		Grid:    f.Grid, LinksGBs: f.LinksGBs, Fidelities: fidelities}
}

func (p *Program) listDevices(files []string, f *format) error {
	all, warnings, err := p.profiles(files)
	if err != nil {
		return refused("devices list", err)
	}
	for _, w := range warnings {
		p.warn(w)
	}
	s := titled(p.voice, "devices.col", "name", "vendor", ">gib", ">tb-s", ">pflops", ">reached-tb-s", ">reached-pflops",
		">devices", ">links", "fidelity")
	var values []device
	for _, d := range all.Profiles() {
		v := describe(d)
		values = append(values, v)
		name := v.Name
		if v.File != "" {
			name += " (" + hw.Clean(v.File) + ")"
		}
		s.add(name, v.Vendor, number.Digits(v.MemoryGB, 3), number.Digits(v.PeakTBs, 3), number.Digits(v.PeakPFLOPS, 3),
			number.Digits(v.PeakTBs*d.MemoryEff, 3), number.Digits(v.CubeTFLOPS/1e3, 3), number.Int(v.Devices),
			d.Facts().Links(), strings.Join(v.Fidelities, " "))
	}
	data, err := s.show(f.name, values)
	if err != nil {
		return err
	}
	return p.emit(f.path, data)
}

func (p *Program) showDevice(files *[]string) *cobra.Command {
	c := &cobra.Command{Use: "show NAME", Short: "Show a profile with its source",
		Args:              argsOf(1, "need.profile"),
		ValidArgsFunction: p.completeDevices}
	f := addFormat(c)
	c.RunE = func(_ *cobra.Command, args []string) error {
		d, err := p.findDevice("devices show", *files, args[0])
		if err != nil {
			return err
		}
		v := describe(d)
		v.Fit = p.fitOf(d)
		if f.name == "json" {
			data, err := toJSON(v)
			if err != nil {
				return err
			}
			return p.emit(f.path, data)
		}
		return p.emit(f.path, hw.Template(d))
	}
	return c
}

func (p *Program) findDevice(command string, files []string, name string) (*hw.Profile, error) {
	all, warnings, err := p.profiles(files)
	if err != nil {
		return nil, refused(command, err)
	}
	for _, w := range warnings {
		p.warn(w)
	}
	d, err := all.Find(name)
	if err != nil {
		return nil, refused(command, err)
	}
	return d, nil
}

func (p *Program) checkDevice() *cobra.Command {
	return &cobra.Command{Use: "check FILE.toml", Short: "Check a profile of your own", Args: argsOf(1,
		"need.profile-file"),
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := hw.LoadFile(p.expand(args[0]))
			if err != nil {
				return &usageError{"devices check", message.Each(err)}
			}
			v := describe(d)
			return p.emit("",
				fmt.Appendf(nil,
					"%s: profile %s is good: %s GiB at %s TB/s, %s PFLOP/s, %d devices in a grid of %s; fidelity %s\n",
					hw.Clean(args[0]), v.Name, number.Digits(v.MemoryGB, 3), number.Digits(v.PeakTBs, 3),
					number.Digits(v.PeakPFLOPS, 3), v.Devices, v.Grid,
					strings.Join(v.Fidelities, ", ")))
		}}
}

func (p *Program) newDevice(files *[]string) *cobra.Command {
	var from, path string
	c := &cobra.Command{Use: "new --from NAME", Short: "Write a commented profile to edit", Args: argsOf(0, ""),
		RunE: func(*cobra.Command, []string) error {
			if from == "" {
				return badInput("devices new", "bad.devices-from")
			}
			d, err := p.findDevice("devices new", *files, from)
			if err != nil {
				return err
			}
			return p.emit(path, hw.Template(d))
		}}
	c.Flags().StringVar(&from, "from", "", "profile to start from")
	c.Flags().StringVarP(&path, "output", "o", "", "write to this file instead of standard output")
	c.RegisterFlagCompletionFunc("from", p.completeDevices)
	return c
}
