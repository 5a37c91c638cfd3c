package fleet

import "fathom/sim/workload"

// ShapeOf is the day of a name, with a peak of so many requests per second; false: there is none.
func ShapeOf(name string, peak float64) (Curve, bool) {
	hours := workload.Day(name)
	if hours == nil {
		return nil, false
	}
	var c Curve
	for h, v := range append(hours, hours[0]) { // the day after begins as this one
		c = append(c, Point{float64(h) * 86400 / float64(len(hours)), v})
	}
	return c.Scaled(peak), true
}
