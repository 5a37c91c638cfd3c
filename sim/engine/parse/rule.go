package parse

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/sim/report"
)

// rule explains one kind of message. m are the groups of its pattern.
type rule struct {
	pattern *regexp.Regexp
	explain func(m []string, c *command) report.Failure
}

// explain finds the rule for a message and the correction that it knows.
func explain(text string, c *command) (report.Failure, bool) {
	for i := range rules {
		if m := rules[i].pattern.FindStringSubmatch(text); m != nil {
			f := rules[i].explain(m, c)
			if f.Message == "" {
				f.Message = text
			}
			return f, true
		}
	}
	return report.Failure{}, false
}

func wrong(field, fix, format string, args ...any) report.Failure {
	return report.Failure{Class: report.InvalidParameters, Field: field, Fix: fix, Advice: fmt.Sprintf(format, args...)}
}

func around(field, message, format string, args ...any) report.Failure {
	return report.Failure{Class: report.Environment, Field: field, Message: message, Advice: fmt.Sprintf(format, args...)}
}

// rules are tried in order; those for words of the reference tool come before those for words of Python and the system.
var rules = []rule{
	{regexp.MustCompile(`^Unknown --device name\(s\): (.*?)\. Valid profiles: (.+)$`), unknownDevice},
	{regexp.MustCompile(`^Device profile '(.*)' cannot model num_devices=(\d+) \(communication grid size is (\d+)\)`),
		func(m []string, _ *command) report.Failure {
			return wrong("num_devices", m[3],
				"%s connects at most %s devices: use --num-devices %s, or a profile with a larger grid", m[1], m[3], m[3])
		}},
	{regexp.MustCompile(`(--[a-z-]+-sizes) contains value (\d+), which is larger than --num-devices \((\d+)\)`), oversize},
	{regexp.MustCompile(`--batch-range min must be <= max, got \[(\d+), (\d+)\]`),
		func(m []string, _ *command) report.Failure {
			return wrong("batch_range", m[2]+" "+m[1], "give the smaller one first: --batch-range %s %s", m[2], m[1])
		}},
	{regexp.MustCompile(`--enable-optimize-prefill-decode-ratio cannot be used together with --disagg`),
		func([]string, *command) report.Failure {
			return wrong("mode", "",
				"leave out --disagg to plan the P:D ratio, or --enable-optimize-prefill-decode-ratio to measure the phases")
		}},
	{regexp.MustCompile(`Both (--[a-z-]+) and (--[a-z-]+) are required when PD ratio`),
		func(m []string, c *command) report.Failure {
			missing := m[1]
			if c.has(canonical(missing)) {
				missing = m[2]
			}
			return wrong(field(missing), "", "add %s N", missing)
		}},
	{regexp.MustCompile(`^the following arguments are required: ([^,]+)`), func(m []string, _ *command) report.Failure {
		flag := strings.TrimSpace(m[1])
		if !strings.HasPrefix(flag, "--") {
			return wrong("model", "", "name the model")
		}
		return wrong(field(flag), "", "add %s", flag)
	}},
	{regexp.MustCompile(`^argument (?:-\w/)?(--[a-z-]+|<NAME>)\S*: invalid choice: '([^']*)' \(choose from (.+)\)`),
		invalidChoice},
	{regexp.MustCompile(`^argument (?:-\w/)?(--[a-z-]+|<NAME>)\S*: (.+)$`), func(m []string, _ *command) report.Failure {
		f := field(m[1])
		if m[1] == "<NAME>" {
			f = "model"
		}
		return wrong(f, "", "correct %s: %s", m[1], m[2])
	}},
	{regexp.MustCompile(`^unrecognized arguments: (\S+)`), func(m []string, _ *command) report.Failure {
		return wrong(flagIn(m[1]), "", "this checkout of msmodeling does not know %s: leave it out, or update the checkout",
			m[1])
	}},
	{regexp.MustCompile(`^Failed to build model '?(.*?)'?$`), func(m []string, _ *command) report.Failure {
		return report.Failure{Class: report.Assumptions, Field: "model",
			Message: fmt.Sprintf("the reference tool cannot build the model %s", m[1]),
			Advice:  "name a directory with a config.json that it knows; names are looked up on the network"}
	}},
	{regexp.MustCompile(`No module named '?((?:cli|serving_cast|tensor_cast)\b[\w.]*)'?`),
		func(m []string, _ *command) report.Failure {
			return around("msmodeling_root", "",
				"the directory holds no checkout of msmodeling with %s: name its root with --msmodeling-root", m[1])
		}},
	{regexp.MustCompile(`No module named '?([\w.]+)'?`), func(m []string, _ *command) report.Failure {
		return around("python", "",
			"install %s for this interpreter (pip install -r requirements.txt in the checkout), or name the right one with "+
				"--python", m[1])
	}},
	{regexp.MustCompile(`(?:^|[: ])([\w./-]*python[\w.]*): (?:command )?not found|'?([\w./-]*python[\w.]*)'?: No such file or directory`), func(m []string, _ *command) report.Failure {
		return around("python", "", "%s is not installed: name an interpreter with --python", m[1]+m[2])
	}},
	{regexp.MustCompile(`is not a local folder and is not a valid model identifier|Repository Not Found|does not appear to have a file named config\.json|Unrecognized model in `),
		func([]string, *command) report.Failure {
			return report.Failure{Class: report.Assumptions, Field: "model",
				Advice: "name a public model or a directory with its config.json"}
		}},
	{regexp.MustCompile(`couldn't connect to|[Cc]onnection(?:Error)?[: ]|Max retries exceeded|offline mode|Name or service not known|Network is unreachable`),
		func([]string, *command) report.Failure {
			return around("model", "", "the model's files cannot be fetched: name a local directory with its config.json")
		}},
	{regexp.MustCompile(`MemoryError|[Cc]annot allocate memory|[Oo]ut of memory|^Killed|BrokenProcessPool`),
		func([]string, *command) report.Failure { return outOfMemory("") }},
	{regexp.MustCompile(`No space left on device`), func([]string, *command) report.Failure {
		return around("", "", "make room on the disk")
	}},
	{regexp.MustCompile(`FileNotFoundError: .*No such file or directory: '([^']*)'`), missingFile},
	{regexp.MustCompile(`PermissionError: .*'([^']*)'`), func(m []string, c *command) report.Failure {
		return around(c.flagOf(m[1]), "", "the user may not read or write %s", m[1])
	}},
	{regexp.MustCompile(`^Segmentation fault`), func([]string, *command) report.Failure {
		return around("", "", "check the versions of torch and its libraries in that environment")
	}},
	{regexp.MustCompile(`TimeoutError|[Tt]imed out`), func([]string, *command) report.Failure {
		return around("", "", "search fewer sizes, or run it again when the machine is less busy")
	}},
}

// unknownDevice names the profile nearest to each unknown one; the others stay as they were given.
func unknownDevice(m []string, c *command) report.Failure {
	valid := strings.Split(m[2], ", ")
	fix := slices.Clone(c.value["device"])
	var near []string
	for name := range strings.SplitSeq(m[1], ", ") {
		name = strings.Trim(name, "'")
		best := hw.Closest(valid, name, 1)
		if len(best) == 0 {
			continue
		}
		near = append(near, best[0])
		for i := range fix {
			if fix[i] == name {
				fix[i] = best[0]
			}
		}
	}
	if len(fix) == 0 {
		fix = near
	}
	f := wrong("device", strings.Join(distinct(fix), " "), "the nearest profile is %s; it knows %s",
		strings.Join(near, ", "), m[2])
	f.Message = fmt.Sprintf("the reference tool has no profile %s", m[1])
	return f
}

func distinct(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// oversize drops the sizes above the device count; where none is left the count itself is the largest that is valid.
func oversize(m []string, c *command) report.Failure {
	limit, _ := strconv.Atoi(m[3])
	var keep []string
	for _, w := range c.value[canonical(m[1])] {
		if n, err := strconv.Atoi(w); err == nil && n <= limit {
			keep = append(keep, w)
		}
	}
	if len(keep) == 0 {
		keep = []string{m[3]}
	}
	return wrong(field(m[1]), strings.Join(keep, " "), "at most %s devices: use %s %s, or more devices", m[3], m[1],
		strings.Join(keep, " "))
}

func invalidChoice(m []string, _ *command) report.Failure {
	var choices []string
	for s := range strings.SplitSeq(m[3], ",") {
		choices = append(choices, strings.Trim(strings.TrimSpace(s), "'"))
	}
	fix := ""
	if near := hw.Closest(choices, m[2], 1); len(near) > 0 {
		fix = near[0]
	}
	return wrong(field(m[1]), fix, "%s takes one of %s", m[1], strings.Join(choices, ", "))
}

// missingFile is the user's where the command names it, else the environment's.
func missingFile(m []string, c *command) report.Failure {
	if f := c.flagOf(m[1]); f != "" {
		return wrong(f, "", "there is no file %s", m[1])
	}
	return around("", "", "%s is missing: check the checkout and its environment", m[1])
}

// flagOf is the field whose value is this text, "" if none has it.
func (c *command) flagOf(text string) string {
	if text == c.model && text != "" {
		return "model"
	}
	for _, name := range c.flags {
		if slices.Contains(c.value[name], text) {
			return field(name)
		}
	}
	return ""
}
