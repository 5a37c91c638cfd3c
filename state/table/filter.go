package table

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"fathom/sim/report"
)

// term is one word of a filter: text to look for, or a comparison with a column. All terms have to hold.
type term struct {
	not    bool
	text   string        // looked for in the row's words
	status report.Status // that the word names: looked for in the status alone
	col    *Column
	op     string
	number float64
}

// operators, the longer ones first.
var operators = []string{"<=", ">=", "!=", "==", "<", ">", "=", ":"}

// shortNames are other names of columns in predicates.
var shortNames = map[string]ColumnID{"conc": ColConcurrency, "tput": ColThroughput, "tok/s": ColThroughput,
	"moetp": ColMoETP, "moedp": ColMoEDP, "pd": ColPDRatio, "p-qps": ColPrefillQPS, "d-qps": ColDecodeQPS}

// parseFilter reads a filter as typed: words, !words and predicates such as tp=8 ttft<1500 status=ttft batch>=16. A
// predicate that is not finished yet holds for every row and is reported in f.
func parseFilter(f *Filter, kind Kind) []term {
	f.Problem, f.Word = "", ""
	var out []term
	for _, w := range strings.Fields(f.Text) {
		t := term{text: strings.ToLower(w)}
		if rest, ok := strings.CutPrefix(t.text, "!"); ok {
			t.not, t.text = true, rest
		}
		if t.text == "" {
			continue
		}
		name, op, value := cutOperator(t.text)
		if t.col = ColumnNamed(name, kind); t.col == nil {
			if kind == Points {
				t.status = statusNamed(t.text)
			}
			out = append(out, t)
			continue
		}
		t.op, t.text = op, value
		if t.col.Number != nil {
			x, err := strconv.ParseFloat(strings.TrimSuffix(strings.ReplaceAll(value, ",", ""), t.col.Unit), 64)
			if err != nil || math.IsNaN(x) {
				f.Problem, f.Word = "filter.number", w
				continue
			}
			t.number = x
		} else if value == "" || strings.ContainsAny(op, "<>") {
			f.Problem, f.Word = "filter.text", w
			continue
		} else if s := statusNamed(value); s != "" && t.col.ID == ColStatus {
			t.text = string(s)
		}
		out = append(out, t)
	}
	return out
}

// cutOperator splits a predicate; op is "" where there is none.
func cutOperator(w string) (name, op, value string) {
	for i := range len(w) {
		for _, op := range operators {
			if i > 0 && strings.HasPrefix(w[i:], op) {
				return w[:i], op, w[i+len(op):]
			}
		}
	}
	return "", "", ""
}

// ColumnNamed finds the column of a predicate in a kind of table.
func ColumnNamed(name string, kind Kind) *Column {
	if name == "" {
		return nil
	}
	for i := range Columns {
		c := &Columns[i]
		if c.Key == name && c.Kinds[kind] && (c.Number != nil || c.Text != nil) {
			return c
		}
	}
	if id, ok := shortNames[name]; ok && Columns[id].Kinds[kind] {
		return &Columns[id]
	}
	return nil
}

// statusNamed is the status that a word of a filter names, "" where it names none. Rows are counted and found by their
// status: one without memory is not among those over TTFT, however long it would take.
func statusNamed(word string) report.Status {
	switch s := report.Status(word); s {
	case "memory":
		return report.OOM
	case report.OK, report.OOM, report.OverTPOT, report.OverTTFT, report.OverE2E, report.Short, report.Wasteful,
		report.Invalid,
		report.Engine:
		return s
	}
	return ""
}

// holds reports whether a row passes. words is what the row's plain words are looked for in.
func (t *term) holds(i Item, words string) bool {
	if t.status != "" && i.Row != nil {
		return (i.Row.Status == t.status) != t.not
	}
	if t.col == nil {
		return strings.Contains(words, t.text) != t.not
	}
	var ok bool
	if t.col.Number != nil {
		v, has := t.col.Number(i)
		ok = has && compare(v, t.op, t.number, t.col.Decimals)
	} else {
		text := t.col.Text
		if t.col.Word != nil {
			text = t.col.Word
		}
		ok = strings.Contains(strings.ToLower(text(i)), t.text) != (t.op == "!=")
	}
	return ok != t.not
}

// compare holds two numbers against each other. Equal means equal as shown, with the column's decimals.
func compare(v float64, op string, x float64, decimals int) bool {
	near := math.Abs(v-x) < 0.5*math.Pow(10, -float64(decimals))
	switch op {
	case "<":
		return v < x
	case "<=":
		return v <= x
	case ">":
		return v > x
	case ">=":
		return v >= x
	case "!=":
		return !near
	}
	return near
}

// FilterBy keeps the rows that pass, in the order of the report; SortBy comes after it.
func (t *Table) FilterBy(text string) {
	t.Filter.Text = text
	terms := parseFilter(&t.Filter, t.Kind)
	all := t.source.all()
	if len(terms) == 0 {
		t.Order = all
		return
	}
	if t.source.words == nil && slices.ContainsFunc(terms, func(t term) bool { return t.col == nil }) {
		t.source.words = wordsOf(&t.source)
	}
	order := make([]int32, 0, len(all))
rows:
	for _, at := range all {
		item, words := t.source.at(at), ""
		if t.source.words != nil {
			words = t.source.words[at]
		}
		for i := range terms {
			if !terms[i].holds(item, words) {
				continue rows
			}
		}
		order = append(order, at)
	}
	t.Order = order
}

// wordsOf gathers what plain words of a filter are looked for in, once a table and not before somebody looks.
func wordsOf(s *source) []string {
	n := len(s.points) + len(s.ratios) + len(s.cross)
	out := make([]string, n)
	for i := range n {
		item := s.at(int32(i))
		var parts []string
		switch {
		case item.Ratio != nil && item.Cross == nil:
			parts = []string{ShortLabel(&item.Ratio.Prefill), ShortLabel(&item.Ratio.Decode), item.Ratio.Bottleneck}
		case item.Row != nil:
			parts = []string{ShortLabel(item.Row), item.Row.Label, string(item.Row.Status), item.Row.Reason.String()}
		}
		if item.Cross != nil {
			parts = append(parts, item.Cross.Device)
		}
		out[i] = strings.ToLower(strings.Join(parts, " "))
	}
	return out
}
