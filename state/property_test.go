package state

import (
	"errors"
	"reflect"
	"testing"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"

	"pgregory.net/rapid"
)

// wander sends one random event, true to what ui can send: any action, text, click, size, and an answer to any question
// asked.
func wander(t *rapid.T, m Model, open *[]Effect) (Model, []Effect) {
	var e Event
	switch rapid.IntRange(0, 19).Draw(t, "kind") {
	case 0:
		e = Typed{rapid.SampledFrom([]string{"", "8", "3500", dense, moe, a3, "tp=8", "ttft<", "!x", "none", "-1", "1e9",
			"\x1b[2J", "名前", a3 + " " + a2}).Draw(t, "text")}
	case 1:
		e = Click{Target{TargetKind(rapid.IntRange(0, int(TargetSide)+1).Draw(t, "target")),
			rapid.IntRange(-2, 12).Draw(t, "index")}}
	case 2:
		e = Scroll{rapid.IntRange(-30, 30).Draw(t, "lines"), TargetKind(rapid.IntRange(0, int(TargetSide)).Draw(t, "over"))}
	case 3:
		e = Resized{rapid.IntRange(-1, 50).Draw(t, "rows"), rapid.IntRange(-1, 50).Draw(t, "lines"),
			rapid.IntRange(0, 200).Draw(t, "extent")}
	case 4:
		e = Pasted{Text: rapid.SampledFrom([]string{"", "x", "throughput_optimizer " + dense + " --num-devices 8",
			"--device '", "/runs/vllm.json"}).Draw(t, "paste")}
	case 5:
		e = Do{Accept}
	case 6, 7, 8, 9:
		if len(*open) > 0 {
			at := rapid.IntRange(0, len(*open)-1).Draw(t, "answer")
			e = reply(t, (*open)[at])
			_, fits := e.(Fitting)
			if _, live := e.(Advanced); !live && !fits {
				*open = append((*open)[:at:at], (*open)[at+1:]...)
			}
			break
		}
		fallthrough
	default:
		e = Do{Action(rapid.IntRange(0, int(NumActions)).Draw(t, "action"))}
	}
	next, effects := Update(m, e)
	for _, f := range effects {
		if reply(t, f) != nil {
			*open = append(*open, f)
		}
	}
	return next, effects
}

// reply is what ui might send back for an effect, nil where it sends nothing.
func reply(t *rapid.T, f Effect) Event {
	boom := errors.New("boom")
	how := rapid.IntRange(0, 3).Draw(t, "how")
	switch f := f.(type) {
	case Start:
		switch how {
		case 0:
			return Finished{Run: f.Run, Err: boom}
		case 1:
			return Advanced{f.Run, report.Progress{Points: 3, Partial: flagshipReport(f.Request)}}
		case 2:
			return Finished{Run: f.Run, Report: &report.Report{Engine: embedded}}
		}
		return Finished{Run: f.Run, Report: flagshipReport(f.Request)}
	case Load:
		if how == 0 {
			return Loaded{Load: f.Load, Err: boom}
		}
		return Loaded{Load: f.Load, Found: field.Found{Model: models[f.Load.Text],
			Bins: []plan.Bin{{Min: 1, Max: 2, Weight: 1}}}}
	case Price:
		return Priced{Key: f.Key, Phase: f.Phase, Pass: &Pass{}}
	case Sense:
		return Sensed{Key: f.Key, Err: boom}
	case Open:
		return PlanOpened{Path: f.Path, Data: []byte(field.ToTOML(flagship()))}
	case Measure:
		switch how {
		case 0:
			return Measured{Source: f.Source, Err: boom}
		case 1:
			return Measured{Source: f.Source, Path: f.Source.Path, Lost: []LostFile{{f.Source.Path, message.New("runs.empty")}}}
		}
		return measuredAnswer(f)
	case Fit:
		if how == 0 {
			return Fitted{Run: f.Run, Err: boom}
		} else if how == 1 {
			return Fitting{Run: f.Run, Phase: "fit", Done: 1, Total: 2}
		}
		return fittedAnswer(f)
	case Save:
		return Saved{Path: f.Path}
	case Copy:
		return Copied{What: f.What, How: "copy.file"}
	case Show:
		return Composed{"text"}
	case ReadClipboard:
		return Pasted{Text: "8"}
	}
	return nil
}

// start is a session at a random point of the journey.
func start(t *rapid.T, tb testing.TB) Model {
	switch rapid.IntRange(0, 3).Draw(t, "from") {
	case 0:
		return begin(tb, Options{}).m
	case 1:
		return begin(tb, Options{Answers: flagship()}).m
	case 2:
		return ratioResults(tb).m
	}
	return results(tb).m
}

func TestInvariantsHoldWhateverHappens(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m, open := start(r, t), []Effect{}
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			m, _ = wander(r, m, &open)
			check(r, &m)
			m.Window(0, 20)
			m.Footer()
			m.Headline()
			m.Why()
			m.Totals()
			m.Hints()
			m.Input()
		}
	})
}

func TestBackReachesTheFormFromAnywhere(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m, open := start(r, t), []Effect{}
		for range rapid.IntRange(0, 60).Draw(r, "steps") {
			m, _ = wander(r, m, &open)
		}
		for range 12 {
			var effects []Effect
			m, effects = Update(m, Do{Back})
			for _, e := range effects {
				if c, ok := e.(Cancel); ok {
					m, _ = Update(m, Finished{Run: c.Run})
				}
				if _, ok := e.(Leave); ok {
					r.Fatal("escape left the program")
				}
			}
			if m.Pane == Running { // a cancel that was asked for before
				m, _ = Update(m, Finished{Run: m.Live.Run})
			}
		}
		if m.Pane != Editing || m.Overlay.Kind != NoOverlay {
			r.Fatalf("pane %d, overlay %d", m.Pane, m.Overlay.Kind)
		}
	})
}

// An older model is shared by whoever kept it: Update must not reach into it.
func TestUpdateNeverChangesAnOlderModel(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m, open := start(r, t), []Effect{}
		for range rapid.IntRange(1, 40).Draw(r, "steps") {
			before, copied := m, deepCopy(reflect.ValueOf(m)).Interface().(Model)
			m, _ = wander(r, m, &open)
			if !same(reflect.ValueOf(before), reflect.ValueOf(copied)) {
				r.Fatalf("an event changed the model before it")
			}
		}
	})
}

func TestOldRunsNeverChangeAnything(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m, open := start(r, t), []Effect{}
		for range rapid.IntRange(0, 40).Draw(r, "steps") {
			m, _ = wander(r, m, &open)
		}
		awaited := map[int]bool{m.Results.LiveRun: true}
		if m.Pane == Running {
			awaited[m.Live.Run] = true
		}
		for _, s := range m.shadows {
			awaited[s.run] = true
		}
		run := rapid.IntRange(-20, 20).Draw(r, "run")
		if awaited[run] {
			return
		}
		before := deepCopy(reflect.ValueOf(m)).Interface().(Model)
		for _, e := range []Event{Finished{Run: run, Report: flagshipReport(nil)},
			Finished{Run: run, Err: errors.New("late")},
			Advanced{run, report.Progress{Points: 1, Partial: flagshipReport(nil)}}} {
			next, effects := Update(m, e)
			if len(effects) > 0 || !same(reflect.ValueOf(next), reflect.ValueOf(before)) {
				r.Fatalf("run %d changed something: %v", run, effects)
			}
		}
	})
}

func FuzzActions(f *testing.F) {
	f.Add([]byte{10, 20, 30, 40})
	f.Fuzz(func(t *testing.T, actions []byte) {
		j := results(t)
		for _, a := range actions[:min(len(actions), 300)] {
			j.do(Action(a))
		}
	})
}
