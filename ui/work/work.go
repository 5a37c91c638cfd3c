package work

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/engine"
	"fathom/sim/expert"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
	"fathom/sim/workload"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/runs"
)

// Local works in this process and on this machine's files. Its zero value is ready once Getenv is set.
type Local struct {
	Getenv       func(string) string
	Architecture string // stand-in family for an unknown config.json
	Logs         string // directory for the whole output of the reference tool, "" for nowhere
	Children     *Children
	Dir          string // that relative paths of measured runs begin in; "": the current one
	Devices      string // directory of the user's own profiles, "" for none
}

// Run answers a request with the engine that it names.
func (l Local) Run(ctx context.Context, start state.Start, progress func(report.Progress)) (*report.Report, error) {
	if start.Climb != nil {
		out := *start.Climb // shared with the screen
		out.Devices = slices.Clone(out.Devices)
		for i := range out.Devices {
			out.Devices[i].Notes = slices.Clip(out.Devices[i].Notes)
		}
		engine.Climb(ctx, &out, progress)
		return &out, context.Cause(ctx)
	}
	e, err := l.Engine(start.Engine)
	if err != nil {
		return nil, err
	}
	if s := start.Request.Service; strings.HasPrefix(s.Trace+s.Fleet, "~/") {
		at := *start.Request // shared with the screen
		at.Service.Trace, at.Service.Fleet = l.expand(s.Trace), l.expand(s.Fleet)
		start.Request = &at
	}
	if start.Quiet {
		e = engine.Embedded{Most: report.MostUnasked}
	}
	return e.Run(ctx, start.Request, progress)
}

// most is far above any length-distribution file.
const most = 4 << 20

// Load reads the model, the length distribution or the mix of requests behind a text, and looks whether a trace or a
// day can be read.
func (l Local) Load(_ context.Context, x field.Load) (field.Found, error) {
	if x.ID == field.Model {
		m, err := model.Resolve(l.expand(x.Text), l.Architecture, model.CachesFrom(l.Getenv, l.Getenv("HOME")))
		return field.Found{Model: m}, err
	}
	switch x.ID {
	case field.Trace:
		return field.Found{Served: true}, engine.Readable(plan.Service{Trace: l.expand(x.Text)})
	case field.Fleet:
		return field.Found{Served: true}, engine.Readable(plan.Service{Fleet: l.expand(x.Text)})
	}
	data, err := hw.ReadInput(l.expand(x.Text), most)
	if x.ID == field.Workload {
		return mix(x.Text, data, err)
	}
	if x.ID == field.ExpertLoads {
		if err != nil {
			return field.Found{}, runs.Reason(err)
		}
		loads, err := expert.Read(data, x.Text)
		return field.Found{Loads: &loads}, err
	}
	if err != nil {
		return field.Found{}, message.Fault("load.lengths", runs.Reason(err)) // field and value are named before it
	}
	bins, err := serve.ParseLengths(data)
	return field.Found{Bins: bins}, err
}

// mix reads the mix of requests that a file holds.
func mix(name string, data []byte, err error) (field.Found, error) {
	if err != nil {
		return field.Found{}, workload.Unread(name, err)
	}
	w, err := workload.Parse(data, name)
	return field.Found{Workload: w}, err
}

// expand replaces a leading ~ by the home directory.
func (l Local) expand(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return filepath.Join(l.Getenv("HOME"), rest)
	}
	return path
}

// profileOf finds the profile of a request by its name in reports; of a pairing that of the phase.
func profileOf(q *plan.Request, device string, phase plan.Phase) (*hw.Profile, error) {
	if p := q.On(device, phase); p != nil {
		return p, nil
	}
	return nil, message.Fault("load.no-profile", hw.Clean(device))
}

// setup is what a row's passes have in common.
func setup(q *plan.Request, r *report.Row, p *hw.Profile) (pass.Setup, error) {
	f, err := q.Fidelity.On(p)
	return pass.Setup{Model: q.Model, Profile: p, Strategy: r.Strategy, Quant: q.Quant, Options: q.Options, MTP: r.MTP,
		ReservedGB: q.ReservedGB, Fidelity: f, Serving: q.Serving}, err
}
