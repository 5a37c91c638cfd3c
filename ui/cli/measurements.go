package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/calibrate"
	"fathom/sim/score"
	"fathom/ui/runs"
)

// measurements are files of one kind, joined: serving runs or kernel sums.
type measurements struct {
	paths  []string
	runs   []score.Row
	passes []calibrate.Pass
}

// sums reports whether the files are of kernel sums.
func (m *measurements) sums() bool { return len(m.passes) > 0 }

// what names the files in messages.
func (m *measurements) what() string {
	if m.sums() {
		return "kernel sums " + strings.Join(m.paths, ", ")
	}
	return "measured runs " + strings.Join(m.paths, ", ")
}

// source names the files in a profile, whose sources have a largest length.
func (m *measurements) source() string {
	const most = 1500
	var out string
	for i, path := range m.paths {
		next := hw.Clean(path)
		if i > 0 {
			next = out + ", " + next
		}
		if utf8.RuneCountInString(next) > most {
			return strings.TrimPrefix(fmt.Sprintf("%s and %d more", out, len(m.paths)-i), " and ")
		}
		out = next
	}
	return out
}

// measurements reads files, each by what it holds. What stands in an earlier file too is left out, with a note: it
// would count twice. Files of load generators that cannot be read are named, and the others go on.
func (p *Program) measurements(ctx context.Context, args []string, known score.Known) (*measurements, error) {
	paths, err := p.runFiles("calibrate", args)
	if err != nil {
		return nil, err
	}
	m := &measurements{paths: args}
	serving, passes := once[score.Row]{}, once[calibrate.Pass]{}
	var kinds [2]string // a file of serving runs, and one of kernel sums
	var troubles []string
	for _, path := range paths {
		rows, own, err := p.readMeasurement(ctx, path, known)
		var left, all int
		switch {
		case err != nil && len(paths) > len(args): // one of a directory or a pattern
			troubles = append(troubles, err.Error())
			continue
		case err != nil:
			return nil, refused("calibrate", err)
		case own != nil:
			kinds[1], all = path, len(own)
			m.passes = passes.join(m.passes, own, (*calibrate.Pass).Says)
			left = passes.left
		default:
			kinds[0], all = path, len(rows)
			p.ofFile(path, rows)
			m.runs = serving.join(m.runs, rows, runKey)
			left = serving.left
			if len(paths) > 1 {
				runs.NameAfter(path, m.runs[len(m.runs)-len(rows)+left:])
			}
		}
		if kinds[0] != "" && kinds[1] != "" {
			return nil, badInput("calibrate", "bad.fit-kinds", kinds[0], kinds[1])
		}
		if left > 0 {
			p.note(message.New("said.twice", path, left, all))
		}
	}
	if len(m.runs)+len(m.passes) == 0 {
		return nil, &usageError{"calibrate", literally(troubles[:min(len(troubles), mostLost)])}
	}
	p.leftOut(troubles)
	return m, nil
}

// readMeasurement reads one file: kernel sums, a table of runs, or what a load generator wrote.
func (p *Program) readMeasurement(ctx context.Context, path string, known score.Known) ([]score.Row, []calibrate.Pass,
	error) {
	data, err := p.readMeasured(ctx, path)
	if err != nil {
		return nil, nil, fmt.Errorf("measured runs %s: %v", path, runs.Reason(err))
	}
	if own, sums, err := calibrate.ReadPasses(runs.Alive{Ctx: ctx, R: bytes.NewReader(data)}); sums {
		if err != nil {
			return nil, nil, fmt.Errorf("kernel sums %s: %v", path, err)
		}
		return nil, own, nil
	}
	rows, err := runs.In(ctx, path, data, known)
	if err != nil {
		return nil, nil, fmt.Errorf("measured runs %s: %v", path, err)
	}
	return rows, nil, nil
}

// mostTable is more than any table of runs or cases is long.
const mostTable = 256 << 20

// readMeasured reads a file of measured runs or kernel sums.
func (p *Program) readMeasured(ctx context.Context, path string) ([]byte, error) {
	in, err := p.open(ctx, path, mostTable)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(in)
}

// once joins files so that what two of them hold comes once. Equal rows of one file stay: they are repeated runs.
type once[T any] struct {
	seen map[string]bool
	left int // rows of the last file that an earlier one has
}

func (o *once[T]) join(all, more []T, key func(*T) string) []T {
	o.left = 0
	var keys []string
	for i := range more {
		k := key(&more[i])
		if o.seen[k] {
			o.left++
			continue
		}
		all, keys = append(all, more[i]), append(keys, k)
	}
	if o.seen == nil {
		o.seen = map[string]bool{}
	}
	for _, k := range keys {
		o.seen[k] = true
	}
	return all
}

// runKey is all that a row says but where it stands.
func runKey(r *score.Row) string {
	x := *r
	x.File = message.Message{}
	if x.Line = 0; x.ID == fmt.Sprintf("line %d", r.Line) {
		x.ID = ""
	}
	key, err := json.Marshal(x)
	if err != nil {
		return fmt.Sprintf("%p", r) // equal to no other
	}
	return string(key)
}

// among keeps what was measured on known devices that own accepts; nil: any. A warning counts and names the others.
func among[T any](p *Program, all []T, device func(*T) string, d *calibrate.Devices, own func(name string) bool,
	why message.Message) []T {
	var kept []T
	var unknown, others []string
	for i := range all {
		switch name := device(&all[i]); {
		case !d.Knows(name):
			unknown = append(unknown, hw.Clean(name))
		case own != nil && !own(name):
			others = append(others, hw.Clean(name))
		default:
			kept = append(kept, all[i])
		}
	}
	if n := len(unknown); n > 0 {
		p.warn(message.New("said.no-profile", n, few(unknown)))
	}
	if n := len(others); n > 0 {
		p.note(message.New("said.others", n, few(others), why))
	}
	return kept
}

// few lists names, each once, and not more than a line holds.
func few(names []string) string {
	const most = 8
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
