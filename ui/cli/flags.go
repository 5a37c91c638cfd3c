package cli

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"fathom/hw/message"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// valueError is a flag's value that cannot be: one line that names flag, value and fix.
type valueError struct{ said message.Message }

func (e *valueError) Error() string { return e.said.String() }

func refuse(flag, value string, why message.Message) error {
	return &valueError{message.New("bad.value", flag, value, why)}
}

// whole is a flag that holds a whole number from lo to hi.
type whole struct {
	flag   string
	to     *int
	lo, hi int
}

func (w whole) String() string {
	if w.to == nil || *w.to == 0 {
		return ""
	}
	return strconv.Itoa(*w.to)
}
func (whole) Type() string { return "N" }
func (w whole) Set(text string) error {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < w.lo || n > w.hi {
		return refuse(w.flag, text, message.New("bad.whole", w.lo, w.hi, max(w.lo, 1)))
	}
	*w.to = n
	return nil
}

// real is a flag that holds a finite number from lo to below hi.
type real struct {
	flag   string
	to     *float64
	lo, hi float64
	unit   string
}

func (r real) String() string {
	if r.to == nil || *r.to == 0 {
		return ""
	}
	return strconv.FormatFloat(*r.to, 'g', -1, 64)
}
func (r real) Type() string { return r.unit }
func (r real) Set(text string) error {
	x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	switch {
	case err != nil || math.IsNaN(x) || math.IsInf(x, 0):
		return refuse(r.flag, text, message.New("bad.finite", r.lo))
	case x < r.lo || x >= r.hi:
		return refuse(r.flag, text, message.New("bad.between", r.lo, r.hi))
	}
	*r.to = x
	return nil
}

// choice is a flag that holds one word of a list; case, "_" and "-" do not matter.
type choice struct {
	flag  string
	to    *string
	words []string
}

func (c choice) String() string {
	if c.to == nil {
		return ""
	}
	return *c.to
}
func (choice) Type() string { return "NAME" }
func (c choice) Set(text string) error {
	same := strings.NewReplacer("_", "", "-", "")
	for _, w := range c.words {
		if strings.EqualFold(same.Replace(w), same.Replace(strings.TrimSpace(text))) {
			*c.to = w
			return nil
		}
	}
	if strings.EqualFold(text, "markdown") && slices.Contains(c.words, "md") {
		*c.to = "md"
		return nil
	}
	return &valueError{message.New("cli.one-of", c.flag, text, strings.Join(c.words, ", "))}
}

// several is a flag that holds words of a list; it may be given more than once.
type several struct {
	flag  string
	to    *[]string
	words []string
}

func (several) String() string { return "" }
func (several) Type() string   { return "NAME" }
func (s several) Set(text string) error {
	var one string
	if err := (choice{s.flag, &one, s.words}).Set(text); err != nil {
		return err
	}
	if !slices.Contains(*s.to, one) {
		*s.to = append(*s.to, one)
	}
	return nil
}

// format is the --format and -o pair of commands that print values.
type format struct{ name, path string }

func addFormat(c *cobra.Command) *format {
	f := &format{name: "table"}
	c.Flags().Var(choice{"format", &f.name, []string{"table", "json", "csv", "md"}}, "format", "table, json, csv or md")
	c.Flags().StringVarP(&f.path, "output", "o", "",
		"write to this file instead of standard output; it appears whole or not at all")
	c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"table", "json", "csv", "md"},
		cobra.ShellCompDirectiveNoFileComp))
	return f
}

// flagNames lists the flags of a command that are shown in help.
func flagNames(c *cobra.Command) (names []string) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}

// argsOf checks the number of positional arguments in words.
func argsOf(n int, what string) cobra.PositionalArgs { return argsFrom(n, n, what) }

// argsFrom checks that there are least to most positional arguments; what is the key of the text that names them.
func argsFrom(least, most int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		name := strings.TrimPrefix(c.CommandPath(), "fathom ")
		switch n := most; {
		case len(args) < least:
			return badInput(name, "cli.needs", name, message.New(what))
		case len(args) > most:
			return badInput(name, "cli.no-further", name, args[n])
		}
		return nil
	}
}
