package pane

import (
	"strings"

	"fathom/state"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/number"
	"fathom/ui/style"
	"fathom/ui/text"
)

// Zone is a part of the frame that the mouse can hit.
type Zone struct {
	layout.Rect
	Target state.Target
}

// Painter draws one frame.
type Painter struct {
	T     style.Theme
	C     *text.Catalog
	M     *state.Model
	W, H  int
	Caret int // runes before the text cursor, -1 where nothing is typed
	Tick  int // counts while a run is live, for the sign that it is
	Cache *Cache
	Watch *Watch        // somebody else's screen is drawn, nil: one's own
	Room  state.Resized // in: what state knows; out: what the frame found

	s      layout.Screen
	zones  []Zone
	sight  int // rows of the table in sight, 0: no table in the frame
	absent int // columns of the table that the frame has no room for
	listAt int // of the choices under the focused question: lines below it, and how many
	listed int
}

// Frame draws the screen: at most H lines of at most W cells, whatever the model holds.
func (p *Painter) Frame() []string {
	p.zones, p.listed, p.sight, p.absent = nil, 0, 0, 0
	lines := cell.Fit(p.draw(), p.W, p.H, p.T.Marks.More)
	if p.T.ASCII {
		for i := range lines {
			lines[i] = cell.ASCII(lines[i])
		}
	}
	return lines
}

// Zones are the parts of the last frame that the mouse can hit, the foremost last.
func (p *Painter) Zones() []Zone { return p.zones }

// scrolls notes how much of a text of so many lines is in sight, for state to bound its scrolling.
func (p *Painter) scrolls(lines, extent int) { p.Room.Lines, p.Room.Extent = max(1, lines), extent }

func (p *Painter) draw() []string {
	p.s = layout.Arrange(p.W, p.H, kind(p.M))
	if p.s.Band == layout.TooSmall {
		return p.tooSmall()
	}
	if p.Watch != nil || p.M.Overlay.Kind == state.PresentOverlay {
		p.C = p.C.Keyless()
	}
	switch p.M.Overlay.Kind {
	case state.NoOverlay:
	case state.TextOverlay:
		return p.fullText()
	case state.PresentOverlay:
		return p.present()
	default:
		return p.overlay()
	}
	switch p.M.Pane {
	case state.Confirming:
		return p.confirm()
	case state.Running:
		return p.running()
	case state.Failing:
		return p.failed()
	case state.Showing:
		return p.results()
	}
	return p.form()
}

// kind is how a pane divides the screen.
func kind(m *state.Model) layout.Pane {
	switch {
	case m.Overlay.Kind != state.NoOverlay:
		return layout.Text
	case m.Pane == state.Editing:
		return layout.Form
	case m.Pane == state.Showing && (m.Results.Cross || m.Results.Part == table.PartRatio):
		return layout.Wide
	case m.Pane == state.Showing:
		return layout.Table
	}
	return layout.Text
}

// OneAtATime reports whether table and detail share one place on a screen of this size.
func OneAtATime(w, h int, m *state.Model) bool {
	return m.Results.Part == table.PartRatio || layout.Arrange(w, h, kind(m)).One()
}

// tooSmall names both sizes, in as few cells as there are.
func (p *Painter) tooSmall() []string {
	is := p.t("small.is", "w", itoa(p.W), "h", itoa(p.H))
	needs := p.t("small.needs", "w", itoa(layout.MinWidth), "h", itoa(layout.MinHeight))
	var lines []string
	for _, s := range []string{is, needs} {
		lines = append(lines, cell.Wrap(s, p.W)...)
	}
	if p.H > len(lines)+2 {
		lines = append(make([]string, (p.H-len(lines))/2), lines...)
	}
	return lines
}

// page frames the body of a text pane: title, rule, body, rule, hints.
func (p *Painter) page(title string, pieces ...layout.Piece) []string {
	pieces = append(pieces,
		layout.Piece{Rect: p.s.Title, Lines: []string{title}},
		layout.Piece{Rect: p.s.Rule, Lines: []string{p.rule()}},
		layout.Piece{Rect: p.s.Base, Lines: []string{p.rule()}},
		layout.Piece{Rect: p.s.Foot, Lines: []string{p.footer()}})
	return p.compose(pieces)
}

// compose puts the pieces together, and what there is to say over the lines above the key hints, which stay.
func (p *Painter) compose(pieces []layout.Piece) []string {
	lines := layout.Compose(p.W, p.H, p.T.Muted.Paint(p.T.Marks.Bar), p.T.Marks.More, pieces)
	said := p.notice()
	for i, s := range said {
		lines[p.s.Foot.Y-len(said)+i] = cell.Left(" "+s, p.W, p.T.Marks.More)
	}
	return lines
}

func (p *Painter) rule() string { return p.T.Muted.Paint(cell.Repeat(p.T.Marks.Rule, p.W)) }

var stations = map[state.Pane]string{state.Editing: "plan", state.Confirming: "confirm", state.Running: "run",
	state.Failing: "run",
	state.Showing: "results"}

// journey is the title of every pane but the results: where one is on the way.
func (p *Painter) journey() string {
	left := " " + p.T.Title.Paint("fathom") + " "
	for _, name := range []string{"plan", "confirm", "run", "results"} {
		here := name == stations[p.M.Pane]
		label := p.t("journey." + name)
		if here {
			left += "  " + p.T.Accent.Paint(p.T.Marks.On+" "+label)
		} else {
			left += "  " + p.T.Muted.Paint(p.T.Marks.Off+" "+label)
		}
	}
	return p.ends(left, p.T.Muted.Paint(p.stand()), p.W-1)
}

// Watch is what a viewer of somebody else's screen is told instead of the presenter's keys.
type Watch struct {
	Presenter string
	Viewers   int
	Notice    state.Notice // the viewer's own
}

// watching is the line of a viewer: that they watch, whom, and the keys that work.
func (p *Painter) watching() string {
	left := " " + p.T.Focus.Paint(" "+p.t("follow.watch", "name", cell.Clean(p.Watch.Presenter))+" ")
	right := p.dots(p.C.N("follow.viewers", p.Watch.Viewers, number.Int(p.Watch.Viewers)), p.t("follow.leave"))
	if p.M.CommandLine() != "" {
		right = p.dots(p.C.N("follow.viewers", p.Watch.Viewers, number.Int(p.Watch.Viewers)), p.t("follow.copy"),
			p.t("follow.leave"))
	}
	return p.ends(left, p.T.Muted.Paint(right), p.W-1)
}

// ends is cell.Ends with a blank at the right edge.
func (p *Painter) ends(left, right string, w int) string {
	return cell.Ends(left, right, w, p.T.Marks.More)
}

// fitting joins as many items as w cells hold, whole ones only.
func (p *Painter) fitting(items []string, w int) string {
	line := ""
	for i, s := range items {
		next := s
		if i > 0 {
			next = p.dots(line, s)
		}
		if cell.Width(next) > w {
			break
		}
		line = next
	}
	return line
}

// dots joins items of one line.
func (p *Painter) dots(items ...string) string {
	return strings.Join(items, " "+p.T.Marks.Dot+" ")
}

func (p *Painter) t(key string, pairs ...string) string { return p.C.T(key, pairs...) }

func (p *Painter) cut(s string, w int) string { return cell.Cut(s, w, p.T.Marks.More) }

func (p *Painter) zone(r layout.Rect, kind state.TargetKind, index int) {
	p.zones = append(p.zones, Zone{r, state.Target{Kind: kind, Index: index}})
}

// wrap breaks a plain text into painted lines, every one indented.
func (p *Painter) wrap(ink style.Ink, s string, w, indent int) []string {
	lines := cell.Wrap(s, w-indent)
	for i, l := range lines {
		lines[i] = cell.Space(indent) + ink.Paint(l)
	}
	return lines
}

// window cuts n lines out of a text so that they start at top, but never leave room at the end unused.
func window(lines []string, top, n int) []string {
	top = max(0, min(top, len(lines)-n))
	return lines[top:min(len(lines), top+n)]
}
