package work

import (
	"context"
	"sync"

	"fathom/hw/message"
	"fathom/sim/engine"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
)

// Children are the programs that runs have started and that may outlive them for a moment.
type Children struct{ group sync.WaitGroup }

// Wait returns when none is left. One that does not end when it is asked to is killed after two seconds, so this is the
// longest that it takes.
func (c *Children) Wait() {
	if c != nil {
		c.group.Wait()
	}
}

// Wait is for a program that is about to exit: no child of a cancelled run may outlive it.
func (l Local) Wait() { l.Children.Wait() }

// Engine makes the engine of a choice.
func (l Local) Engine(c state.EngineChoice) (engine.Engine, error) {
	switch c.Name {
	case "", "embedded":
		return engine.Embedded{}, nil
	case "msmodeling":
		return l.reference(c), nil
	case "both":
		return engine.Both{Theirs: l.reference(c)}, nil
	}
	return nil, &report.Failure{Class: report.InvalidParameters, Message: message.New("failure.engine-not-known", c.Name),
		Field: field.Table[field.Engine].Name, Fix: "embedded", Advice: message.New("failure.use-embedded-engine")}
}

// reference runs the user's checkout of the reference tool with the exact command that the confirm pane shows.
func (l Local) reference(c state.EngineChoice) engine.Engine {
	return attended{&engine.Msmodeling{Root: l.expand(c.Root), Python: l.expand(c.Python), Command: field.Command,
		LogDir: l.Logs}, l.Children}
}

// attended keeps an eye on what a run leaves behind.
type attended struct {
	*engine.Msmodeling
	children *Children
}

func (a attended) Run(ctx context.Context, q *plan.Request, watch func(report.Progress)) (*report.Report, error) {
	if a.children != nil {
		defer a.children.group.Go(a.Wait) // returns at once where the child has ended
	}
	return a.Msmodeling.Run(ctx, q, watch)
}
