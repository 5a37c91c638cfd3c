package plan

import "math"

// Stock is how many devices there are for the sides of a pairing, and for both together.
type Stock struct{ Prefill, Decode, Both int }

// Endless is the stock of a request that does not say.
var Endless = Stock{math.MaxInt, math.MaxInt, math.MaxInt}

// Stock is what there is of a pairing's profiles (--prefill-device NAME=N). One profile on both sides has one store,
// the larger number of the two.
func (p Pairing) Stock() Stock {
	s := Endless
	if p.Prefill.Devices > 0 {
		s.Prefill = p.Prefill.Devices
	}
	if p.Decode.Devices > 0 {
		s.Decode = p.Decode.Devices
	}
	switch {
	case p.Prefill.Profile == p.Decode.Profile:
		s.Both = max(s.Prefill, s.Decode)
	case s.Prefill < math.MaxInt && s.Decode < math.MaxInt:
		s.Both = s.Prefill + s.Decode
	}
	return s
}

// Holds reports whether there are so many devices.
func (s Stock) Holds(prefill, decode int) bool {
	return prefill <= s.Prefill && decode <= s.Decode && prefill+decode <= s.Both
}

// Left is what so many devices of each side leave over within a budget of both: of each side and altogether.
func (s Stock) Left(budget, prefill, decode int) (p, d, all int) {
	all = min(budget, s.Both) - prefill - decode
	return min(all, s.Prefill-prefill), min(all, s.Decode-decode), all
}
