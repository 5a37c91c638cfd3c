package sweep

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/sim/plan"
)

// Axis is a knob with the values that it takes, in the order in which they were given.
type Axis struct {
	Knob   *Knob
	Values []float64
}

// Limits of a sweep: values of one knob, and answers in all.
const (
	usual      = 10 // values of a range that does not say how many
	mostValues = 1000
	mostCells  = 100_000
)

// Parse reads sweeps as they are written, KNOB=FROM..TO[:lin|:log][:N] or KNOB=a,b,c, and holds them against a request.
// An error names the text, what is wrong and the fix.
func Parse(texts []string, req *plan.Request) ([]Axis, error) {
	var axes []Axis
	cells := len(req.Profiles)
	for _, text := range texts {
		text = hw.Clean(text)
		a, err := parse(text)
		if err == nil {
			err = against(a, axes, req)
		}
		if err != nil {
			return nil, fmt.Errorf("--sweep %s: %w", text, err)
		}
		axes, cells = append(axes, a), cells*len(a.Values)
	}
	switch {
	case len(axes) == 0:
		return nil, errors.New("--sweep: needs a knob and its values, e.g. input-length=512..32k:log:25")
	case cells > mostCells:
		return nil, fmt.Errorf("--sweep: %d plans are more than %d; give fewer values, e.g. :25", cells, mostCells)
	}
	return axes, nil
}

// against holds an axis against those before it and the request.
func against(a Axis, before []Axis, req *plan.Request) error {
	if len(before) > 1 {
		return errors.New("at most two knobs make a picture; leave one out")
	}
	for _, b := range before {
		switch {
		case b.Knob == a.Knob:
			return fmt.Errorf("%s is swept twice; leave one out", a.Knob.Name)
		case b.Knob.fixesBatch() && a.Knob.fixesBatch():
			return fmt.Errorf("%s and %s both set the batch; leave one out", b.Knob.Name, a.Knob.Name)
		}
	}
	if why := a.Knob.Has(req); why != "" {
		return fmt.Errorf("the plan has no %s: %s", a.Knob.Name, why)
	}
	return nil
}

// fixesBatch tells the two knobs that say the same in different words.
func (k *Knob) fixesBatch() bool { return k.Name == "concurrency" || k.Name == "batch-range" }

func parse(text string) (Axis, error) {
	name, values, ok := strings.Cut(text, "=")
	name = strings.ToLower(strings.ReplaceAll(strings.TrimLeft(strings.TrimSpace(name), "-"), "_", "-"))
	k := find(name)
	switch {
	case name == "":
		return Axis{}, errors.New("needs a knob before its values, e.g. tpot-limit=10..100")
	case k == nil:
		near := hw.Closest(names(), name, 1)[0]
		return Axis{}, fmt.Errorf("%s is no knob; did you mean %s? Knobs are %s", name, near, strings.Join(Names(), ", "))
	case !ok || strings.TrimSpace(values) == "":
		return Axis{}, fmt.Errorf("needs values, e.g. %s=%s", k.Name, k.example())
	}
	var list []float64
	var err error
	if strings.Contains(values, "..") {
		list, err = k.span(values)
	} else {
		list, err = k.list(values)
	}
	return Axis{k, list}, err
}

// Names lists the knobs.
func Names() (list []string) {
	for i := range Knobs {
		list = append(list, Knobs[i].Name)
	}
	return list
}

// example is a range that the knob takes.
func (k *Knob) example() string {
	return [...]string{plain: "1..10", count: "1..32", millis: "10..100", share: "0..0.9"}[k.unit]
}

// list reads a,b,c.
func (k *Knob) list(text string) (list []float64, err error) {
	words := strings.Split(text, ",")
	if len(words) > mostValues {
		return nil, fmt.Errorf("%d values are more than %d; give fewer", len(words), mostValues)
	}
	for _, w := range words {
		v, err := k.value(w)
		if err != nil {
			return nil, err
		}
		if slices.Contains(list, v) {
			return nil, fmt.Errorf("%s is named twice; leave one out", k.Print(v))
		}
		list = append(list, v)
	}
	return list, nil
}

// span reads FROM..TO with a scale and a number of values behind it, in either order.
func (k *Knob) span(text string) ([]float64, error) {
	parts := strings.Split(text, ":")
	n, logarithmic, counted, scaled := usual, false, false, false
	for _, p := range parts[1:] {
		p = strings.ToLower(strings.TrimSpace(p))
		x, err := strconv.Atoi(p)
		switch {
		case (p == "lin" || p == "log") && !scaled:
			logarithmic, scaled = p == "log", true
		case err == nil && !counted && (x < 2 || x > mostValues):
			return nil, fmt.Errorf("%s values: a range has 2 to %d, e.g. :25", p, mostValues)
		case err == nil && !counted:
			n, counted = x, true
		default:
			return nil, fmt.Errorf(`":%s" is neither a scale nor a number of values; want :lin or :log and a number, `+
				`e.g. :log:25`, p)
		}
	}
	low, high, _ := strings.Cut(parts[0], "..")
	from, err := k.value(low)
	if err != nil {
		return nil, err
	}
	to, err := k.value(high)
	switch {
	case err != nil:
		return nil, err
	case from == to:
		return nil, fmt.Errorf("the range is empty: both ends are %s; give another end, or the one value %s=%s",
			k.Print(from), k.Name, k.Print(from))
	case from > to:
		return nil, fmt.Errorf("the range runs backwards; write %s=%s..%s", k.Name, k.Print(to), k.Print(from))
	case logarithmic && from <= 0:
		return nil, fmt.Errorf("a logarithmic range cannot begin at %s; begin above 0 or use :lin", k.Print(from))
	}
	at := func(i int) float64 {
		if share := float64(i) / float64(n-1); logarithmic {
			return from * math.Pow(to/from, share)
		} else {
			return from + (to-from)*share
		}
	}
	list := make([]float64, 0, n)
	for i := range n {
		v := brief(at(i), at(i+1)-at(i))
		if k.unit == count {
			v = math.Round(at(i))
		}
		switch i {
		case 0:
			v = from
		case n - 1:
			v = to
		}
		if len(list) == 0 || v > list[len(list)-1] {
			list = append(list, v)
		}
	}
	return list, nil
}

// signs are what stands behind a number of each unit.
var signs = [...]map[string]float64{plain: {}, count: {"k": 1e3, "m": 1e6}, millis: {"ms": 1, "s": 1e3},
	share: {"%": 0.01}}

// value reads one value, with its sign.
func (k *Knob) value(text string) (float64, error) {
	text = strings.TrimSpace(text)
	end := strings.LastIndexFunc(text, func(r rune) bool { return '0' <= r && r <= '9' || r == '.' }) + 1
	by, known := signs[k.unit][strings.ToLower(strings.TrimSpace(text[end:]))]
	if text[end:] == "" {
		by, known = 1, true
	}
	v, err := strconv.ParseFloat(text[:end], 64)
	if text == "" || !known || err != nil || strings.ContainsAny(text[:end], "xX_pP") {
		return 0, fmt.Errorf("%q is no value of %s; write %s", text, k.Name,
			[...]string{plain: "a number, e.g. 4.5", count: "a whole number, e.g. 4096, 32k or 1M",
				millis: "milliseconds, e.g. 50 or 2s", share: "a share, e.g. 0.3 or 30%"}[k.unit])
	}
	v = twelve(v * by)
	if why := k.check(v); why != "" {
		return 0, errors.New(why)
	}
	return v, nil
}

// twelve takes off what arithmetic has beyond twelve digits: 7% is 0.07.
func twelve(v float64) float64 {
	out, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 12, 64), 64)
	if err != nil {
		return v
	}
	return out
}

// brief rounds a value to two digits of the step to the next, so that it can be read and typed: 95.3 and not
// 95.2631578947.
func brief(v, step float64) float64 {
	digits := math.Max(0, 1-math.Floor(math.Log10(step)))
	out, err := strconv.ParseFloat(strconv.FormatFloat(v, 'f', int(min(digits, 300)), 64), 64)
	if err != nil {
		return v
	}
	return out
}

// Print writes a value so that Parse reads it again.
func (k *Knob) Print(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
