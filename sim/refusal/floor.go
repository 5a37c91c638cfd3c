package refusal

import (
	"math"
	"slices"

	"fathom/hw"
	"fathom/sim/geometry"
	"fathom/sim/model"
)

// fewestBytes is what a parameter takes at the least, that of a 4-bit format.
const fewestBytes = 0.5

// Floor is a time in ms that a pass over so many tokens takes longer than on so many devices of any of the profiles:
// its products at the largest peak of all devices together, and its weights in 4 bits read once by all of them. 0 where
// the model has no layers that can be counted, which its own question says.
func Floor(m *model.Model, profiles []*hw.Profile, devices int, tokens float64) float64 {
	worked, err := geometry.Worked(m)
	if err != nil || len(profiles) == 0 {
		return 0
	}
	least := math.Inf(1)
	for _, p := range profiles {
		products := 2 * worked * tokens / slices.Max(p.Cube[:])
		weights := worked * fewestBytes / p.MemoryBandwidth
		least = min(least, 1000*max(products, weights)/float64(devices))
	}
	return least
}
