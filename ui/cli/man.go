package cli

import (
	"fmt"
	"strings"

	"fathom/state/field"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func (p *Program) manCommand() *cobra.Command {
	return &cobra.Command{Use: "man", Short: "Print the manual page (fathom man | man -l -)", Args: argsOf(0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := p.Stdout.Write([]byte(p.man(c.Root())))
			return err
		}}
}

// exits is the table of exit codes, for manual and tests.
var exits = []struct {
	code int
	what string
}{
	{Done, "done; plan found a feasible point"},
	{Failed, "the run failed"},
	{BadInput, "bad input: the reason and the usage on stderr, nothing on stdout"},
	{Infeasible, "it ran, but no point meets limits and memory; the report is printed with the nearest points"},
	{Interrupt, "interrupted"},
	{Terminated, "terminated"},
}

// man writes a roff page from the same tables as help.
func (p *Program) man(root *cobra.Command) string {
	var b strings.Builder
	t := p.texts()
	fmt.Fprintf(&b, ".TH FATHOM 1 \"\" \"%s\" \"User Commands\"\n", roff(Version()))
	fmt.Fprintf(&b, ".SH NAME\nfathom \\- %s\n", roff(root.Short))
	b.WriteString(".SH SYNOPSIS\n.B fathom\n[MODEL | PLAN.toml] [flags]\n")
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			fmt.Fprintf(&b, ".br\n.B fathom\n%s\n", roff(c.Use))
		}
	}
	b.WriteString(".SH DESCRIPTION\nWithout a subcommand fathom opens its dashboard; flags and a saved plan prefill " +
		"the form. Without a terminal, or with " +
		"TERM empty or dumb, it runs as plan if every question is answered.\n.SH COMMANDS\n")
	for _, c := range root.Commands() {
		if !c.IsAvailableCommand() {
			continue
		}
		fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(c.Use), roff(c.Short))
		for _, sub := range c.Commands() {
			fmt.Fprintf(&b, ".TP\n.B %s %s\n%s\n", roff(c.Name()), roff(sub.Use), roff(sub.Short))
		}
	}
	b.WriteString(".SH FLAGS OF THE DASHBOARD AND OF PLAN\n")
	for i := range field.Table {
		f := &field.Table[i]
		forms := flagForms(f)
		if len(forms) == 0 || f.Unbuilt {
			continue
		}
		fmt.Fprintf(&b, ".TP\n.B %s\n%s", roff(strings.Join(forms, ", ")), roff(t.T(f.Text()+".help")))
		if len(f.Choices) > 2 && f.Flag != "" {
			var values []string
			for _, c := range f.Choices {
				values = append(values, c.Value)
			}
			b.WriteString(" One of " + roff(strings.Join(values, ", ")) + ".")
		}
		b.WriteByte('\n')
	}
	for _, c := range root.Commands() {
		if c.Name() != "pass" {
			continue
		}
		b.WriteString(".SH FLAGS OF PASS\n")
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				fmt.Fprintf(&b, ".TP\n.B \\-\\-%s %s\n%s\n", roff(f.Name), roff(strings.TrimPrefix(f.Value.Type(), "bool")),
					roff(f.Usage))
			}
		})
	}
	b.WriteString(".SH EXIT STATUS\n")
	for _, e := range exits {
		fmt.Fprintf(&b, ".TP\n.B %d\n%s\n", e.code, roff(e.what))
	}
	b.WriteString(".SH FILES\n.TP\n.I $XDG_CONFIG_HOME/fathom/config.toml\nlanguage, theme, engine, default profiles " +
		"and keys\n" +
		".TP\n.I $XDG_CONFIG_HOME/fathom/devices/*.toml\nhardware profiles of your own\n" +
		".TP\n.I $XDG_STATE_HOME/fathom\nwhat the dashboard remembers\n" +
		".TP\n.I $XDG_STATE_HOME/fathom/scenarios/*.toml\nthe library of scenarios\n")
	return b.String()
}

// roff escapes a text: backslashes, dashes that are typed, and dots or quotes that would begin a request.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}
