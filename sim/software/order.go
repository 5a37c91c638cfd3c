package software

import (
	"encoding/json"
	"path"
	"strconv"
	"strings"
	"sync"
	"text/template"

	"fathom/hw/message"
)

// Order is what a launch template may use: the deployment of one server. Counts are at least 1 but for EP, which is 0
// for models without routed experts, and those that are off.
type Order struct {
	Model                string
	TP, PP, DP           int
	EP, MoETP            int
	MoEDP, DCP           int
	RedundantExperts     int
	TwoBatch             bool
	ExternalShared       bool
	Role                 string // prefill, decode, or aggregation for both
	Context              int    // longest request in tokens
	Prompt               int    // its prompt
	Node                 int    // devices of one server; 0: not stated
	Servers, Each        int    // of one instance, and its devices on each; 0: no even way over servers, or not stated
	Concurrency          int    // requests in flight in all replicas
	Budget               int    // token budget of a step and replica; 0: none
	LinearAction         string // names of the quantisation actions
	CacheAction          string
	LinearFormat         string // names of their number formats
	CacheFormat          string
	PrefixCache, Compile bool
	MTP                  int // tokens that are guessed ahead; 0: none
	// Guess is how many tokens something beside the model guesses ahead: Draft, as a plan names it, with a model of its
	// own or "". 0: none.
	Guess             int
	Draft, DraftModel string
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

// Text is what starts one server: an argument vector, and a file that it needs first.
type Text struct {
	Args           []string
	File, FileText string // "" for none
	Warnings       []message.Message
}

// Write fills the templates in. They are part of the program: one that is wrong ends it.
func (l *Launch) Write(o Order) Text {
	var t Text
	data := struct {
		Order
		File, Extra, Transfer, Quantization, Cache string
	}{o, "", whole(l.Extra), "", value(l.Quantization, o.LinearFormat), value(l.Cache, o.CacheFormat)}
	switch o.Role {
	case "prefill":
		data.Transfer = whole(l.Prefill)
	case "decode":
		data.Transfer = whole(l.Decode)
	}
	if l.File != "" {
		t.File = strings.ReplaceAll(l.File, "ROLE", o.Role)
		data.File = t.File
		t.FileText = l.fill(l.Content, data, &t.Warnings)
	}
	data.Model, data.DraftModel = strings.ReplaceAll(o.Model, " ", blank), strings.ReplaceAll(o.DraftModel, " ", blank)
	t.Args = strings.Fields(l.fill(l.Template, data, &t.Warnings))
	for i := range t.Args {
		t.Args[i] = strings.ReplaceAll(t.Args[i], blank, " ")
	}
	return t
}

// Worker is the launch as a worker of NVIDIA Dynamo.
func (l *Launch) Worker() *Launch {
	w := *l
	w.Template = l.Dynamo
	return &w
}

// fill carries out the template of a name.
func (l *Launch) fill(name string, data any, warnings *[]message.Message) string {
	own := template.FuncMap{"warn": func(key string, args ...any) string {
		*warnings = append(*warnings, message.New(key, args...))
		return ""
	}}
	var b strings.Builder
	if err := template.Must(templates().Clone()).Funcs(own).ExecuteTemplate(&b, name, data); err != nil {
		panic(err)
	}
	return b.String()
}

// templates are those of all engines, so that each may use the others'.
var templates = sync.OnceValue(func() *template.Template {
	// share is each one's part of a number, rounded up; counted is 0, 1, … below n.
	all := template.New("launch").Funcs(template.FuncMap{
		"mul": func(a, b int) int { return a * b }, "div": func(a, b int) int { return a / b },
		"add": func(a, b int) int { return a + b }, "sub": func(a, b int) int { return a - b },
		"max":   func(a, b int) int { return max(a, b) },
		"share": func(n, of int) int { return (n + of - 1) / of },
		"warn":  func(string, ...any) string { return "" },
		"arg":   func(text string) string { return strings.ReplaceAll(text, " ", blank) },
		"base":  path.Base, "rooted": path.IsAbs,
		"quote": func(text string) (string, error) {
			b, err := json.Marshal(text)
			return string(b), err
		},
		"counted": func(n int) string {
			words := make([]string, n)
			for i := range words {
				words[i] = strconv.Itoa(i)
			}
			return strings.Join(words, ", ")
		},
	})
	for _, e := range All() {
		for name, text := range e.Templates {
			template.Must(all.New(name).Parse(text))
		}
	}
	return all
})

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
