package pane

import (
	"slices"
	"strings"

	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/style"
)

func (p *Painter) severityInk(s report.Severity) style.Ink {
	switch s {
	case report.Error:
		return p.T.Bad
	case report.Warning:
		return p.T.Warn
	}
	return p.T.Muted
}

// aside is what the form amounts to so far, what is still open, and help on the focused question. Little room leaves
// the last two.
func (p *Painter) aside(w, h int) []string {
	open := p.open(w)
	if h < 10 {
		return append(p.helpIn(w, h-1), open[:min(1, len(open))]...)
	}
	out := []string{p.T.Title.Paint(p.t("form.sofar"))}
	out = append(out, p.soFar(w)...)
	out = append(out, "", p.T.Title.Paint(p.t("form.open")))
	out = append(out, indented(open, 1)...)
	out = append(out, "", p.T.Title.Paint(p.t("form.help")))
	return append(out, indented(p.help(w-1), 1)...)
}

func indented(lines []string, n int) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = cell.Space(n) + l
	}
	return out
}

// help is about the focused question: what it means, its flag, and what is taken for granted without an answer.
func (p *Painter) help(w int) []string {
	f := &p.M.Form
	if lines := p.preview(w); lines != nil {
		return lines
	}
	if f.OnFold {
		return p.wrap(p.T.Text, p.t("form.fold_help"), w-1, 1)
	}
	q := &field.Table[f.Focus]
	if f.HasChoice() && f.Choice >= 0 && f.Choice < len(q.Choices) && p.s.Main.W-labelWidth < 60 {
		if long := p.choice(f.Focus, q.Choices[f.Choice].Value, true); !p.longChoices(f.Focus, p.s.Main.W-labelWidth-4) {
			return append(p.wrap(p.T.Strong, long, w-1, 1), p.wrap(p.T.Text, p.t(q.Text()+".help"), w-1, 1)...)
		}
	}
	out := p.wrap(p.T.Text, p.t(q.Text()+".help"), w-1, 1)
	var facts []string
	if q.Flag != "" {
		facts = append(facts, "--"+q.Flag)
	}
	if q.Default.Given() {
		facts = append(facts, p.t("form.default", "value", p.byDefault(f.Focus)))
	} else if q.Example != "" {
		facts = append(facts, p.t("form.example", "value", q.Example))
	}
	if len(facts) > 0 {
		out = append(out, p.wrap(p.T.Muted, p.dots(facts...), w-1, 1)...)
	}
	return out
}

// helpIn is the help in few lines: the facts go first, and a text that is still too long ends with a sign.
func (p *Painter) helpIn(w, h int) []string {
	help := p.help(w)
	if len(help) <= h || h < 1 {
		return help
	}
	help = help[:h]
	help[h-1] = p.cut(help[h-1]+" "+p.T.Marks.More, w-1)
	return help
}

// open names what is still to be answered.
func (p *Painter) open(w int) []string {
	f := &p.M.Form
	if f.Loading {
		return p.wrap(p.T.Muted, p.t("form.loading"), w-1, 1)
	}
	var names []string
	for _, id := range f.Open {
		names = append(names, p.label(id))
	}
	if len(names) == 0 {
		if field.HasError(f.Issues) {
			return p.wrap(p.T.Bad, p.t("form.mend"), w-1, 1)
		}
		return p.wrap(p.T.Good, p.t("form.ready"), w-1, 1)
	}
	if p.s.Aside.H < 10 {
		return []string{" " + p.T.Muted.Paint(p.openLine(names, w-2))}
	}
	lines := p.wrap(p.T.Muted, p.dots(names...), w-1, 1)
	if len(lines) > 3 {
		lines = append(lines[:2], cell.Space(1)+p.T.Muted.Paint(p.C.N("form.andmore", len(names), itoa(len(names)))))
	}
	return lines
}

// openLine names as many open questions as a line holds, and how many there are.
func (p *Painter) openLine(names []string, w int) string {
	s := p.t("form.still", "names", p.dots(names...))
	for n := len(names) - 1; cell.Width(s) > w && n > 0; n-- {
		s = p.t("form.still", "names", p.t("form.still_more", "names",
			p.dots(append(slices.Clone(names[:n]), p.T.Marks.More)...), "n", itoa(len(names))))
	}
	return p.cut(s, w)
}

// soFar says in sentences what the answers mean.
func (p *Painter) soFar(w int) []string {
	r := p.M.Form.Reading
	if r == nil {
		return nil
	}
	var out []string
	say := func(s string) { out = append(out, p.wrap(p.T.Text, s, w-1, 2)...) }
	if r.ModeKnown {
		say(p.t(p.M.Form.Mapping()))
	}
	var names []string
	for _, h := range r.Profiles {
		names = append(names, p.device(h.Name))
	}
	if r.Model != nil {
		n := r.Int(field.DeviceCount)
		switch {
		case n > 0 && len(names) > 0:
			say(p.C.N("form.serve_on", n, number.Int(n), "model", cell.Clean(r.Model.Name), "devices",
				strings.Join(names, p.t("list.comma"))))
		default:
			say(p.t("form.serve", "model", cell.Clean(r.Model.Name)))
		}
		if kv := p.kvPerToken(); kv > 0 {
			say(p.t("form.kv", "size", number.Bytes(kv)))
		}
	}
	if len(out) == 0 {
		say(p.t("form.nothing_yet"))
	}
	return out
}

// facts is the shape of the model in one line.
func (p *Painter) facts() string {
	if m := p.M.Form.Reading.Model; m != nil {
		return p.shape(m)
	}
	return ""
}

// shape is a model's make in one line.
func (p *Painter) shape(m *model.Model) string {
	if len(m.Layers) == 0 {
		return ""
	}
	a := &m.Layers[len(m.Layers)-1].Attention
	shape := ""
	switch a.Kind {
	case model.GQA:
		shape = "GQA " + itoa(a.Heads) + "/" + itoa(a.KVHeads)
	case model.MLA:
		shape = "MLA " + itoa(a.Heads)
	case model.SharedKV:
		shape = p.t("facts.shared", "n", itoa(a.Heads))
	case model.Linear:
		shape = p.t("facts.linear", "n", itoa(a.KeyHeads)+"/"+itoa(a.ValueHeads))
	default:
		shape = a.Kind.String()
	}
	kind := p.t("facts.dense")
	if f := &m.Layers[len(m.Layers)-1].FFN; f.MoE() {
		kind = p.t("facts.moe", "experts", itoa(f.Experts), "top", itoa(f.TopK))
	}
	items := []string{kind, p.t("facts.layers", "n", itoa(len(m.Layers))), shape, p.t("facts.hidden", "n", itoa(m.Hidden))}
	if m.MTPHeads > 0 {
		items = append(items, "MTP "+itoa(m.MTPHeads))
	}
	if m.Vision != nil {
		items = append(items, p.t("facts.vision"))
	}
	return p.dots(items...)
}

// kvPerToken is what the caches of all layers keep of a token on a device that holds the whole model, in bytes; 0 where
// one token is not like the other: windows, rings and compressed entries.
func (p *Painter) kvPerToken() float64 {
	g, err := geometry.New(p.M.Form.Reading.Model, plan.Strategy{TP: 1, PP: 1, DP: 1}, true)
	if err != nil {
		return 0
	}
	width, bytes := p.M.Form.Reading.Quant().Attention.Format().Bytes(), 0.0
	for _, k := range g.Of {
		for _, c := range g.Kinds[k].Attention.Caches {
			if c.Reach > 0 || c.Ring > 0 || c.Every != 1 || c.Wide {
				return 0
			}
			bytes += float64(c.Elements) * width
		}
	}
	return bytes
}
