package pass

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// reference is one pass of the reference tool.
type reference struct {
	Model string
	Argv  string
	Time  float64               `json:"time_ms"`
	Bound [4]float64            `json:"bound_s"`
	Ops   map[string][2]float64 // count, total microseconds
}

// skipped are rows that are not met, with the reason.
var skipped = map[string]string{}

// TestReference compares every pass of testdata: the whole time, every operator's count and time, and the breakdown.
func TestReference(t *testing.T) {
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".jsonl"), func(t *testing.T) {
			for _, r := range readReference(t, f) {
				t.Run(r.Model+" "+r.Argv, func(t *testing.T) { r.compare(t) })
			}
		})
	}
}

func readReference(t testing.TB, file string) []reference {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []reference
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r reference
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if r.Model != "" { // the first line names the source
			rows = append(rows, r)
		}
	}
	return rows
}

func (r reference) compare(t *testing.T) {
	if why, ok := skipped[r.Model+" "+r.Argv]; ok {
		t.Skip(why)
	}
	s, shape, err := command(r.Model, r.Argv)
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	got := p.Table(shape)
	if !within(got.Seconds*1e3, r.Time, 2e-9) {
		t.Errorf("time %.9f ms, reference %.9f ms", got.Seconds*1e3, r.Time)
	}
	if sum := p.Uniform(shape); sum != got.Result {
		t.Errorf("with and without table differ: %v, %v", got.Result, sum)
	}
	b := got.Bound
	for i, v := range []float64{b.Mem, b.Comm, b.Cube, b.Vec} {
		if math.Abs(v-r.Bound[i]) > 1e-9*got.Seconds {
			t.Errorf("breakdown %d: %g s, reference %g s", i, v, r.Bound[i])
		}
	}
	r.compareOps(t, &got)
}

// compareOps compares operator by operator; the reference prints microseconds with six digits.
func (r reference) compareOps(t *testing.T, p *Pass) {
	seen := map[string][2]float64{}
	for _, k := range p.ByKind() {
		name := k.Kind.Reference()
		v := seen[name]
		seen[name] = [2]float64{v[0] + float64(k.Count), v[1] + k.Seconds*1e6}
	}
	for name, want := range r.Ops {
		got := seen[name]
		if got[0] != want[0] || math.Abs(got[1]-want[1]) > 2e-6+1e-9*want[1] {
			t.Errorf("%s: %v x, %.6f us; reference %v x, %.6f us", name, got[0], got[1], want[0], want[1])
		}
		delete(seen, name)
	}
	for name, got := range seen {
		t.Errorf("%s: %v x, %.6f us; not in the reference", name, got[0], got[1])
	}
}

func within(got, want, tolerance float64) bool { return math.Abs(got-want) <= tolerance*math.Abs(want) }

// command reads the flags of the reference tool's text_generate that the rows use.
func command(name, argv string) (Setup, Shape, error) {
	m, err := model.Find(name)
	if err != nil {
		return Setup{}, Shape{}, err
	}
	s, shape := Setup{Model: m}, Shape{}
	words := strings.Fields(argv)
	n, context := map[string]int{}, 0
	for i := 0; i < len(words); i++ {
		flag := words[i]
		if flag == "--compile" || flag == "--decode" {
			s.Options.Compile = s.Options.Compile || flag == "--compile"
			shape.Decode = shape.Decode || flag == "--decode"
			continue
		}
		i++
		switch flag {
		case "--device":
			if s.Profile, err = hw.Find(words[i]); err != nil {
				return s, shape, err
			}
		case "--quantize-linear-action":
			s.Quant.Linear = action[plan.LinearAction](words[i], int(plan.NumLinearActions))
		case "--quantize-attention-action":
			s.Quant.Attention = action[plan.AttentionAction](words[i], int(plan.NumAttentionActions))
		default:
			if n[flag], err = strconv.Atoi(words[i]); err != nil {
				return s, shape, fmt.Errorf("%s %s: %w", flag, words[i], err)
			}
		}
	}
	tp := max(1, n["--tp-size"])
	s.Strategy = plan.Strategy{TP: tp, PP: 1, DP: n["--num-devices"] / tp}
	if m.MoE() {
		s.Strategy.EP, s.Strategy.MoEDP = max(1, n["--ep-size"]), max(1, n["--moe-dp-size"])
		s.Strategy.MoETP = n["--num-devices"] / s.Strategy.EP / s.Strategy.MoEDP
	}
	s.MTP = n["--num-mtp-tokens"]
	context = n["--context-length"]
	shape.Requests, shape.Query, shape.Total = n["--num-queries"], n["--query-length"], context+n["--query-length"]
	shape.Images, shape.ImageHeight, shape.ImageWidth = n["--image-batch-size"], n["--image-height"], n["--image-width"]
	return s, shape, nil
}

// action finds a quantisation action by its name.
func action[A interface {
	~uint8
	fmt.Stringer
}](name string, n int) A {
	for i := range n {
		if a := A(i); a.String() == name {
			return a
		}
	}
	panic("unknown action " + name)
}
