package pass

import (
	"math"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"

	"pgregory.net/rapid"
)

// Properties that hold for every model, strategy and batch.

// anySetup draws a setup that New accepts.
func anySetup(t *rapid.T, names []string) (Setup, *Pricer) {
	for {
		m, err := model.Find(rapid.SampledFrom(names).Draw(t, "model"))
		if err != nil {
			t.Fatal(err)
		}
		d, err := hw.Find(rapid.SampledFrom([]string{a3, "ATLAS_350_425T_112G", "TEST_DEVICE"}).Draw(t, "device"))
		if err != nil {
			t.Fatal(err)
		}
		tp := 1 << rapid.IntRange(0, 3).Draw(t, "log tp")
		dp := 1 << rapid.IntRange(0, 1).Draw(t, "log dp")
		s := Setup{Model: m, Profile: d, Strategy: plan.Strategy{TP: tp, PP: 1, DP: dp, DCP: 1},
			MTP: rapid.IntRange(0, 2).Draw(t, "mtp"),
			Quant: plan.Quant{Linear: plan.LinearAction(rapid.IntRange(0, int(plan.NumLinearActions)-1).Draw(t, "linear")),
				Attention: plan.AttentionAction(rapid.IntRange(0, int(plan.NumAttentionActions)-1).Draw(t, "attention"))},
			Options: plan.Options{Compile: rapid.Bool().Draw(t, "compile"), NoRepetition: rapid.Bool().Draw(t, "no repetition"),
				SequenceParallel: rapid.Bool().Draw(t, "sequence parallel")}}
		if m.MoE() {
			s.Strategy.EP = []int{1, tp * dp}[rapid.IntRange(0, 1).Draw(t, "ep")]
			s.Strategy.MoETP, s.Strategy.MoEDP = tp*dp/s.Strategy.EP, 1
		}
		if p, err := New(s); err == nil {
			return s, p
		}
	}
}

func anyShape(t *rapid.T, s Setup) Shape {
	shape := Shape{Decode: rapid.Bool().Draw(t, "decode"), Requests: rapid.IntRange(1, 300).Draw(t, "requests"),
		Query: 1 + s.MTP, Replayed: rapid.Bool().Draw(t, "replayed")}
	if !shape.Decode {
		shape.Query = rapid.IntRange(1, 5000).Draw(t, "query")
	}
	shape.Total = shape.Query + rapid.IntRange(0, 5000).Draw(t, "context")
	return shape
}

func supported(t testing.TB) []string {
	var names []string
	for _, n := range model.Names() {
		if m, err := model.Find(n); err == nil && m.Unsupported == "" {
			names = append(names, n)
		}
	}
	if len(names) < 40 {
		t.Fatalf("only %d models can be priced", len(names))
	}
	return names
}

// The breakdown and the static cost sum to the total, the table to the same total, and every figure is finite.
func TestSums(t *testing.T) {
	names := supported(t)
	rapid.Check(t, func(t *rapid.T) {
		s, p := anySetup(t, names)
		shape := anyShape(t, s)
		r := p.Uniform(shape)
		b := r.Bound
		if sum := b.Mem + b.Comm + b.Cube + b.Vec + b.Static; !within(sum, r.Seconds, 1e-9) || r.Seconds <= 0 ||
			math.IsInf(r.Seconds, 0) {
			t.Fatalf("%s: parts sum to %g s of %g s", s.Model.Name, sum, r.Seconds)
		}
		m := r.Memory
		if left := m.Total - m.Weight - m.KV - m.Activation - m.Reserved; !within(left, m.Available, 1e-9) || m.Weight <= 0 {
			t.Fatalf("%s: memory %+v", s.Model.Name, m)
		}
		table := p.Table(shape)
		if table.Result != r {
			t.Fatalf("%s: %v without table, %v with", s.Model.Name, r, table.Result)
		}
		sum := 0.0
		for i := range table.Rows {
			sum += table.Rows[i].Seconds()
		}
		if !within(sum, r.Seconds, 1e-9) {
			t.Fatalf("%s: rows sum to %g s of %g s", s.Model.Name, sum, r.Seconds)
		}
	})
}

// More bandwidth, compute or links never make a pass slower.
func TestFasterIsNeverSlower(t *testing.T) {
	names := supported(t)
	rapid.Check(t, func(t *rapid.T) {
		s, p := anySetup(t, names)
		shape := anyShape(t, s)
		before := p.Uniform(shape).Seconds
		d := *s.Profile
		what := rapid.SampledFrom([]string{"memory", "cube", "vector", "links", "latency"}).Draw(t, "what")
		switch what {
		case "memory":
			d.MemoryBandwidth *= 1.5
		case "cube":
			for i := range d.Cube {
				d.Cube[i] *= 1.5
			}
		case "vector":
			for i := range d.Vec {
				d.Vec[i] *= 1.5
			}
		default:
			d.Grid.Levels = append([]hw.Level(nil), d.Grid.Levels...)
			for i := range d.Grid.Levels {
				if what == "links" {
					d.Grid.Levels[i].Bandwidth *= 1.5
				} else {
					d.Grid.Levels[i].Latency /= 1.5
				}
			}
		}
		s.Profile = &d
		q, err := New(s)
		if err != nil {
			t.Fatal(err)
		}
		if after := q.Uniform(shape).Seconds; after > before*(1+1e-12) {
			t.Fatalf("%s: %g s became %g s with faster %s", s.Model.Name, before, after, what)
		}
	})
}

// More TP never needs more bytes of weights on a rank.
func TestMoreTPNeverMoreWeights(t *testing.T) {
	for _, n := range supported(t) {
		last := math.Inf(1)
		for tp := 1; tp <= 16; tp *= 2 {
			st := plan.Strategy{TP: tp, PP: 1, DP: 16 / tp}
			s := setup(t, n, st)
			if s.Model.MoE() {
				s.Strategy.EP, s.Strategy.MoETP, s.Strategy.MoEDP = 16, 1, 1
			}
			p, err := New(s)
			if err != nil {
				continue
			}
			w := p.Uniform(decodeShape).Memory.Weight
			if w > last {
				t.Errorf("%s: tp %d needs %g bytes, half of it %g", n, tp, w, last)
			}
			last = w
		}
	}
}

// Different requests of one batch cost what equal ones cost when they are equal, apart from the explicit row list.
func TestMixedOfEqualPieces(t *testing.T) {
	p := pricer(t, setup(t, "Qwen/Qwen3-32B", plan.Strategy{TP: 4, PP: 1, DP: 1}))
	one := p.Uniform(Shape{Requests: 3, Query: 700, Total: 900})
	apart := p.Mixed([]Piece{{Query: 700, Total: 900}, {Query: 700, Total: 900}, {Query: 700, Total: 900}})
	counted := p.Mixed([]Piece{{Query: 700, Total: 900, Count: 3}})
	if apart != one || counted != one {
		t.Errorf("uniform %v, three pieces %v, one piece of three %v", one, apart, counted)
	}
}

// Pricing without a table allocates nothing, for any family and both generators.
func TestNoAllocation(t *testing.T) {
	for _, c := range benchmarks {
		p := pricer(t, setup(t, c.model, c.strategy))
		pieces := []Piece{{Query: 1, Total: 5000, Count: 7, Decode: true}, {Query: 900, Total: 1200}}
		if n := testing.AllocsPerRun(20, func() { p.Uniform(decodeShape); p.Mixed(pieces) }); n != 0 {
			t.Errorf("%s: %g allocations", c.name, n)
		}
	}
}
