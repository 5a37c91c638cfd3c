package cli

import (
	"context"
	"fmt"
	"os"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/score"
	"fathom/sim/software"
	"fathom/state/field"
	"fathom/ui/runs"

	"github.com/spf13/cobra"
)

// deployed is what flags say of measured runs whose files do not.
type deployed struct {
	known  score.Known
	engine string
	plan   string
}

// flags adds them to a command. device is left out where the command has a flag of that name.
func (d *deployed) flags(p *Program, c *cobra.Command, device bool) {
	s := c.Flags()
	const only = ", where the file does not say it"
	if device {
		s.StringVar(&d.known.Device, "device", "", "device that the runs were made on"+only)
		c.RegisterFlagCompletionFunc("device", p.completeDevices)
	}
	s.StringVar(&d.known.Model, "model", "", "model of the catalog, or a directory with its config.json"+only)
	s.StringVar(&d.known.Precision, "precision", "", "how the checkpoint is stored, e.g. bf16, fp8, fp8_block, nvfp4"+only)
	s.StringVar(&d.engine, "serving-engine", "", "serving engine"+only)
	s.IntVar(&d.known.TP, "tp", 0, "tensor parallel size of one replica"+only)
	s.IntVar(&d.known.DP, "dp", 0, "replicas of the attention"+only)
	s.IntVar(&d.known.PP, "pp", 0, "pipeline stages"+only)
	s.IntVar(&d.known.EP, "ep", 0, "expert parallel size"+only)
	s.StringVar(&d.plan, "plan", "", "saved plan whose best row the runs measure: it says what the flags above do not")
}

// complete reads the flags that are names, and the plan.
func (d *deployed) complete(ctx context.Context, p *Program, command string) error {
	for _, n := range []struct {
		flag string
		v    int
	}{{"tp", d.known.TP}, {"dp", d.known.DP}, {"pp", d.known.PP}, {"ep", d.known.EP}} {
		if n.v < 0 || n.v > 4096 {
			return badInput(command, "bad.run-size", n.flag, n.v)
		}
	}
	if d.engine != "" {
		if d.known.Engine = plan.ParseServing(d.engine); d.known.Engine == plan.AnyServing {
			return badInput(command, "bad.run-engine", hw.Clean(d.engine), software.Names())
		}
	}
	if path := p.expand(d.known.Model); d.known.Model != "" && isThere(path) {
		m, err := model.Load(path, "")
		if err != nil {
			return badInput(command, "bad.flag", "model", err)
		}
		d.known.Checkpoint = m
	}
	if d.plan == "" {
		return nil
	}
	return d.fromPlan(ctx, p, command)
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// fromPlan runs a saved plan, whose best row says what the flags do not.
func (d *deployed) fromPlan(ctx context.Context, p *Program, command string) error {
	q, err := p.prepare(command, []string{d.plan})
	if err != nil {
		return err
	}
	request, issues := field.Request(field.FillDefaults(field.Derive(q.answers)), *q.catalog)
	if request == nil {
		return fromIssues(command, issues)
	}
	answers := field.FillDefaults(field.Derive(q.answers))
	e, wait, err := p.engine(field.Read(&answers, q.catalog))
	if err != nil {
		return err
	}
	defer wait()
	out, err := e.Run(ctx, request, nil)
	if err != nil {
		return err
	}
	row, device := bestOf(out, d.known.Device)
	if row == nil {
		return badInput(command, "bad.run-plan", d.plan)
	}
	k := &d.known
	fill := func(to *int, v int) {
		if *to == 0 {
			*to = v
		}
	}
	fill(&k.TP, row.Strategy.TP)
	fill(&k.DP, row.Strategy.DP)
	fill(&k.PP, row.Strategy.PP)
	fill(&k.EP, row.Strategy.EP)
	if k.Model == "" {
		k.Model = request.Model.Name
	}
	if k.Device == "" {
		k.Device = device
	}
	if k.Precision == "" {
		k.Precision = request.Quant.Precision()
	}
	for _, profile := range request.Profiles {
		if profile.Name == device && k.Engine == plan.AnyServing {
			k.Engine = request.Serving.On(profile)
		}
	}
	return nil
}

// bestOf is the best aggregated row of a report, on the named device or on the first that has one.
func bestOf(r *report.Report, device string) (*report.Row, string) {
	for i := range r.Devices {
		d := &r.Devices[i]
		if d.Aggregation != nil && d.Aggregation.Best != nil && (device == "" || strings.EqualFold(d.Device, device)) {
			return d.Aggregation.Best, d.Device
		}
	}
	return nil, ""
}

// runFiles gives the files that arguments name.
func (p *Program) runFiles(command string, args []string) ([]string, error) {
	paths := make([]string, len(args))
	for i, arg := range args {
		paths[i] = p.expand(arg)
	}
	files, err := runs.Files(paths)
	if err != nil {
		return nil, refused(command, err)
	}
	return files, nil
}

// readRuns reads measured runs of any kind, each file by what it holds. Files that cannot be read are named and the
// others go on; the error is that of the first where none is left.
func (p *Program) readRuns(ctx context.Context, command string, args []string, known score.Known) ([]score.Row, error) {
	paths, err := p.runFiles(command, args)
	if err != nil {
		return nil, err
	}
	var rows []score.Row
	var troubles []string
	for _, path := range paths {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		own, err := p.readRunFile(ctx, path, known)
		if err != nil {
			troubles = append(troubles, fmt.Sprintf("measured runs %s: %v", hw.Clean(path), err))
			continue
		}
		p.ofFile(path, own)
		if len(paths) > 1 {
			runs.NameAfter(path, own)
		}
		rows = append(rows, own...)
	}
	if len(rows) == 0 {
		return nil, &usageError{command, literally(troubles[:min(len(troubles), mostLost)])}
	}
	p.leftOut(troubles)
	return rows, nil
}

// ofFile says what is to be said of a whole file, once.
func (p *Program) ofFile(path string, rows []score.Row) {
	if len(rows) > 0 && !rows[0].File.IsZero() {
		p.warn(message.New("said.of-file", hw.Clean(path), rows[0].File))
	}
}

// leftOut names files that could not be read, as many as a person reads.
func (p *Program) leftOut(troubles []string) {
	for i, t := range troubles {
		if i == mostLost {
			p.warn(message.New("said.unread", len(troubles)-i))
			return
		}
		p.warn(message.New("said.left", t))
	}
}

// readRunFile reads one file: of a load generator, or a table of runs.
func (p *Program) readRunFile(ctx context.Context, path string, known score.Known) ([]score.Row, error) {
	data, err := p.readMeasured(ctx, path)
	if err != nil {
		return nil, runs.Reason(err)
	}
	return runs.In(ctx, path, data, known)
}
