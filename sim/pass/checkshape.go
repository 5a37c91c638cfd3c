package pass

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/op"
)

// Check refuses batches that the setup cannot run. Uniform and Table take any batch; this says why a figure would mean
// nothing.
func (p *Pricer) Check(s Shape) error {
	const most = 1 << 40 // tokens; beyond it sums of bytes lose their last digits
	switch {
	case s.Requests < 1:
		return message.Fault("pass.no-requests", s.Requests)
	case s.Query < 1:
		return message.Fault("pass.no-query", s.Query)
	case s.Total < s.Query:
		return message.Fault("pass.total-length", s.Total, s.Query)
	case float64(s.Requests)*float64(s.Total) > most:
		return message.Fault("pass.too-many-tokens", s.Requests, s.Total)
	case s.Images < 0:
		return message.Fault("pass.images-negative", s.Images)
	case s.Images > 0 && p.setup.Model.Vision == nil:
		return message.Fault("pass.no-vision", s.Images, p.setup.Model.Name)
	case s.Images > 0 && (s.ImageHeight < 1 || s.ImageWidth < 1):
		return message.Fault("pass.image-size", s.ImageHeight, s.ImageWidth)
	}
	return p.checkRows(p.piece(s))
}

// checkRows refuses batches whose rows cannot be dealt to groups of another size than TP (simulation-model 5.3).
func (p *Pricer) checkRows(c Piece) error {
	t, tp := p.setup.Strategy, p.setup.Strategy.TP
	rows := c.Count * c.Query
	for _, f := range []subSize{{"o-proj-tp", t.OProjTP}, {"mlp-tp", t.MLPTP}} {
		if f.value > 1 && f.value != tp && rows%tp != 0 {
			return message.Fault("pass.tokens-divisor", f.name, f.value, tp, rows)
		}
	}
	if !c.Decode {
		rows = c.Count
	}
	if t.LMHeadTP > 1 && t.LMHeadTP != tp && rows%tp != 0 {
		return message.Fault("pass.lmhead-divisor", t.LMHeadTP, tp, rows)
	}
	return nil
}

// checkTypes refuses a profile that lacks a data type which the model needs (corrected.md): it prices a small batch of
// each phase and looks at what computes.
func (p *Pricer) checkTypes() error {
	if !p.switches.MissingType && !p.switches.FP8Peak {
		return nil
	}
	for _, s := range []Shape{{Requests: 1, Query: 8, Total: 8},
		{Decode: true, Requests: 1, Query: 1 + p.mtp, Total: 64}} {
		t := p.Table(s)
		for i := range t.Rows {
			if err := p.checkPeaks(&t.Rows[i].Op); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkPeaks names the first unit and data type that an operator needs and the profile lacks.
func (p *Pricer) checkPeaks(o *op.Op) error {
	d := p.setup.Profile
	for _, need := range []struct {
		unit string
		work float64
		kind hw.DType
		peak [hw.NumDTypes]float64
	}{
		{"cube", o.Cube, o.CubeType, d.Cube}, {"cube", o.CubeFP8, hw.FP8, d.Cube},
		{"vector", o.Vec16, hw.FP16, d.Vec}, {"vector", o.Vec32, hw.FP32, d.Vec},
	} {
		if need.work == 0 || need.peak[need.kind] > 0 || need.kind != hw.FP8 && !p.switches.MissingType {
			continue
		}
		return message.Fault("pass.no-peak", d.Name, need.unit, need.kind, o.Kind)
	}
	return nil
}
