package hw

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Layouts are the kinds of parallel layouts whose runs are told apart: tensor parallel alone, experts spread over the
// devices, attention in data-parallel ranks beside them, and pipelines.
var Layouts = []string{"tp", "ep", "dp", "pp"}

// LayoutOf is the kind of a layout. Data-parallel ranks of a dense model are replicas, each a layout of its own.
func LayoutOf(experts bool, tp, dp, ep, pp int) string {
	switch {
	case pp > 1:
		return "pp"
	case experts && dp > 1:
		return "dp"
	case experts && ep > 1:
		return "ep"
	}
	return "tp"
}

// ClassOf is the class of a model, one of ErrorClasses.
func ClassOf(experts bool) string {
	if experts {
		return ErrorClasses[1]
	}
	return ErrorClasses[0]
}

// Knowledge is which runs of an engine a fit learnt from, on all devices together.
type Knowledge struct {
	First, Last string   // dates of the runs, as far as they are known
	Versions    []string // of the engine, oldest first, as far as they are known
	Models      []string
	Kinds       []Kind
	Widest      float64 // devices of the widest instance; 0: not known

	Growth [3]Growth // of the bars of TTFT, TPOT and throughput
	Beyond [3]Bar    // what holds eight of ten runs of all engines where no run is like a case; zero: not known
}

// Growth is by how much either end of a bar, as a logarithm, moves out for every unit of distance from the runs, by the
// kinds of distance: in lengths and rarity, in load, and in what has no scale (class, layout, version, width). Unsaid
// is that for every unit of the whole distance where nobody says how a run was made.
type Growth struct{ Lengths, Load, Other, Unsaid float64 }

// At is the whole growth at a reach.
func (g Growth) At(r *Reach) float64 {
	by := g.Lengths*r.Lengths + g.Load*r.Load + g.Other*r.Other
	if r.Unsaid {
		by = max(by, g.Unsaid*r.Distance)
	}
	return by
}

// Kind is a kind of runs whose latencies were measured. Lengths are tokens at the nearest power of two, the load is
// requests in flight per device, 0 where the runs do not tell it.
type Kind struct {
	Class, Layout string
	Input, Output int
	Least, Most   float64
	Runs          int
}

// Case is a deployment and its load in the same terms, with the exact lengths. Zero is not known.
type Case struct {
	Class, Layout string
	Input, Output int
	Load          float64
	Ranks         int    // devices of one instance; 0: not known
	Version       string // of the engine; "" where it is not known
	Unsaid        bool   // a measured run of which nobody says who made it: its host and harness may be anything
}

// Octave is the nearest power of two.
func Octave(n int) int { return 1 << max(0, int(math.Round(math.Log2(float64(max(1, n)))))) }

// Distances of things that have no scale: another class of models or kind of layout, and an engine newer than all runs,
// each as far as a factor of two in lengths.
const strange = math.Ln2

// Distance is how far a case is from runs of a kind: the sum of the factors, as natural logarithms, by which lengths
// are off by more than the step of the table and the load is outside of theirs; another class or layout counts as a
// factor of two. Single runs are seen from further away. Zero is inside of what was seen.
func (k *Kind) Distance(c Case) float64 {
	d := k.lengths(c) + k.load(c)
	if c.Class != k.Class {
		d += strange
	}
	if c.Layout != k.Layout {
		d += strange
	}
	return d
}

// lengths is the part of the distance that the lengths and the number of runs make.
func (k *Kind) lengths(c Case) float64 {
	length := func(is, seen int) float64 {
		if is <= 0 {
			return 0
		}
		return math.Max(0, math.Abs(math.Log(float64(is)/float64(max(1, seen))))-math.Ln2/2)
	}
	return length(c.Input, k.Input) + length(c.Output, k.Output) + k.rare()
}

// load is the part of the distance that the load makes.
func (k *Kind) load(c Case) float64 {
	if c.Load <= 0 || k.Most <= 0 {
		return 0
	}
	return math.Max(0, math.Log(math.Max(c.Load/k.Most, k.Least/c.Load)))
}

// rare is how much further away few runs are: a factor of three for one, nothing from eight on.
func (k *Kind) rare() float64 {
	const noise, enough = 3.0, 8.0 // runs that a deployment's own noise outweighs, and of which it does not
	return math.Max(0, math.Log1p(noise/float64(max(1, k.Runs)))-math.Log1p(noise/enough))
}

// Reach is how far a case is from all that a fit has seen, and what is nearest.
type Reach struct {
	Distance float64 // the sum of those in lengths and rarity, in load, and in what has no scale
	Lengths  float64
	Load     float64
	Other    float64
	Unsaid   bool // as the case has it
	Nearest  Kind
	Widest   int    // devices of the widest instance of all runs, where the case has more; else 0
	Newer    string // the engine's version where it is newer than those of all runs, else ""
}

// Far is the distance from which no run was like a case: lengths, loads, classes and layouts together are off by more
// than a factor of two.
const Far = math.Ln2 + 0.05

// Unlike reports whether no run that the fit has seen was like the case.
func (r *Reach) Unlike() bool { return r.Distance > Far }

// Reach of a case; false where nothing is known of the runs.
func (k *Knowledge) Reach(c Case) (Reach, bool) {
	if len(k.Kinds) == 0 {
		return Reach{}, false
	}
	return k.reach(k.sees(c, nil), c), true
}

// between is the kind of runs that a case lies between, where two kinds differ in one of the lengths only: loads are
// those that both have, runs those of the lesser one.
func between(a, b *Kind, c Case) (Kind, bool) {
	within := func(x, y, at int) bool { return min(x, y) < at && at < max(x, y) }
	out := Kind{a.Class, a.Layout, a.Input, a.Output, max(a.Least, b.Least), min(a.Most, b.Most), min(a.Runs, b.Runs)}
	switch {
	case a.Class != b.Class || a.Layout != b.Layout || out.Least > out.Most:
		return out, false
	case a.Output == b.Output && within(a.Input, b.Input, c.Input):
		out.Input = c.Input
	case a.Input == b.Input && within(a.Output, b.Output, c.Output):
		out.Output = c.Output
	default:
		return out, false
	}
	return out, true
}

// At gives the numbers of an engine with the bars of a case: those that runs like the fitted ones earned, further apart
// the further the case is from them. Where no run is like it, an engine's own record says little, and the widest bar of
// all engines stands. The reach is nil where the profile does not say which runs it learnt from.
func (e *EngineCosts) At(c Case) (*EngineCosts, *Reach) {
	s := Sight{engine: e}
	return s.At(c)
}

// Ends of bars: what is further off than a factor of a hundred is not known at all.
const lowest, highest = 0.01, 100

// cover is a bar that holds another one, too; a bar that is not known stays so.
func (b Bar) cover(o Bar) Bar {
	if b.High <= 0 || o.High <= 0 {
		return b
	}
	return Bar{min(b.Low, o.Low), max(b.High, o.High)}
}

// widen moves both ends of a bar out by a logarithm; a bar that is not known stays so.
func (b Bar) widen(by float64) Bar {
	if b.High <= 0 || by <= 0 {
		return b
	}
	return Bar{min(b.Low, max(lowest, b.Low*math.Exp(-by))), max(b.High, min(highest, b.High*math.Exp(by)))}
}

// CompareVersions orders versions by their numbers from the left; letters between them end the comparison.
func CompareVersions(a, b string) int {
	x, y := versionNumbers(a), versionNumbers(b)
	return slices.Compare(x, y)
}

func versionNumbers(s string) (out []int) {
	for _, part := range strings.Split(strings.TrimPrefix(s, "v"), ".") {
		end := strings.IndexFunc(part, func(c rune) bool { return c < '0' || c > '9' })
		if end < 0 {
			end = len(part)
		}
		n, err := strconv.Atoi(part[:end])
		if err != nil {
			break
		}
		out = append(out, n)
		if end < len(part) {
			break
		}
	}
	return out
}

// Sort brings what is known into one order.
func (k *Knowledge) Sort() {
	slices.SortFunc(k.Versions, func(a, b string) int { return cmp.Or(CompareVersions(a, b), cmp.Compare(a, b)) })
	k.Versions = slices.Compact(k.Versions)
	// files spell a model in capitals or not; small letters stay
	slices.SortFunc(k.Models, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(b, a))
	})
	k.Models = slices.CompactFunc(k.Models, strings.EqualFold)
	slices.SortFunc(k.Kinds, func(a, b Kind) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Layout, b.Layout), cmp.Compare(a.Input, b.Input),
			cmp.Compare(a.Output, b.Output))
	})
}

// Runs counts the runs of all kinds.
func (k *Knowledge) Runs() (n int) {
	for _, kind := range k.Kinds {
		n += kind.Runs
	}
	return n
}

// String names a kind in a few words.
func (k Kind) String() string {
	return fmt.Sprintf("%s, %s, %d/%d tokens, %s to %s requests per device", k.Class, k.Layout, k.Input, k.Output,
		decimal(k.Least), decimal(k.Most))
}
