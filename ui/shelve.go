package ui

import (
	"context"
	"errors"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/plan/file"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/library"

	tea "github.com/charmbracelet/bubbletea"
)

// shelve does to the library of scenarios what state wants, in the background; runs of scenarios are jobs that Cancel
// ends.
func (p *program) shelve(e state.Shelve) tea.Cmd {
	failed := func(err error) state.Event {
		var taken *library.Taken
		return state.Shelved{Op: e.Op, Run: e.Run, Name: e.Name, To: e.To, Fault: message.Of(err),
			Taken: errors.As(err, &taken)}
	}
	if p.options.StateDir == "" {
		return func() tea.Msg { return happened{failed(message.Fault("scenario.no-place"))} }
	}
	l := library.In(p.options.StateDir)
	if e.Op == state.ShelfRun {
		j := inBackground(p.ctx, &p.work, e.Run, func(ctx context.Context, j *job) state.Event {
			out := state.Shelved{Op: e.Op, Run: e.Run}
			err := guard(func() (err error) { out.Ran, err = p.runScenarios(ctx, l, e, j); return err })
			if err != nil {
				return failed(err)
			}
			return out
		})
		p.jobs[e.Run] = j
		return j.wait
	}
	return p.answer(func() (state.Event, error) {
		out := state.Shelved{Op: e.Op, Name: e.Name, To: e.To}
		var err error
		switch e.Op {
		case state.ShelfSave:
			err = p.saveScenario(l, e)
		case state.ShelfOpen:
			out.Text, err = l.Read(e.Name)
			return out, err
		case state.ShelfCopy:
			err = l.Copy(e.Name, e.To)
		case state.ShelfRename:
			err = l.Rename(e.Name, e.To)
		case state.ShelfRemove:
			err = l.Remove(e.Names)
		case state.ShelfKeep:
			for _, r := range e.Ran {
				if err = l.Keep(r.Name, r.Text, r.Now); err != nil {
					break
				}
				out.N++
			}
		}
		if err != nil {
			return nil, err
		}
		out.List, out.Aside, err = listed(l)
		return out, err
	}, failed)
}

// listed is the library as a screen shows it.
func listed(l library.Library) ([]state.Scenario, []message.Message, error) {
	heads, damaged, err := l.List()
	list := []state.Scenario{}
	for _, h := range heads {
		list = append(list, state.Scenario{Name: h.Name, Model: hw.Clean(strings.Join(h.Models, " ")),
			Device: hw.Clean(strings.Join(h.Devices, " ")), Kept: h.Kept})
	}
	var aside []message.Message
	for _, a := range damaged {
		aside = append(aside, a.Message())
	}
	return list, aside, err
}

func (p *program) saveScenario(l library.Library, e state.Shelve) error {
	text := string(e.Data)
	if r := e.Report; r != nil && r.Request != nil && !r.Partial {
		var err error
		if text, err = file.WithKept(text, library.Keep(r, p.options.Program, p.now())); err != nil {
			return err
		}
	}
	return l.Save(e.Name, text, e.Replace)
}

// runScenarios runs the named scenarios, all of them where none is named.
func (p *program) runScenarios(ctx context.Context, l library.Library, e state.Shelve,
	j *job) (out []*state.RanScenario, err error) {
	list, err := l.ReadAll(e.Names)
	if err != nil {
		return nil, err
	}
	runner := library.Runner{Program: p.options.Program, Now: p.now,
		Catalog: func(a *field.Answers) (*field.Catalog, error) { return p.catalogOf(ctx, a, e.Profiles) },
		Answer: func(ctx context.Context, r *field.Reading, q *plan.Request) (*report.Report, error) {
			q.KeepAll = true // a scenario that is compared becomes a run like any other
			choice := state.EngineChoice{Name: r.Word(field.Engine), Root: r.Word(field.Root), Python: r.Word(field.Python)}
			return p.engine.Run(ctx, state.Start{Request: q, Quiet: true, Engine: choice}, func(report.Progress) {})
		}}
	for i, n := range list {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		j.tell(state.Shelving{Run: e.Run, Done: i, Of: len(list)})
		r := runner.Run(ctx, n)
		one := &state.RanScenario{Name: n.Name, Text: n.Text, Now: r.Now, Changed: r.Changed}
		if r.Err != nil {
			one.Fault = message.Of(r.Err)
		}
		if len(e.Names) > 0 { // of a whole library the reports are not shown, and would fill the memory
			one.Answers, one.Request, one.Report = r.Answers, r.Request, r.Report
		}
		out = append(out, one)
	}
	return out, nil
}

// catalogOf reads what the answers of a scenario name.
func (p *program) catalogOf(ctx context.Context, a *field.Answers, profiles hw.List) (*field.Catalog, error) {
	c := &field.Catalog{Profiles: profiles, Models: map[string]*model.Model{}, ModelNames: model.Names(),
		Lengths: map[string][]plan.Bin{}, Failed: map[string]message.Message{}}
	r := field.Read(a, c)
	for _, path := range r.Values[field.DeviceFile].Words {
		one, err := hw.LoadFile(p.place(path))
		if err != nil {
			return nil, err
		}
		if was, err := c.Profiles.Find(one.Name); err == nil && was.Name == one.Name {
			continue // named on the command line too
		}
		if c.Profiles, err = c.Profiles.Add(one); err != nil {
			return nil, err
		}
	}
	for _, load := range field.Read(a, c).Unresolved() {
		found, err := p.engine.Load(ctx, load)
		switch {
		case errors.Is(err, context.Canceled):
			return nil, err
		case err != nil:
			c.Failed[load.Text] = message.Of(err)
		default:
			c.Put(load, found)
		}
	}
	return c, nil
}
