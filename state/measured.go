package state

import (
	"math"
	"net/url"
	"slices"
	"strings"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/state/table"
)

// MeasuredRuns are the runs that somebody laid over the plan.
type MeasuredRuns struct {
	Sources []Source // as they were named, to read them again
	Paths   []string // the same, absolute
	Runs    []table.MeasuredRun
	Lost    []LostFile // files that cannot be read
	Reading int        // files being read
	Target  FitTarget
	Errors  []FitError // of the last fit

	sum MeasuredSum // of the table on screen
}

// askMeasured asks which files hold measured runs.
func (u *update) askMeasured() { u.prompt(PromptMeasured, "") }

// measure has files read, with the plan's row that says what they do not.
func (u *update) measure(path string) {
	if u.Guest {
		u.warn("no-guest-files")
		return
	}
	s := Source{Path: path}
	s.Request, s.Device = u.question()
	if item, ok := u.Selected(); ok && item.Row != nil {
		s.Row = item.Row
	}
	u.Results.Measured.Reading++
	u.say("measuring", "path", path)
	u.emit(Measure{Source: s, Profiles: u.Catalog.Profiles})
}

// measured takes runs over the plan; those of a file that was read before are replaced.
func (u *update) measured(e Measured) {
	m := &u.Results.Measured
	if m.Reading == 0 { // taken off the plan meanwhile
		return
	}
	m.Reading--
	if e.Source.Again {
		u.measuredAgain(e)
		return
	}
	if e.Err != nil {
		u.because("measure-failed", said(e.Err))
		return
	}
	if len(e.Runs) == 0 && len(e.Lost) > 0 { // nothing to lay over the plan; what is there stays
		u.because("measured-none", e.Lost[0].Why, "path", field.Clean(e.Lost[0].Path))
		return
	}
	if at := slices.Index(m.Paths, e.Path); at >= 0 {
		m.Paths = slices.Delete(slices.Clone(m.Paths), at, at+1)
		m.Sources = slices.Delete(slices.Clone(m.Sources), at, at+1)
		m.Runs = slices.DeleteFunc(slices.Clone(m.Runs), func(r table.MeasuredRun) bool { return r.Path == e.Path })
	}
	m.Paths, m.Sources = append(slices.Clone(m.Paths), e.Path), append(slices.Clone(m.Sources), e.Source)
	m.Runs, m.Lost, m.Target = slices.Concat(m.Runs, e.Runs), e.Lost, e.Target
	if u.current() != nil {
		u.show()
	}
	u.say("measured", "n", decimal(len(e.Runs)), "path", field.Clean(e.Path))
	if len(e.Lost) > 0 {
		u.because("measured-lost", e.Lost[0].Why, "n", decimal(len(e.Runs)), "lost", decimal(len(e.Lost)),
			"path", field.Clean(e.Lost[0].Path))
	}
}

// measureAgain has all runs predicted for the plan that is on screen now, one side of a fit.
func (u *update) measureAgain() {
	m := &u.Results.Measured
	for _, s := range m.Sources {
		s.Again = true
		s.Request, s.Device = u.question()
		m.Reading++
		u.emit(Measure{Source: s, Profiles: u.Catalog.Profiles})
	}
}

// measuredAgain takes the new predictions of runs that are on the plan, in their place.
func (u *update) measuredAgain(e Measured) {
	m := &u.Results.Measured
	if _, device := u.question(); e.Err != nil || e.Source.Device != device || !slices.Contains(m.Paths, e.Path) {
		return
	}
	var runs []table.MeasuredRun
	for _, path := range m.Paths {
		if path == e.Path {
			runs = append(runs, e.Runs...)
			continue
		}
		for _, r := range m.Runs {
			if r.Path == path {
				runs = append(runs, r)
			}
		}
	}
	m.Runs = runs
	if u.current() != nil {
		u.show()
	}
}

// forgetMeasured takes all measured runs off the plan.
func (u *update) forgetMeasured() {
	u.stopFit()
	u.Results.Measured, u.Overlay = MeasuredRuns{}, Overlay{}
	u.show()
	u.say("forgot-runs")
}

// droppedPath is the path that a text from a drop or a clipboard is: quoted, with escaped blanks, or as an address of
// a file; "" where it is none.
func droppedPath(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text, "\n\r") {
		return ""
	}
	if rest, ok := strings.CutPrefix(text, "file://"); ok {
		at := strings.IndexByte(rest, '/')
		if at < 0 {
			return ""
		}
		if plain, err := url.PathUnescape(rest[at:]); err == nil {
			return plain
		}
		return rest[at:]
	}
	if n := len(text); n > 1 && text[0] == text[n-1] && (text[0] == '\'' || text[0] == '"') {
		text = text[1 : n-1]
	} else {
		text = strings.ReplaceAll(text, `\ `, " ")
	}
	if isPath(text) || hasKind(text) {
		return text
	}
	return ""
}

// runKind are files of measured runs.
var runKind = fileKind{endings: []string{".json", ".jsonl", ".csv", ".txt", ".log", ".out"}}

func hasKind(name string) bool {
	return slices.ContainsFunc(runKind.endings, func(end string) bool { return strings.HasSuffix(name, end) })
}

// lengthSlack is how far a run's mean length may be from the plan's: benchmarks draw them.
const lengthSlack = 0.05

// nearLength reports whether a run's mean length is the plan's; a plan of 0 has none of its own.
func nearLength(measured, planned int) bool {
	return planned == 0 || math.Abs(float64(measured-planned)) <= lengthSlack*float64(planned)
}

// Fitness is how a run stands to the plan on screen.
type Fitness uint8

// The same model, profile and conditions; other conditions (see Apart); another model or profile; or nothing is
// predicted.
const (
	OfPlan Fitness = iota
	OtherConditions
	OtherPlan
	Unpredicted
)

// FitnessOf says whether a run is one of the plan on screen, and how its conditions differ if they do.
func (m *Model) FitnessOf(r *table.MeasuredRun) (Fitness, message.Message) {
	q, device := m.question()
	var apart Apart
	switch {
	case !r.Fault.IsZero():
		return Unpredicted, message.Message{}
	case q == nil || q.Model == nil || r.Model != q.Model.Name || !m.sameDevice(r.Device, device):
		return OtherPlan, message.Message{}
	case apart.Add(r, q):
		return OtherConditions, apart.Says(q)
	}
	return OfPlan, message.Message{}
}

// sameDevice reports whether two profiles are of one device: the same, or one is a fit of the other.
func (m *Model) sameDevice(a, b string) bool { return m.unfitted(a) == m.unfitted(b) }

// unfitted is the profile that a fit of this session began with.
func (m *Model) unfitted(device string) string {
	for range m.fits { // a fit may begin with an earlier one
		for _, f := range m.fits {
			if f.name == device {
				device = f.of
			}
		}
	}
	return device
}

// fitted is a profile that a fit of this session made.
type fitted struct{ name, of string }

func (m *Model) ofPlan(r *table.MeasuredRun) bool {
	fit, _ := m.FitnessOf(r)
	return fit == OfPlan
}

// MeasuredHere are the runs of the plan on screen, for plots.
func (m *Model) MeasuredHere() []*table.MeasuredRun {
	var out []*table.MeasuredRun
	for i := range m.Results.Measured.Runs {
		if r := &m.Results.Measured.Runs[i]; m.ofPlan(r) {
			out = append(out, r)
		}
	}
	return out
}

// MeasuredOf are those that were laid out as a row is.
func (m *Model) MeasuredOf(row *report.Row) []*table.MeasuredRun {
	return slices.DeleteFunc(m.MeasuredHere(), func(r *table.MeasuredRun) bool {
		return row.Phase != plan.PhaseAggregation || !table.SameRanks(r, row)
	})
}

// measuredRows indexes the runs of the plan on screen by what they share with a row; nil where there are none.
func (m *Model) measuredRows() map[table.Layout]*table.MeasuredRun {
	var out map[table.Layout]*table.MeasuredRun
	for _, r := range m.MeasuredHere() {
		at, ok := table.LayoutOf(r)
		if !ok {
			continue
		}
		if out == nil {
			out = map[table.Layout]*table.MeasuredRun{}
		}
		if out[at] == nil {
			out[at] = r
		}
	}
	return out
}

// MeasuredSum is what became of the runs that were laid over the plan.
type MeasuredSum struct {
	Runs      int
	By        [Unpredicted + 1]int // by Fitness
	Beside    int                  // rows of the table with a run beside them
	Among     int                  // of all points, where the table shows candidates only
	Unmatched *table.MeasuredRun   // the first run of the plan that no row on screen matches
}

// MeasuredSays sums up; ok is false where no runs are at hand.
func (m *Model) MeasuredSays() (s MeasuredSum, ok bool) {
	return m.Results.Measured.sum, len(m.Results.Measured.Runs) > 0
}

// sumUp counts once for every table: a frame has no time to go through all points.
func (m *Model) sumUp() (s MeasuredSum) {
	all := &m.Results.Measured
	if len(all.Runs) == 0 {
		return s
	}
	s.Runs = len(all.Runs)
	for i := range all.Runs {
		fit, _ := m.FitnessOf(&all.Runs[i])
		s.By[fit]++
	}
	t := &m.Results.Table
	found := map[*table.MeasuredRun]bool{}
	for item := range t.Unfiltered() {
		if r := item.Measured; r != nil {
			s.Beside++
			found[r] = true
		}
	}
	if rows := m.measuredRows(); rows != nil && s.Beside == 0 {
		for i := range m.points() {
			if table.MeasuredAt(rows, &m.points()[i]) != nil {
				s.Among++
			}
		}
	}
	for _, r := range m.MeasuredHere() {
		if !found[r] {
			s.Unmatched = r
			break
		}
	}
	return s
}
