package ui

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/disk"
	"fathom/ui/style"

	tea "github.com/charmbracelet/bubbletea"
)

// perform turns effects into commands. Leaving comes last, when what was to be written is written.
func (p *program) perform(effects []state.Effect) []tea.Cmd {
	var cmds []tea.Cmd
	leave := false
	for _, e := range effects {
		if _, ok := e.(state.Leave); ok {
			leave = true
			continue
		}
		if c := p.effect(e); c != nil {
			cmds = append(cmds, c)
		}
	}
	if leave {
		return []tea.Cmd{tea.Sequence(append(cmds, tea.Quit)...)}
	}
	return cmds
}

// effect is one effect as a command; what only concerns the frame is done at once.
func (p *program) effect(e state.Effect) tea.Cmd {
	if p.guest {
		if cmd, done := p.away(e); done {
			return cmd
		}
	}
	switch e := e.(type) {
	case state.Start:
		j := begin(p.ctx, &p.work, p.engine, e)
		p.jobs[e.Run] = j
		return j.wait
	case state.Cancel:
		if j := p.jobs[e.Run]; j != nil {
			j.cancel(errCancelled)
		}
		return nil
	case state.Price:
		return p.answer(func() (state.Event, error) {
			x, err := p.engine.Price(p.ctx, e)
			return state.Priced{Key: e.Key, Phase: e.Phase, Pass: x, Err: err}, nil
		}, func(err error) state.Event { return state.Priced{Key: e.Key, Phase: e.Phase, Err: err} })
	case state.Sense:
		return p.answer(func() (state.Event, error) {
			x, err := p.engine.Sense(p.ctx, e)
			return state.Sensed{Key: e.Key, Levers: x, Err: err}, nil
		}, func(err error) state.Event { return state.Sensed{Key: e.Key, Err: err} })
	case state.Serve:
		return p.answer(func() (state.Event, error) {
			x, day, err := p.engine.Serve(p.ctx, e)
			return state.Served{Key: e.Key, Service: x, Day: day, Err: err}, nil
		}, func(err error) state.Event { return state.Served{Key: e.Key, Err: err} })
	case state.Play:
		return p.answer(func() (state.Event, error) {
			x, curve, err := p.engine.Play(p.ctx, e)
			return state.Played{Key: e.Key, Traffic: x, Curve: curve, Err: err}, nil
		}, func(err error) state.Event { return state.Played{Key: e.Key, Err: err} })
	case state.Measure:
		return p.answer(func() (state.Event, error) {
			x, err := p.engine.Measure(p.ctx, e)
			return x, err
		}, func(err error) state.Event { return state.Measured{Source: e.Source, Err: err} })
	case state.Fit:
		j := fit(p.ctx, &p.work, p.engine, e)
		p.jobs[e.Run] = j
		return j.wait
	case state.Sweep:
		j := over(p.ctx, &p.work, p.engine, e)
		p.jobs[e.Run] = j
		return j.wait
	case state.Decide:
		j := weigh(p.ctx, &p.work, p.engine, e)
		p.jobs[e.Run] = j
		return j.wait
	case state.Load:
		return p.answer(func() (state.Event, error) {
			found, err := p.engine.Load(p.ctx, e.Load)
			return state.Loaded{Load: e.Load, Found: found, Err: err}, nil
		}, func(err error) state.Event { return state.Loaded{Load: e.Load, Err: err} })
	case state.List:
		return p.answer(func() (state.Event, error) {
			entries, err := list(p.place(e.Dir))
			return state.Listed{Listing: state.Listing{Dir: e.Dir, Entries: entries, Failed: err != nil}}, nil
		}, func(error) state.Event { return state.Listed{Listing: state.Listing{Dir: e.Dir, Failed: true}} })
	case state.Survey:
		return p.answer(func() (state.Event, error) { return survey(p.ctx, p.engine, e), nil },
			func(error) state.Event { return state.Surveyed{} })
	case state.Open:
		return p.answer(func() (state.Event, error) {
			data, err := readFile(p.place(e.Path))
			return state.PlanOpened{Path: p.place(e.Path), Data: data, Err: err}, nil
		}, func(err error) state.Event { return state.PlanOpened{Path: p.place(e.Path), Err: err} })
	case state.Save:
		return p.save(p.place(e.Path), e.Data)
	case state.Export:
		return p.export(e)
	case state.Shelve:
		return p.shelve(e)
	case state.ExportSweep:
		return p.exportSweep(e)
	case state.Copy:
		return p.copy(e)
	case state.Show:
		compose := p.composer(e.What, e.Subject)
		return p.answer(func() (state.Event, error) {
			s, err := compose()
			return state.Composed{Text: s}, err
		}, func(err error) state.Event { return state.Copied{What: e.What, Err: err} })
	case state.ReadClipboard:
		return p.answer(func() (state.Event, error) {
			s, err := p.clip.Fetch(p.ctx)
			return state.Pasted{Text: s}, err
		}, func(err error) state.Event { return state.Pasted{Err: err} })
	case state.Remember:
		return p.remember(e.Memory)
	case state.Apply:
		return p.apply(e.Settings)
	case state.Repaint:
		return tea.ClearScreen
	case state.Sleep:
		return tea.Suspend
	}
	return nil
}

// answer runs work in the background; an error or a panic of it becomes an event as well, because somebody waits for
// it.
func (p *program) answer(work func() (state.Event, error), failed func(error) state.Event) tea.Cmd {
	return func() tea.Msg {
		var e state.Event
		if err := guard(func() (err error) { e, err = work(); return err }); err != nil {
			e = failed(err)
		}
		return happened{e}
	}
}

func (p *program) save(path string, data []byte) tea.Cmd {
	return p.answer(func() (state.Event, error) {
		return state.Saved{Path: path, Err: writeFile(path, data, 0o644)}, nil
	}, func(err error) state.Event { return state.Saved{Path: path, Err: err} })
}

// place puts a relative path where the session keeps its files. What is said of it is absolute: nobody knows where a
// dashboard was started.
func (p *program) place(path string) string {
	path = expand(path)
	if filepath.IsAbs(path) {
		return path
	}
	path = filepath.Join(p.options.WorkingDir, path)
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

func (p *program) export(e state.Export) tea.Cmd {
	if e.Of != nil {
		return p.exportManifest(e)
	}
	texts := p.texts // those of now: the language may change while the file is written
	return p.answer(func() (state.Event, error) {
		data, err := render(e, texts, p.options.Program)
		path := free(p.place(""), exportName(e.Report, p.now().Format("20060102-150405")), string(e.Format))
		if err == nil {
			err = writeFile(path, data, 0o644)
		}
		return state.Saved{Path: path, Err: err}, nil
	}, func(err error) state.Event { return state.Saved{Err: err} })
}

// exportManifest writes the files of a platform for a row into a new directory.
func (p *program) exportManifest(e state.Export) tea.Cmd {
	texts := p.texts
	return p.answer(func() (state.Event, error) {
		name := exportName(e.Report, p.now().Format("20060102-150405")) + "-" + string(e.Format)
		dir := free(p.place(""), name, "")
		files, err := manifestOf(e, texts)
		if err == nil {
			err = disk.WriteAll(dir, files, false)
		}
		return state.Saved{Path: dir, Err: err}, nil
	}, func(err error) state.Event { return state.Saved{Err: err} })
}

// exportName is fathom-MODEL-TIME, in characters that every file system takes.
func exportName(r *report.Report, stamp string) string {
	name := "report"
	if r.Request != nil && r.Request.Model != nil {
		name = filepath.Base(r.Request.Model.Name)
	}
	safe := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_.", c) {
			return c
		}
		return '-'
	}, name)
	return fmt.Sprintf("fathom-%s-%s", strings.Trim(safe, ".-"), stamp)
}

func (p *program) copy(e state.Copy) tea.Cmd {
	compose := p.composer(e.What, e.Subject)
	return p.answer(func() (state.Event, error) {
		s := e.Text
		if s == "" {
			var err error
			if s, err = compose(); err != nil {
				return nil, err
			}
		}
		r, err := p.clip.Send(p.ctx, s)
		return state.Copied{What: e.What, How: string(r.Way), Path: r.Path, Err: err}, nil
	}, func(err error) state.Event { return state.Copied{What: e.What, Err: err} })
}

// remember writes the memory, together with what other dashboards have written to the same file since. Nobody waits for
// it; a disk that refuses is told.
func (p *program) remember(m state.Memory) tea.Cmd {
	if p.options.StateDir == "" {
		return nil
	}
	path := filepath.Join(p.options.StateDir, memoryFile)
	return func() tea.Msg {
		p.disk.Lock()
		defer p.disk.Unlock()
		err := disk.Update(path, 0o600, func(old []byte) ([]byte, error) {
			was, err := state.DecodeMemory(old)
			if err != nil && len(old) > 0 { // damaged since, or by a newer fathom
				if err := disk.Write(path+damaged, old, 0o600); err != nil {
					return nil, err
				}
			}
			return m.Merge(was, p.kept).Encode()
		})
		if err != nil {
			return notKept(p.options.StateDir, err)
		}
		p.kept = m
		return nil
	}
}

// tidy clears what a killed program left in the state directory, and finds out whether anything can be kept there.
func (p *program) tidy() tea.Cmd {
	dir := p.options.StateDir
	if dir == "" || p.guest {
		return nil
	}
	return func() tea.Msg {
		disk.Sweep(dir)
		if err := disk.Writable(dir); err != nil {
			return notKept(dir, err)
		}
		return nil
	}
}

// notKept names the directory; the temporary file in it that an error is about means nothing to anybody.
func notKept(dir string, err error) tea.Msg {
	var at *os.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return happened{state.NotKept{Path: dir, Err: err}}
}

const (
	memoryFile = "session.json"
	damaged    = ".damaged"
)

// apply takes over settings that live outside the model: theme, texts, mouse. Which themes there are is ui's business,
// so the name that a wish for the next one leads to is written back here.
func (p *program) apply(s state.Settings) tea.Cmd {
	p.model.Settings.Theme = style.After(s.Theme, s.Themes)
	p.model.Settings.Themes = 0
	p.dress()
	if n := &p.model.Notice; n.Key == "theme" {
		n.Pairs = []string{"name", p.model.Settings.Theme}
	}
	if s.Mouse {
		return tea.EnableMouseCellMotion
	}
	return tea.DisableMouse
}
