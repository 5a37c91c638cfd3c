package plan

import (
	"fmt"
	"testing"

	"fathom/sim/model"
)

func TestStages(t *testing.T) {
	for _, c := range []struct {
		layers, pp int
		want       string
	}{
		{64, 1, "[64]"},
		{64, 4, "[16 16 16 16]"},
		{61, 4, "[15 15 16 15]"},
		{62, 4, "[15 16 16 15]"},
		{7, 4, "[2 2 2 1]"},
	} {
		var sizes []int
		stages := Stages(&model.Model{Layers: make([]model.Layer, c.layers)}, c.pp)
		for i, s := range stages {
			sizes = append(sizes, len(s.Layers))
			if s.Embedding != (i == 0) || s.Head != (i == c.pp-1) {
				t.Errorf("%d layers, stage %d of %d: embedding %v, head %v", c.layers, i, c.pp, s.Embedding, s.Head)
			}
		}
		if got := fmt.Sprint(sizes); got != c.want {
			t.Errorf("%d layers in %d stages: %s, want %s", c.layers, c.pp, got, c.want)
		}
	}
}
