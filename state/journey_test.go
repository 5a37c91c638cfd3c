package state

import (
	"reflect"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/state/table"
)

const (
	dense = "Qwen/Qwen3-32B"
	moe   = "deepseek-ai/DeepSeek-V3.1"
	a3    = "ATLAS_800_A3_752T_128G_DIE"
	a2    = "ATLAS_800_A2_376T_64G"
)

// world is the catalog as ui hands it over: every model by name, none read yet.
func world() field.Catalog {
	return field.Catalog{ModelNames: model.Names(), Profiles: hw.Builtin()}
}

// journey is a session under test: it sends events and answers loads at once, as ui would.
type journey struct {
	t       testing.TB
	m       Model
	effects []Effect // of the last event
	all     []Effect
}

func begin(t testing.TB, o Options) *journey {
	t.Helper()
	if o.Catalog.ModelNames == nil {
		o.Catalog = world()
	}
	j := &journey{t: t}
	m, effects := New(o)
	j.m = m
	j.took(effects)
	j.send(Resized{Rows: 10, Lines: 10, Extent: 100})
	return j
}

func (j *journey) took(effects []Effect) {
	j.effects = effects
	j.all = append(j.all, effects...)
	for _, e := range effects {
		if l, ok := e.(Load); ok {
			m, err := model.Find(l.Load.Text)
			j.send(Loaded{Load: l.Load, Found: field.Found{Model: m}, Err: err})
		}
	}
}

func (j *journey) send(e Event) *journey {
	j.t.Helper()
	before, kept := j.m, Model{}
	_, test := j.t.(*testing.T)
	if test {
		kept = deepCopy(reflect.ValueOf(before)).Interface().(Model)
	}
	m, effects := Update(j.m, e)
	if test && !same(reflect.ValueOf(before), reflect.ValueOf(kept)) {
		j.t.Fatalf("%+v changed the model before it", e)
	}
	j.m = m
	check(j.t, &j.m)
	j.took(effects)
	return j
}

func (j *journey) do(actions ...Action) *journey {
	j.t.Helper()
	for _, a := range actions {
		j.send(Do{a})
	}
	return j
}

// answer types a text into the focused question, or highlights a choice, and accepts it.
func (j *journey) answer(id field.ID, text string) *journey {
	j.t.Helper()
	if j.m.Form.Focus != id {
		j.t.Fatalf("the form asks for %s, want %s", j.m.Form.Focus, id)
	}
	if j.m.Form.HasChoice() {
		for range field.Table[id].Choices {
			if field.Table[id].Choices[j.m.Form.Choice].Value == text {
				break
			}
			j.do(Right)
		}
	} else {
		j.send(Typed{text})
	}
	return j.do(Accept)
}

// typedOut are all keys of a text, one event a key.
func (j *journey) typeOut(text string) *journey {
	for i := range text {
		j.send(Typed{text[:i+1]})
	}
	return j
}

func (j *journey) last(kind string) Effect {
	for i := len(j.all) - 1; i >= 0; i-- {
		if strings.HasSuffix(typeName(j.all[i]), kind) {
			return j.all[i]
		}
	}
	j.t.Fatalf("no effect %s", kind)
	return nil
}

func (j *journey) pane(want Pane) *journey {
	j.t.Helper()
	if j.m.Pane != want {
		j.t.Fatalf("pane %d, want %d (notice %+v)", j.m.Pane, want, j.m.Notice)
	}
	return j
}

func typeName(e Effect) string { return reflect.TypeOf(e).Name() }

// flagship are the answers of the flagship question, as flags give them.
func flagship(devices ...string) field.Answers {
	if len(devices) == 0 {
		devices = []string{a3, a2}
	}
	args := append([]string{dense, "--device"}, devices...)
	args = append(args, "--num-devices", "8", "--input-length", "3500", "--output-length", "1500", "--ttft-limit", "2000",
		"--tpot-limit", "50", "--quantize-linear-action", "W8A8_DYNAMIC", "--quantize-attention-action", "DISABLED",
		"--compile")
	return field.FromArgs(args, field.FromFlag, "").Answers
}

// results is a session with the flagship run on screen.
func results(t testing.TB) *journey {
	t.Helper()
	j := begin(t, Options{Answers: flagship()}).pane(Confirming).do(Accept).pane(Running)
	start := j.last("Start").(Start)
	return j.send(Finished{Run: start.Run, Report: flagshipReport(start.Request)}).pane(Showing)
}

func candidate(tp, batch int, throughput, ttft, tpot, free float64) report.Row {
	s := plan.Strategy{TP: tp, PP: 1, DP: 8 / tp}
	return report.Row{Strategy: s, Label: s.Label(0), Batch: batch, Concurrency: batch * s.DP, MaxBatched: 14000,
		Throughput: throughput,
		PerDevice:  throughput / 8, TTFT: &ttft, TPOT: &tpot, Status: report.OK, AvailableGB: free,
		Prefill: &report.Shares{Mem: .2, Comm: .2, Cube: .5, Vec: .1}, Decode: &report.Shares{Mem: .9, Comm: .1}}
}

// flagshipReport holds the rows that the reference tool prints for the flagship question on A3, and a slower copy for
// A2.
func flagshipReport(q *plan.Request) *report.Report {
	rows := []report.Row{candidate(8, 22, 1643.49, 1964.26, 13.39, 45.9), candidate(4, 14, 1581.41, 1934.21, 17.71, 41.3),
		candidate(2, 7, 1123.67, 1833.22, 24.92, 33.6), candidate(1, 3, 623.88, 1848.70, 38.47, 18.5)}
	over := candidate(8, 23, 1700, 2053, 13.5, 45)
	over.Status, over.Reason = report.OverTTFT, message.Literal("TTFT 2,053 > 2,000")
	big := candidate(1, 40, 0, 0, 0, -3.2)
	big.TTFT, big.TPOT, big.Status, big.Reason = nil, nil, report.OOM, message.Literal("needs 3.2 GiB more")
	var slow []report.Row
	for _, r := range rows[:3] {
		r.Throughput /= 2
		slow = append(slow, r)
	}
	search := plan.SearchReference
	if q != nil && q.Search == plan.SearchExhaustive {
		search = q.Search
	}
	return &report.Report{Engine: embedded, Fidelity: "reference", Search: search, Request: q,
		Devices: []report.Device{
			{Device: a3, Search: search, Evaluated: 6, Aggregation: &report.Section{Best: &rows[0], Candidates: rows},
				Points: append(append([]report.Row{}, rows...), over, big)},
			{Device: a2, Search: search, Evaluated: 3, Aggregation: &report.Section{Best: &slow[0], Candidates: slow},
				Points: slow}},
		Cross: []report.Cross{{Device: a3, Throughput: 1643.49, RatioToFirst: 1, Row: &rows[0]},
			{Device: a2, Throughput: 821.7, RatioToFirst: .5, Row: &slow[0]}}}
}

// labels are the strategies of the table as shown, top to bottom.
func (j *journey) labels() string {
	var out []string
	for _, s := range j.m.Window(0, 1000) {
		out = append(out, strings.ReplaceAll(table.ShortLabel(s.Row), " ", ""))
	}
	return strings.Join(out, " ")
}
