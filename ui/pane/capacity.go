package pane

import (
	"fathom/sim/report"
	"fathom/state/table"
	"fathom/ui/number"
)

// capacity says what the target of the plan takes on this profile, and why one step less is not enough.
func (p *Painter) capacity(d *report.Device) []string {
	c := d.Capacity
	if c == nil {
		return nil
	}
	if c.Plan == nil {
		return []string{"! " + p.t("capacity.none", "breaks", p.C.Tell(c.Breaks))}
	}
	key, target := "capacity.target_qps", number.Short(c.QPS, 4)
	if c.QPS == 0 {
		key, target = "capacity.target_concurrency", number.Int(c.Concurrency)
	}
	out := []string{p.t(key, "v", target, "plan", p.fleet(c.Plan))}
	if !c.Breaks.IsZero() {
		out = append(out, p.t("capacity.cheaper", "breaks", p.C.Tell(c.Breaks)))
	}
	return out
}

func (p *Painter) fleet(f *report.Fleet) string {
	s := ""
	switch {
	case f.Ratio != nil:
		s = p.t("capacity.instances", "p", number.Int(f.Prefills), "d", number.Int(f.Decodes), "devices",
			number.Int(f.Devices))
	case f.Row != nil:
		s = p.t("capacity.replicas", "n", number.Int(f.Replicas), "label", table.ShortLabel(f.Row), "devices",
			number.Int(f.Devices))
	}
	if f.CostPerMonth != nil {
		s = p.t("capacity.money", "plan", s, "v", number.Fixed(*f.CostPerMonth, 0))
	}
	return s
}

// corrections are the departures from the reference tool that change something at the winner's point.
func (p *Painter) corrections(r *report.Row, w int) []string {
	d := p.onDevice()
	if d == nil || p.best() == nil || p.best().Label != r.Label {
		return nil
	}
	var out []string
	for i := range d.Corrections {
		c := &d.Corrections[i]
		if c.Phase != r.Phase {
			continue
		}
		words := p.C.Tell(c.Corrected)
		switch {
		case c.Refused:
			out = append(out, p.wrap(p.T.Warn, p.t("corrections.refused", "name", p.C.Tell(c.Name), "corrected", words), w-1,
				2)...)
		case c.Throughput != nil && number.Change(1, 1+*c.Throughput) != "=":
			out = append(out, p.wrap(p.T.Text, p.t("corrections.line", "name", p.C.Tell(c.Name), "change",
				number.Change(1, 1+*c.Throughput),
				"corrected", words), w-1, 2)...)
		}
	}
	return out
}
