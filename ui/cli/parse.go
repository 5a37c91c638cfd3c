package cli

import (
	"context"
	"fmt"
	"io"

	"fathom/hw/message"
	"fathom/sim/engine/parse"
	"fathom/sim/report"

	"github.com/spf13/cobra"
)

func (p *Program) parseCommand() *cobra.Command {
	c := &cobra.Command{Use: "parse LOG", Short: "Read a saved log of the reference tool as a report",
		Args: argsOf(1, "need.log"),
		Long: "LOG is what throughput_optimizer printed, both of its streams, with or without the command line before it. " +
			"The report is the one of plan; " +
			"what a log does not state is left out.\nExit codes: 0 it holds a feasible point, 1 the run in it failed, 2 it " +
			"is no such log, 3 no configuration met the limits."}
	f := addFormat(c)
	c.RunE = func(c *cobra.Command, args []string) error { return p.parse(c.Context(), args[0], f) }
	return c
}

// parse prints the report of a log. A failed run is told on stderr like one of our own, beside the rows that it had
// found.
func (p *Program) parse(ctx context.Context, path string, f *format) error {
	if err := p.checkOutput("parse", f.path); err != nil {
		return err
	}
	in, err := p.open(ctx, path, mostLog)
	if err != nil {
		return badInput("parse", "bad.log", path, err)
	}
	defer in.Close()
	r := parse.New(nil)
	if _, err := io.Copy(r, in); err != nil { // what it keeps is bounded, however long the log is
		return fmt.Errorf("log %s: %w", path, pathReason(err))
	}
	r.Close()
	rep, failure := r.Report(), r.Failure()
	switch why := r.Unreadable(); {
	case !why.IsZero():
		return badInput("parse", "bad.log-read", path, why, message.New("failure.save-one-run"))
	case failure != nil && !r.Known():
		return badInput("parse", "bad.log-read", path, failure.Message, failure.Advice)
	// a script reads the class and the correction as it reads rows
	case failure != nil && !hasRows(rep) && f.name != "json":
		return &failedRun{failure}
	}
	rep.Failure = failure
	data, err := report.Render(rep, f.name)
	if err != nil {
		return err
	}
	if err := p.emit(f.path, data); err != nil {
		return err
	}
	switch {
	case failure != nil:
		return &failedRun{failure}
	case feasible(rep):
		if rep.Partial {
			p.warn(message.New("said.log-ends"))
		}
		return nil
	case rep.Partial:
		p.tell("said.log-early")
	default:
		p.tell("said.log-rows")
	}
	return Exit(Infeasible)
}

// mostLog is far more than any run prints.
const mostLog = 64 << 30

// failedRun is the failure of a run that somebody else made: whatever its class, our own command was in order.
type failedRun struct{ *report.Failure }

// hasRows reports whether any phase of any device has a candidate.
func hasRows(r *report.Report) bool {
	for i := range r.Devices {
		if r.Devices[i].Evaluated > 0 {
			return true
		}
	}
	return false
}
