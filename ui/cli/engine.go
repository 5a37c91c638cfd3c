package cli

import (
	"path/filepath"

	"fathom/sim/engine"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui"
	"fathom/ui/work"
)

// engine chooses what answers a request. wait has to be called before the program exits: the reference tool may take a
// moment to end.
func (p *Program) engine(r *field.Reading) (e engine.Engine, wait func(), err error) {
	local := work.Local{Getenv: p.Getenv, Children: &work.Children{}}
	if dir := ui.StateDir(p.Getenv); dir != "" {
		local.Logs = filepath.Join(dir, "logs")
	}
	p.goodbye.Store(r.Word(field.Root) != "") // a child that has to be ended
	e, err = local.Engine(state.EngineChoice{Name: r.Word(field.Engine), Root: r.Word(field.Root),
		Python: r.Word(field.Python)})
	return e, local.Wait, err
}
