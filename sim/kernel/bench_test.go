package kernel

import "testing"

// One step of a dense model, of experts beside shared ones, and of a hybrid: what simulations ask for millions of
// times.
func BenchmarkSeconds(b *testing.B) {
	for _, d := range deployments(b) {
		s, err := New(d)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(d.Rank.Model.Architecture, func(b *testing.B) {
			for b.Loop() {
				s.Seconds(states[1])
			}
		})
	}
}
