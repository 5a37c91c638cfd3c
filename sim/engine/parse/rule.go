package parse

import (
	"slices"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/report"
)

// rule explains one kind of message. m are the groups of its pattern.
type rule struct {
	pattern pattern
	explain func(m []string, c *command) report.Failure
}

// explain finds the rule for a message and the correction that it knows.
func explain(text string, c *command) (report.Failure, bool) {
	for i := range rules {
		if m := rules[i].pattern.FindStringSubmatch(text); m != nil {
			f := rules[i].explain(m, c)
			if f.Message.IsZero() {
				f.Message = message.Literal(text)
			}
			return f, true
		}
	}
	return report.Failure{}, false
}

func wrong(field, fix, key string, args ...any) report.Failure {
	return report.Failure{Class: report.InvalidParameters, Field: field, Fix: fix, Advice: message.New(key, args...)}
}

func around(field, key string, args ...any) report.Failure {
	return report.Failure{Class: report.Environment, Field: field, Advice: message.New(key, args...)}
}

// rules are tried in order; those for words of the reference tool come before those for words of Python and the system.
var rules = []rule{
	{compile(`^Unknown --device name\(s\): (.*?)\. Valid profiles: (.+)$`), unknownDevice},
	{compile(`^Device profile '(.*)' cannot model num_devices=(\d+) \(communication grid size is (\d+)\)`),
		func(m []string, _ *command) report.Failure {
			return wrong("num_devices", m[3],
				"failure.connects-devices-use", m[1], m[3], m[3])
		}},
	{compile(`(--[a-z-]+-sizes) contains value (\d+), which is larger than --num-devices \((\d+)\)`), oversize},
	{compile(`--batch-range min must be <= max, got \[(\d+), (\d+)\]`),
		func(m []string, _ *command) report.Failure {
			return wrong("batch_range", m[2]+" "+m[1], "failure.give-smaller-first", m[2], m[1])
		}},
	{compile(`--enable-optimize-prefill-decode-ratio cannot be used together with --disagg`),
		func([]string, *command) report.Failure {
			return wrong("mode", "",
				"failure.leave-out-disagg")
		}},
	{compile(`Both (--[a-z-]+) and (--[a-z-]+) are required when PD ratio`),
		func(m []string, c *command) report.Failure {
			missing := m[1]
			if c.has(canonical(missing)) {
				missing = m[2]
			}
			return wrong(field(missing), "", "failure.add-number", missing)
		}},
	{compile(`^the following arguments are required: ([^,]+)`), func(m []string, _ *command) report.Failure {
		flag := strings.TrimSpace(m[1])
		if !strings.HasPrefix(flag, "--") {
			return wrong("model", "", "failure.name-model")
		}
		return wrong(field(flag), "", "failure.add", flag)
	}},
	{compile(`^argument (?:-\w/)?(--[a-z-]+|<NAME>)\S*: invalid choice: '([^']*)' \(choose from (.+)\)`),
		invalidChoice},
	{compile(`^argument (?:-\w/)?(--[a-z-]+|<NAME>)\S*: (.+)$`), func(m []string, _ *command) report.Failure {
		f := field(m[1])
		if m[1] == "<NAME>" {
			f = "model"
		}
		return wrong(f, "", "failure.correct-so", m[1], m[2])
	}},
	{compile(`^unrecognized arguments: (\S+)`), func(m []string, _ *command) report.Failure {
		return wrong(flagIn(m[1]), "", "failure.checkout-msmodeling-does",
			m[1])
	}},
	{compile(`^Failed to build model '?(.*?)'?$`), func(m []string, _ *command) report.Failure {
		return report.Failure{Class: report.Assumptions, Field: "model",
			Message: message.New("failure.unbuildable", m[1]),
			Advice:  message.New("failure.name-directory-config")}
	}},
	{compile(`No module named '?((?:cli|serving_cast|tensor_cast)\b[\w.]*)'?`),
		func(m []string, _ *command) report.Failure {
			return around("msmodeling_root",
				"failure.directory-holds-checkout", m[1])
		}},
	{compile(`No module named '?([\w.]+)'?`), func(m []string, _ *command) report.Failure {
		return around("python",
			"failure.install-interpreter-pip", m[1])
	}},
	{compile(`(?:^|[: ])([\w./-]*python[\w.]*): (?:command )?not found` +
		`|'?([\w./-]*python[\w.]*)'?: No such file or directory`), func(m []string, _ *command) report.Failure {
		return around("python", "failure.not-installed-name", m[1]+m[2])
	}},
	{compile(`is not a local folder and is not a valid model identifier|Repository Not Found` +
		`|does not appear to have a file named config\.json|Unrecognized model in `),
		func([]string, *command) report.Failure {
			return report.Failure{Class: report.Assumptions, Field: "model",
				Advice: message.New("failure.name-public-model")}
		}},
	{compile(`couldn't connect to|[Cc]onnection(?:Error)?[: ]|Max retries exceeded|offline mode` +
		`|Name or service not known|Network is unreachable`),
		func([]string, *command) report.Failure {
			return around("model", "failure.model-files-cannot")
		}},
	{compile(`MemoryError|[Cc]annot allocate memory|[Oo]ut of memory|^Killed|BrokenProcessPool`),
		func([]string, *command) report.Failure { return outOfMemory(message.Message{}) }},
	{compile(`No space left on device`), func([]string, *command) report.Failure {
		return around("", "failure.make-room-on")
	}},
	{compile(`FileNotFoundError: .*No such file or directory: '([^']*)'`), missingFile},
	{compile(`PermissionError: .*'([^']*)'`), func(m []string, c *command) report.Failure {
		return around(c.flagOf(m[1]), "failure.user-may-not", m[1])
	}},
	{compile(`^Segmentation fault`), func([]string, *command) report.Failure {
		return around("", "failure.check-versions-torch")
	}},
	{compile(`TimeoutError|[Tt]imed out`), func([]string, *command) report.Failure {
		return around("", "failure.search-fewer-sizes")
	}},
}

// unknownDevice names the profile nearest to each unknown one; the others stay as they were given.
func unknownDevice(m []string, c *command) report.Failure {
	valid := strings.Split(m[2], ", ")
	fix := slices.Clone(c.value["device"])
	var near []string
	for name := range strings.SplitSeq(m[1], ", ") {
		name = strings.Trim(name, "'")
		best := hw.Meant(valid, name)
		if best == "" { // no correction is known
			f := wrong("device", "", "failure.profiles-known", m[2])
			f.Message = message.New("failure.reference-tool-profile", m[1])
			return f
		}
		near = append(near, best)
		for i := range fix {
			if fix[i] == name {
				fix[i] = best
			}
		}
	}
	if len(fix) == 0 {
		fix = near
	}
	f := wrong("device", strings.Join(distinct(fix), " "), "failure.nearest-profile-knows",
		strings.Join(near, ", "), m[2])
	f.Message = message.New("failure.reference-tool-profile", m[1])
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
	return wrong(field(m[1]), strings.Join(keep, " "), "failure.devices-use-more", m[3], m[1],
		strings.Join(keep, " "))
}

func invalidChoice(m []string, _ *command) report.Failure {
	var choices []string
	for s := range strings.SplitSeq(m[3], ",") {
		choices = append(choices, strings.Trim(strings.TrimSpace(s), "'"))
	}
	return wrong(field(m[1]), hw.Meant(choices, m[2]), "failure.takes", m[1], strings.Join(choices, ", "))
}

// missingFile is the user's where the command names it, else the environment's.
func missingFile(m []string, c *command) report.Failure {
	if f := c.flagOf(m[1]); f != "" {
		return wrong(f, "", "failure.there-file", m[1])
	}
	return around("", "failure.missing-check-checkout", m[1])
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
