package state

import (
	"slices"
	"strings"

	"fathom/hw"
	"fathom/sim/workload"
	"fathom/state/field"
	"fathom/state/pick"
)

// Picker is the list under a text that is being typed: what the text may become. Nothing in it is taken before somebody
// says so.
type Picker struct {
	Items  []pick.Item // what holds the words typed, nearest first
	Cursor int         // index of the item that Accept takes, -1: none
	Top    int         // first item shown
	Size   int         // how many items there are without any word
	Head   string      // of a list: the words that stand already
	Query  string      // the words that are looked for
	Moved  bool        // the cursor was moved by hand
}

// Item is the one under the cursor.
func (p *Picker) Item() (pick.Item, bool) {
	if p.Cursor < 0 || p.Cursor >= len(p.Items) {
		return pick.Item{}, false
	}
	return p.Items[p.Cursor], true
}

// move takes an action that moves in the list; ok is false for one that leaves it or has nothing to do with it.
func (p *Picker) move(a Action, rows int) (ok bool) {
	by, far := step(a, rows)
	if by == 0 || len(p.Items) == 0 || a == Up && p.Cursor <= 0 {
		return false
	}
	if far {
		by *= len(p.Items)
	}
	p.Cursor = max(0, min(p.Cursor+by, len(p.Items)-1))
	p.Moved = true
	p.follow(rows)
	return true
}

// follow keeps the cursor in sight.
func (p *Picker) follow(rows int) {
	rows = max(1, rows)
	p.Top = max(0, min(p.Top, len(p.Items)-rows))
	if at := max(0, p.Cursor); at < p.Top {
		p.Top = at
	} else if at >= p.Top+rows {
		p.Top = at - rows + 1
	}
}

// Picking reports whether the list is open: on a question that is not answered yet, or whose answer is being changed.
func (f *Form) Picking() bool {
	return !f.OnFold && !f.HasChoice() && f.picks && (f.typing || f.Picker.Moved || !f.Answers[f.Focus].Given())
}

// refreshPicker makes the list of the focused question anew; the cursor stays where the text stayed.
func (u *update) refreshPicker() {
	f := &u.Form
	old, was := f.Picker, f.picked
	f.picked = pickedFor{f.Focus, f.Answers[f.Focus].Text}
	f.Picker, f.picks = u.picker(f.Focus, f.Answers[f.Focus].Text)
	if f.picks && was == f.picked {
		f.Picker.Cursor, f.Picker.Top, f.Picker.Moved = min(old.Cursor, len(f.Picker.Items)-1), old.Top, old.Moved
	}
	f.Picker.follow(u.lines)
}

// pickedFor is what a list was made for.
type pickedFor struct {
	id   field.ID
	text string
}

// picker lists what a text of a question may become; ok is false where there is nothing to choose from.
func (u *update) picker(id field.ID, text string) (p Picker, ok bool) {
	switch f := &field.Table[id]; {
	case id >= field.NumIDs || closed(id):
		return p, false
	case id == field.Model && !isPath(text):
		p.Query = text
		u.survey()
		return u.listed(p, slices.Concat(u.models(), u.checkpoints())), true
	case id == field.Device:
		u.survey()
		items := u.profiles()
		p.Query = text
		if len(pick.Find(items, text)) == 0 || strings.HasSuffix(text, " ") { // several, the last one being typed
			p.Head, p.Query = u.profileHead(text)
		}
		return u.listed(p, items), true
	case id == field.Workload && !isPath(text):
		p.Query = text
		var items []pick.Item
		for _, name := range workload.Names() {
			items = append(items, pick.Item{Value: name, Words: workload.Find(name).Title})
		}
		return u.listed(p, items), true
	case files[id].wanted(text):
		return u.directory(text, files[id]), true
	case len(f.Choices) > 0: // several of a closed list
		p.Head, p.Query = lastWord(text)
		var items []pick.Item
		for _, c := range f.Choices {
			items = append(items, pick.Item{Value: c.Value, Words: strings.Join(c.Words, " ")})
		}
		return u.listed(p, items), true
	}
	return p, false
}

// listed fills a picker from items, without those that stand in its head.
func (u *update) listed(p Picker, items []pick.Item) Picker {
	given := strings.FieldsFunc(p.Head, apart)
	items = slices.DeleteFunc(items, func(i pick.Item) bool { return slices.Contains(given, i.Value) })
	p.Items, p.Size = pick.Find(items, p.Query), len(pick.Find(items, ""))
	p.Cursor = -1
	if strings.TrimSpace(p.Query) != "" && len(p.Items) > 0 {
		p.Cursor = 0
	}
	return p
}

func apart(r rune) bool { return r == ' ' || r == ',' }

func lastWord(text string) (head, word string) {
	at := strings.LastIndexFunc(text, apart) + 1
	return text[:at], text[at:]
}

// profileHead is the part of a text that names profiles already, and the words behind it.
func (u *update) profileHead(text string) (head, rest string) {
	for {
		word := strings.TrimLeftFunc(text[len(head):], apart)
		end := strings.IndexFunc(word, apart)
		if end < 0 || u.Catalog.Profile(word[:end]) == nil {
			return head, strings.TrimLeftFunc(text[len(head):], apart)
		}
		head = text[:len(text)-len(word)+end+1]
	}
}

// models are the names of the catalog, those of earlier runs first.
func (u *update) models() []pick.Item {
	recent := u.recent(field.Model)
	var out []pick.Item
	for _, name := range recent {
		if full := u.Catalog.ModelName(name); full == "" && u.Catalog.Failed[name].IsZero() { // a checkpoint of one's own
			out = append(out, pick.Item{Value: name, Kind: pick.Checkpoint, Recent: true})
		}
	}
	for _, name := range u.Catalog.ModelNames {
		words := strings.Join(hw.Makers(name), " ")
		if m := u.Catalog.Models[name]; m != nil {
			words += " " + m.Architecture
		}
		out = append(out, pick.Item{Value: name, Words: words, Recent: slices.Contains(recent, name)})
	}
	return byRecency(out, recent)
}

// profiles are the names of the catalog with what else people call them.
func (u *update) profiles() []pick.Item {
	recent := u.recent(field.Device)
	out := make([]pick.Item, 0, len(u.Catalog.Profiles))
	for _, p := range u.Catalog.Profiles {
		out = append(out, pick.Item{Value: p.Name, Recent: slices.Contains(recent, p.Name),
			Hidden: strings.HasPrefix(strings.ToLower(p.Name), "test"), Words: u.words(p)})
	}
	return byRecency(out, recent)
}

// words are what a profile is found by beside its name; what its file describes counts once it has been read.
func (m *Model) words(e *hw.Entry) string {
	words := slices.Concat([]string{e.Vendor}, hw.Makers(e.Vendor), e.Aliases, e.Family, e.Brands)
	if m.Surveyed {
		words = append(words, e.Profile().Description)
	}
	return strings.Join(words, " ")
}

// byRecency puts the recent ones into the order in which they were used, newest first.
func byRecency(items []pick.Item, recent []string) []pick.Item {
	slices.SortStableFunc(items, func(a, b pick.Item) int {
		if !a.Recent || !b.Recent {
			return 0
		}
		return slices.Index(recent, a.Value) - slices.Index(recent, b.Value)
	})
	return items
}

// recent are the values that a question had in runs, newest first, as the catalog spells them.
func (u *update) recent(id field.ID) []string {
	var out []string
	add := func(a *field.Answers) {
		for _, w := range strings.FieldsFunc(a[id].Text, apart) {
			if p := u.Catalog.Profile(w); id == field.Device && p != nil {
				w = p.Name
			} else if name := u.Catalog.ModelName(w); id == field.Model && name != "" {
				w = name
			}
			if !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	for i := range slices.Backward(u.History) {
		add(&u.History[i].Answers)
	}
	for i := range slices.Backward(u.Earlier) {
		add(&u.Earlier[i].Answers)
	}
	return out
}

// take makes the item under the cursor the answer; a directory that is no answer is entered instead. done is false
// where the question goes on.
func (u *update) take() (done bool) {
	f := &u.Form
	item, ok := f.Picker.Item()
	if !ok {
		return true
	}
	f.touched[f.Focus] = true
	f.Picker.Moved, f.picked = false, pickedFor{}
	u.setAnswers(f.Answers.With(f.Focus, field.Answer{Text: f.Picker.Head + item.Value, Source: field.You}))
	f.typing = item.Kind == pick.Directory
	if f.typing {
		u.refreshForm()
	}
	return !f.typing
}

// takes reports whether Accept means the item under the cursor: where it was moved there, or where the text as it
// stands means nothing.
func (u *update) takes() bool {
	f := &u.Form
	if _, ok := f.Picker.Item(); !ok || !f.Picking() {
		return false
	}
	return f.Picker.Moved || !u.stands(f.Focus)
}

// stands reports whether the text of a question is an answer as it is.
func (u *update) stands(id field.ID) bool {
	r := u.Form.Reading
	switch {
	case id == field.Model:
		return r.Model != nil || u.Catalog.ModelName(r.Word(id)) != "" || isPath(r.Word(id))
	case id == field.Device:
		return len(r.Values[id].Words) > 0 && !slices.ContainsFunc(r.Values[id].Words,
			func(w string) bool { return u.Catalog.Profile(w) == nil })
	}
	return r.Problems[id] == nil
}

// another adds the item under the cursor to a list and goes on with the next one; of a single answer it completes the
// text.
func (u *update) another() {
	f := &u.Form
	if f.Picker.Cursor < 0 {
		f.Picker.Cursor = 0
	}
	if u.take(); field.Table[f.Focus].Arity == field.Many || field.Table[f.Focus].Arity == field.Any {
		a := f.Answers[f.Focus]
		a.Text += " "
		u.setAnswers(f.Answers.With(f.Focus, a))
	}
	f.typing = true
	u.refreshForm()
}
