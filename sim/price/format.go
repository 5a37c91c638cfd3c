package price

import (
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/kernel"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// Formats says how engines store what a quantisation choice asks for on a device. Weights that are published as floats
// of the same size are run with the scales that they have; a checkpoint as it is published is run as it is, widened
// where the device has no units for its formats.
func Formats(q plan.Quant, p *hw.Profile, m *model.Model) (f kernel.Formats, err error) {
	f.KV = q.Attention.Format()
	if q.Linear == plan.AsPublished {
		s := m.Stored
		f.Attention, f.Dense, f.Expert, f.Head = s.Projection, s.Dense, s.Expert, s.Head
		states, dense := 0, 0
		for i := range m.Layers {
			if m.Layers[i].Attention.Kind == model.Linear {
				states++
			}
			if l := &m.Layers[i].FFN; !l.MoE() && !l.None() {
				dense++
			}
		}
		if 2*states > len(m.Layers) { // one format stands for all projections
			f.Attention = s.State
		}
		if 2*dense < len(m.Layers) {
			f.Dense = s.Shared
		}
		return f, nil
	}
	experts, others := q.Parts()
	if f.Expert, err = format(experts, q.MXFP4Group, p); err != nil {
		return f, err
	}
	if f.Dense, err = format(others, q.MXFP4Group, p); err != nil {
		return f, err
	}
	published := m.Published.Row()
	for _, of := range []*hw.Format{&f.Expert, &f.Dense} {
		if row := of.Row(); row.Float && row.Layout.Scale == 0 && row.Weight == published.Weight {
			*of = m.Published
		}
	}
	f.Attention = f.Dense
	return f, nil
}

// format maps one action: what engines run for it on the device, the best of it that the device has units for, or
// kernels that widen.
func format(a plan.LinearAction, group int, p *hw.Profile) (hw.Format, error) {
	f := a.Format()
	if a == plan.MXFP4 {
		grouped, ok := f.Grouped(group)
		if !ok {
			return 0, message.Fault("unpriced.group", group, hw.FormatMXFP4.Layout().Inputs,
				hw.FormatNVFP4.Layout().Inputs)
		}
		f = grouped
	}
	if run, ok := runs(f, p); ok {
		return run, nil
	}
	var units []string
	for _, run := range f.Row().Runs {
		units = append(units, strings.ToUpper(run.Row().Units[0].String()))
	}
	switch len(units) {
	case 0:
		return 0, message.Fault("unpriced.action", a.String(), p.Name, instead(p))
	case 1:
		return 0, message.Fault("unpriced.unit", a.String(), p.Name, units[0], instead(p))
	}
	return 0, message.Fault("unpriced.units", a.String(), p.Name, units[0], strings.Join(units[1:], ", "),
		instead(p))
}

// runs is the format whose kernels an engine takes for another one on a device.
func runs(f hw.Format, p *hw.Profile) (hw.Format, bool) {
	for _, run := range f.Row().Runs {
		if row := run.Row(); p.Cube[row.Units[0]] > 0 || row.Widens || row.Act == 16 {
			return run, true
		}
	}
	return 0, false
}

// instead lists the actions that a device has kernels for, with scales that are found on the fly.
func instead(p *hw.Profile) string {
	var names []string
	for a := plan.NumLinearActions; a > 0; a-- {
		if _, ok := runs((a - 1).Format(), p); ok && !(a - 1).Static() && a-1 != plan.AsPublished {
			names = append(names, (a - 1).String())
		}
	}
	return strings.Join(names, ", ")
}
