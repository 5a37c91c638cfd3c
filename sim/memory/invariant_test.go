package memory

import (
	"math"
	"slices"
	"testing"

	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// priced gives every model of the catalog whose operators can be priced.
func priced(t *testing.T) []*model.Model {
	t.Helper()
	var out []*model.Model
	for _, name := range model.Names() {
		if m := find(t, name); m.Unsupported == "" {
			out = append(out, m)
		}
	}
	if len(out) < 50 {
		t.Fatalf("only %d models can be priced", len(out))
	}
	return out
}

// divides reports whether every head count splits over tp ranks.
func divides(m *model.Model, tp int) bool {
	for _, l := range m.Layers {
		a := l.Attention
		for _, n := range []int{a.Heads, a.KeyHeads, a.ValueHeads, a.OutputGroups, a.IndexHeads * min(1, a.OutputGroups)} {
			if n%tp != 0 {
				return false
			}
		}
	}
	return true
}

func strategy(m *model.Model, tp, dp, ep int) plan.Strategy {
	s := plan.Strategy{TP: tp, PP: 1, DP: dp}
	if m.MoE() {
		s.EP, s.MoETP, s.MoEDP = ep, tp*dp/ep, 1
	}
	return s
}

// whole is the bytes of the weights on one device that holds everything in FP16, tables included.
func whole(t testing.TB, m *model.Model) float64 {
	return rank(t, m, strategy(m, 1, 1, 1), plan.Quant{}).Weight(false)
}

// In FP16 one rank without TP holds two bytes of each parameter, the RoPE tables, a head of its own where it is tied,
// and what the reference tool stores wider or not at all.
func TestWeightsAreParameters(t *testing.T) {
	for _, m := range priced(t) {
		total, _, err := geometry.Parameters(m)
		if err != nil {
			t.Fatal(err)
		}
		want := 2*(total+m.Tower) + 4*float64(m.MaxPositions)*float64(m.TableWidth)
		if m.TiedEmbedding {
			want += 2 * float64(m.Vocab) * float64(m.Hidden)
		}
		if m.Hyper != nil { // no compressors, hyper-connections in FP32, tables of expert numbers
			if got := whole(t, m); math.Abs(got/want-1) > 0.03 {
				t.Errorf("%s: %.0f bytes, two a parameter are %.0f", m.Name, got, want)
			}
			continue
		}
		g, err := geometry.New(m, strategy(m, 1, 1, 1), false)
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.Layers {
			l := g.Layer(i)
			for _, v := range append(slices.Clone(l.FFN.Vectors), l.Attention.Vectors...) {
				want += (v.Bytes - 2) * float64(v.All)
			}
		}
		if got := whole(t, m); math.Abs(got-want) > 1 {
			t.Errorf("%s: %.0f bytes, want %.0f", m.Name, got, want)
		}
	}
}

// More TP or EP never means more weights on a rank; fewer bits never mean more.
func TestSplittingNeverAddsWeight(t *testing.T) {
	for _, m := range priced(t) {
		weight := func(s plan.Strategy, q plan.LinearAction) float64 {
			return (&ranks(t, m, s, plan.Quant{Linear: q}, compiled, 0)[0]).Weight(false)
		}
		for q := plan.LinearDisabled; q < plan.NumLinearActions; q++ {
			last := math.Inf(1)
			for tp := 1; tp <= 64 && divides(m, tp); tp *= 2 {
				w := weight(strategy(m, tp, 1, 1), q)
				if w > last {
					t.Errorf("%s, %v: TP %d holds %.0f bytes, TP %d %.0f", m.Name, q, tp, w, tp/2, last)
				}
				last = w
				if full := weight(strategy(m, tp, 1, 1), plan.LinearDisabled); w > full {
					t.Errorf("%s, TP %d: %v holds %.0f bytes, FP16 %.0f", m.Name, tp, q, w, full)
				}
			}
			if !m.MoE() {
				continue
			}
			last = math.Inf(1)
			for ep := 1; ep <= 64; ep *= 2 {
				w := weight(strategy(m, 1, ep, ep), q)
				if w > last {
					t.Errorf("%s, %v: EP %d holds %.0f bytes, EP %d %.0f", m.Name, q, ep, w, ep/2, last)
				}
				last = w
			}
		}
	}
}

// KV bytes are linear in tokens where the blocks are whole, in every family but V4, whose windows are constant, and
// beside states.
func TestKVLinearInTokens(t *testing.T) {
	for _, m := range priced(t) {
		r := &ranks(t, m, strategy(m, 1, 1, 1), plan.Quant{}, compiled, 0)[0]
		one, three := r.KV(decode(1, 128*128-1)), r.KV(decode(1, 3*128*128-1))
		windows := r.state // what does not grow with a request
		for _, l := range m.Layers {
			if a := l.Attention; a.Kind == model.SharedKV {
				windows += float64(a.Window*a.HeadDim) * 2
			}
		}
		if math.Abs(three-windows-3*(one-windows)) > 1 {
			t.Errorf("%s: 16 Ki tokens take %.0f bytes, 48 Ki %.0f, of them windows and states %.0f", m.Name, one, three,
				windows)
		}
	}
}

// Whatever is asked, the answers are finite and not negative.
func TestFinite(t *testing.T) {
	for _, m := range priced(t) {
		for _, o := range []plan.Options{{}, {Compile: true}, {Compile: true, NoRepetition: true}} {
			for _, s := range []plan.Strategy{strategy(m, 1, 1, 1), strategy(m, 8, 2, 16), strategy(m, 2, 8, 4)} {
				r := &ranks(t, m, s, plan.Quant{Linear: plan.MXFP4, NonExpert: plan.W8A8Dynamic}, o, 2)[0]
				for _, b := range []Batch{{}, decode(1, 1), decode(4096, 131072),
					{Requests: 1, Tokens: 1 << 20, Total: 1 << 20, Longest: 1 << 20}} {
					for _, v := range []float64{r.Weight(true), r.KV(b), r.Activation(b), r.KVPerToken(b)} {
						if !(v >= 0) || math.IsInf(v, 0) {
							t.Errorf("%s, %+v, %+v: %v", m.Name, s, b, v)
						}
					}
				}
			}
		}
	}
}
