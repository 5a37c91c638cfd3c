package parse

import (
	"fmt"
	"slices"
	"strings"

	"fathom/sim/report"
)

// Failure says why the run failed and what the smallest correction is; nil where it did not fail, also while it is
// running and where it ended without a configuration that meets the limits.
func (r *Reader) Failure() *report.Failure {
	fatal := r.trouble.fatal()
	switch {
	case r.exit != nil && *r.exit != 0:
	case !r.known && len(fatal) == 0:
		return &report.Failure{Class: report.InvalidParameters, Message: "this text holds no output of throughput_optimizer",
			Advice: "save what the reference tool prints, both streams, and read that"}
	case r.rows > 0 || len(fatal) == 0:
		return nil
	}
	f := r.reason(fatal)
	if f.Message == "" {
		f.Message = "the reference tool failed without a message"
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
		Advice: "run the command in a shell and look at its whole output"}
	if r.exit != nil {
		f.Message = fmt.Sprintf("the reference tool ended with status %d and no error message", *r.exit)
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
		f.Message, f.Advice = "the run was stopped by a time limit (status 124)", "search fewer sizes, or allow it more time"
		f.Field = "tp_sizes"
	case 126:
		f.Message, f.Advice, f.Field = "the Python interpreter may not be executed (status 126)",
			"name an executable one with --python", "python"
	case 127:
		f.Message, f.Advice, f.Field = "the Python interpreter was not found (status 127)", "name one with --python", "python"
	case 130:
		f.Message, f.Advice = "the run was interrupted (SIGINT)", "run it again"
	case 134:
		f.Message, f.Advice = "the reference tool aborted (SIGABRT)",
			"check the versions of torch and its libraries in that environment"
	case 137:
		f = outOfMemory("the run was killed (SIGKILL), most likely for want of memory")
	case 139:
		f.Message, f.Advice = "the reference tool crashed (SIGSEGV)",
			"check the versions of torch and its libraries in that environment"
	case 143:
		f.Message, f.Advice = "the run was terminated (SIGTERM)", "run it again"
	default:
		if *exit <= 128 || *exit > 192 {
			return f, false
		}
		f.Message, f.Advice = fmt.Sprintf("the run was ended by signal %d", *exit-128), "run it again"
	}
	return f, true
}

// outOfMemory: each worker of the reference tool takes about 0.6 GB (search-and-serving 11), so one worker is the
// least.
func outOfMemory(message string) report.Failure {
	return report.Failure{Class: report.Environment, Message: message, Field: "jobs", Fix: "1",
		Advice: "each worker takes about 0.6 GB: use --jobs 1, or a machine with more memory"}
}

// generic classes an error that no rule knows. A text that names a flag is about that flag.
func generic(text string, k kind) report.Failure {
	f := report.Failure{Message: text, Field: flagIn(text)}
	name, _, _ := strings.Cut(text, ":")
	switch {
	case k == usage || f.Field != "":
		f.Class, f.Advice = report.InvalidParameters, "correct this value"
		if f.Field != "" {
			f.Advice = "correct " + flagWord.FindString(text)
		}
	case k == outer, strings.HasSuffix(name, "ImportError"), strings.HasSuffix(name, "AttributeError"),
		strings.HasSuffix(name, "OSError"),
		strings.Contains(name, "Connection"), strings.Contains(name, "Permission"), strings.Contains(name, "Timeout"):
		f.Class, f.Advice = report.Environment, "check the interpreter, the checkout and its installed packages"
	case k == logged && !strings.Contains(text, "Error"):
		f.Class, f.Advice = report.InvalidParameters, "correct what the message names"
	default:
		f.Class, f.Advice = report.Assumptions, "the model or the profile is outside of what the reference tool can "+
			"simulate: try the embedded engine, another model or other sizes"
	}
	return f
}
