package sweep

import (
	"math"

	"fathom/sim/plan"
)

// Now is the value of the knob in a request; false where it has none.
func (k *Knob) Now(r *plan.Request) (float64, bool) {
	if k.now == nil {
		return 0, false
	}
	v := k.now(r)
	return v, v > 0 || !k.above && k.lo == 0
}

// Around is a range that shows what a knob does to a plan, as Parse reads it: a quarter to four times its present
// value, of shares all that there are. Where the plan has no value it is a range that is usual.
func (k *Knob) Around(r *plan.Request) string {
	v, ok := k.Now(r)
	switch {
	case k.unit == share && k.below:
		return "0..0.9:19"
	case k.unit == share && k.hi > 1: // a cost
		return "0..1:11"
	case k.unit == share && k.above:
		return "0.5..1:11"
	case k.unit == share:
		return "0..1:21"
	case k.usual != "" && (!ok || v == 0):
		return k.usual
	case !ok || v <= 0:
		return k.example()
	}
	low, high := v/4, 4*v
	if k.unit == count {
		low, high = math.Max(k.lo, math.Round(low)), math.Min(k.hi, math.Max(math.Round(high), k.lo+1))
	}
	if k.doubles {
		return k.powers(low, high)
	}
	return k.Print(twelve(low)) + ".." + k.Print(twelve(math.Min(high, k.hi))) + ":log:25"
}

// powers lists the numbers of devices from one to another, each twice the one before.
func (k *Knob) powers(low, high float64) string {
	text := ""
	for v := low; v <= high; v *= 2 {
		if text != "" {
			text += ","
		}
		text += k.Print(v)
	}
	return text
}

// Price is the knob of one device's price.
func Price(device string, r *plan.Request) (*Knob, error) {
	p, err := profile(device, r)
	if err != nil {
		return nil, err
	}
	return priceOf(p), nil
}

// Whole reports whether the values are whole numbers, Share whether they are shares of one, Sizes whether they are
// numbers of devices, of which few make sense.
func (k *Knob) Whole() bool { return k.unit == count }
func (k *Knob) Share() bool { return k.unit == share }
func (k *Knob) Sizes() bool { return k.doubles }

// Most is the largest value that is usual for a share.
func (k *Knob) Most() float64 {
	if k.below {
		return 0.9
	}
	return min(k.hi, 1)
}

// Near is the value that the knob can take next to one.
func (k *Knob) Near(v float64) float64 {
	if v = min(max(v, k.lo), k.hi); k.unit == count {
		return math.Round(v)
	}
	return twelve(v)
}
