package memory

import (
	"math"
	"testing"

	"fathom/hw"
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// served is the model as engines hold it, in 16 bits.
func served(t testing.TB, m *model.Model, s plan.Strategy) []Rank {
	t.Helper()
	g, err := geometry.Served(m, s)
	if err != nil {
		t.Fatal(err)
	}
	out, err := NewRanks(g, Setting{Served: true,
		Formats: FormatsOf(model.Stored{}, hw.FormatBF16)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// slid is the room of Qwen3-8B with a window on the first layers.
func slid(t *testing.T, layers, window int) Room {
	t.Helper()
	m := *find(t, "Qwen/Qwen3-8B")
	m.Layers = append([]model.Layer(nil), m.Layers...)
	for i := range layers {
		m.Layers[i].Attention.Window = window
	}
	return NewRoom(served(t, &m, plan.Strategy{TP: 1, DP: 2}), 141e9, 20e9, 2, 4000)
}

// A window that no request reaches changes nothing, and one on every layer leaves room for more requests, not for none.
// Of 36 layers, half windowed at a tenth of the length, a request keeps 18 + 1.8.
func TestWindowsLeaveRoom(t *testing.T) {
	const tokens = 4000
	none := slid(t, 0, 0)
	room := none.Tokens(tokens)
	if room < 1000*tokens/10 || none.Tokens(10) != room {
		t.Fatalf("room for %d tokens, of short requests %d", room, none.Tokens(10))
	}
	wide := slid(t, 36, tokens)
	if got := wide.Tokens(tokens); got != room {
		t.Errorf("a window as long as the requests: %d tokens, without %d", got, room)
	}
	for layers, want := range map[int]float64{36: 10, 18: 36 / 19.8} {
		got := slid(t, layers, tokens/10)
		if share := float64(got.Tokens(tokens)) / float64(room); share < 0.999*want || share > 1.001*want {
			t.Errorf("%d layers with a window of a tenth: %.3f times the room, want %.3f", layers, share, want)
		}
		if got.Request(tokens/10) != none.Request(tokens/10) {
			t.Errorf("%d layers: a request within the window keeps %g, want %g", layers, got.Request(tokens/10),
				none.Request(tokens/10))
		}
	}
}

// As engines hold them, one rank without TP holds two bytes of each parameter, whatever the family: a tied table once,
// compressors too. What parameters leave out are tables of expert numbers, and what is stored wider.
func TestServedWeightsAreParameters(t *testing.T) {
	for _, m := range priced(t) {
		total, _, err := geometry.Parameters(m)
		if err != nil {
			t.Fatal(err)
		}
		got, want := served(t, m, strategy(m, 1, 1, 1))[0].Weight(false), 2*(total+m.Tower)
		if slack := math.Abs(got-want) / want; m.Hyper != nil && slack > 0.02 || m.Hyper == nil && slack > 1e-5 {
			t.Errorf("%s: %.0f bytes, two a parameter are %.0f", m.Name, got, want)
		}
	}
}

// What the verdict counts for a batch of equal requests is what the room counts for each of them.
func TestBatchIsItsRequests(t *testing.T) {
	for _, m := range priced(t) {
		for _, s := range []plan.Strategy{strategy(m, 1, 1, 1), strategy(m, 2, 2, 4)} {
			ranks := served(t, m, s)
			room := NewRoom(ranks, 1e15, 0, s.DP, 3000)
			for _, tokens := range []int{1, 100, 3000, 100_000} {
				got, want := ranks[0].KV(Batch{Requests: 7, Total: 7 * tokens}), 7*room.Request(tokens)
				if math.Abs(got-want) > 1e-9*want {
					t.Errorf("%s, %d tokens: a batch of 7 keeps %.0f bytes, 7 requests %.0f", m.Name, tokens, got, want)
				}
			}
		}
	}
}
