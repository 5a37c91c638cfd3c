package plan

import "fathom/hw"

// Watts is what a device of a profile draws at most under the caps of a request; 0 where the profile does not say.
func (r *Request) Watts(p *hw.Profile) float64 {
	if cap := r.cap(); cap > 0 && p.PowerWatts > 0 {
		return min(cap, p.PowerWatts)
	}
	return p.PowerWatts
}

// cap is what a device may draw; 0: nothing forbids anything.
func (r *Request) cap() float64 {
	cap := r.PowerCap
	if r.PowerLimit > 0 && r.Devices > 0 {
		if share := r.PowerLimit / float64(r.Devices); cap == 0 || share < cap {
			cap = share
		}
	}
	return cap
}

// Capped reports whether the caps of a request hold devices of a profile below what they draw by themselves.
func (r *Request) Capped(p *hw.Profile) bool { cap := r.cap(); return cap > 0 && cap < p.PowerWatts }

// Pace is the share of its pace that a capped device keeps at least; its profile says what it draws idle. What is above
// the idle draw goes with frequency times the square of voltage, so that a clock at the same voltage falls with it in
// proportion, and one whose voltage falls too loses less; memory-bound steps, whose draw the cap may not even reach
// (H200 in decode: 137 to 300 W, arXiv:2605.11999), may lose nothing. The truth lies between this share and one.
func (r *Request) Pace(p *hw.Profile) float64 {
	if !r.Capped(p) {
		return 1
	}
	return (r.cap() - p.IdleWatts) / (p.PowerWatts - p.IdleWatts)
}
