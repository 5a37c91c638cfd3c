package sweep

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
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
		a, err := parse(text, req)
		if err == nil {
			err = against(a, axes, req)
		}
		if err != nil {
			return nil, message.Fault("knob.text", text, err)
		}
		axes, cells = append(axes, a), cells*len(a.Values)
	}
	switch {
	case len(axes) == 0:
		return nil, message.Fault("knob.none")
	case cells > mostCells:
		return nil, message.Fault("knob.plans", cells, mostCells)
	}
	return axes, nil
}

// Fault is what is wrong with a sweep, without the flag that it stands behind on the command line.
func Fault(err error) message.Message {
	var f *message.Error
	if errors.As(err, &f) && f.Said.Key == "knob.text" && len(f.Said.Args) > 1 {
		if inner, ok := f.Said.Args[1].(error); ok {
			return message.Of(inner)
		}
	}
	return message.Of(err)
}

// against holds an axis against those before it and the request.
func against(a Axis, before []Axis, req *plan.Request) error {
	if len(before) > 1 {
		return message.Fault("knob.three")
	}
	for _, b := range before {
		switch {
		case b.Knob.Name == a.Knob.Name:
			return message.Fault("knob.twice", a.Knob.Name)
		case b.Knob.fixesBatch() && a.Knob.fixesBatch():
			return message.Fault("knob.batch", b.Knob.Name, a.Knob.Name)
		}
	}
	if why := a.Knob.Has(req); !why.IsZero() {
		return message.Fault("knob.lacks", a.Knob.Name, why)
	}
	return nil
}

// fixesBatch tells the two knobs that say the same in different words.
func (k *Knob) fixesBatch() bool { return k.Name == "concurrency" || k.Name == "batch-range" }

func parse(text string, req *plan.Request) (Axis, error) {
	name, values, ok := strings.Cut(text, "=")
	name, device, one := strings.Cut(strings.TrimLeft(strings.TrimSpace(name), "-"), ":")
	name = strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	k := find(name)
	switch {
	case name == "":
		return Axis{}, message.Fault("knob.nameless")
	case k == nil:
		if near := hw.Meant(names(), name); near != "" {
			return Axis{}, message.Fault("knob.meant", name, near, strings.Join(Names(), ", "))
		}
		return Axis{}, message.Fault("knob.unknown", name, strings.Join(Names(), ", "))
	case one && k.of == nil:
		return Axis{}, message.Fault("knob.shared", k.Name)
	case one:
		p, err := profile(device, req)
		if err != nil {
			return Axis{}, err
		}
		k = k.of(p)
	}
	if !ok || strings.TrimSpace(values) == "" {
		return Axis{}, message.Fault("knob.bare", k.Name, k.example())
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

// profile is one of the request by its name, in any case.
func profile(name string, req *plan.Request) (*hw.Profile, error) {
	var all []string
	for _, p := range req.Profiles {
		if strings.EqualFold(p.Name, strings.TrimSpace(name)) {
			return p, nil
		}
		all = append(all, p.Name)
	}
	return nil, message.Fault("knob.device", name, strings.Join(all, ", "))
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
		return nil, message.Fault("knob.many", len(words), mostValues)
	}
	for _, w := range words {
		v, err := k.value(w)
		if err != nil {
			return nil, err
		}
		if slices.Contains(list, v) {
			return nil, message.Fault("knob.repeated", k.Print(v))
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
			return nil, message.Fault("knob.count", p, mostValues)
		case err == nil && !counted:
			n, counted = x, true
		default:
			return nil, message.Fault("knob.scale", p)
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
		return nil, message.Fault("knob.empty", k.Print(from), k.Name)
	case from > to:
		return nil, message.Fault("knob.backwards", k.Name, k.Print(to), k.Print(from))
	case logarithmic && from <= 0:
		return nil, message.Fault("knob.log", k.Print(from))
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
		return 0, message.Fault("knob.value", text, k.Name, message.New([...]string{plain: "knob.write-number",
			count: "knob.write-count", millis: "knob.write-millis", share: "knob.write-share"}[k.unit]))
	}
	v = twelve(v * by)
	return v, k.check(v)
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
