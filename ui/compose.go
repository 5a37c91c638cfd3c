package ui

import (
	"errors"

	"fathom/hw/message"
	"fathom/sim/manifest"
	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/command"
	"fathom/ui/disk"
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
			return commandText(s, painter.C, command.Serve)
		case state.TheBench:
			return commandText(s, painter.C, command.Benchmarks)
		case state.TheReport:
			data, err := render(state.Export{Format: state.Markdown, Report: shownReport(s)}, painter.C, "")
			return string(data), err
		}
		return "", message.Fault("program.nothing-copied")
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

// manifestOf writes the files of a platform for the selected row; what is against it is said in the language of the
// screen.
func manifestOf(e state.Export, c *text.Catalog) ([]disk.File, error) {
	r := shownReport(*e.Of)
	if r == nil || r.Request == nil || e.Of.Item.Row == nil && e.Of.Item.Ratio == nil {
		return nil, message.Fault("program.no-served")
	}
	files, err := command.Manifest(string(e.Format), command.Subject{Request: r.Request, Device: e.Of.Device,
		Row: e.Of.Item.Row, Ratio: e.Of.Item.Ratio}, c)
	var no *manifest.Refusal
	if errors.As(err, &no) {
		return nil, &message.Error{Said: no.Message}
	}
	return files, err
}

// commandText writes commands for the selected row.
func commandText(s state.Subject, c *text.Catalog, write func(command.Subject, *text.Catalog) string) (string, error) {
	r := shownReport(s)
	if r == nil || r.Request == nil || s.Item.Row == nil && s.Item.Ratio == nil {
		return "", message.Fault("program.no-served")
	}
	return write(command.Subject{Request: r.Request, Device: s.Device, Row: s.Item.Row, Ratio: s.Item.Ratio}, c), nil
}
