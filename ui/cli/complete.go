package cli

import (
	"io"
	"strings"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/sweep"
	"fathom/state/field"

	"github.com/spf13/cobra"
)

type completer = func(c *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective)

// completeFlags completes lines that the field table reads: a flag's values after the flag (as many as it takes), else
// flags, models and saved plans; cobra adds the subcommands.
func (p *Program) completeFlags() completer {
	return func(c *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		if f := field.Expecting(args); f != nil && !strings.HasPrefix(toComplete, "-") {
			if values, files := p.valuesOf(f); len(values) > 0 || !files {
				return withPrefix(values, toComplete), cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveDefault
		}
		if strings.HasPrefix(toComplete, "-") {
			var flags []string
			for _, f := range field.FlagNames() {
				flags = append(flags, "--"+f)
			}
			return withPrefix(flags, toComplete), cobra.ShellCompDirectiveNoFileComp
		}
		if field.FirstPositional(args) >= 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		words := withPrefix(model.Names(), toComplete)
		return words, cobra.ShellCompDirectiveDefault
	}
}

// valuesOf lists the values of a field; files says that paths are good values too.
func (p *Program) valuesOf(f *field.Field) (values []string, files bool) {
	switch f.ID {
	case field.Device:
		return p.deviceNames(), false
	case field.Model, field.DraftModel:
		return model.Names(), true
	case field.Sweep:
		for _, k := range sweep.Names() {
			values = append(values, k+"=")
		}
		return values, false
	case field.Workload, field.InputLength, field.ExpertLoads, field.DeviceFile, field.Output, field.Root, field.Python:
		return nil, true
	case field.Architecture:
		return model.Architectures(), false
	}
	for _, c := range f.Choices {
		values = append(values, c.Value)
	}
	return values, len(values) == 0 && f.Group == field.GroupReference
}

func (p *Program) deviceNames() []string {
	all, _, err := p.profiles(nil)
	if err != nil {
		all = hw.Builtin()
	}
	var names []string
	for _, d := range all {
		names = append(names, d.Name)
	}
	return names
}

func (p *Program) completeDevices(_ *cobra.Command, args []string, toComplete string) ([]string,
	cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return withPrefix(p.deviceNames(), toComplete), cobra.ShellCompDirectiveNoFileComp
}

func (p *Program) completeModels(_ *cobra.Command, args []string, toComplete string) ([]string,
	cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return withPrefix(model.Names(), toComplete), cobra.ShellCompDirectiveDefault
}

func withPrefix(words []string, prefix string) (out []string) {
	for _, w := range words {
		if strings.HasPrefix(strings.ToLower(w), strings.ToLower(prefix)) {
			out = append(out, w)
		}
	}
	return out
}

var shells = []string{"bash", "zsh", "fish", "powershell"}

// bashWords does as much of two functions of the bash-completion package as the script needs, where that package is not
// installed: without them every completion would end in silence.
const bashWords = `if ! declare -F _get_comp_words_by_ref >/dev/null && ! declare -F _init_completion >/dev/null; then
    _get_comp_words_by_ref()
    {
        cword=$COMP_CWORD
        words=("${COMP_WORDS[@]}")
        cur=${COMP_WORDS[COMP_CWORD]}
        prev=${COMP_WORDS[COMP_CWORD-1]}
    }
fi
if ! declare -F __ltrim_colon_completions >/dev/null; then
    __ltrim_colon_completions() { :; }
fi

`

func (p *Program) completionCommand() *cobra.Command {
	c := &cobra.Command{Use: "completion SHELL", Short: "Print the completion script for bash, zsh, fish or powershell",
		ValidArgs: shells,
		Args:      argsOf(1, "need.shell"),
		Long: "Load it with one of\n  source <(fathom completion bash)\n  fathom completion zsh > " +
			"\"${fpath[1]}/_fathom\"\n  fathom completion fish | source"}
	c.RunE = func(c *cobra.Command, args []string) error {
		root := c.Root()
		switch args[0] {
		case "bash":
			if _, err := io.WriteString(p.Stdout, bashWords); err != nil {
				return err
			}
			return root.GenBashCompletionV2(p.Stdout, true)
		case "zsh":
			return root.GenZshCompletion(p.Stdout)
		case "fish":
			return root.GenFishCompletion(p.Stdout, true)
		case "powershell":
			return root.GenPowerShellCompletionWithDesc(p.Stdout)
		}
		return badInput("completion SHELL", "bad.shell", args[0], shells)
	}
	return c
}
