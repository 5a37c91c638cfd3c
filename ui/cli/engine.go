package cli

import (
	"fathom/sim/engine"
	"fathom/state/field"
)

// engine chooses what answers a request.
func (p *Program) engine(r *field.Reading) (engine.Engine, error) {
	return engine.Embedded{}, nil
}
