package field

import (
	"math"
	"strings"

	"fathom/hw"
	"fathom/sim/plan"
)

// serviceFields are about the traffic that a plan is played against beside a benchmark.
func serviceFields() []Field {
	formats := choices("azure", "mooncake", "burstgpt", "sharegpt")
	routings := []Choice{{"round-robin", []string{"rr"}}, {"least-loaded", []string{"least"}},
		{"prefix", []string{"prefix-aware", "cache-aware"}}}
	path := func(example string) parser {
		return func(text string) (Value, *Problem) {
			if none(text) {
				return Value{}, nil
			}
			return word(example)(text)
		}
	}
	scaled := number(counted, func(x float64) bool { return x > 0 && x <= 1e6 }, "above-zero", "2")
	beside := func(ids ...ID) func(*Reading) bool {
		return func(r *Reading) bool { return r.anyGiven(ids...) }
	}
	fs := []Field{
		{ID: Trace, Name: "trace", Label: "trace", Flag: "trace", Arity: One, Metavar: "FILE", Example: "trace.jsonl",
			Parse: path("trace.jsonl")},
		{ID: TraceFormat, Name: "trace_format", Label: "trace format", Flag: "trace-format", Arity: One, Metavar: "NAME",
			Example: "mooncake", Choices: formats, Parse: optionalOneOf(formats), Asked: beside(Trace)},
		{ID: TraceScale, Name: "trace_scale", Label: "trace scale", Flag: "trace-scale", Arity: One, Metavar: "X",
			Example: "2", Asked: beside(Trace), Parse: func(text string) (Value, *Problem) {
				if none(text) {
					return Value{}, nil
				}
				return scaled(text)
			}},
		{ID: TraceWindow, Name: "trace_window", Label: "trace window", Flag: "trace-window", Arity: One,
			Metavar: "FROM..TO", Example: "1h..2h", Parse: windowed, Asked: beside(Trace)},
		{ID: Sessions, Name: "sessions", Label: "sessions", Flag: "sessions", Arity: Many, Repeats: true,
			Metavar: "KEY=N", Example: "turns=6 think=30 system=1000", Parse: sessionKeys.parser("turns=6 think=30")},
		{ID: KVTiers, Name: "kv_tiers", Label: "KV tiers", Flag: "kv-tiers", Arity: Many, Repeats: true,
			Metavar: "KEY=N", Example: "host=256 host-bw=50", Parse: tierKeys.parser("host=256 host-bw=50")},
		{ID: Routing, Name: "routing", Label: "routing", Flag: "routing", Arity: One, Metavar: "NAME",
			Example: "least-loaded", Choices: routings, Parse: optionalOneOf(routings),
			Asked: beside(Trace, Sessions, Fleet)},
		{ID: Replicas, Name: "replicas", Label: "replicas", Flag: "replicas", Arity: One, Metavar: "N", Example: "4",
			Parse: optionalInteger(1, mostReplicas, "4"), Asked: beside(Trace, Sessions)},
		{ID: Fleet, Name: "fleet", Label: "fleet", Flag: "fleet", Arity: One, Metavar: "FILE|SHAPE", Example: "day",
			Parse: path("day")},
		{ID: Autoscale, Name: "autoscale", Label: "autoscaling", Flag: "autoscale", Arity: Many, Repeats: true,
			Metavar: "KEY=N", Example: "min=2 max=64 cold-start=120", Parse: scalingKeys.parser("min=2 max=64"),
			Asked: beside(Fleet)},
	}
	for i := range fs {
		fs[i].Group, fs[i].Ours, fs[i].Advanced, fs[i].Default = GroupAnswers, true, true, byDefault("none")
	}
	return fs
}

// mostReplicas bounds a fleet as the simulation does.
const mostReplicas = 100_000

// key is one number of a list of them, KEY=N.
type key struct {
	name   string
	unit   scale
	lo, hi float64
	whole  bool
	at     func(*plan.Request) *float64
}

type keys []key

// seconds are what times of a fleet are given in.
var seconds = scale{"ms": 1e-3, "s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600, "d": 86400, "秒": 1, "分钟": 60,
	"小时": 3600, "天": 86400}

var (
	sessionKeys = keys{
		{"turns", counted, 1, 1e4, false, func(q *plan.Request) *float64 { return &q.Service.Sessions.Turns }},
		{"think", seconds, 0, 1e7, false, func(q *plan.Request) *float64 { return &q.Service.Sessions.Think }},
		{"system", counted, 0, 1 << 24, true, func(q *plan.Request) *float64 { return &q.Service.Sessions.System }},
		{"groups", counted, 1, 1 << 20, true, func(q *plan.Request) *float64 { return &q.Service.Sessions.Groups }},
	}
	tierKeys = keys{
		{"host", sized, 0, 1e6, false, func(q *plan.Request) *float64 { return &q.Service.Tiers.HostGiB }},
		{"host-bw", counted, 0, 1e6, false, func(q *plan.Request) *float64 { return &q.Service.Tiers.HostGBs }},
		{"ssd", sized, 0, 1e7, false, func(q *plan.Request) *float64 { return &q.Service.Tiers.SSDGiB }},
		{"ssd-bw", counted, 0, 1e6, false, func(q *plan.Request) *float64 { return &q.Service.Tiers.SSDGBs }},
	}
	scalingKeys = keys{
		{"min", counted, 1, mostReplicas, true, func(q *plan.Request) *float64 { return &q.Service.Scaling.Min }},
		{"max", counted, 1, mostReplicas, true, func(q *plan.Request) *float64 { return &q.Service.Scaling.Max }},
		{"cold-start", seconds, 0, 1e6, false, func(q *plan.Request) *float64 { return &q.Service.Scaling.ColdStart }},
		{"scale-down-delay", seconds, 0, 1e6, false, func(q *plan.Request) *float64 { return &q.Service.Scaling.Down }},
		{"target", shared, 0.01, 1, false, func(q *plan.Request) *float64 { return &q.Service.Scaling.Target }},
		{"spare", counted, 0, mostReplicas, true, func(q *plan.Request) *float64 { return &q.Service.Scaling.Spare }},
	}
)

func (ks keys) names() (list []string) {
	for i := range ks {
		list = append(list, ks[i].name)
	}
	return list
}

// parser reads KEY=N pairs: the keys in Words, the numbers in Floats. Every key stands once; where a number may be 0,
// it is as good as none.
func (ks keys) parser(example string) parser {
	return func(text string) (Value, *Problem) {
		ws, p := listed(text)
		if p != nil {
			return Value{}, p
		}
		given := map[string]float64{}
		for _, w := range ws {
			name, n, ok := strings.Cut(w, "=")
			name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
			k := ks.find(name)
			if near := hw.Meant(ks.names(), name); k == nil && near != "" {
				return Value{}, problem("keyed-near", w, near)
			}
			if !ok || k == nil {
				return Value{}, problem("keyed", w, ks.names(), example)
			}
			x, p := finite(k.unit.plain(n), example)
			_, twice := given[name]
			if p != nil || twice || x < k.lo || x > k.hi || k.whole && x != math.Trunc(x) {
				return Value{}, problem("keyed-number", w, name, decimal(k.lo), decimal(k.hi), example)
			}
			given[name] = x
		}
		var v Value
		for i := range ks {
			if x := given[ks[i].name]; x != 0 {
				v.Words, v.Floats = append(v.Words, ks[i].name), append(v.Floats, x)
			}
		}
		return v, nil
	}
}

func (ks keys) find(name string) *key {
	for i := range ks {
		if ks[i].name == name {
			return &ks[i]
		}
	}
	return nil
}

// keyed is a list of numbers with their places in a request.
func keyed(ks keys) member {
	return member{
		func(r *Reading, id ID, q *plan.Request) {
			v := r.Values[id]
			for i, name := range v.Words {
				*ks.find(name).at(q) = v.Floats[i]
			}
		},
		func(q *plan.Request) (v Value) {
			for i := range ks {
				if x := *ks[i].at(q); x != 0 {
					v.Words, v.Floats = append(v.Words, ks[i].name), append(v.Floats, x)
				}
			}
			return v
		}, nil}
}

// windowed reads FROM..TO, times of a trace from its first request; either may be left out.
func windowed(text string) (Value, *Problem) {
	if none(text) {
		return Value{}, nil
	}
	from, to, ok := window(text)
	if !ok {
		return Value{}, problem("window", "1h..2h")
	}
	return Value{Words: []string{windowText(from, to)}}, nil
}

// window takes a window apart, in seconds; to is 0 for the end of the trace.
func window(text string) (from, to float64, ok bool) {
	a, b, ok := strings.Cut(text, "..")
	if !ok {
		return 0, 0, false
	}
	for _, x := range []struct {
		text string
		to   *float64
	}{{a, &from}, {b, &to}} {
		if strings.TrimSpace(x.text) == "" {
			continue
		}
		v, p := finite(seconds.plain(x.text), "1h")
		if p != nil || v < 0 || v > 1e12 {
			return 0, 0, false
		}
		*x.to = v
	}
	return from, to, to == 0 && from > 0 || to > from
}

func windowText(from, to float64) string {
	text := decimal(from) + ".."
	if to > 0 {
		text += decimal(to)
	}
	return text
}
