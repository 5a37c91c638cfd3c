package parse

import (
	"slices"
	"strings"

	"fathom/hw/message"
	"fathom/sim/report"
)

// Failure says why the run failed and what the smallest correction is; nil where it did not fail, also while it is
// running and where it ended without a configuration that meets the limits.
func (r *Reader) Failure() *report.Failure {
	fatal := r.trouble.fatal()
	switch {
	case r.exit != nil && *r.exit != 0:
	case !r.known && len(fatal) == 0:
		return &report.Failure{Class: report.InvalidParameters, Message: message.New("failure.text-holds-output"),
			Advice: message.New("failure.save-what-reference")}
	case r.rows > 0 || len(fatal) == 0:
		return nil
	}
	f := r.reason(fatal)
	if f.Message.IsZero() {
		f.Message = message.New("failure.reference-tool-failed")
	}
	return &f
}

// reason finds the complaint that explains the failure. The status outweighs complaints where a signal or the shell
// ended the run, since a killed program complains about nothing.
func (r *Reader) reason(fatal []*complaint) report.Failure {
	for _, c := range fatal {
		for _, text := range []string{c.cause, c.text} {
			if text == "" {
				continue
			}
			if f, ok := explain(text, &r.command); ok {
				f.Lines = lines12(c, fatal)
				return f
			}
		}
	}
	if f, ok := byStatus(r.exit); ok {
		if len(fatal) > 0 {
			f.Lines = lines12(fatal[0], fatal)
		} else {
			f.Lines = last(r.Tail(), 5)
		}
		return f
	}
	if len(fatal) > 0 {
		c := fatal[0]
		text := c.text
		if c.cause != "" {
			text += ": " + c.cause
		}
		f := generic(text, c.kind)
		f.Lines = lines12(c, fatal)
		return f
	}
	f := report.Failure{Class: report.Environment, Lines: last(r.Tail(), 5),
		Advice: message.New("failure.run-command-shell")}
	if r.exit != nil {
		f.Message = message.New("failure.reference-tool-ended", *r.exit)
		if *r.exit == 2 {
			f.Class = report.InvalidParameters
		}
	}
	return f
}

// fatal are the complaints that may have ended a run, the likeliest first: of exceptions the last one, of logged errors
// the first one.
func (t *trouble) fatal() []*complaint {
	var out []*complaint
	for k := raised; k <= logged; k++ {
		from := len(out)
		for i := range t.list {
			if c := &t.list[i]; c.kind == k && !c.plot {
				out = append(out, c)
			}
		}
		if k == raised {
			slices.Reverse(out[from:])
		}
	}
	return out
}

// lines12 are the lines of the complaint that matters, then those of the others, at most twelve.
func lines12(c *complaint, others []*complaint) []string {
	const most = 12
	out := slices.Clone(c.lines)
	for _, o := range others {
		for _, l := range o.lines {
			if o != c && !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out[:min(len(out), most)]
}

func last(list []string, n int) []string {
	list = slices.DeleteFunc(list, func(s string) bool { return strings.TrimSpace(s) == "" })
	return list[max(0, len(list)-n):]
}

// byStatus explains statuses that shells and systems give (POSIX: 126, 127, 128 and the signal; timeout(1): 124).
func byStatus(exit *int) (report.Failure, bool) {
	if exit == nil {
		return report.Failure{}, false
	}
	f := report.Failure{Class: report.Environment}
	switch *exit {
	case 124:
		f.Message, f.Advice = message.New("failure.run-stopped-time"), message.New("failure.search-fewer-sizes-allow")
		f.Field = "tp_sizes"
	case 126:
		f.Message, f.Advice, f.Field = message.New("failure.python-interpreter-may"),
			message.New("failure.name-executable-python"), "python"
	case 127:
		f.Message, f.Advice, f.Field = message.New("failure.python-interpreter-not"), message.New("failure.name-python"),
			"python"
	case 130:
		f.Message, f.Advice = message.New("failure.run-interrupted-sigint"), message.New("failure.run-again")
	case 134:
		f.Message, f.Advice = message.New("failure.reference-tool-aborted"),
			message.New("failure.check-versions-torch")
	case 137:
		f = outOfMemory(message.New("failure.run-killed-sigkill"))
	case 139:
		f.Message, f.Advice = message.New("failure.reference-tool-crashed"),
			message.New("failure.check-versions-torch")
	case 143:
		f.Message, f.Advice = message.New("failure.run-terminated-sigterm"), message.New("failure.run-again")
	default:
		if *exit <= 128 || *exit > 192 {
			return f, false
		}
		f.Message, f.Advice = message.New("failure.run-ended-signal", *exit-128), message.New("failure.run-again")
	}
	return f, true
}

// outOfMemory: each worker of the reference tool takes about 0.6 GB (search-and-serving 11), so one worker is the
// least.
func outOfMemory(said message.Message) report.Failure {
	return report.Failure{Class: report.Environment, Message: said, Field: "jobs", Fix: "1",
		Advice: message.New("failure.each-worker-takes")}
}

// generic classes an error that no rule knows. A text that names a flag is about that flag.
func generic(text string, k kind) report.Failure {
	f := report.Failure{Message: message.Literal(text), Field: flagIn(text)}
	name, _, _ := strings.Cut(text, ":")
	switch {
	case k == usage || f.Field != "":
		f.Class, f.Advice = report.InvalidParameters, message.New("failure.correct-value")
		if f.Field != "" {
			f.Advice = message.New("failure.correct", flagWord.FindString(text))
		}
	case k == outer, strings.HasSuffix(name, "ImportError"), strings.HasSuffix(name, "AttributeError"),
		strings.HasSuffix(name, "OSError"),
		strings.Contains(name, "Connection"), strings.Contains(name, "Permission"), strings.Contains(name, "Timeout"):
		f.Class, f.Advice = report.Environment, message.New("failure.check-interpreter-checkout")
	case k == logged && !strings.Contains(text, "Error"):
		f.Class, f.Advice = report.InvalidParameters, message.New("failure.correct-what-message")
	default:
		f.Class, f.Advice = report.Assumptions, message.New("failure.model-profile-outside")
	}
	return f
}
