package cli

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/state/field"
	"fathom/ui/text"

	"github.com/spf13/cobra"
)

// subcommand finds the first positional argument and tells whether it names a subcommand; rest is the line without it.
// Every other line belongs to the dashboard.
func (p *Program) subcommand(args []string) (name string, rest []string, found bool) {
	i := field.FirstPositional(args)
	if i < 0 {
		return "", nil, false
	}
	known := append(p.tree(context.Background()).Commands(), &cobra.Command{Use: "help"},
		&cobra.Command{Use: cobra.ShellCompRequestCmd},
		&cobra.Command{Use: cobra.ShellCompNoDescRequestCmd})
	if !slices.ContainsFunc(known, func(c *cobra.Command) bool { return c.Name() == args[i] }) {
		return "", nil, false
	}
	return args[i], slices.Concat(args[:i:i], args[i+1:]), true
}

// tree is the cobra tree. The root's own flags are read by prepare, not by cobra; it stands here for help and
// completion.
func (p *Program) tree(ctx context.Context) *cobra.Command {
	root := &cobra.Command{
		Use: "fathom [MODEL | PLAN.toml] [flags]", Short: "Plan LLM-serving deployments",
		Args: cobra.ArbitraryArgs, DisableFlagParsing: true, SilenceErrors: true, SilenceUsage: true,
		ValidArgsFunction: p.completeFlags(),
		RunE:              func(_ *cobra.Command, args []string) error { return p.root(ctx, args) },
	}
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(p.planCommand(), p.passCommand(), p.casesCommand(), p.parseCommand(), p.scoreCommand(),
		p.calibrateCommand(), p.devicesCommand(), p.modelsCommand(), p.serveCommand(),
		p.scenariosCommand(), p.completionCommand(), p.manCommand())
	lang := text.Languages[0] // read before the commands are (asked)
	for _, c := range root.Commands() {
		if c.Flags().Lookup("lang") == nil {
			c.PersistentFlags().Var(choice{"lang", &lang, text.Languages}, "lang", "en or zh")
		}
	}
	root.SetHelpCommand(p.helpCommand())
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { p.Stdout.Write([]byte(p.help(c))) })
	root.SetFlagErrorFunc(flagError)
	return root
}

// flagError words what pflag refuses, with the nearest flag.
func flagError(c *cobra.Command, err error) error {
	name := strings.TrimSpace(strings.TrimPrefix(c.CommandPath(), "fathom"))
	var bad *valueError
	if errors.As(err, &bad) {
		return &usageError{name, []message.Message{bad.said}}
	}
	text := err.Error()
	if flag, ok := strings.CutPrefix(text, "unknown flag: --"); ok {
		return badInput(name, "bad.no-flag", flag, nearestOf(c, flag))
	}
	if _, after, ok := strings.Cut(text, `" flag: `); ok && strings.HasPrefix(text, `invalid argument "`) {
		return refused(name, errors.New(after))
	}
	if rest, ok := strings.CutPrefix(text, "flag needs an argument: "); ok {
		return badInput(name, "bad.no-value", strings.TrimPrefix(rest, "'"))
	}
	return badInput(name, "bad.flags", text, name)
}

// nearestOf asks for the flag that was meant; where none is near it says what lists them.
func nearestOf(c *cobra.Command, flag string) message.Message {
	if near := hw.Meant(flagNames(c), flag); near != "" {
		return message.New("issue.near", "--"+near)
	}
	return message.New("issue.flags")
}

// root is fathom without a subcommand: the dashboard, or without a terminal the headless plan.
func (p *Program) root(ctx context.Context, args []string) error {
	switch {
	case wants(args, "-h", "--help"):
		_, err := p.Stdout.Write([]byte(p.help(p.tree(ctx))))
		return err
	case wants(args, "-V", "--version"):
		_, err := p.Stdout.Write([]byte(Version() + "\n"))
		return err
	}
	q, err := p.prepare("", args)
	if err != nil {
		return err
	}
	r := field.Read(&q.answers, q.catalog)
	if !p.Terminal() {
		if missing := r.Missing(false); len(missing) > 0 {
			return badInput("", "bad.no-terminal", field.MissingFlags(missing))
		}
		p.tell("said.no-terminal")
		return p.headless(ctx, "", q)
	}
	if r.Given(field.Sweep) && len(r.Values[field.Sweep].Words) > 0 {
		return badInput("", "bad.plan-only", "sweep "+r.Values[field.Sweep].Words[0])
	}
	if v := r.Values[field.Sensitivity]; v.On || len(v.Words) > 0 {
		return p.said("", message.Fault("decision.headless"))
	}
	if r.On(field.Frontier) {
		return p.said("", message.Fault("frontier.headless"))
	}
	return p.dashboard(ctx, q, r)
}

func (p *Program) dashboard(ctx context.Context, q *question, r *field.Reading) error {
	bindings, wrong := q.config.bindings()
	start := Start{Catalog: q.catalog, Notices: slices.Concat(q.notes, q.warnings, wrong),
		Lang:  cmp.Or(r.Word(field.Lang), q.config.Language),
		Theme: q.config.Theme, ASCII: r.On(field.ASCII) || q.config.ASCII, Accessible: r.On(field.Accessible),
		NoColor: r.On(field.NoColor),
		NoMouse: q.config.Mouse != nil && !*q.config.Mouse, Bindings: bindings}
	if dir := p.configDir(); dir != "" {
		start.Devices = filepath.Join(dir, "devices")
	}
	start.Issues = r.Issues()
	if len(r.Missing(false)) == 0 {
		q.answers = field.FillDefaults(q.answers)
		var request *plan.Request
		request, start.Issues = field.Request(q.answers, *q.catalog)
		start.Confirm = request != nil
	}
	start.Answers = q.answers
	p.goodbye.Store(true)
	return p.Dashboard(ctx, start)
}

// wants reports whether one of the flags stands on the line before "--".
func wants(args []string, flags ...string) bool {
	for _, a := range args {
		if a == "--" {
			return false
		}
		if slices.Contains(flags, a) {
			return true
		}
	}
	return false
}
