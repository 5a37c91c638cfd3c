package sample

import (
	"context"
	"fmt"
	"sync"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/engine"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
)

// Names of the sample's model and profiles.
const (
	Model = "Qwen/Qwen3-32B"
	A3    = "ATLAS_800_A3_752T_128G_DIE"
	A2    = "ATLAS_800_A2_376T_64G"
)

// Catalog has every built-in model by name, none read yet, and every built-in profile.
func Catalog() field.Catalog {
	return field.Catalog{ModelNames: model.Names(), Profiles: hw.Builtin()}
}

// Flagship is the plan that every question of aggregation is answered for.
func Flagship() field.Answers {
	return answers(map[field.ID]string{field.Mode: "aggregation", field.DeviceCount: "8"})
}

// Guessing is a plan whose tokens an EAGLE head guesses ahead.
func Guessing() field.Answers {
	return answers(map[field.ID]string{field.Mode: "aggregation", field.DeviceCount: "8", field.Draft: "eagle",
		field.SpecTokens: "3", field.AcceptanceLength: "2.4", field.DraftShare: "0.1"})
}

// Promised is a plan of a mix with limits by percentile.
func Promised() field.Answers {
	return answers(map[field.ID]string{field.Mode: "aggregation", field.DeviceCount: "8", field.Workload: "assistant",
		field.InputLength: "", field.OutputLength: "", field.TTFT: "p99=2000", field.Goodput: "0.95"})
}

// Daily is a plan over a day.
func Daily() field.Answers {
	return answers(map[field.ID]string{field.Mode: "aggregation", field.DeviceCount: "8", field.Fleet: "day",
		field.QPS: "40"})
}

// Recorded is a plan that is held against a trace.
func Recorded() field.Answers {
	return answers(map[field.ID]string{field.Mode: "aggregation", field.DeviceCount: "8", field.Trace: "trace.jsonl",
		field.Replicas: "4", field.Routing: "prefix"})
}

// Pools is a plan whose split is searched, with hardware of its own on each side.
func Pools() field.Answers {
	return answers(map[field.ID]string{field.Mode: "pd_ratio", field.DeviceCount: "20",
		field.PrefillPools: "ATLAS_800_A3_752T_128G_DIE ATLAS_800_A2_376T_64G",
		field.DecodePools:  "ATLAS_800_A2_376T_64G=16"})
}

// PDRatio is a plan of matching instances.
func PDRatio() field.Answers {
	return answers(map[field.ID]string{field.Mode: "pd_ratio", field.DeviceCount: "20", field.PrefillDevices: "4",
		field.DecodeDevices: "8"})
}

func answers(more map[field.ID]string) field.Answers {
	var a field.Answers
	put := func(id field.ID, text string) { a[id] = field.Answer{Text: text, Source: field.You} }
	for id, text := range map[field.ID]string{field.Model: Model, field.Device: A3 + " " + A2, field.InputLength: "3500",
		field.OutputLength: "1500",
		field.TTFT:         "2000", field.TPOT: "50", field.TP: "auto", field.Quantization: "recommended",
		field.PrefixCache: "off",
		field.Compile:     "on"} {
		put(id, text)
	}
	for id, text := range more {
		if put(id, text); text == "" {
			a[id] = field.Answer{} // nobody was asked
		}
	}
	return a
}

// shelf is every model of the catalog, read once for all sessions.
var shelf = sync.OnceValue(func() map[string]*model.Model {
	all := map[string]*model.Model{}
	for _, name := range model.Names() {
		all[name], _ = model.Find(name)
	}
	return all
})

// Session plays the part of ui for a machine: it answers loads, runs and prices at once, from the sample.
type Session struct {
	M      state.Model
	Hold   bool                               // runs stay under way
	Quiet  bool                               // runs in the background are answered, too
	Answer func(*plan.Request) *report.Report // instead of Report and Ratio
	Fail   error
	Files  []state.DirEntry // of any directory
	Last   []state.Effect   // of the last event
}

// Open begins a session.
func Open(o state.Options) *Session {
	if o.Catalog.ModelNames == nil {
		o.Catalog = Catalog()
	}
	if o.Settings.Lang == "" {
		o.Settings = state.Settings{Lang: "en", Mouse: true}
	}
	s := &Session{}
	m, effects := state.New(o)
	s.M = m
	s.take(effects)
	return s
}

// Results is a session that stands on its results.
func Results(a field.Answers) *Session {
	s := Open(state.Options{Answers: a})
	return s.Do(state.Accept)
}

// Send gives the machine an event and answers what it asks for.
func (s *Session) Send(e state.Event) *Session {
	m, effects := state.Update(s.M, e)
	s.M = m
	s.take(effects)
	return s
}

// Do sends actions.
func (s *Session) Do(actions ...state.Action) *Session {
	for _, a := range actions {
		s.Send(state.Do{Action: a})
	}
	return s
}

// Type sends a text as the whole of the focused input.
func (s *Session) Type(text string) *Session { return s.Send(state.Typed{Text: text}) }

func (s *Session) take(effects []state.Effect) {
	s.Last = effects
	for _, e := range effects {
		switch e := e.(type) {
		case state.Load:
			m, err := model.Find(e.Load.Text)
			switch e.Load.ID {
			case field.Model:
			case field.Trace, field.Fleet:
				s.Send(state.Loaded{Load: e.Load, Found: field.Found{Served: true}})
				continue
			default:
				err = fmt.Errorf("%s cannot be read", e.Load.Text)
			}
			s.Send(state.Loaded{Load: e.Load, Found: field.Found{Model: m}, Err: err})
		case state.Survey:
			s.Send(state.Surveyed{Models: shelf()})
		case state.List:
			s.Send(state.Listed{Listing: state.Listing{Dir: e.Dir, Entries: s.Files}})
		case state.Start:
			s.run(e)
		case state.Price:
			s.Send(state.Priced{Key: e.Key, Phase: e.Phase, Pass: Pass()})
		case state.Sense:
			s.Send(state.Sensed{Key: e.Key, Levers: Levers()})
		case state.Serve:
			x, day := Served(e.Request)
			s.Send(state.Served{Key: e.Key, Service: x, Day: day})
		case state.Play:
			t, curve := Benchmark(e.Request)
			s.Send(state.Played{Key: e.Key, Traffic: t, Curve: curve})
		case state.Measure:
			s.Send(Measured(e))
		case state.Fit:
			if !s.Hold {
				s.Send(Fitted(e))
			}
		case state.Sweep:
			if !s.Hold {
				s.Send(Swept(e))
			}
		case state.Decide:
			if !s.Hold {
				out, err := engine.Decide(context.Background(), e.Request, e.Ranges, nil)
				s.Send(state.Decided{Run: e.Run, Result: out, Err: err})
			}
		case state.Copy:
			s.Send(state.Copied{What: e.What, How: "tmux", Path: "/home/you/.local/state/fathom/clipboard.txt"})
		}
	}
}

func (s *Session) run(e state.Start) {
	if s.Hold || e.Quiet && !s.Quiet || e.Climb != nil {
		return
	}
	s.Send(state.Finished{Run: e.Run, Report: s.report(e.Request), Err: s.Fail})
}

func (s *Session) report(q *plan.Request) *report.Report {
	switch {
	case s.Fail != nil:
		return nil
	case s.Answer != nil:
		return s.Answer(q)
	case q.Mode == plan.PDRatio:
		return Ratio(q)
	}
	return Report(q)
}

// Swept is a sweep with the real answers, and always the same time.
func Swept(e state.Sweep) state.Swept {
	out, err := engine.Sweep(context.Background(), e.Request, e.Axes, nil)
	if out != nil {
		out.ElapsedMS = 12.5
	}
	return state.Swept{Run: e.Run, Result: out, Err: err}
}

// Pass is a short operator table.
func Pass() *state.Pass {
	return &state.Pass{Seconds: 0.0169, Shares: report.Shares{Mem: 0.9, Comm: 0.1}, Operators: []state.Operator{
		{Name: "int8 linear", Shape: "16x5120 @ 5120x3200", Count: 256, Seconds: 0.0087, FLOPs: 1e12, Bytes: 1e9,
			Bound: "mem"},
		{Name: "attention", Shape: "16x16x4096x128", Count: 64, Seconds: 0.0051, FLOPs: 1e11, Bytes: 4e8, Bound: "mem"},
		{Name: "all-reduce", Shape: "16x5120", Count: 128, Seconds: 0.0021, Bytes: 2e7, Bound: "comm"},
		{Name: "swiglu", Shape: "16x6400", Count: 64, Seconds: 0.001, FLOPs: 1e9, Bytes: 1e7, Bound: "vec"}}}
}

// Levers is a short sensitivity.
func Levers() []state.Lever {
	return []state.Lever{{Key: "lever.input_length", Throughput: -0.116}, {Key: "lever.ttft_limit", Throughput: 0.084},
		{Key: "lever.memory_bandwidth", Throughput: 0.052}, {Key: "lever.vec_peak"}}
}

// Failure is a run that did not end well.
func Failure() error {
	return &report.Failure{Class: report.InvalidParameters,
		Message: message.Literal("--batch-range min must be <= max, got [4, 2]"),
		Field:   "batch_range", Fix: "2 4",
		Advice: message.New("failure.give-smaller-first", 2, 4), Lines: []string{"Traceback (most recent call last):",
			"ValueError: invalid batch range"}}
}

// Progress is a run half way through.
func Progress(q *plan.Request) report.Progress {
	partial := Report(q)
	partial.Devices = partial.Devices[:1]
	partial.Devices[0].Aggregation.Candidates = partial.Devices[0].Aggregation.Candidates[:2]
	return report.Progress{Device: A3, Devices: 2, StrategiesDone: 3, Strategies: 8, Points: 1234, Partial: partial,
		ElapsedMS: 850,
		Log:       []string{"2026-01-01 INFO searching TP=8", "\x1b[31mred\x1b[0m is shown, never obeyed"}}
}
