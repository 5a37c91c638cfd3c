package cli

import (
	"fathom/sim/engine"
	"fathom/sim/report"
	"fathom/state/field"
)

// engine chooses what answers a request.
func (p *Program) engine(r *field.Reading) (engine.Engine, error) {
	return engine.Embedded{}, nil
}

// render writes a report in one of the output formats.
func render(r *report.Report, format string) ([]byte, error) {
	return toJSON(r)
}
