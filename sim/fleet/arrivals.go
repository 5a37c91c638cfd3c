package fleet

import (
	"math"

	"fathom/sim/traffic"
)

// arrivals sends the requests of a load at the rate of a curve: the times of a Poisson process of rate one are put
// where the curve has sent so many.
type arrivals struct {
	traffic.Source
	curve Curve
	next  int     // point behind the latest call
	at    float64 // of the latest call
	sum   float64 // requests that the curve has sent by then
}

// follow gives the calls of a load along a curve, to its end. seed makes the days of equal curves differ.
func follow(load traffic.Load, c Curve, seed uint64) (traffic.Source, error) {
	load.Arrival, load.Rate, load.Seed = traffic.Poisson, 1, seed
	n := c.Sum(c[0].At, c[len(c)-1].At)
	load.Requests = int(n+10*math.Sqrt(n)) + 100 // more than come, almost surely
	src, err := traffic.Drawn(load)
	if err != nil {
		return nil, err
	}
	return &arrivals{Source: src, curve: c, next: 1, at: c[0].At}, nil
}

func (a *arrivals) Next(c *traffic.Call) (bool, error) {
	more, err := a.Source.Next(c)
	if err != nil || !more {
		return false, err
	}
	for ; a.next < len(a.curve); a.next++ {
		p, left := a.curve[a.next], c.At-a.sum
		rate := a.curve.At(a.at)
		if all := (rate + p.Rate) / 2 * (p.At - a.at); left > all {
			a.sum, a.at = a.sum+all, p.At
			continue
		}
		slope := (p.Rate - rate) / (p.At - a.at)
		after := left / math.Max(rate, 1e-300) // the time in which the curve sends so many more
		if slope != 0 {
			root := math.Sqrt(math.Max(0, rate*rate+2*slope*left))
			after = 2 * left / (rate + root)
		}
		a.at, a.sum = math.Min(a.at+after, p.At), c.At
		c.At = a.at - a.curve[0].At
		return true, nil
	}
	return false, nil
}
