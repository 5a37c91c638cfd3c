package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/plan/file"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/ui"
	"fathom/ui/library"

	"github.com/spf13/cobra"
)

const scenariosUse = "scenarios [list | show NAME | save NAME MODEL [flags] | run [NAME…] | compare NAME NAME… | " +
	"rename OLD NEW | copy OLD NEW | remove NAME… | export [NAME…] | import FILE…]"

// scenariosCommand is the library of named plans.
func (p *Program) scenariosCommand() *cobra.Command {
	c := &cobra.Command{Use: scenariosUse, Short: "Named plans: keep, list, run again, compare",
		Long: "Named plans with what they last answered, one TOML file each in the state directory " +
			"($XDG_STATE_HOME/fathom/scenarios).\n" +
			"A list shows the kept answers and runs nothing; run answers again with today's program and profiles and says " +
			"what\nchanged since. Every file is a saved plan too: fathom plan FILE.toml runs it.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{"scenarios", []message.Message{message.New("scenario.no-command", args[0],
					"list, show, save, run, compare, rename, copy, remove, export, import")}}
			}
			return nil
		}}
	add := func(use, short string, args cobra.PositionalArgs,
		do func(*cobra.Command, []string, *format) error) *cobra.Command {
		sub := &cobra.Command{Use: use, Short: short, Args: args, ValidArgsFunction: p.completeScenarios}
		f := addFormat(sub)
		sub.RunE = func(c *cobra.Command, args []string) error {
			return p.said(strings.TrimPrefix(c.CommandPath(), "fathom "), do(c, args, f))
		}
		c.AddCommand(sub)
		return sub
	}
	list := func(_ *cobra.Command, _ []string, f *format) error { return p.listScenarios(f) }
	own := addFormat(c)
	c.RunE = func(*cobra.Command, []string) error { return p.said("scenarios", p.listScenarios(own)) }
	name := "scenario.need.name"
	add("list", "List every scenario with its kept answer", argsOf(0, ""), list)
	add("show NAME", "Show a scenario: its plan and what it answered", argsOf(1, name), p.showScenario)
	var keep, replace, both bool
	run := add("run [NAME…]", "Run scenarios again and say what changed since; all without a name",
		argsFrom(0, library.Most, name),
		func(c *cobra.Command, args []string, f *format) error {
			return p.runScenarios(c.Context(), args, keep, f)
		})
	run.Flags().BoolVar(&keep, "keep", false, "keep the new answers in place of the old ones")
	add("compare NAME NAME…", "Set 2 to 6 scenarios side by side, run today: inputs that differ, then results",
		argsFrom(2, mostCompared, "scenario.need.two"), p.compareScenarios)
	add("rename OLD NEW", "Give a scenario another name", argsOf(2, "scenario.need.rename"),
		func(_ *cobra.Command, args []string, f *format) error {
			return p.didScenarios(f, "renamed", p.library().Rename(args[0], args[1]), args)
		})
	add("copy OLD NEW", "Keep a scenario under a second name", argsOf(2, "scenario.need.copy"),
		func(_ *cobra.Command, args []string, f *format) error {
			return p.didScenarios(f, "copied", p.library().Copy(args[0], args[1]), args)
		})
	add("remove NAME…", "Remove scenarios", argsFrom(1, library.Most, name),
		func(_ *cobra.Command, args []string, f *format) error {
			return p.didScenarios(f, "removed", p.library().Remove(args), args)
		})
	add("export [NAME…]", "Write scenarios into one file that import reads; all without a name",
		argsFrom(0, library.Most, name), p.exportScenarios)
	in := add("import FILE…", "Add the scenarios of files that export wrote, and saved plans under their names",
		argsFrom(1, library.Most, "scenario.need.file"),
		func(_ *cobra.Command, args []string, f *format) error {
			return p.importScenarios(args, replace, both, f)
		})
	in.ValidArgsFunction = nil
	in.Flags().BoolVar(&replace, "replace", false, "replace scenarios that have one of the names already")
	in.Flags().BoolVar(&both, "both", false, "where a name is taken, add the new one under a name with a number")
	c.AddCommand(p.saveScenario(&replace))
	return c
}

// mostCompared is as many as stand side by side.
const mostCompared = 6

func (p *Program) library() library.Library { return library.In(ui.StateDir(p.Getenv)) }

// said is an error of the library as bad input, in the language of the line; other errors are what they are.
func (p *Program) said(command string, err error) error {
	var fault *message.Error
	var usage *usageError
	if err == nil || errors.As(err, &usage) || !errors.As(err, &fault) {
		return err
	}
	return &usageError{command, []message.Message{fault.Said}}
}

// setAside tells of files that cannot be scenarios.
func (p *Program) setAside(list []library.Aside) {
	for _, a := range list {
		p.warn(a.Message())
	}
}

func (p *Program) completeScenarios(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	heads, _, _ := p.library().List()
	var names []string
	for _, h := range heads {
		names = append(names, h.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// saveScenario runs a plan and keeps it. Its flags are those of plan.
func (p *Program) saveScenario(replace *bool) *cobra.Command {
	return &cobra.Command{Use: "save NAME MODEL [flags]",
		Short:              "Run a plan and keep it under a name; flags as plan, and --replace",
		DisableFlagParsing: true, ValidArgsFunction: p.completeFlags(),
		RunE: func(c *cobra.Command, args []string) error {
			if wants(args, "-h", "--help") {
				return c.Help()
			}
			const command = "scenarios save"
			i := field.FirstPositional(args)
			if i < 0 {
				return badInput(command, "bad.scenario-save", command)
			}
			name := args[i]
			var rest []string
			for k, a := range args {
				switch {
				case k == i:
				case a == "--replace":
					*replace = true
				default:
					rest = append(rest, a)
				}
			}
			if err := library.CheckName(name); err != nil {
				return p.said(command, err)
			}
			q, err := p.prepare(command, rest)
			if err != nil {
				return err
			}
			p.announce(q)
			text := field.ToTOML(q.answers)
			ran := p.runner().Run(c.Context(), library.Named{Name: name, Text: text})
			if ran.Report == nil {
				return p.said(command, ran.Err)
			}
			if text, err = file.WithKept(text, ran.Now); err != nil {
				return err
			}
			if err := p.library().Save(name, text, *replace); err != nil {
				var taken *library.Taken
				if errors.As(err, &taken) {
					err = message.Fault("scenario.taken-save", taken.Name)
				}
				return p.said(command, err)
			}
			p.tell("scenario.saved", name, filepath.Join(p.library().Dir, name+".toml"))
			r := field.Read(&q.answers, q.catalog)
			if r.Word(field.Format) == "json" {
				v := scenarioOf(name, []string{r.Word(field.Model)}, r.Values[field.Device].Words, ran.Now)
				data, err := toJSON(savedJSON{scenarioSchema, v})
				if err == nil {
					err = p.emit(r.Word(field.Output), data)
				}
				if err != nil {
					return err
				}
			}
			return p.end([]*library.Ran{ran})
		}}
}

// runner runs scenarios as plan runs a plan.
func (p *Program) runner() library.Runner {
	return library.Runner{Program: Version(), Now: time.Now,
		Catalog: func(a *field.Answers) (*field.Catalog, error) {
			c, _, err := p.catalog(a)
			return c, err
		},
		Answer: func(ctx context.Context, r *field.Reading, q *plan.Request) (*report.Report, error) {
			e, wait, err := p.engine(r)
			if err != nil {
				return nil, err
			}
			defer wait()
			return engineRun(ctx, e, q)
		}}
}

// runAll runs scenarios one after the other; the first signal ends it.
func (p *Program) runAll(ctx context.Context, list []library.Named) (out []*library.Ran, err error) {
	line, clear := p.progress()
	defer clear()
	runner := p.runner()
	for i, n := range list {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if line != nil {
			line(report.Progress{Points: i, Log: []string{fmt.Sprintf("%d of %d: %s", i+1, len(list), n.Name)}})
		}
		out = append(out, runner.Run(ctx, n))
	}
	return out, context.Cause(ctx)
}

// end is the exit code of runs: one that cannot run makes a bad one and is named, one of the others that has an answer
// a good one.
func (p *Program) end(list []*library.Ran) error {
	var failed []string
	answered := len(list) == 0
	for _, r := range list {
		if r.Err != nil {
			failed = append(failed, r.Name)
		}
		answered = answered || r.Err == nil && r.Now.Best() != nil
	}
	switch {
	case len(failed) > 0:
		p.say(p.voice.Tell(message.New("scenario.cannot-run", strings.Join(failed, ", "), len(failed), len(list))))
		return Exit(Failed)
	case !answered:
		return Exit(Infeasible)
	}
	return nil
}

// exportScenarios writes the file of several scenarios; as JSON it holds the same texts.
func (p *Program) exportScenarios(_ *cobra.Command, names []string, f *format) error {
	list, err := p.library().ReadAll(names)
	if err != nil {
		return err
	}
	if err := p.checkOutput("scenarios export", f.path); err != nil {
		return err
	}
	if f.name != "json" {
		return p.emit(f.path, library.Pack(list))
	}
	type one struct {
		Name string `json:"name"`
		Text string `json:"text"`
	}
	values := struct {
		Schema    string `json:"schema"`
		Scenarios []one  `json:"scenarios"`
	}{scenarioSchema, []one{}}
	for _, n := range list {
		values.Scenarios = append(values.Scenarios, one{n.Name, n.Text})
	}
	data, err := toJSON(values)
	if err != nil {
		return err
	}
	return p.emit(f.path, data)
}

func (p *Program) importScenarios(paths []string, replace, both bool, f *format) error {
	const command = "scenarios import"
	if replace && both {
		return badInput(command, "bad.scenario-both")
	}
	var all []library.Named
	for _, path := range paths {
		data, err := hw.ReadInput(p.expand(path), library.MostBundle)
		if err != nil {
			return badInput(command, "bad.at", path, pathReason(err))
		}
		list, err := library.Unpack(data, strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
		if err != nil {
			return badInput(command, "cli.in-plan", path, message.Of(err))
		}
		all = append(all, list...)
	}
	clash := library.Refuse
	if replace {
		clash = library.Replace
	} else if both {
		clash = library.Both
	}
	added, same, err := p.library().Add(all, clash)
	if err != nil {
		return err
	}
	if len(same) > 0 {
		p.tell("scenario.same", same)
	}
	if len(added) == 0 && f.name != "json" {
		return nil
	}
	return p.didScenarios(f, "imported", nil, added)
}
