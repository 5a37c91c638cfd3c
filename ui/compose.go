package ui

import (
	"fmt"
	"strings"

	"fathom/sim/launch"
	"fathom/sim/report"
	"fathom/sim/software"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/pane"
	"fathom/ui/text"
)

// composer writes a text that needs more than the machine knows: figures as the screen prints them, serving commands,
// the report. It takes along what the screen shows now, because it is called in the background, where the model may be
// the next one already.
func (p *program) composer(what state.CopyKind, s state.Subject) func() (string, error) {
	m := p.model
	painter := pane.Painter{T: p.themed, C: p.texts, M: &m, W: p.w, H: p.h}
	return func() (string, error) {
		switch what {
		case state.TheRow:
			return painter.RowText(s.Item), nil
		case state.TheTable:
			return painter.TableText(&s.Table), nil
		case state.TheLaunch:
			return launchText(s, painter.C)
		case state.TheReport:
			data, err := render(state.Markdown, shownReport(s), painter.C)
			return string(data), err
		}
		return "", fmt.Errorf("nothing to copy")
	}
}

func shownReport(s state.Subject) *report.Report {
	if s.Entry == nil {
		return nil
	}
	if r := s.Entry.Reports[s.Variant]; r != nil {
		return r
	}
	return s.Entry.Reports[state.Asked]
}

// launchText is a serving command for each engine that serves on the profile's vendor, with what it cannot do as
// comments.
func launchText(s state.Subject, t *text.Catalog) (string, error) {
	r := shownReport(s)
	if r == nil || r.Request == nil {
		return "", fmt.Errorf("there is no result to serve")
	}
	vendor := ""
	for _, h := range r.Request.Profiles {
		if h.Name == s.Device {
			vendor = h.Vendor
		}
	}
	rows := []*report.Row{s.Item.Row}
	if s.Item.Ratio != nil {
		rows = []*report.Row{&s.Item.Ratio.Prefill, &s.Item.Ratio.Decode}
	}
	var b strings.Builder
	for _, e := range software.Launches(vendor) {
		for _, row := range rows {
			if row == nil {
				continue
			}
			c := launch.Write(e, *row, r.Request)
			fmt.Fprintf(&b, "# %s, %s, %s\n", c.Engine, t.T("part."+c.Phase.String()), row.Label)
			for _, note := range c.Caveats {
				fmt.Fprintf(&b, "# %s\n", t.Tell(note))
			}
			fmt.Fprintf(&b, "%s\n\n", field.Shell(c.Args))
		}
	}
	return strings.TrimSpace(b.String()), nil
}
