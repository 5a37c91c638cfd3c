package parse

import (
	"fathom/sim/report"
	"math"
	"slices"
	"strconv"
	"strings"
)

// command is the command line that a log belongs to: what its tables do not say.
type command struct {
	text  string   // as one line for a POSIX shell; "" where the log has none
	flags []string // names without dashes, in the order given
	value map[string][]string
	model string
}

// same are spellings that the reference tool takes for each other (search-and-serving 1.1).
var same = map[string]string{"devices": "device", "ttft-limits": "ttft-limit", "tpot-limits": "tpot-limit", "j": "jobs",
	"mtp-acceptance-rate": "mtp-acceptance-rates"}

// newCommand reads an argument vector.
func newCommand(argv []string) command {
	c := command{text: Quote(argv), value: map[string][]string{}}
	args := argv[program(argv):]
	if end := slices.IndexFunc(args, endsCommand); end >= 0 {
		args = args[:end]
	}
	name := ""
	for _, w := range args {
		flag, value, tied := strings.Cut(strings.TrimLeft(w, "-"), "=")
		switch {
		case w == "-j" || strings.HasPrefix(w, "--") && len(w) > 2:
			name = canonical(flag)
			c.flags = append(c.flags, name)
			if tied {
				c.value[name] = append(c.value[name], value)
			}
		case name == "":
			c.model = w
		default:
			c.value[name] = append(c.value[name], w)
		}
	}
	if c.model == "" {
		c.model = c.word("model-id")
	}
	return c
}

func canonical(flag string) string {
	flag = strings.ReplaceAll(strings.TrimLeft(flag, "-"), "_", "-")
	if s, ok := same[flag]; ok {
		return s
	}
	return flag
}

func (c *command) has(flag string) bool { return slices.Contains(c.flags, flag) }

// word is the last value of a flag, "" without one.
func (c *command) word(flag string) string {
	v := c.value[flag]
	if len(v) == 0 {
		return ""
	}
	return v[len(v)-1]
}

// number is the value of a flag as a number; 0 where it is none.
func (c *command) number(flag string) float64 {
	v, err := strconv.ParseFloat(c.word(flag), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

// program is the index after the program's name in an argument vector; 0 if there is none.
func program(argv []string) int {
	for i, w := range argv {
		name := w[strings.LastIndexAny(w, `/\`)+1:]
		switch {
		case w == Module && i > 0 && argv[i-1] == "-m", name == "throughput_optimizer.py":
			return i + 1
		case name == "throughput-optimizer" && i > 0 && argv[i-1] == "inference":
			return i + 1
		}
	}
	return 0
}

// endsCommand finds what a shell takes for the end of the arguments.
func endsCommand(w string) bool {
	switch w {
	case "|", "||", "&&", ";", "&", "<", "|&", "#":
		return true
	}
	return strings.HasPrefix(strings.TrimLeft(w, "12&"), ">")
}

// commandIn finds the command in a line of a log: `$ python -m cli.inference.throughput_optimizer …`, with any prompt
// before it.
func commandIn(line string) (argv []string, ok bool) {
	if !strings.Contains(line, "throughput") || strings.HasPrefix(line, "usage:") || strings.HasPrefix(line, "  File ") {
		return nil, false
	}
	argv = words(line)
	end := program(argv)
	if end == 0 {
		return nil, false
	}
	from := 0
	for i, w := range argv[:end] {
		if strings.HasSuffix(w, "$") || strings.HasSuffix(w, "#") || strings.HasSuffix(w, "%") || w == ">" {
			from = i + 1
		}
	}
	return argv[from:], from > 0 || end < len(argv) && strings.Contains(line, " --")
}

// words splits a line as a POSIX shell does, without expansions. A quote that is not closed ends with the line.
func words(line string) []string {
	var out []string
	var word strings.Builder
	open, in := byte(0), false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case open == 0 && (c == ' ' || c == '\t'):
			if in {
				out = append(out, word.String())
				word.Reset()
				in = false
			}
		case open == 0 && (c == '\'' || c == '"'):
			open, in = c, true
		case open != 0 && c == open:
			open = 0
		case c == '\\' && i+1 < len(line) && (open == 0 || open == '"' && strings.IndexByte("\"\\$`", line[i+1]) >= 0):
			i++
			word.WriteByte(line[i])
			in = true
		default:
			word.WriteByte(c)
			in = true
		}
	}
	if in {
		out = append(out, word.String())
	}
	return out
}

// Quote writes an argument vector as one line for a POSIX shell.
func Quote(argv []string) string { return report.Shell(argv) }
