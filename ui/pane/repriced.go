package pane

import (
	"fathom/sim/report"
	"fathom/state/table"
	"fathom/ui/number"
)

// repriced says what a best figure owes to the reference tool's re-pricing of several profiles, with the key that
// prices each directly; "" where nothing. It stands beside the figure.
func (p *Painter) repriced(d *report.Device, phase table.Part) string {
	if s := p.owed(d, phase); s != "" {
		return p.T.Warn.Paint(s)
	}
	return ""
}

// owed is repriced without ink.
func (p *Painter) owed(d *report.Device, phase table.Part) string {
	if d == nil {
		return ""
	}
	x := d.RepricedIn(phase.Phase(), phase == table.PartRatio)
	switch {
	case x == nil:
		return ""
	case x.Same:
		return p.t("head.repriced_rows")
	case x.Alone <= 0:
		return p.t("head.repriced_none")
	}
	return p.t("head.repriced", "v", number.Digits(x.Alone, 4))
}

// crossRepriced says it of the comparison, whose ratios are then no ratios of hardware.
func (p *Painter) crossRepriced() string {
	if r := p.report(); r != nil {
		for i := range r.Cross {
			if r.Cross[i].Repriced {
				return p.T.Warn.Paint(p.t("notes.repriced"))
			}
		}
	}
	return ""
}

// restsOnRepriced tells whether the ratio of a line of the comparison is marked.
func (p *Painter) restsOnRepriced(c *report.Cross) bool {
	r := p.report()
	return r != nil && r.RestsOnRepriced(c)
}
