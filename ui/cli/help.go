package cli

import (
	"context"
	"fmt"
	"strings"

	"fathom/state/field"
	"fathom/ui/cell"
	"fathom/ui/text"

	"github.com/spf13/cobra"
)

// usageLine is what follows an error: the shape of the command, in one line.
func (p *Program) usageLine(command string) string {
	switch command {
	case "plan":
		return "fathom plan MODEL --device NAME... --num-devices N --input-length N --output-length N " +
			"--quantize-linear-action ACTION " +
			"--quantize-attention-action ACTION [--ttft-limit MS] [--tpot-limit MS] (fathom plan --help lists all flags)"
	case "pass":
		return "fathom pass MODEL --num-queries N --query-length N [--device NAME] [--num-devices N] [--decode " +
			"--context-length N] " +
			"(fathom pass --help lists all flags)"
	case "":
		return "fathom [MODEL | PLAN.toml] [flags] (fathom help lists commands and flags)"
	}
	words := strings.Fields(command)
	line := "fathom " + command
	if c, rest, err := p.tree(context.Background()).Find(words); err == nil && len(rest) == 0 {
		line = c.UseLine()
	}
	return line + " (fathom help " + words[0] + ")"
}

const helpWidth = 100

// help is the whole help of a command; plan and the dashboard take theirs from the field table.
func (p *Program) help(c *cobra.Command) string {
	var b strings.Builder
	name := c.Name()
	if c.HasParent() {
		fmt.Fprintf(&b, "%s\n\n", c.Short)
	} else {
		b.WriteString("fathom plans LLM-serving deployments: parallel strategy and batch size that serve the most tokens " +
			"within latency limits.\n\n")
	}
	fmt.Fprintf(&b, "Usage:\n  %s\n", c.UseLine())
	if c.Long != "" {
		fmt.Fprintf(&b, "\n%s\n", c.Long)
	}
	if c.HasAvailableSubCommands() {
		b.WriteString("\nCommands:\n")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(&b, "  %s%s\n", cell.Left(sub.Name(), 13, ""), sub.Short)
			}
		}
	}
	if !c.HasParent() {
		b.WriteString(topicList())
	}
	switch {
	case name == "plan" || !c.HasParent():
		b.WriteString(p.fieldHelp(!c.HasParent()))
	case c.HasAvailableFlags():
		fmt.Fprintf(&b, "\nFlags:\n%s", c.LocalFlags().FlagUsagesWrapped(helpWidth))
	}
	return b.String()
}

// texts is the catalog for help: the language of the environment, English where that cannot be had.
func (p *Program) texts() *text.Catalog { return catalog(text.Detect("", p.Getenv)) }

// catalog loads the texts of a language.
func catalog(lang string) *text.Catalog {
	if c, err := text.Load(lang); err == nil {
		return c
	}
	c, _ := text.Parse("en", "") // keys show themselves
	return c
}

// fieldHelp lists the flags of the field table by group; screen adds those of the dashboard.
func (p *Program) fieldHelp(screen bool) string {
	var b strings.Builder
	t := p.texts()
	var group field.Group
	for i := range field.Table {
		f := &field.Table[i]
		names := flagForms(f)
		if len(names) == 0 || f.Unbuilt || f.Group == field.GroupScreen && !screen {
			continue
		}
		if f.Group != group {
			group = f.Group
			fmt.Fprintf(&b, "\n%s:\n", t.T("group."+string(group)))
		}
		for _, n := range names {
			fmt.Fprintf(&b, "  %s\n", n)
		}
		help := t.T(f.Text() + ".help")
		if len(f.Choices) > 2 && f.Flag != "" {
			var values []string
			for _, c := range f.Choices {
				values = append(values, c.Value)
			}
			help += " One of " + strings.Join(values, ", ") + "."
		}
		if d := f.Default.Text; f.Default.Given() && d != "none" && d != "off" && f.Arity != field.None && f.Flag != "" {
			help += " Default " + d + "."
		}
		for _, l := range cell.Wrap(help, helpWidth-8) {
			fmt.Fprintf(&b, "        %s\n", l)
		}
	}
	return b.String()
}

// flagForms are the lines that show how a question is written on a command line.
func flagForms(f *field.Field) []string {
	var out []string
	for _, s := range f.Switches {
		out = append(out, "--"+s.Flag)
	}
	if f.Flag == "" {
		return out
	}
	form := "--" + f.Flag
	if f.Short != "" {
		form = "-" + f.Short + ", " + form
	}
	switch f.Arity {
	case field.One:
		form += " " + f.Metavar
	case field.Many:
		form += " " + f.Metavar + " [" + f.Metavar + " ...]"
	case field.Any:
		form += " [" + f.Metavar + " ...]"
	}
	return append(out, form)
}

func (p *Program) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [command | topic]", Short: "Help about a command or a topic",
		RunE: func(c *cobra.Command, args []string) error {
			root := c.Root()
			if len(args) == 0 {
				return root.Help()
			}
			if text, ok, err := topicText(args[0]); ok && len(args) == 1 {
				if path := p.configFile(); args[0] == "settings" && path != "" {
					text = append(text, "\nHere they are read from "+path+", or from the file that --config names.\n"...)
				}
				if err == nil {
					_, err = p.Stdout.Write(text)
				}
				return err
			}
			found, rest, err := root.Find(args)
			if err != nil || found == root || len(rest) > 0 && !found.HasParent() {
				return badInput("help", "bad.help", strings.Join(args, " "))
			}
			return found.Help()
		},
	}
}
