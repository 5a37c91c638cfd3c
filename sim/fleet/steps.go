package fleet

import (
	"math"

	"fathom/sim/traffic"
)

// steps remembers what decode steps take: the replicas of a fleet make the same ones again and again. Times of one
// number of sequences are read off a line between contexts that are grain tokens apart. It serves one run.
type steps struct {
	clock traffic.Clock
	known map[stepKey]float64
}

type stepKey struct{ decoding, width, context int }

// grain is the distance of the mean contexts that are priced, in tokens.
const grain = 128

// Seconds implements traffic.Clock.
func (s *steps) Seconds(st traffic.State) float64 {
	if len(st.Prompts) > 0 || st.Decoding == 0 {
		return s.clock.Seconds(st)
	}
	mean := st.Context / float64(st.Decoding)
	low := math.Floor(mean / grain)
	a, b := s.at(st, int(low)), s.at(st, int(low)+1)
	return a + (b-a)*(mean/grain-low)
}

func (s *steps) at(st traffic.State, context int) float64 {
	key := stepKey{st.Decoding, st.Width, context}
	t, ok := s.known[key]
	if !ok {
		if s.known == nil {
			s.known = map[stepKey]float64{}
		}
		st.Context = float64(max(1, context*grain) * st.Decoding)
		t = s.clock.Seconds(st)
		s.known[key] = t
	}
	return t
}
