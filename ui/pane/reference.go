package pane

import (
	"fathom/ui/cell"
	"fathom/ui/number"
)

// What the screen says about the reference tool: where it runs, where its output is kept, and how its rows compare with
// ours.

// checkout says what a yes will start beside this program; "" where nothing.
func (p *Painter) checkout() string {
	e := &p.M.Confirm.Engine
	if e.Name == "" || e.Name == "embedded" {
		return ""
	}
	return p.t("confirm.checkout", "root", cell.Clean(e.Root), "python", cell.Clean(e.Python))
}

// logFile says where the whole output is kept; "" where none is.
func (p *Painter) logFile(path string) string {
	if path == "" {
		return ""
	}
	return p.t("run.log_file", "path", cell.Clean(path))
}

// failedLog is what the failed pane shows of the output: the lines that matter, or all that was streamed, and where the
// rest is.
func (p *Painter) failedLog(w int) []string {
	f := &p.M.Failed
	title, lines := "failed.lines", f.Lines
	if f.Log && len(p.M.Live.Progress.Log) > 0 {
		title, lines = "failed.log", p.M.Live.Progress.Log
	}
	var out []string
	if len(lines) > 0 {
		out = append(out, "", " "+p.T.Title.Paint(p.t(title)))
		for _, l := range lines {
			out = append(out, "   "+p.cut(cell.Clean(l), w-4))
		}
	}
	if path := p.logFile(f.LogFile); path != "" {
		out = append(out, p.wrap(p.T.Muted, path, w-1, 1)...)
	}
	return out
}

// besideLine sums up how the other engine's rows compare with ours.
func (p *Painter) besideLine() string {
	b, ok := p.M.Beside()
	if !ok {
		return ""
	}
	if b.Common == 0 {
		return p.T.Warn.Paint("! ") + p.t("notes.beside_none", "ours", itoa(b.OnlyOurs), "theirs", itoa(b.OnlyTheirs))
	}
	line := p.C.N("notes.beside", b.Common, itoa(b.Common), "largest", number.Fixed(b.Largest*100, 2)+"%")
	if b.OnlyOurs > 0 || b.OnlyTheirs > 0 {
		line = p.dots(line, p.t("notes.beside_only", "ours", itoa(b.OnlyOurs), "theirs", itoa(b.OnlyTheirs)))
	}
	return line
}
