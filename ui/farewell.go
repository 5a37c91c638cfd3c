package ui

import (
	"fathom/state/field"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/number"
)

// farewell is what stays on the normal screen: the best candidate and its command, or the command that was not run yet.
func (p *program) farewell() string {
	e := p.model.Entry(p.model.Results.Run)
	if e == nil {
		return ""
	}
	h := p.model.Headline()
	command := cell.Clean(field.Shell(e.Again()))
	switch {
	case h.Row != nil:
		return p.texts.T("farewell.row", "label", table.ShortLabel(h.Row), "batch", number.Int(h.Row.Batch),
			"throughput", number.Digits(h.Row.Throughput, 4), "command", command)
	case h.Ratio != nil:
		return p.texts.T("farewell.ratio", "prefill", table.ShortLabel(&h.Ratio.Prefill), "decode",
			table.ShortLabel(&h.Ratio.Decode),
			"qps", number.Digits(h.Ratio.Serves(), 3), "command", command)
	}
	return p.texts.T("farewell.none", "command", command)
}
