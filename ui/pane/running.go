package pane

import (
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/number"
	"fathom/ui/plot"
)

// running shows how far the run is, and under it the rows found so far or the log of the subprocess.
func (p *Painter) running() []string {
	l := &p.M.Live
	g := &l.Progress
	head := []string{p.progressTitle(), p.progressBar(p.W), " " + p.T.Muted.Paint(p.cut(p.logFile(g.LogFile), p.W-2))}
	top, rest := p.s.Main, p.s.Main
	top.H = len(head)
	rest.Y += top.H
	rest.H -= top.H
	var body []string
	if l.Log || len(g.Log) > 0 && l.Table.Size() == 0 {
		body = p.log(g.Log, rest)
	} else if l.Table.Size() > 0 {
		body = p.table(rest)
	} else {
		body = []string{" " + p.T.Muted.Paint(p.t("run.norows"))}
	}
	return p.page(p.journey(), layout.Piece{Rect: top, Lines: head}, layout.Piece{Rect: rest, Lines: body})
}

func (p *Painter) progressTitle() string {
	l := &p.M.Live
	g := &l.Progress
	sign := p.T.Marks.Spinner[p.Tick%len(p.T.Marks.Spinner)]
	what := p.t("run.working")
	if l.Cancelling {
		what = p.t("run.cancelling")
	}
	items := []string{p.t("run.elapsed", "time", number.Seconds(g.ElapsedMS/1000))}
	if g.Strategies > 0 {
		items = append(items, p.t("run.strategies", "done", itoa(g.StrategiesDone), "all", itoa(g.Strategies)))
	}
	if g.Points > 0 {
		items = append(items, p.C.N("run.points", g.Points, number.Int(g.Points)))
	}
	if g.Device != "" {
		name := p.device(g.Device)
		if g.Devices > 1 {
			name = p.t("run.device", "name", name, "n", itoa(min(g.DevicesDone+1, g.Devices)), "all", itoa(g.Devices))
		}
		items = append(items, name)
	}
	head := " " + p.T.Accent.Paint(sign) + " " + p.T.Strong.Paint(what) + "  "
	return head + p.fitting(items, p.W-cell.Width(head)-1)
}

// progressBar counts strategies; an engine that does not say how many there are gets none.
func (p *Painter) progressBar(w int) string {
	g := &p.M.Live.Progress
	if g.Strategies <= 0 {
		return ""
	}
	share := float64(g.StrategiesDone) / float64(g.Strategies)
	return " " + p.T.Accent.Paint(plot.Gauge(share, max(10, w-8), p.T.Marks)) + " " +
		cell.Apart(number.Percent(share), 4)
}

// log shows the end of the log, as text: what a subprocess prints is never obeyed.
func (p *Painter) log(lines []string, r layout.Rect) []string {
	p.scrolls(r.H, len(lines))
	first := max(0, len(lines)-r.H-p.M.Live.Top)
	var out []string
	for _, l := range lines[first:min(len(lines), first+r.H)] {
		out = append(out, " "+p.cut(cell.Clean(l), r.W-2))
	}
	return out
}

// failed says what went wrong, who can mend it, and the smallest correction.
func (p *Painter) failed() []string {
	lines := p.FailedText(p.W)
	p.scrolls(p.s.Main.H, len(lines))
	return p.page(p.journey(), layout.Piece{Rect: p.s.Main, Lines: p.scroll(lines, p.M.Failed.Top, p.s.Main)})
}

// FailedText is the whole text of the pane; the line mode prints it too.
func (p *Painter) FailedText(w int) []string {
	f := &p.M.Failed
	var out []string
	out = append(out, p.wrap(p.T.Bad, p.t("failed.title", "message", p.C.Tell(f.Message)), w-1, 1)...)
	if f.Class != "" {
		out = append(out, p.wrap(p.T.Muted, p.t("failed.class."+string(f.Class)), w-1, 1)...)
	}
	if !f.Advice.IsZero() || f.HasFix {
		out = append(out, "", " "+p.T.Title.Paint(p.t("failed.fix")))
		if !f.Advice.IsZero() {
			out = append(out, p.wrap(p.T.Text, p.C.Tell(f.Advice), w-3, 3)...)
		}
		if f.HasFix && f.HasID {
			out = append(out, p.wrap(p.T.Good, p.t("failed.apply", "field", p.label(f.ID), "value", cell.Clean(f.Fix)), w-3,
				3)...)
		}
	}
	out = append(out, p.failedLog(w)...)
	if len(f.Command) > 0 {
		out = append(out, "", " "+p.T.Title.Paint(p.t("failed.command")))
		for _, l := range commandLines(f.Command, w-4) {
			out = append(out, "   "+l)
		}
	}
	return out
}
