package pane

import (
	"slices"
	"strings"

	"fathom/hw"
	"fathom/sim/geometry"
	"fathom/sim/memory"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/state"
	"fathom/state/field"
	"fathom/state/pick"
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/number"
	"fathom/ui/style"
)

// picker draws the focused question alone with its list, as tall as the place is.
func (p *Painter) picker(r layout.Rect) []string {
	f := &p.M.Form
	l := &f.Lines[f.Cursor]
	lines := append(p.question(l, r.W), p.choosing(&f.Picker, r.W), "")
	return append(lines, p.items(&f.Picker, layout.Rect{X: r.X, Y: r.Y + len(lines), W: r.W, H: r.H - len(lines)})...)
}

// choosing says how much of the list is in sight and how to choose from it.
func (p *Painter) choosing(k *state.Picker, w int) string {
	if k.Size == 0 {
		return ""
	}
	n := p.t("pick.names", "n", number.Int(len(k.Items)), "all", number.Int(k.Size))
	var keys []string
	if slices.ContainsFunc(k.Items, func(i pick.Item) bool { return i.Recent }) {
		keys = append(keys, p.t("pick.recent", "mark", p.T.Marks.Marked))
	}
	keys = append(keys, p.t("pick.keys"))
	if field.Table[p.M.Form.Focus].Arity != field.One && p.M.Overlay.Kind == state.NoOverlay {
		keys = append(keys, p.t("pick.another", "key", p.keyOf(state.Complete)))
	}
	for ; len(keys) > 0; keys = keys[1:] { // the less known one is worth more
		if s := p.dots(append([]string{n}, keys...)...); cell.Width(s)+3 <= w {
			n = s
			break
		}
	}
	return "  " + p.T.Muted.Paint(p.cut(n, w-3))
}

// items are the rows in sight: the name, and behind it in columns what it stands for.
func (p *Painter) items(k *state.Picker, r layout.Rect) []string {
	if len(k.Items) == 0 {
		if k.Size == 0 {
			return p.wrap(p.T.Muted, p.t("pick.empty"), r.W-1, 4)
		}
		return p.wrap(p.T.Muted, p.t("pick.none"), r.W-1, 4)
	}
	p.scrolls(r.H, len(k.Items))
	top := max(0, min(k.Top, len(k.Items)-r.H))
	shown := k.Items[top:min(len(k.Items), top+r.H)]
	rows := make([][]string, len(shown))
	var widths []int
	for i := range shown {
		rows[i] = append([]string{cell.Clean(shown[i].Value)}, p.itemFacts(&shown[i])...)
		for c, s := range rows[i] {
			if c == len(widths) {
				widths = append(widths, 0)
			}
			if c == 0 || len(rows[i]) > 2 { // a word that stands alone is no column
				widths[c] = max(widths[c], cell.Width(s))
			}
		}
	}
	if len(widths) > 0 {
		widths[0] = max(16, min(widths[0], r.W-8))
	}
	const lead = 4 // cursor, sign of use, blank
	out := make([]string, 0, len(shown))
	for i, row := range rows {
		sign := " "
		switch {
		case top+i == len(k.Items)-1, i < len(rows)-1 && i > 0:
		case i == 0 && top > 0:
			sign = p.T.Marks.Up
		case i == len(rows)-1:
			sign = p.T.Marks.Down
		}
		if shown[i].Recent && sign == " " {
			sign = p.T.Marks.Marked
		}
		line := cell.Left(row[0], widths[0], p.T.Marks.More)
		for c, s := range row[1:] { // a fact that does not fit is in the preview
			if len(row) == 2 && cell.Width(line)+2+cell.Width(s)+lead <= r.W {
				line += "  " + s
				break
			}
			if cell.Width(line)+2+widths[c+1]+lead > r.W {
				break
			}
			line += "  " + cell.Right(s, widths[c+1], p.T.Marks.More)
		}
		if top+i == k.Cursor {
			line = " " + p.T.Accent.Paint(p.T.Marks.Cursor) + sign + " " + p.T.Focus.Paint(line)
		} else {
			line = "  " + sign + " " + line
		}
		p.zone(layout.Rect{X: r.X, Y: r.Y + i, W: r.W, H: 1}, state.TargetItem, top+i)
		out = append(out, line)
	}
	return out
}

// itemFacts are the columns behind a name; none before the catalog has been read.
func (p *Painter) itemFacts(i *pick.Item) []string {
	if p.M.Overlay.Prompt == state.PromptSweep {
		name, _, _ := strings.Cut(i.Value, "=")
		return []string{p.C.Knob(name)}
	}
	switch i.Kind {
	case pick.Checkpoint:
		return []string{p.t("pick.checkpoint")}
	case pick.Directory:
		return []string{p.t("pick.directory")}
	case pick.File:
		return nil
	}
	if p.M.Form.Focus == field.Model {
		if m := p.M.Catalog.Models[i.Value]; m != nil {
			return p.modelFacts(m)
		}
		return nil
	}
	if h := p.profileOf(i.Value); h != nil {
		return p.profileFacts(h)
	}
	return nil
}

// profileOf is a profile of the list, nil while the figures have not been read.
func (p *Painter) profileOf(name string) *hw.Profile {
	if !p.M.Surveyed || p.M.Form.Focus != field.Device {
		return nil
	}
	return p.M.Catalog.Profile(name)
}

// modelFacts are the size of a model: parameters, those at work for a token, layers, and what its checkpoint weighs.
func (p *Painter) modelFacts(m *model.Model) []string {
	all, active, err := geometry.Parameters(m)
	if m.Unsupported != "" || err != nil {
		return []string{p.t("pick.unsupported")}
	}
	at := ""
	if m.MoE() {
		at = p.t("pick.active", "n", number.Digits(active/1e9, 3))
	}
	return []string{number.Digits(all/1e9, 3) + " B", p.t("facts.layers", "n", itoa(len(m.Layers))),
		p.weight(m, all), at}
}

// weight is the size of a checkpoint as it is published, with the format of its linear layers. Of one that states no
// format all parameters are in 16 bits.
func (p *Painter) weight(m *model.Model, parameters float64) string {
	bytes, format := 2*parameters, m.Published
	if format != hw.FormatBF16 {
		var err error
		if bytes, err = memory.AsPublished(m); err != nil {
			return p.t("pick.unsupported")
		}
	}
	name, _, _ := strings.Cut(format.String(), "_") // how its scales lie is not asked here
	return number.Digits(bytes/(1<<30), 3) + " GiB " + strings.ToUpper(name)
}

// profileFacts are what hardware is compared by: memory, its bandwidth, peak, and the fidelities that price it.
func (p *Painter) profileFacts(h *hw.Profile) []string {
	return []string{number.Digits(h.MemoryBytes/(1<<30), 3) + " GiB", number.Digits(h.MemoryBandwidth/1e12, 3) + " TB/s",
		number.Digits(h.Peak()/1e15, 3) + " PFLOP/s", p.fidelities(h), cell.Clean(h.Vendor)}
}

// fidelities are the first letters of the ways to price a profile; the preview has the words.
func (p *Painter) fidelities(h *hw.Profile) string {
	var out []string
	for f := plan.Reference; f <= plan.Calibrated; f++ {
		s := p.t("pick.short." + f.String())
		if !slices.Contains(field.Fidelities(h), f) {
			s = cell.Space(cell.Width(s)) // one below the other
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// preview is about the item under the cursor, in place of the help.
func (p *Painter) preview(w int) []string {
	f := &p.M.Form
	item, ok := f.Picker.Item()
	if !ok || !f.Picking() {
		return nil
	}
	out := p.wrap(p.T.Strong, cell.Clean(item.Value), w-1, 1)
	say := func(ink style.Ink, items ...string) {
		items = slices.DeleteFunc(items, func(s string) bool { return s == "" }) // a test profile has no vendor
		for _, s := range cell.Wrap(p.dots(items...), w-2) {
			out = append(out, " "+ink.Paint(s))
		}
	}
	switch h := p.profileOf(item.Value); {
	case f.Focus == field.Model && p.M.Catalog.Models[item.Value] != nil:
		m := p.M.Catalog.Models[item.Value]
		facts := p.modelFacts(m)
		if facts[len(facts)-1] == "" {
			facts = facts[:len(facts)-1]
		}
		if m.MaxPositions > 0 {
			facts = append(facts, p.t("pick.positions", "n", number.Int(m.MaxPositions)))
		}
		say(p.T.Text, facts...)
		say(p.T.Text, p.shape(m))
		if m.Unsupported != "" {
			say(p.T.Warn, p.C.Tell(m.Unpriced()))
		}
	case h != nil:
		facts := p.profileFacts(h)
		var names []string
		for _, x := range field.Fidelities(h) {
			names = append(names, p.t("fidelity."+x.String()))
		}
		where := []string{cell.Clean(h.Vendor)}
		if h.Grid.Node > 0 {
			where = append(where, p.t("pick.node", "n", itoa(h.Grid.Node)))
		}
		say(p.T.Text, append(where, p.t("pick.most", "n", number.Int(h.Grid.Ranks())))...)
		say(p.T.Text, append(facts[:3:3], p.t("pick.priced", "names", strings.Join(names, p.t("list.comma"))))...)
		if names := append(h.Aliases[:len(h.Aliases):len(h.Aliases)], h.Family...); len(names) > 0 {
			say(p.T.Muted, p.t("pick.also", "names", cell.Clean(strings.Join(names, p.t("list.comma")))))
		}
	case item.Kind == pick.Checkpoint:
		say(p.T.Text, p.t("pick.checkpoint_long"))
	case item.Kind == pick.Directory:
		say(p.T.Text, p.t("pick.directory_long"))
	default:
		return nil
	}
	return out
}
