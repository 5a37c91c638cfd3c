package report

import (
	"fathom/hw"
	"fathom/sim/plan"
)

// Breakeven is what speculation gains at each batch of a row's layout.
type Breakeven struct {
	Phase  plan.Phase
	Label  string
	Length float64 // mean tokens of a step
	Points []SpeculationPoint
	Stops  int // the batch per DP replica from which it loses; 0: it pays at all that fit
}

// SpeculationPoint is a batch with the time of a token in ms, with speculation and without.
type SpeculationPoint struct {
	Batch, Concurrency int
	With, Without      float64
	Gain               float64 // Without / With
}

type breakevenJSON struct {
	Phase  string          `json:"phase"`
	Label  string          `json:"label"`
	Length float64         `json:"acceptance_length"`
	Stops  *int            `json:"stops_paying_at_batch"` // null: it pays at all that fit
	Points []breakpairJSON `json:"points"`
}

type breakpairJSON struct {
	Batch       int     `json:"batch_size"`
	Concurrency int     `json:"concurrency"`
	With        float64 `json:"token_ms"`
	Without     float64 `json:"token_ms_without"`
	Gain        float64 `json:"gain"`
}

func breakevens(list []Breakeven) (out []breakevenJSON) {
	for _, b := range list {
		j := breakevenJSON{Phase: b.Phase.String(), Label: hw.Clean(b.Label), Length: Six(b.Length),
			Stops: unlessZero(b.Stops)}
		for _, p := range b.Points {
			j.Points = append(j.Points, breakpairJSON{p.Batch, p.Concurrency, Six(p.With), Six(p.Without), Six(p.Gain)})
		}
		out = append(out, j)
	}
	return out
}
