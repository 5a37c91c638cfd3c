package kernel

import (
	"testing"

	"fathom/hw"
	"fathom/sim/model"
)

// slid is Qwen3-8B with a window on the first layers.
func slid(t *testing.T, layers, window int) Memory {
	t.Helper()
	found, err := model.Find("Qwen/Qwen3-8B")
	if err != nil {
		t.Fatal(err)
	}
	m := *found
	m.Layers = append([]model.Layer(nil), found.Layers...)
	for i := range layers {
		m.Layers[i].Attention.Window = window
	}
	p, err := hw.Find("H200_SXM")
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Deployment{Model: &m, Profile: p, TP: 1, DP: 2})
	if err != nil {
		t.Fatal(err)
	}
	return s.Memory(EngineShare, EngineReserve)
}

// A window that no sequence reaches changes nothing, and one on every layer leaves room for more sequences, not for
// none. Of 36 layers, half windowed at a tenth of the length, a sequence keeps 18 + 1.8.
func TestWindowsLeaveRoom(t *testing.T) {
	const tokens = 4000
	none := slid(t, 0, 0)
	room := none.Room(tokens)
	if room < 1000*tokens/10 || none.Room(10) != room {
		t.Fatalf("room for %d tokens, of short sequences %d", room, none.Room(10))
	}
	if got := slid(t, 36, tokens).Room(tokens); got != room {
		t.Errorf("a window as long as the sequences: %d tokens, without %d", got, room)
	}
	for layers, want := range map[int]float64{36: 10, 18: 36 / 19.8} {
		got := slid(t, layers, tokens/10)
		if share := float64(got.Room(tokens)) / float64(room); share < 0.999*want || share > 1.001*want {
			t.Errorf("%d layers with a window of a tenth: %.3f times the room, want %.3f", layers, share, want)
		}
		if got.Sequence(tokens/10) != none.Sequence(tokens/10) {
			t.Errorf("%d layers: a sequence within the window keeps %g, want %g", layers, got.Sequence(tokens/10),
				none.Sequence(tokens/10))
		}
	}
}
