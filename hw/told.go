package hw

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Told is what the runs behind a fit say of one of its numbers.
type Told struct {
	Low, High float64 // in SI; eight of ten, as far as the runs tell
	Share     float64 // of what was open before the runs that they tell, 0 to 1; the number moves from 0.1 on
}

// FittedNumber is a number of a fit as it stands in a profile.
type FittedNumber struct {
	Key    string // below [calibrated] in the file, as step.attention_prefill
	Name   string // what it is, of all engines and widths: linear_memory, host
	Widths []Width
	Engine string  // "" where all engines share it
	Value  float64 // in SI: a share, seconds or a count
	Time   bool    // Value is seconds
	Told   Told    // zero: the profile does not say
}

// Figures lists the numbers of an engine's fit in the order of a profile, those of all engines last; numbers that the
// fit does not tell apart are 0.
func (c *Calibrated) Figures(engine string) (out []FittedNumber) {
	if e := c.Engine(engine); e != nil {
		for _, n := range fitNumbers(e) {
			out = append(out, c.fitted(n, engine))
		}
	}
	for _, n := range calibratedNumbers(c) {
		out = append(out, c.fitted(n, ""))
	}
	return out
}

// Numbers are those figures that there are, each once: widths of weights that share a number are one entry, under the
// key of the first.
func (c *Calibrated) Numbers(engine string) (out []FittedNumber) {
	for _, n := range c.Figures(engine) {
		i := slices.IndexFunc(out, func(o FittedNumber) bool {
			return o.Name == n.Name && len(o.Widths) > 0 && len(n.Widths) > 0 && o.Value == n.Value && o.Told == n.Told
		})
		switch {
		case n.Value == 0:
		case i >= 0:
			out[i].Widths = append(out[i].Widths, n.Widths...)
		default:
			out = append(out, n)
		}
	}
	return out
}

// fitNumbers are the figures of an engine without its bars.
func fitNumbers(e *EngineCosts) []number {
	return slices.DeleteFunc(engineNumbers(e), func(n number) bool { return slices.Contains(n.path, "bar") })
}

// fitted is one figure of the schema as an entry. Engines have the fixed times and the shares of the peak of routed
// experts by width in the last word of the key.
func (c *Calibrated) fitted(n number, engine string) FittedNumber {
	at := n.path[1:]
	out := FittedNumber{Key: dotted(at), Engine: engine, Value: *n.to, Time: n.unit == micro}
	out.Told = c.Told[out.Key]
	out.Name = strings.TrimSuffix(n.key(), "_us")
	if table := at[0]; table == "linear" || table == "expert" {
		out.Name = table + "_" + out.Name
		out.Widths = []Width{Width(slices.Index(widthNames[:], at[1]))}
	} else if out.Name == "expert_compute" {
		out.Widths = []Width{W8}
	}
	if base, ok := strings.CutSuffix(out.Name, "_4bit"); ok {
		out.Name, out.Widths = base, []Width{W4}
	}
	return out
}

// schema lists the figures of a fit with all of its engines.
func (c *Calibrated) schema() []number {
	out := calibratedNumbers(c)
	for i := range c.Engines {
		out = append(out, fitNumbers(&c.Engines[i])...)
	}
	return out
}

// told reads what the runs tell of each number: low, high, share, under the key of the number.
func (r *reader) told(c *Calibrated) {
	path := []string{"calibrated", "told"}
	v, ok := r.look(path...)
	if !ok {
		return
	}
	table, ok := v.(map[string]any)
	if !ok {
		r.fault(path, v, "table", dotted(path))
		return
	}
	all := map[string]number{}
	for _, n := range c.schema() {
		all[dotted(n.path[1:])] = n
	}
	c.Told = map[string]Told{}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		at := append(path[:len(path):len(path)], key)
		v, _ := r.look(at...)
		n, known := all[key]
		of, good := floats(v, 3, 1e12)
		if !known || !good || of[0] > of[1] || of[2] > 1 {
			r.fault(at, v, "told")
			continue
		}
		c.Told[key] = Told{n.unit.si(of[0]), n.unit.si(of[1]), of[2]}
	}
}

func (w *writer) told(c *Calibrated) {
	if len(c.Told) == 0 {
		return
	}
	w.header([]string{"calibrated", "told"})
	w.comment("What the runs tell of each number, in its unit: least and most of eight in ten, and the share of what " +
		"was open")
	w.comment("before them that they tell (below 0.1 the number is as it was).")
	for _, n := range c.schema() {
		key := dotted(n.path[1:])
		if t, ok := c.Told[key]; ok && *n.to != 0 {
			w.line(strconv.Quote(key) + " = [" + n.unit.text(t.Low) + ", " + n.unit.text(t.High) + ", " + decimal(t.Share) + "]")
		}
	}
}
