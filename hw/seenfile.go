package hw

import (
	"fathom/hw/message"
	"math"
	"slices"
	"strconv"
)

// seenPath is the table of what a fit has seen of an engine.
func (e *EngineCosts) seenPath(key ...string) []string {
	return append([]string{"calibrated", "engine", e.Name, "seen"}, key...)
}

// figures are the names of what has bars, in the order of growths.
var figures = [3]string{"ttft", "tpot", "throughput"}

// widest is the number of that name.
func (e *EngineCosts) widest() number {
	return optional(number{path: e.seenPath("widest"), unit: plain, high: 1 << 20, example: "8", to: &e.Seen.Widest})
}

// widening reads how bars widen away from the runs. Files of earlier versions have one growth for all kinds of
// distance, and nothing for what is unlike all runs.
func (r *reader) widening(e *EngineCosts) {
	for i, name := range figures {
		g, b := &e.Seen.Growth[i], &e.Seen.Beyond[i]
		path := e.seenPath(name + "_growth")
		if v, ok := r.look(path...); ok {
			to := []*float64{&g.Lengths, &g.Load, &g.Other, &g.Unsaid}
			if one, ok := floats([]any{v}, 1, 10); ok {
				*g = Growth{one[0], one[0], one[0], one[0]}
			} else if all, ok := floats(v, len(to), 10); ok {
				for k := range to {
					*to[k] = all[k]
				}
			} else {
				r.fault(path, v, "growth", path[len(path)-1])
			}
		}
		path = e.seenPath(name + "_beyond")
		if v, ok := r.look(path...); ok {
			ends, ok := floats(v, 2, highest)
			if !ok || ends[0] < tiny || ends[0] > ends[1] {
				r.fault(path, v, "beyond", path[len(path)-1])
				continue
			}
			*b = Bar{ends[0], ends[1]}
		}
	}
}

// floats takes a list of so many numbers from 0 to a limit; false where it is none.
func floats(v any, n int, most float64) ([]float64, bool) {
	list, _ := v.([]any)
	if len(list) != n {
		return nil, false
	}
	out := make([]float64, n)
	for i, x := range list {
		switch x := x.(type) {
		case int64:
			out[i] = float64(x)
		case float64:
			out[i] = x
		default:
			return nil, false
		}
		if !(out[i] >= 0 && out[i] <= most) {
			return nil, false
		}
	}
	return out, true
}

func (w *writer) widening(e *EngineCosts) {
	for i, name := range figures {
		if g := e.Seen.Growth[i]; g != (Growth{}) {
			w.line(name + "_growth = [" + joined([]float64{g.Lengths, g.Load, g.Other, g.Unsaid}, decimal, ", ") + "]")
		}
	}
	for i, name := range figures {
		if b := e.Seen.Beyond[i]; b.High > 0 {
			w.line(name + "_beyond = [" + decimal(b.Low) + ", " + decimal(b.High) + "]")
		}
	}
	w.numbers([]number{e.widest()})
}

// mostKinds and mostNames bound what a file may list.
const mostKinds, mostNames = 512, 128

// seen reads which runs the numbers of an engine were learnt from; files of earlier versions do not say it.
func (r *reader) seen(e *EngineCosts) {
	if _, ok := r.look(e.seenPath()...); !ok {
		return
	}
	k := &e.Seen
	k.First, k.Last = r.text(false, 32, e.seenPath("first")...), r.text(false, 32, e.seenPath("last")...)
	k.Versions, k.Models = r.names(e.seenPath("versions")), r.names(e.seenPath("models"))
	r.widening(e)
	r.number(e.widest())
	path := e.seenPath("kinds")
	v, ok := r.look(path...)
	if !ok {
		r.fault(path, nil, "kinds-absent", message.New("profile.kinds"))
		return
	}
	list, ok := v.([]any)
	if !ok || len(list) == 0 || len(list) > mostKinds {
		r.fault(path, v, "kinds")
		return
	}
	for _, line := range list {
		kind, ok := kindOf(line)
		if !ok {
			r.fault(path, line, "kinds")
			return
		}
		k.Kinds = append(k.Kinds, kind)
	}
}

// kindOf takes one line of a list of kinds; false where it is none.
func kindOf(line any) (k Kind, ok bool) {
	cells, _ := line.([]any)
	if len(cells) != 7 {
		return k, false
	}
	var numbers [5]float64
	for i := range numbers {
		switch v := cells[2+i].(type) {
		case int64:
			numbers[i] = float64(v)
		case float64:
			numbers[i] = v
		}
		whole := i != 2 && i != 3 // loads are not, and may be unknown
		switch n := numbers[i]; {
		case !(n >= 0 && n < 1<<30), whole && (n == 0 || n != math.Trunc(n)):
			return k, false
		}
	}
	k.Class, _ = cells[0].(string)
	k.Layout, _ = cells[1].(string)
	k.Input, k.Output, k.Least, k.Most, k.Runs = int(numbers[0]), int(numbers[1]), numbers[2], numbers[3], int(numbers[4])
	return k, slices.Contains(ErrorClasses, k.Class) && slices.Contains(Layouts, k.Layout) && k.Least <= k.Most
}

// names reads an optional list of short texts.
func (r *reader) names(path []string) (out []string) {
	v, ok := r.look(path...)
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	for _, x := range list {
		s, isText := x.(string)
		if s = Clean(s); !isText || s == "" || len(s) > 64 {
			ok = false
			break
		}
		out = append(out, s)
	}
	if !ok || len(list) > mostNames {
		r.fault(path, v, "names", mostNames)
		return nil
	}
	return out
}

func (w *writer) seen(e *EngineCosts) {
	k := &e.Seen
	if len(k.Kinds) == 0 {
		return
	}
	w.header(e.seenPath())
	w.optionalText("first", k.First)
	w.optionalText("last", k.Last)
	w.texts("versions", k.Versions)
	w.texts("models", k.Models)
	w.comment("By how much either end of a bar, as a logarithm, moves out for a unit of distance in lengths, in load, " +
		"in class,")
	w.comment("layout, version and width, and of the whole for runs of unknown making; the bars of what is unlike all " +
		"runs.")
	w.widening(e)
	w.comment("The runs that these numbers were learnt from, of all devices: class, layout, tokens of prompt and answer")
	w.comment("at the nearest power of two, least and most requests in flight per device, runs.")
	w.line("kinds = [")
	for some := range slices.Chunk(k.Kinds, 3) {
		w.line("  " + joined(some, func(x Kind) string {
			return "[" + strconv.Quote(x.Class) + ", " + strconv.Quote(x.Layout) + ", " + joined([]float64{float64(x.Input),
				float64(x.Output), x.Least, x.Most, float64(x.Runs)}, decimal, ", ") + "]"
		}, ", ") + ",")
	}
	w.line("]")
}
