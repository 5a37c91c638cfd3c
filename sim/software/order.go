package software

import (
	"cmp"
	"fmt"
	"strings"
	"text/template"

	"fathom/hw/message"
)

// Order is what a launch template may use: the deployment of one server. Counts are at least 1 but for EP, which is 0
// for models without routed experts, and those that are off.
type Order struct {
	Model                string
	TP, PP, DP           int
	EP, MoEDP, DCP       int
	RedundantExperts     bool
	ExternalShared       bool
	Role                 string // prefill, decode, or aggregation for both
	Context              int    // longest request in tokens
	Concurrency          int    // requests in flight in all replicas
	Budget               int    // token budget of a step and replica; 0: none
	LinearAction         string // names of the quantisation actions
	CacheAction          string
	LinearFormat         string // names of their number formats
	CacheFormat          string
	PrefixCache, Compile bool
	MTP                  int // tokens that are guessed ahead; 0: none
}

// blank stands for a space inside of an argument while a template is filled in.
const blank = "\x00"

func whole(args []string) string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = strings.ReplaceAll(a, " ", blank)
	}
	return " " + strings.Join(out, " ")
}

// Args fills the template in: an argument vector, and what it warns of. Templates are part of the program: one that is
// wrong ends it.
func (l *Launch) Args(o Order) (args []string, warnings []message.Message) {
	var text string
	for _, e := range All() {
		text = cmp.Or(e.Templates[l.Template], text)
	}
	if text == "" {
		panic(fmt.Sprintf("%s: no engine has a launch template %q", l.Title, l.Template))
	}
	// share is each one's part of a number, rounded up.
	funcs := template.FuncMap{
		"mul": func(a, b int) int { return a * b }, "div": func(a, b int) int { return a / b },
		"add": func(a, b int) int { return a + b }, "max": func(a, b int) int { return max(a, b) },
		"share": func(n, of int) int { return (n + of - 1) / of },
		"warn": func(key string, args ...any) string {
			warnings = append(warnings, message.New(key, args...))
			return ""
		},
	}
	t := template.Must(template.New(l.Title).Funcs(funcs).Parse(text))
	data := struct {
		Order
		Extra, Transfer, Quantization, Cache string
	}{o, whole(l.Extra), "", value(l.Quantization, o.LinearFormat), value(l.Cache, o.CacheFormat)}
	data.Model = strings.ReplaceAll(o.Model, " ", blank)
	switch o.Role {
	case "prefill":
		data.Transfer = whole(l.Prefill)
	case "decode":
		data.Transfer = whole(l.Decode)
	}
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		panic(err)
	}
	args = strings.Fields(b.String())
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], blank, " ")
	}
	return args, warnings
}

// value is that of a flag for a number format; "" where there is none.
func value(values map[string]string, format string) string {
	if v, ok := values[format]; ok {
		return v
	}
	if format == "bf16" {
		return ""
	}
	return values["any"]
}
