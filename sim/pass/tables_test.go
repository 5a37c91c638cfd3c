package pass

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"fathom/sim/plan"
)

// worked is one operator table of simulation-model chapter 10.
type worked struct {
	Name, Model, Flags     string
	Requests, Query, Total int
	Whole                  bool // the table lists every operator
	Rows                   [][7]any
}

// TestWorkedTables compares FLOPs, bytes, time and number of every operator with the worked tables.
func TestWorkedTables(t *testing.T) {
	data, err := os.ReadFile("testdata/tables.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Tables []worked }
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	for _, w := range doc.Tables {
		t.Run(w.Name, w.compare)
	}
}

func (w worked) compare(t *testing.T) {
	has := func(flag string) bool { return strings.Contains(w.Flags, flag) }
	st := plan.Strategy{TP: 4, PP: 1, DP: 1}
	if has("ep16") {
		st = plan.Strategy{TP: 4, PP: 1, DP: 4, EP: 16, MoETP: 1, MoEDP: 1}
	}
	s := setup(t, w.Model, st)
	s.Options.Compile = has("compile")
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	pass := p.Table(Shape{Decode: has("decode"), Requests: w.Requests, Query: w.Query, Total: w.Total})
	got := map[string]int{}
	for i := range pass.Rows {
		r := &pass.Rows[i]
		got[key(r.Cube, r.Vec16+r.Vec32, r.Read, r.Write, r.Time.Seconds*1e6)] += r.Count
	}
	for _, row := range w.Rows {
		n := func(i int) float64 { return row[i].(float64) }
		k := key(n(2), n(3), n(4), n(5), n(6))
		got[k] -= int(n(1))
		if got[k] < 0 {
			t.Errorf("%s: %s: %d fewer than in the table", row[0], k, -got[k])
		}
	}
	for k, n := range got {
		if w.Whole && n > 0 {
			t.Errorf("%s: %d more than in the table", k, n)
		}
	}
}

// key identifies an operator by its work; the tables print six digits of operations whole bytes, and microseconds to
// the nanosecond.
func key(cube, vec, read, write, us float64) string {
	return fmt.Sprintf("cube %.3g vec %.4g read %d write %d %.3f us", cube, vec, int(read), int(write),
		math.Round(us*1e3)/1e3)
}
