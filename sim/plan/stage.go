package plan

import "fathom/sim/model"

// Stage is the part of a model that one pipeline stage runs (simulation-model 8.5).
type Stage struct {
	Layers    []model.Layer // a part of the model's list
	Embedding bool          // the first stage
	Head      bool          // the last stage: final norm, lm_head and MTP layers
}

// Stages cuts the layers into pp contiguous stages of equal length; what is left over goes one each to the stages
// before the last one, from the back, never to the last. It needs 1 <= pp <= layers.
func Stages(m *model.Model, pp int) []Stage {
	pp = max(1, pp)
	each, left := len(m.Layers)/pp, len(m.Layers)%pp
	stages := make([]Stage, pp)
	from := 0
	for i := range stages {
		n := each
		if i != pp-1 && i >= pp-1-left {
			n++
		}
		stages[i] = Stage{Layers: m.Layers[from : from+n], Embedding: i == 0, Head: i == pp-1}
		from += n
	}
	return stages
}
