package traffic

import (
	"math"
	"testing"
)

// Sessions that end at their bound have fewer turns; as many more begin that turns arrive at the rate that is asked
// for. Without the time in which the first begin and the last end, that rate is what is served, and Little's law holds.
func TestSessionsKeepTheirRate(t *testing.T) {
	for _, longest := range []int{0, 3000, 1500} {
		s := chats(1, 5)
		s.Count, s.Longest = 1<<40, longest
		reached := s.Reached()
		if longest == 0 && reached != s.Turns || longest > 0 && reached >= s.Turns || reached < 1 {
			t.Errorf("bound of %d tokens: %g turns of %g", longest, reached, s.Turns)
		}
		const rate = 6.
		s.Rate = rate / reached
		f := Fleet{Engine: usual(), Clock: plain, Replicas: 2, Reuse: true, From: 4 * reached * (s.Think + 5)}
		f.To = f.From + 20_000/rate
		p := served(t, talking(t, s), f)
		if math.Abs(p.Rate/rate-1) > 0.03 {
			t.Errorf("bound of %d tokens: %.3f requests per second, want %g", longest, p.Rate, rate)
		}
		if want := p.Rate * p.E2E.Mean; math.Abs(p.InFlight/want-1) > 0.03 {
			t.Errorf("bound of %d tokens: %.3f in flight, %.3f by Little's law", longest, p.InFlight, want)
		}
	}
}
